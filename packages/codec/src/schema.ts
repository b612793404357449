import { fromBase64Url, fromHex, toBase64Url, toHex } from '@hanse/kit';
import { date } from './date.ts';
import { isJsonArray, isJsonObject, type Json } from './json.ts';
import { amount, int } from './quantity.ts';
import {
  DecodeError,
  EncodeError,
  readText,
  textError,
  writeText,
  type Reader,
  type Writer,
} from './wire.ts';

/** Shape of a schema as data, for documentation, JSON Schema and generated test values. */
export type Shape =
  | { readonly kind: 'u8' | 'u16' | 'u32' | 'u64' | 'bool' }
  | { readonly kind: 'text' | 'bytes'; readonly bytesMax: number }
  | { readonly kind: 'fixed'; readonly sizeBytes: number }
  | { readonly kind: 'oneOf'; readonly names: readonly string[] }
  /** Integer between two safe ones. */
  | { readonly kind: 'int'; readonly min: number; readonly max: number }
  /** Money or quantity in its smallest unit, 0 to 2^128 - 1; a bigint, in JSON a decimal string. */
  | { readonly kind: 'amount' }
  /** Calendar date 0001-01-01 to 9999-12-31 as `YYYY-MM-DD`. */
  | { readonly kind: 'date' }
  | { readonly kind: 'option'; readonly item: AnySchema }
  | {
      readonly kind: 'list';
      readonly item: AnySchema;
      readonly itemsMin: number;
      readonly itemsMax: number;
    }
  | { readonly kind: 'struct'; readonly fields: Readonly<Record<string, AnySchema>> }
  | { readonly kind: 'union'; readonly cases: Readonly<Record<string, AnySchema>> };

/**
 * One type with its canonical bytes and its JSON view. There is exactly one byte string per value:
 * `read` refuses anything that `write` would not have written.
 */
export type Schema<T> = {
  readonly shape: Shape;
  readonly write: (writer: Writer, value: T) => void;
  readonly read: (reader: Reader) => T;
  readonly toJson: (value: T) => Json;
  /** Throws DecodeError for JSON that is not the view of a value. */
  readonly fromJson: (json: Json) => T;
};

/** A schema whose value type does not matter to the holder. */
export type AnySchema = { readonly shape: Shape };

