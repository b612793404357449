import { limits, utf8 } from '@hanse/kit';

/** Bounds of reading a document for its fields; over one, it is committed by its file facts alone. */
export const fieldBounds = {
  documentBytesMax: 16 * 1024 * 1024,
  depthMax: 128,
  pathBytesMax: 1_024,
  /** Fields of the document itself; the file facts come on top. */
  fieldsMax: limits.evidenceFieldsMax - 8,
  /** A longer value is committed by its hash. */
  valueBytesMax: 16 * 1024,
} as const;

/** One scalar of a document: where it stands and what it says. */
export type Field = { readonly path: string; readonly value: string };

/** Why a document gives no fields; caught by the reader, never thrown at callers. */
export class Unreadable extends Error {}

/** Collects fields within the bounds. */
export class FieldList {
  readonly fields: Field[] = [];

  /** Add one; throws Unreadable over a bound. */
  add(path: string, value: string): void {
    if (this.fields.length >= fieldBounds.fieldsMax) {
      throw new Unreadable(`more than ${fieldBounds.fieldsMax} fields`);
    }
    // UTF-16 units take at most three bytes each, so most paths need not be encoded to be measured.
    const isLong = 3 * path.length > fieldBounds.pathBytesMax;
    if (isLong && utf8(path).length > fieldBounds.pathBytesMax) {
      throw new Unreadable('a path is too long');
    }
    if (/\p{Surrogate}/u.test(path) || /\p{Surrogate}/u.test(value)) {
      throw new Unreadable('a text has a lone surrogate');
    }
    this.fields.push({ path, value });
  }
}

/** Throws Unreadable below the deepest level. */
export function checkDepth(depth: number): void {
  if (depth > fieldBounds.depthMax)
    throw new Unreadable(`nested deeper than ${fieldBounds.depthMax}`);
}
