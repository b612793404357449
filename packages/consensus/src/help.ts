import { limits } from '@hanse/kit';
import type { Certificate } from '@hanse/model';
import { finalView, type State } from './state.ts';

const SECOND_MS = 1_000;

/**
 * Rule *help*: what lets a peer leave view `view`. The last finality if it covers the view, otherwise what is
 * known of the view (both certificates, where it has both), and what brought this node further.
 */
export function help(s: State, to: number, view: number): void {
  const { certificate: final } = s.lastFinal;
  const answer: (Certificate | undefined)[] = [];
  if (finalView(s) >= view) answer.push(final);
  else
    answer.push(s.notarizations.get(view), s.nullifications.get(view), s.finalizations.get(view));
  if (s.view > view && s.entry !== undefined && s.entry.view > view && s.entry.view > finalView(s))
    answer.push(s.entry);
  for (const certificate of answer) {
    if (certificate === undefined) continue;
    if (!spend(s, to)) return;
    s.effects.push({ kind: 'send', to, message: { kind: 'certificate', value: { certificate } } });
  }
}

/** The same, unasked, for a peer that seems stuck: not more often than once per Δ. */
export function offerHelp(s: State, to: number, view: number): void {
  const helped = s.helped.get(to);
  if (helped !== undefined && s.nowMs < helped.lastMs + s.config.parameters.deltaMs) return;
  help(s, to, view);
}

/** Answer a request for a block above the last final one; older ones come from the archive. */
export function sendBlock(s: State, to: number, digest: Uint8Array): void {
  const node = s.blocks.get(digest);
  if (node === undefined || !spend(s, to)) return;
  s.effects.push({
    kind: 'send',
    to,
    message: { kind: 'block', value: { block: node.block.bytes } },
  });
}

/** Take one message from what a peer may get per second. */
function spend(s: State, to: number): boolean {
  const second = Math.floor(s.nowMs / SECOND_MS);
  const helped = s.helped.get(to);
  const left = helped?.second === second ? helped.left : limits.helpPerPeerPerSecondMax;
  s.helped.set(to, { second, left: Math.max(0, left - 1), lastMs: s.nowMs });
  return left > 0;
}
