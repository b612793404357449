import type { Style } from './style.ts';
import { displayWidth, pad, truncate } from './width.ts';

/** A column of a printed table. One column at most may shrink to fit the terminal. */
export type Column = {
  readonly title: string;
  readonly align?: 'left' | 'right';
  readonly shrinks?: boolean;
};

const GAP = '  ';
const SHRUNK_MIN = 8;

/** A table as text, without a newline at its end. Chinese characters count as two columns. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: { readonly style: Style; readonly width: number | undefined },
): string {
  const widths = columns.map((column, i) =>
    Math.max(displayWidth(column.title), ...rows.map((row) => displayWidth(row[i] ?? ''))),
  );
  const total = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length);
  const shrinking = columns.findIndex((column) => column.shrinks === true);
  if (options.width !== undefined && shrinking >= 0 && total > options.width) {
    const spare = (widths[shrinking] ?? 0) - (total - options.width);
    widths[shrinking] = Math.max(SHRUNK_MIN, spare);
  }
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align, shrinks }, i) => {
        const width = widths[i] ?? 0;
        const cell = cells[i] ?? '';
        return pad(shrinks === true ? truncate(cell, width) : cell, width, align);
      })
      .join(GAP)
      .trimEnd();
  const head = options.style.dim(line(columns.map((column) => column.title)));
  return [head, ...rows.map(line)].join('\n');
}

/** Names and values under each other, names padded to one width. */
export function renderFields(
  rows: readonly (readonly [name: string, value: string])[],
  options: { readonly style: Style; readonly indent?: number },
): string {
  const width = Math.max(0, ...rows.map(([name]) => displayWidth(name)));
  const indent = ' '.repeat(options.indent ?? 0);
  return rows
    .map(([name, value]) => `${indent}${options.style.dim(pad(name, width))}  ${value}`)
    .join('\n');
}
