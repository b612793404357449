import { assert, err, ok, type Result } from '@hanse/kit';
import type { Json } from './json.ts';
import type { Schema } from './schema.ts';
import { DecodeError, Reader, Writer } from './wire.ts';

// Encoding is not re-entrant, so one buffer serves all calls.
const shared = new Writer();
let encoding = false;

/** Canonical bytes of a value. Throws EncodeError when the value breaks its schema. */
export function encode<T>(schema: Schema<T>, value: T): Uint8Array {
  assert(!encoding, 'encode is not re-entrant');
  encoding = true;
  try {
    shared.reset();
    schema.write(shared, value);
    return shared.finish();
  } finally {
    encoding = false;
  }
}

/** The value of canonical bytes, or why they are none: trailing, short, non-minimal or over a bound. */
export function decode<T>(schema: Schema<T>, bytes: Uint8Array): Result<T, string> {
  try {
    const reader = new Reader(bytes);
    const value = schema.read(reader);
    if (reader.left > 0) return err(`${reader.left} trailing bytes`);
    return ok(value);
  } catch (error) {
    if (error instanceof DecodeError) return err(error.message);
    throw error;
  }
}

/** The value behind its JSON view, or why the JSON is none. */
export function fromJson<T>(schema: Schema<T>, json: Json): Result<T, string> {
  try {
    return ok(schema.fromJson(json));
  } catch (error) {
    if (error instanceof DecodeError) return err(error.message);
    throw error;
  }
}
