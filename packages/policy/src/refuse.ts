import type { ErrorName } from '@hanse/kit';
import type { ErrorRefusal } from './ports.ts';

const VALUE_BYTES_MAX = 200;

/** Ends a transaction. Thrown inside contracts, a value outside of them. */
export class Refused extends Error {
  readonly refusal: ErrorRefusal;

  constructor(refusal: ErrorRefusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

/** A refusal with parameters of a size that a receipt can hold. */
export function refusal(
  code: ErrorName,
  params: Readonly<Record<string, string | number>> = {},
): ErrorRefusal {
  const clipped = Object.entries(params).map(([name, value]) => [name, clip(String(value))]);
  return { code, params: Object.fromEntries(clipped) };
}

/** Refuse the transaction. */
export function refuse(
  code: ErrorName,
  params: Readonly<Record<string, string | number>> = {},
): never {
  throw new Refused(refusal(code, params));
}

/** Text cut to the bound of a parameter; it counts three bytes for whatever is not ASCII. */
function clip(text: string): string {
  let sizeBytes = 0;
  let out = '';
  for (const char of text) {
    sizeBytes += char > '\u007f' ? 2 * char.length + 1 : 1;
    if (sizeBytes > VALUE_BYTES_MAX - 3) return `${out}…`;
    out += char;
  }
  return out;
}
