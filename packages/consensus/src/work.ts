import { isEmptyPayload, type Block } from '@hanse/model';
import { isUnbound, isWithinLag, leaderTriple, reportedHeight } from './binding.ts';
import type { State } from './state.ts';
import { delta } from './timing.ts';

/**
 * Rule *work*: from when on a block after `parent` has something to do; undefined when it has nothing.
 * Finality that is under way and results that other nodes are about to report get one Δ first.
 */
export function workFromMs(s: State, parent: Block): number | undefined {
  const bindable = isUnbound(s, parent)
    ? leaderTriple(s, parent).height
    : parent.header.executed.height;
  if (bindable > parent.header.executed.height) return s.enteredMs;
  const isPayloadAllowed = isWithinLag(s, parent.header.height + 1, leaderTriple(s, parent).height);
  if (isPayloadAllowed && s.config.payload.hasWork(parent.payload)) return s.enteredMs;
  return isFinalityDue(s, parent) || isBindingDueElsewhere(s, parent)
    ? s.enteredMs + delta(s)
    : undefined;
}

/** Rule *heartbeat*: when the leader of this view makes a block although there is nothing to do. */
export function heartbeatMs(s: State): number {
  return s.enteredMs + s.config.parameters.heartbeatMs;
}

/** An ancestor that matters to somebody is not final: it has a payload, or binds one. */
function isFinalityDue(s: State, parent: Block): boolean {
  const final = s.lastFinal.block;
  if (!isEmptyPayload(parent.payload, final.payload)) return true;
  return isUnbound(s, final) && parent.header.executed.height > final.header.executed.height;
}

/** Others could bind what this node cannot: the view must pass on to them. */
function isBindingDueElsewhere(s: State, parent: Block): boolean {
  return isUnbound(s, parent) && reportedHeight(s) > parent.header.executed.height;
}
