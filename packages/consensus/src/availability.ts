import { toHex } from '@hanse/kit';
import type { Block, Certificate } from '@hanse/model';
import { rotate, type State } from './state.ts';
import { delta, graceMs } from './timing.ts';
import type { TreeNode } from './tree.ts';

const CERTIFICATE_REQUESTS_MAX = 16;

/** Whether all batches of a block are here. Missing ones are asked for, from one of `from` at a time. */
export function checkBatches(
  s: State,
  parent: Block,
  node: TreeNode,
  from: readonly number[],
): 'held' | 'missing' | 'invalid' {
  if (node.held) return 'held';
  const check = s.config.payload.check(parent.payload, node.block.payload);
  if (check.kind === 'held') {
    node.held = true;
    return 'held';
  }
  if (check.kind === 'invalid') {
    s.log('warn', 'payloadInvalid', { view: node.block.header.view, reason: check.reason });
    return 'invalid';
  }
  const attempt = s.requests.due(
    `batches:${toHex(node.block.digest)}`,
    s.nowMs,
    delta(s),
    graceMs(s),
  );
  const peer = attempt === undefined ? undefined : rotate(s, from, attempt);
  if (peer !== undefined) s.effects.push({ kind: 'wantBatches', wants: check.wants, from: [peer] });
  return 'missing';
}

/** Ask for a block by its digest. */
export function requestBlock(s: State, digest: Uint8Array, from: readonly number[]): void {
  const attempt = s.requests.due(blockKey(digest), s.nowMs, delta(s), graceMs(s));
  const to = attempt === undefined ? undefined : rotate(s, from, attempt);
  if (to !== undefined)
    s.effects.push({ kind: 'send', to, message: { kind: 'blockRequest', value: { digest } } });
}

/** Ask for the certificates of views, `first` before others. */
export function requestCertificates(s: State, views: readonly number[], first: number): void {
  for (const view of views.slice(-CERTIFICATE_REQUESTS_MAX)) {
    const attempt = s.requests.due(`certificates:${view}`, s.nowMs, delta(s), 0);
    const to =
      attempt === undefined
        ? undefined
        : attempt === 0 && first !== s.self
          ? first
          : rotate(s, [], attempt);
    if (to !== undefined)
      s.effects.push({
        kind: 'send',
        to,
        message: { kind: 'certificateRequest', value: { view } },
      });
  }
}

/** Name of the request for a block. */
export function blockKey(digest: Uint8Array): string {
  return `block:${toHex(digest)}`;
}

/** Who signed a certificate: they have what it certifies. */
export function signersOf(certificate: Certificate): readonly number[] {
  return certificate.votes.map(({ signer }) => signer);
}
