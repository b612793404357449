import { equalBytes, limits } from '@hanse/kit';
import { openBlock, type Block, type FinalBlock } from '@hanse/model';
import { receiveCertificate } from './certificates.ts';
import { finalHeight, rotate, type State } from './state.ts';
import { delta, graceMs } from './timing.ts';

const CLAIM_TRIES = 3;
const FINALS_INTERVAL_DELTAS = 4;
const NEAR_VIEWS = 3;
const UNEXECUTED_MAX = 4 * limits.fetchBlocksPerRequestMax;

/**
 * Rule *catch-up*: ask for the final blocks above the own last one, one peer after the other; at once when far behind.
 * Execution must follow before more is asked for.
 */
export function requestFinals(s: State, from: readonly number[], lead: number): void {
  if (finalHeight(s) - s.executed.height > UNEXECUTED_MAX) return;
  const firstMs = lead > NEAR_VIEWS ? 0 : graceMs(s);
  const attempt = s.requests.due(
    `finals:${finalHeight(s)}`,
    s.nowMs,
    FINALS_INTERVAL_DELTAS * delta(s),
    firstMs,
  );
  const to = attempt === undefined ? undefined : rotate(s, from, attempt);
  if (to !== undefined) sendFinalRequest(s, to);
}

/**
 * A peer claims to be ahead. Without proof that is worth three questions per claim, the first one
 * after Δ when the lead is a single step, which mostly is on its way already.
 */
export function followClaims(s: State): void {
  for (const [peer, { finalHeight: height, view }] of s.reports.entries()) {
    const isBehind = height > finalHeight(s);
    if (peer === s.self || (!isBehind && view <= s.view)) continue;
    // Own progress starts the count anew: only what is proved brings any.
    const claim = `claim:${peer}:${s.view}<${view}:${finalHeight(s)}<${height}`;
    const tried = s.claimTries.get(peer);
    const left = tried?.claim === claim ? tried.left : CLAIM_TRIES;
    if (left === 0) continue;
    const isFar = height > finalHeight(s) + 1 || view > s.view + 1;
    const attempt = s.requests.due(claim, s.nowMs, 2 * delta(s), isFar ? graceMs(s) : delta(s));
    if (attempt === undefined) continue;
    s.claimTries.set(peer, { claim, left: left - 1 });
    if (isBehind) sendFinalRequest(s, peer);
    else
      s.effects.push({
        kind: 'send',
        to: peer,
        message: { kind: 'certificateRequest', value: { view: s.view } },
      });
  }
}

/**
 * Final blocks from a peer. They count when the last one has a valid certificate and each is the
 * parent of the next; further certificates among them are checked one by one. The rule of finality does the rest.
 */
export function receiveFinals(s: State, from: number, finals: readonly FinalBlock[]): void {
  const isAsked = s.finalizations.size > 0 || s.claimTries.has(from);
  if (!isAsked || finals.length > 4 * limits.fetchBlocksPerRequestMax) return;
  const blocks: Block[] = [];
  for (const { block: bytes } of finals) {
    const opened = openBlock(s.config.suite, bytes);
    if (!opened.ok) return s.log('warn', 'finalsInvalid', { from, error: opened.error });
    blocks.push(opened.value);
  }
  const last = finals.at(-1)?.certificate;
  const lastBlock = blocks.at(-1);
  if (last === undefined || lastBlock === undefined || last.kind !== 'finalize') return;
  if (!isChain(s, blocks) || lastBlock.header.height <= finalHeight(s))
    return s.log('warn', 'finalsInvalid', { from, error: 'no chain' });
  if (
    !equalBytes(last.digest, lastBlock.digest) ||
    last.view !== lastBlock.header.view ||
    !receiveCertificate(s, last, from)
  ) {
    return s.log('warn', 'finalsInvalid', { from, error: 'certificate' });
  }
  for (const [i, block] of blocks.entries()) {
    if (block.header.height <= finalHeight(s)) continue;
    s.blocks.add(block, false);
    const certificate = finals[i]?.certificate;
    const isOfBlock =
      certificate?.kind === 'finalize' &&
      certificate.view === block.header.view &&
      equalBytes(certificate.digest, block.digest);
    if (certificate !== undefined && isOfBlock) receiveCertificate(s, certificate, from);
  }
}

function isChain(s: State, blocks: readonly Block[]): boolean {
  let previous: Block | undefined = s.lastFinal.block;
  for (const block of blocks) {
    const { height, parentDigest } = block.header;
    if (height <= finalHeight(s)) previous = height === finalHeight(s) ? block : undefined;
    else if (
      previous === undefined ||
      height !== previous.header.height + 1 ||
      !equalBytes(parentDigest, previous.digest)
    )
      return false;
    else previous = block;
  }
  return true;
}

function sendFinalRequest(s: State, to: number): void {
  const value = { fromHeight: finalHeight(s) + 1, count: limits.fetchBlocksPerRequestMax };
  s.effects.push({ kind: 'send', to, message: { kind: 'finalRequest', value } });
}
