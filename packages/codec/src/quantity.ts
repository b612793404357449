import type { Schema } from './schema.ts';
import { DecodeError, EncodeError } from './wire.ts';

/** Bytes of the largest amount. */
export const AMOUNT_BYTES_MAX = 16;
/** The largest amount, 2^128 - 1. */
export const AMOUNT_MAX: bigint = (1n << 128n) - 1n;

/**
 * A safe integer between two bounds, both included: eight bytes, big-endian, two's complement.
 * Throws EncodeError when the bounds are no safe integers in order.
 */
export function int(
  min: number = Number.MIN_SAFE_INTEGER,
  max: number = Number.MAX_SAFE_INTEGER,
): Schema<number> {
  if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || min > max) {
    throw new EncodeError(`no integers from ${min} to ${max}`);
  }
  const isWithin = (value: number): boolean =>
    Number.isSafeInteger(value) && value >= min && value <= max;
  return {
    shape: { kind: 'int', min, max },
    write: (writer, value) => {
      if (!isWithin(value)) throw new EncodeError(`${value} is no integer from ${min} to ${max}`);
      writer.i64(value);
    },
    read: (reader) => {
      const value = reader.i64();
      if (!isWithin(value)) throw new DecodeError(`${value} is not from ${min} to ${max}`);
      return value;
    },
    toJson: (value) => value,
    fromJson: (json) => {
      if (typeof json !== 'number' || !isWithin(json)) {
        throw new DecodeError(`expected an integer from ${min} to ${max}`);
      }
      return json;
    },
  };
}

/** Money or a quantity in its smallest unit: a length byte, then as few big-endian bytes as hold it. */
export const amount: Schema<bigint> = {
  shape: { kind: 'amount' },
  write: (writer, value) => {
    if (typeof value !== 'bigint' || value < 0n || value > AMOUNT_MAX) {
      throw new EncodeError(`${String(value)} is no amount`);
    }
    const digits = value === 0n ? '' : value.toString(16);
    const sizeBytes = Math.ceil(digits.length / 2);
    const padded = digits.padStart(2 * sizeBytes, '0');
    writer.u8(sizeBytes);
    for (let i = 0; i < sizeBytes; i++) {
      writer.u8(Number.parseInt(padded.slice(2 * i, 2 * i + 2), 16));
    }
  },
  read: (reader) => {
    const sizeBytes = reader.u8();
    if (sizeBytes > AMOUNT_BYTES_MAX) throw new DecodeError('amount above 2^128 - 1');
    const bytes = reader.raw(sizeBytes);
    if (bytes[0] === 0) throw new DecodeError('amount is not minimal');
    let value = 0n;
    for (const byte of bytes) value = (value << 8n) | BigInt(byte);
    return value;
  },
  toJson: (value) => value.toString(),
  fromJson: (json) => {
    const isDecimal = typeof json === 'string' && /^(0|[1-9][0-9]{0,38})$/.test(json);
    const value = isDecimal ? BigInt(json) : undefined;
    if (value === undefined || value > AMOUNT_MAX) {
      throw new DecodeError('expected an amount in decimal digits');
    }
    return value;
  },
};
