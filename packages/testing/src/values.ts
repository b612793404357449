import { AMOUNT_MAX, decode, encode, type AnySchema, type Schema } from '@hanse/codec';
import { assert, limits, unreachable } from '@hanse/kit';

/** A value that a contract handed out does not fit its shape. */
export class BadValue extends Error {}

/** Canonical bytes of a value that untyped code made. Throws BadValue. */
export function toBytes(schema: Schema<unknown>, value: unknown): Uint8Array {
  const bytes = encoded(schema, plainOf(schema, value, []));
  if (bytes.length <= limits.valueBytesMax) return bytes;
  throw new BadValue(`the value has ${bytes.length} bytes, limit ${limits.valueBytesMax}`);
}

/**
 * Canonical bytes of a value that one contract hands to another. The caller knows the shape by its compiler
 * only: members that the shape does not name are refused. Throws BadValue.
 */
export function toForeignBytes(schema: Schema<unknown>, value: unknown): Uint8Array {
  checkMembers(schema, value, []);
  return toBytes(schema, value);
}

/** Whether a value is one that contracts can hand to each other, whatever its shape. Throws BadValue if not. */
export function checkForeign(value: unknown): void {
  if (value === undefined || value === null || value instanceof Uint8Array) return;
  if (Array.isArray(value)) return value.forEach(checkForeign);
  if (typeof value === 'object') {
    plainObject(value, []);
    return Object.keys(value).forEach((name) => checkForeign(ownValue(value, name, [])));
  }
  const isFit =
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isSafeInteger(value)) ||
    (typeof value === 'bigint' && value >= 0n && value <= AMOUNT_MAX) ||
    (typeof value === 'string' && !/\p{Surrogate}/u.test(value));
  expect(value, isFit, 'a value for another contract', []);
}

/** A fresh value of canonical bytes, as contracts see it: what is missing is left out. */
export function fromBytes(schema: Schema<unknown>, bytes: Uint8Array): unknown {
  const value = decode(schema, bytes);
  assert(value.ok, 'bytes that were encoded decode');
  return withoutMissing(value.value);
}

/** The same value without fields that are undefined. Canonical values are trees of plain objects. */
export function withoutMissing(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMissing);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.map(([name, one]) => [name, withoutMissing(one)]));
}

type Path = readonly string[];

/** The parts of a value that its shape names. Schemas trust types; contracts can be made to lie about theirs. */
function plainOf({ shape }: AnySchema, value: unknown, path: Path): unknown {
  switch (shape.kind) {
    case 'bool':
      return expect(value, typeof value === 'boolean', 'true or false', path);
    case 'u8':
    case 'u16':
    case 'u32':
    case 'u64':
    case 'int':
      return expect(value, typeof value === 'number', 'a number', path);
    case 'amount':
      return expect(value, typeof value === 'bigint', 'a bigint', path);
    case 'date':
    case 'text':
    case 'oneOf':
      return expect(value, typeof value === 'string', 'text', path);
    case 'bytes':
    case 'fixed':
      return expect(value, value instanceof Uint8Array, 'bytes', path);
    case 'option':
      return value === undefined ? undefined : plainOf(shape.item, value, path);
    case 'list': {
      if (!Array.isArray(value)) return expect(value, false, 'a list', path);
      return value.map((one: unknown, i) => plainOf(shape.item, one, [...path, String(i)]));
    }
    case 'struct': {
      // A method without a result returns undefined.
      if (value === undefined && Object.keys(shape.fields).length === 0) return {};
      const object = plainObject(value, path);
      const own = (name: string): unknown => ownValue(object, name, path);
      const entries = Object.entries(shape.fields);
      return Object.fromEntries(
        entries.map(([name, field]) => [name, plainOf(field, own(name), [...path, name])]),
      );
    }
    case 'union':
      return expect(value, false, 'a value of a shape that contracts have', path);
    default:
      return unreachable(shape);
  }
}

function checkMembers({ shape }: AnySchema, value: unknown, path: Path): void {
  if (shape.kind === 'option' && value !== undefined) checkMembers(shape.item, value, path);
  if (shape.kind === 'list' && Array.isArray(value)) {
    value.forEach((one: unknown, i) => checkMembers(shape.item, one, [...path, String(i)]));
  }
  if (shape.kind !== 'struct' || typeof value !== 'object' || value === null) return;
  for (const [name, one] of Object.entries(value)) {
    const field = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
    if (field !== undefined) checkMembers(field, one, [...path, name]);
    else if (one !== undefined) throw new BadValue(`${[...path, name].join('.')} is no field`);
  }
}

/** A property of the object itself; one that code computes is refused, as that code might do anything. */
function ownValue(value: object, name: string, path: Path): unknown {
  const property = Object.getOwnPropertyDescriptor(value, name);
  if (property?.get !== undefined || property?.set !== undefined) {
    throw new BadValue(`${[...path, name].join('.')} is computed by a getter`);
  }
  return property?.value;
}

function plainObject(value: unknown, path: Path): object {
  const isPlain = Object.prototype.toString.call(value) === '[object Object]';
  return expect(value, isPlain, 'a plain object', path) as object;
}

function encoded(schema: Schema<unknown>, value: unknown): Uint8Array {
  try {
    return encode(schema, value);
  } catch (error) {
    throw new BadValue(error instanceof Error ? error.message : String(error));
  }
}

function expect(value: unknown, isSo: boolean, what: string, path: Path): unknown {
  if (isSo) return value;
  throw new BadValue(`${path.length === 0 ? 'the value' : path.join('.')} is not ${what}`);
}