/** The TypeScript type of a schema's values. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

type Fields = Readonly<Record<string, AnySchema>>;
type StructOf<F extends Fields> = { readonly [K in keyof F]: Infer<F[K]> };
type UnionOf<C extends Fields> = {
  readonly [K in keyof C]: { readonly kind: K; readonly value: Infer<C[K]> };
}[keyof C];

function integer(kind: 'u8' | 'u16' | 'u32' | 'u64', valueMax: number): Schema<number> {
  const check = (value: number): boolean =>
    Number.isInteger(value) && value >= 0 && value <= valueMax;
  return {
    shape: { kind },
    write: (writer, value) => {
      if (!check(value)) throw new EncodeError(`${value} is not a ${kind}`);
      writer[kind](value);
    },
    read: (reader) => reader[kind](),
    toJson: (value) => value,
    fromJson: (json) => {
      if (typeof json !== 'number' || !check(json)) throw new DecodeError(`expected a ${kind}`);
      return json;
    },
  };
}

const bool: Schema<boolean> = {
  shape: { kind: 'bool' },
  write: (writer, value) => writer.u8(value ? 1 : 0),
  read: (reader) => {
    const byte = reader.u8();
    if (byte > 1) throw new DecodeError('boolean is neither 0 nor 1');
    return byte === 1;
  },
  toJson: (value) => value,
  fromJson: (json) => {
    if (typeof json !== 'boolean') throw new DecodeError('expected true or false');
    return json;
  },
};

function text(bytesMax: number): Schema<string> {
  return {
    shape: { kind: 'text', bytesMax },
    write: (writer, value) => writeText(writer, value, bytesMax),
    read: (reader) => readText(reader, bytesMax),
    toJson: (value) => value,
    fromJson: (json) => {
      if (typeof json !== 'string') throw new DecodeError('expected text');
      const reason = textError(json, bytesMax);
      if (reason !== undefined) throw new DecodeError(reason);
      return json;
    },
  };
}

function bytes(bytesMax: number): Schema<Uint8Array> {
  return {
    shape: { kind: 'bytes', bytesMax },
    write: (writer, value) => {
      if (value.length > bytesMax)
        throw new EncodeError(`${value.length} bytes, limit ${bytesMax}`);
      writer.length(value.length);
      writer.raw(value);
    },
    read: (reader) => {
      const sizeBytes = reader.length();
      if (sizeBytes > bytesMax) throw new DecodeError(`${sizeBytes} bytes, limit ${bytesMax}`);
      return reader.raw(sizeBytes).slice();
    },
    toJson: toBase64Url,
    fromJson: (json) => {
      const value = typeof json === 'string' ? fromBase64Url(json) : undefined;
      if (value === undefined) throw new DecodeError('expected base64url');
      if (value.length > bytesMax) {
        throw new DecodeError(`${value.length} bytes, limit ${bytesMax}`);
      }
      return value;
    },
  };
}

function fixed(sizeBytes: number): Schema<Uint8Array> {
  return {
    shape: { kind: 'fixed', sizeBytes },
    write: (writer, value) => {
      if (value.length !== sizeBytes)
        throw new EncodeError(`${value.length} bytes, need ${sizeBytes}`);
      writer.raw(value);
    },
    read: (reader) => reader.raw(sizeBytes).slice(),
    toJson: toHex,
    fromJson: (json) => {
      const value = typeof json === 'string' ? fromHex(json) : undefined;
      if (value?.length !== sizeBytes)
        throw new DecodeError(`expected ${sizeBytes} bytes in hexadecimal`);
      return value;
    },
  };
}

function oneOf<const N extends string>(...names: readonly N[]): Schema<N> {
  const named = (index: number): N => {
    const name = names[index];
    if (name === undefined) throw new DecodeError(`expected one of ${names.join(', ')}`);
    return name;
  };
  return {
    shape: { kind: 'oneOf', names },
    write: (writer, value) => {
      const index = names.indexOf(value);
      if (index < 0) throw new EncodeError(`"${value}" is not one of ${names.join(', ')}`);
      writer.u8(index);
    },
    read: (reader) => named(reader.u8()),
    toJson: (value) => value,
    fromJson: (json) => named(names.findIndex((name) => name === json)),
  };
}

function option<T>(item: Schema<T>): Schema<T | undefined> {
  return {
    shape: { kind: 'option', item },
    write: (writer, value) => {
      writer.u8(value === undefined ? 0 : 1);
      if (value !== undefined) item.write(writer, value);
    },
    read: (reader) => (bool.read(reader) ? item.read(reader) : undefined),
    toJson: (value) => (value === undefined ? null : item.toJson(value)),
    fromJson: (json) => (json === null ? undefined : item.fromJson(json)),
  };
}

function list<T>(item: Schema<T>, itemsMax: number, itemsMin = 0): Schema<readonly T[]> {
  const check = (count: number, fail: (reason: string) => Error): void => {
    if (count < itemsMin || count > itemsMax)
      throw fail(`${count} items, need ${itemsMin} to ${itemsMax}`);
  };
  return {
    shape: { kind: 'list', item, itemsMin, itemsMax },
    write: (writer, value) => {
      check(value.length, (reason) => new EncodeError(reason));
      writer.length(value.length);
      for (const one of value) item.write(writer, one);
    },
    read: (reader) => {
      const count = reader.length();
      check(count, (reason) => new DecodeError(reason));
      // Items are read one by one, so a false count runs into the end before it costs memory.
      const out: T[] = [];
      for (let i = 0; i < count; i++) out.push(item.read(reader));
      return out;
    },
    toJson: (value) => value.map((one) => item.toJson(one)),
    fromJson: (json) => {
      if (!isJsonArray(json)) throw new DecodeError('expected a list');
      check(json.length, (reason) => new DecodeError(reason));
      return json.map((one) => item.fromJson(one));
    },
  };
}

function struct<F extends Fields>(fields: F): Schema<StructOf<F>> {
  // The one place where the mapped type meets its interpretation; the round-trip tests hold it together.
  const entries = Object.entries(fields) as unknown as readonly (readonly [
    string,
    Schema<unknown>,
  ])[];
  const known = new Set(entries.map(([name]) => name));
  type Loose = Record<string, unknown>;
  return {
    shape: { kind: 'struct', fields },
    write: (writer, value) => {
      for (const [name, schema] of entries) schema.write(writer, (value as Loose)[name]);
    },
    read: (reader) => {
      const out: Loose = {};
      for (const [name, schema] of entries) out[name] = schema.read(reader);
      return out as StructOf<F>;
    },
    toJson: (value) => {
      const out: Record<string, Json> = {};
      for (const [name, schema] of entries) out[name] = schema.toJson((value as Loose)[name]);
      return out;
    },
    fromJson: (json) => {
      if (!isJsonObject(json)) throw new DecodeError('expected an object');
      for (const name of Object.keys(json))
        if (!known.has(name)) throw new DecodeError(`unknown field "${name}"`);
      const out: Loose = {};
      for (const [name, schema] of entries)
        out[name] = at(name, () => schema.fromJson(json[name] ?? null));
      return out as StructOf<F>;
    },
  };
}

function union<C extends Fields>(cases: C): Schema<UnionOf<C>> {
  const entries = Object.entries(cases) as unknown as readonly (readonly [
    string,
    Schema<unknown>,
  ])[];
  type Loose = { readonly kind: string; readonly value: unknown };
  const find = (kind: Json | undefined): readonly [string, Schema<unknown>] => {
    const found = entries.find(([name]) => name === kind);
    if (found === undefined)
      throw new DecodeError(`expected one of ${Object.keys(cases).join(', ')}`);
    return found;
  };
  return {
    shape: { kind: 'union', cases },
    write: (writer, value) => {
      const loose = value as unknown as Loose;
      const index = entries.findIndex(([name]) => name === loose.kind);
      const entry = entries[index];
      if (entry === undefined) throw new EncodeError(`unknown case "${loose.kind}"`);
      writer.u8(index);
      entry[1].write(writer, loose.value);
    },
    read: (reader) => {
      const entry = entries[reader.u8()];
      if (entry === undefined) throw new DecodeError('unknown tag');
      return { kind: entry[0], value: entry[1].read(reader) } as unknown as UnionOf<C>;
    },
    toJson: (value) => {
      const loose = value as unknown as Loose;
      return { kind: loose.kind, value: find(loose.kind)[1].toJson(loose.value) };
    },
    fromJson: (json) => {
      if (!isJsonObject(json)) throw new DecodeError('expected an object');
      const [kind, schema] = find(json['kind']);
      return {
        kind,
        value: at(kind, () => schema.fromJson(json['value'] ?? null)),
      } as unknown as UnionOf<C>;
    },
  };
}

/** A schema with one more rule; `check` returns why a value breaks it. */
function refine<T>(base: Schema<T>, check: (value: T) => string | undefined): Schema<T> {
  const checked = (value: T, fail: (reason: string) => Error): T => {
    const reason = check(value);
    if (reason !== undefined) throw fail(reason);
    return value;
  };
  return {
    shape: base.shape,
    write: (writer, value) =>
      base.write(
        writer,
        checked(value, (reason) => new EncodeError(reason)),
      ),
    read: (reader) => checked(base.read(reader), (reason) => new DecodeError(reason)),
    toJson: base.toJson,
    fromJson: (json) => checked(base.fromJson(json), (reason) => new DecodeError(reason)),
  };
}

function at<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) throw new DecodeError(`${name}: ${error.message}`);
    throw error;
  }
}

/** The schema values: each gives a type, its check, its canonical bytes and its JSON view at once. */
export const t = {
  u8: integer('u8', 0xff),
  u16: integer('u16', 0xffff),
  u32: integer('u32', 0xffff_ffff),
  u64: integer('u64', Number.MAX_SAFE_INTEGER),
  bool,
  text,
  bytes,
  fixed,
  hash: fixed(32),
  int,
  amount,
  date,
  oneOf,
  option,
  list,
  struct,
  union,
  refine,
} as const;
