import type { ErrorName } from '@hanse/kit';
import { HostRefusal } from './ports.ts';
import type { ErrorRefusal, RefusalFrame } from './refuse.ts';

/** Bound of a parameter and of a place in a receipt. */
const VALUE_BYTES_MAX = 200;

/** A refusal with parameters that a receipt can hold, whatever text a contract put into them. */
export function refusal(
  code: ErrorName,
  params: Readonly<Record<string, string | number>> = {},
  frames: readonly RefusalFrame[] = [],
): ErrorRefusal {
  const clipped = Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, clip(String(value))]),
  );
  if (frames.length === 0) return { code, params: clipped };
  return { code, params: clipped, frames };
}

/** Refuse the transaction or the query. */
export function refuse(
  code: ErrorName,
  params: Readonly<Record<string, string | number>> = {},
  frames: readonly RefusalFrame[] = [],
): never {
  throw new HostRefusal(refusal(code, params, frames));
}

/**
 * Text cut to the bound of a parameter; it counts three bytes for whatever is not ASCII. Lone surrogates,
 * which have no UTF-8, are replaced.
 */
export function clip(text: string): string {
  let sizeBytes = 0;
  let out = '';
  for (const char of text) {
    sizeBytes += char > '\u007f' ? 2 * char.length + 1 : 1;
    if (sizeBytes > VALUE_BYTES_MAX - 3) return `${out}…`;
    out += /\p{Surrogate}/u.test(char) ? '\ufffd' : char;
  }
  return out;
}
