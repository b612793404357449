import { equalBytes } from '@hanse/kit';
import type { Block, Executed, Header } from '@hanse/model';
import { finalHeight, type State } from './state.ts';

/** How a proposal's results compare with what this node knows. */
export type TripleVerdict =
  | { readonly kind: 'ok' }
  /** This node has not executed the bound height yet. */
  | { readonly kind: 'wait' }
  /** No own result will ever be known to compare with, or the triple breaks a rule by itself. */
  | { readonly kind: 'invalid'; readonly reason: string }
  /** It differs from the own result. */
  | { readonly kind: 'wrong'; readonly own: Executed };

/** Highest height that q validators, this one included, report executed. */
export function reportedHeight(s: State): number {
  const heights = s.reports.map(({ executedHeight }, index) =>
    index === s.self ? s.executed.height : executedHeight,
  );
  return heights.sort((a, b) => b - a)[s.quorum - 1] ?? 0;
}

/**
 * Rule *B2 leader binds*: the highest height that this node has executed and q validators report,
 * never below the parent's; a leader that is behind repeats the parent's triple unchanged.
 */
export function leaderTriple(s: State, parent: Block): Executed {
  const bound = parent.header.executed;
  const reported = reportedHeight(s);
  let best = bound;
  // After a restart results below the newest are unknown, so the best known one is taken.
  for (const [height, result] of s.results) {
    if (height > best.height && height <= reported && height <= finalHeight(s)) best = result;
  }
  return best;
}

/**
 * Rule *B2 voter compares*: a repeated triple is held against the parent's only, a higher one against the
 * own result.
 */
export function compareTriple(s: State, parent: Block, header: Header): TripleVerdict {
  const bound = parent.header.executed;
  const { executed } = header;
  if (executed.height < bound.height)
    return { kind: 'invalid', reason: 'binds less than its parent' };
  if (executed.height === bound.height) {
    return sameTriple(executed, bound)
      ? { kind: 'ok' }
      : { kind: 'invalid', reason: 'binds other results for the height of its parent' };
  }
  if (executed.height >= header.height)
    return { kind: 'invalid', reason: 'binds a height above its parent' };
  if (executed.height > s.executed.height) return { kind: 'wait' };
  const own = s.results.get(executed.height);
  if (own === undefined)
    return { kind: 'invalid', reason: 'binds a height whose result is no longer known here' };
  return sameTriple(executed, own) ? { kind: 'ok' } : { kind: 'wrong', own };
}

/** Rule *B3 bounded lag*: whether a payload that is not empty may stand in this header. */
export function isWithinLag(s: State, height: number, boundHeight: number): boolean {
  return height - boundHeight <= s.config.parameters.executionLagBlocksMax;
}

/**
 * Rule *B4 diverged*: a notarized header contradicts the own result, so a quorum does. What this
 * node has not executed yet is remembered and compared then.
 */
export function noteNotarized(s: State, header: Header): void {
  const { executed } = header;
  if (executed.height > s.executed.height) s.claims.set(executed.height, executed);
  else compareWithOwn(s, executed);
}

/** This node has executed a final height. */
export function noteExecuted(s: State, executed: Executed): void {
  if (executed.height <= s.executed.height) return;
  s.executed = executed;
  s.results.set(executed.height, executed);
  pruneResults(s);
  for (const [height, claim] of s.claims) {
    if (height > executed.height) continue;
    s.claims.delete(height);
    compareWithOwn(s, claim);
  }
}

/** Forget results that no later header can bind: those up to what the last final header binds. */
export function pruneResults(s: State): void {
  const bound = s.lastFinal.block.header.executed.height;
  for (const height of s.results.keys())
    if (height <= bound && height < s.executed.height) s.results.delete(height);
}

/**
 * Rule *B5 idle*: whether a final payload still waits for its results to be bound by a header after
 * `block`. While none does the chain rests; empty blocks need no binding.
 */
export function isUnbound(s: State, block: Block): boolean {
  return s.unbound > block.header.executed.height;
}

function compareWithOwn(s: State, claim: Executed): void {
  const own = s.results.get(claim.height);
  if (own === undefined || sameTriple(own, claim) || s.isStopped) return;
  s.isStopped = true;
  s.log('error', 'diverged', { height: claim.height });
  s.effects.push({ kind: 'diverged', height: claim.height });
}

function sameTriple(a: Executed, b: Executed): boolean {
  return (
    a.height === b.height &&
    equalBytes(a.stateRoot, b.stateRoot) &&
    equalBytes(a.historyRoot, b.historyRoot)
  );
}
