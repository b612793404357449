import { isZero, limits } from '@hanse/kit';
import {
  ENGINE_VERSION,
  isEmptyPayload,
  PROTOCOL_VERSION,
  type Block,
  type Header,
} from '@hanse/model';
import { equalBytes } from '@hanse/kit';
import { isWithinLag } from './binding.ts';
import { leaderOf } from './leader.ts';
import type { State } from './state.ts';
import { backoff } from './timing.ts';

/** Why a block cannot follow `parent`, by rules that give the same answer on every node; else undefined. */
export function blockError(s: State, parent: Block, block: Block): string | undefined {
  const { header, payload } = block;
  const { set, chainId } = s.config;
  if (header.protocolVersion !== PROTOCOL_VERSION || header.engineVersion !== ENGINE_VERSION)
    return 'version';
  if (!equalBytes(header.chainId, chainId)) return 'chain';
  if (header.epoch !== set.epoch) return 'epoch';
  if (header.proposer !== leaderOf(header.view, s.n)) return 'proposer';
  if (header.height !== parent.header.height + 1) return 'height';
  if (header.parentView !== parent.header.view || header.parentView >= header.view)
    return 'parent view';
  if (header.time <= parent.header.time) return "time is not above its parent's";
  if (!isZero(header.outboxRoot) || !isZero(header.nextSetHash)) return 'reserved fields';
  if (payload.length !== s.n) return 'lanes';
  if (
    !isEmptyPayload(payload, parent.payload) &&
    !isWithinLag(s, header.height, header.executed.height)
  )
    return 'lag';
  return undefined;
}

/**
 * Rule *time*: whether a proposal's time is near enough to now, at its first receipt. The allowance for
 * delay grows with the back-off: a wrong one must not stop the chain for good.
 */
export function isTimely(s: State, header: Header): boolean {
  const late = limits.timeMessageDelayMs * backoff(s) + limits.timePrecisionMs;
  return s.nowMs - late <= header.time && header.time <= s.nowMs + limits.timePrecisionMs;
}
