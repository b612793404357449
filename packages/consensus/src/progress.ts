import type { Progress } from '@hanse/model';
import { finalHeight, type State } from './state.ts';

const PROGRESS_INTERVAL_MS = 4;

/** What this node tells with every vote. */
export function ownProgress(s: State): Progress {
  const held = s.config.payload.held();
  s.progressSent = true;
  s.lastProgressMs = s.nowMs;
  s.lastProgress = nameOf(s, held);
  return {
    held: [...held],
    executedHeight: s.executed.height,
    view: s.view,
    finalHeight: finalHeight(s),
  };
}

/**
 * Rule *progress*: lanes or execution have moved and no vote said so. At most once per interval, so
 * that a loaded chain tells it with its votes.
 */
export function tellProgress(s: State): void {
  if (s.progressSent || nameOf(s, s.config.payload.held()) === s.lastProgress) {
    s.progressDueMs = undefined;
    return;
  }
  s.progressDueMs ??= Math.max(s.nowMs, s.lastProgressMs + PROGRESS_INTERVAL_MS);
  if (s.nowMs < s.progressDueMs) return;
  s.progressDueMs = undefined;
  if (s.n > 1)
    s.effects.push({ kind: 'broadcast', message: { kind: 'progress', value: ownProgress(s) } });
}

/** Believe what a validator says about itself; heights only ever rise. */
export function receiveProgress(s: State, from: number, progress: Progress): void {
  const report = s.reports[from];
  if (report === undefined) return;
  if (progress.held.length === s.n) s.config.payload.reported(from, progress.held);
  report.executedHeight = Math.max(report.executedHeight, progress.executedHeight);
  report.finalHeight = Math.max(report.finalHeight, progress.finalHeight);
  report.view = progress.view;
}

function nameOf(s: State, held: readonly number[]): string {
  return `${s.executed.height}/${held.join(',')}`;
}
