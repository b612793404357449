import type { Style } from './style.ts';
import { pad } from './width.ts';

/** How far a piece of work is. */
export type ProgressState = { readonly done: number; readonly total: number };

/** A line that shows how far work is; `end` takes it away. */
export type Progress = { readonly update: (done: number) => void; readonly end: () => void };

/** What a progress line needs of where it is printed. */
export type ProgressParts = {
  readonly write: (text: string) => void;
  readonly nowMs: () => number;
  readonly style: Style;
  /** Whether the line may be redrawn in place. */
  readonly isAnimated: boolean;
  readonly label: string;
  readonly total: number;
  /** Text of a rate and of the time left. */
  readonly describe: (rate: number, leftMs: number | undefined) => string;
};

const REDRAW_MS = 100;
const PLAIN_LINE_MS = 5_000;
const BAR_CELLS = 24;

/** A progress line: redrawn on a terminal, a plain line every few seconds elsewhere. */
export function createProgress(parts: ProgressParts): Progress {
  const { write, nowMs, isAnimated } = parts;
  const startedMs = nowMs();
  let drawnMs = isAnimated ? 0 : startedMs;
  let isDrawn = false;
  return {
    update: (done) => {
      const now = nowMs();
      const isDue = now - drawnMs >= (isAnimated ? REDRAW_MS : PLAIN_LINE_MS);
      if (!isDue) return;
      drawnMs = now;
      const text = progressText(parts, { done, total: parts.total }, now - startedMs);
      write(isAnimated ? `\r${text}\u001b[K` : `${text}\n`);
      isDrawn = true;
    },
    end: () => {
      if (isAnimated && isDrawn) write('\r\u001b[K');
    },
  };
}

/** The line of a progress: label, bar, counts, rate and time left. */
export function progressText(
  parts: Pick<ProgressParts, 'label' | 'style' | 'describe' | 'isAnimated'>,
  state: ProgressState,
  elapsedMs: number,
): string {
  const { done, total } = state;
  const rate = elapsedMs > 0 ? (done * 1_000) / elapsedMs : 0;
  const leftMs = rate > 0 ? ((total - done) / rate) * 1_000 : undefined;
  const filled = total === 0 ? BAR_CELLS : Math.floor((done / total) * BAR_CELLS);
  const bar = parts.isAnimated
    ? ` ${parts.style.green('█'.repeat(filled))}${parts.style.dim('░'.repeat(BAR_CELLS - filled))}`
    : '';
  const count = pad(`${done}/${total}`, 2 * String(total).length + 1, 'right');
  return `  ${parts.label}${bar} ${count}  ${parts.describe(rate, leftMs)}`;
}
