/** Verdicts of a document, one for each epoch that it has tags of, and the exact tags that it holds. */
import { isEqual } from '../title/bytes.ts';
import type { Context, Reader, Verdict } from './tables.ts';

/** Epochs of one document that are looked at: one a year, and a few that came to nothing. */
const VERDICTS_MAX = 32;

/** The verdicts on a document, the oldest epoch first. */
export function verdictsOf(ctx: Reader, document: Uint8Array): readonly Verdict[] {
  return ctx.db.verdict.list({ document }, { limit: VERDICTS_MAX }).rows;
}

/** Another document that holds an exact tag of the one that these verdicts are on. */
export function originalOf(ctx: Reader, verdicts: readonly Verdict[]): Uint8Array | undefined {
  for (const { x, document } of verdicts) {
    const holder = ctx.db.exact.get({ x });
    if (holder !== undefined && !isEqual(holder.document, document)) return holder.document;
  }
  return undefined;
}

/** Let a document have its exact tags; nobody else holds one. */
export function takeExact(ctx: Context, verdicts: readonly Verdict[]): void {
  for (const { x, document } of verdicts) ctx.db.exact.put({ x, document });
}

/** Set the exact tags of a document free. */
export function freeExact(ctx: Context, verdicts: readonly Verdict[]): void {
  for (const { x, document } of verdicts) {
    const holder = ctx.db.exact.get({ x });
    if (holder !== undefined && isEqual(holder.document, document)) ctx.db.exact.remove({ x });
  }
}
