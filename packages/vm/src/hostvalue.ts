import { AMOUNT_MAX, daysOfDate, encode, type Schema, type Shape } from '@hanse/codec';
import { err, ok, unreachable, utf8, type Result } from '@hanse/kit';
import type { HostValue } from './ports.ts';

/**
 * Canonical bytes of a value that code handed over, or why it does not fit the shape. Such a value may be
 * anything: nothing is converted but what it is, and unknown members are refused.
 */
export function encodeHostValue(
  { schema, shape }: { readonly schema: Schema<unknown>; readonly shape: Shape },
  value: HostValue,
): Result<Uint8Array, string> {
  const reason = misfit(shape, value, '');
  return reason === undefined ? ok(encode(schema, value)) : err(reason);
}

function misfit(shape: Shape, value: HostValue, at: string): string | undefined {
  switch (shape.kind) {
    case 'bool':
      return typeof value === 'boolean' ? undefined : wrong(at, 'true or false');
    case 'u8':
      return misfitInteger(0, 0xff, value, at);
    case 'u16':
      return misfitInteger(0, 0xffff, value, at);
    case 'u32':
      return misfitInteger(0, 0xffff_ffff, value, at);
    case 'u64':
      return misfitInteger(0, Number.MAX_SAFE_INTEGER, value, at);
    case 'int':
      return misfitInteger(shape.min, shape.max, value, at);
    case 'amount': {
      const isAmount = typeof value === 'bigint' && value >= 0n && value <= AMOUNT_MAX;
      return isAmount ? undefined : wrong(at, 'an amount from 0 to 2^128 - 1');
    }
    case 'date': {
      const isDate = typeof value === 'string' && daysOfDate(value) !== undefined;
      return isDate ? undefined : wrong(at, 'a date YYYY-MM-DD');
    }
    case 'text': {
      const isText = typeof value === 'string' && !/\p{Surrogate}/u.test(value);
      const fits = isText && value.length <= shape.bytesMax;
      return fits && utf8(value).length <= shape.bytesMax
        ? undefined
        : wrong(at, `text of at most ${shape.bytesMax} bytes`);
    }
    case 'oneOf':
      return shape.names.some((name) => name === value)
        ? undefined
        : wrong(at, `one of ${shape.names.join(', ')}`);
    case 'bytes': {
      const fits = value instanceof Uint8Array && value.length <= shape.bytesMax;
      return fits ? undefined : wrong(at, `at most ${shape.bytesMax} bytes`);
    }
    case 'fixed': {
      const fits = value instanceof Uint8Array && value.length === shape.sizeBytes;
      return fits ? undefined : wrong(at, `${shape.sizeBytes} bytes`);
    }
    case 'option':
      return value === undefined ? undefined : misfit(shape.item.shape, value, at);
    case 'list':
      return misfitList(shape, value, at);
    case 'struct':
      return misfitStruct(shape, value, at);
    case 'union':
      return wrong(at, 'a value that contracts have');
    default:
      return unreachable(shape);
  }
}

function misfitInteger(min: number, max: number, value: HostValue, at: string): string | undefined {
  const fits = typeof value === 'number' && Number.isSafeInteger(value);
  return fits && value >= min && value <= max
    ? undefined
    : wrong(at, `an integer from ${min} to ${max}`);
}

function misfitList(
  { item, itemsMin, itemsMax }: Extract<Shape, { readonly kind: 'list' }>,
  value: HostValue,
  at: string,
): string | undefined {
  if (!isList(value) || value.length < itemsMin || value.length > itemsMax) {
    return wrong(at, `a list of ${itemsMin} to ${itemsMax} items`);
  }
  for (const [i, one] of value.entries()) {
    const reason = misfit(item.shape, one, `${at}[${i}]`);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function misfitStruct(
  { fields }: Extract<Shape, { readonly kind: 'struct' }>,
  value: HostValue,
  at: string,
): string | undefined {
  if (!isStruct(value)) return wrong(at, 'an object');
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(fields, name)) return `${path(at, name)} is no field`;
  }
  for (const [name, field] of Object.entries(fields)) {
    const member = Object.hasOwn(value, name) ? value[name] : undefined;
    const reason = misfit(field.shape, member, path(at, name));
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function isList(value: HostValue): value is readonly HostValue[] {
  return Array.isArray(value);
}

function isStruct(value: HostValue): value is { readonly [name: string]: HostValue } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
  );
}

function path(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`;
}

function wrong(at: string, expected: string): string {
  return `${at === '' ? 'the value' : at}: expected ${expected}`;
}
