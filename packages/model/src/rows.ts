import {
  decode,
  encode,
  isJsonArray,
  isJsonObject,
  schemaOf,
  shapeFromJson,
  type Json,
  type Schema,
  type Shape,
} from '@hanse/codec';
import { concatBytes, err, fromUtf8, limits, ok, utf8, type Result } from '@hanse/kit';

/** A table of a deployed contract, for readers who check a row against the state. */
export type DeployedTable = {
  readonly name: string;
  readonly row: Schema<unknown>;
  /** Key of the state under which the row with these values lies. Throws EncodeError for values out of bounds. */
  readonly keyBytes: (key: Readonly<Record<string, unknown>>) => Uint8Array;
  /** A row of canonical bytes; options that a later version has added are absent. */
  readonly read: (bytes: Uint8Array) => Result<unknown, string>;
};

/** A table in the manifest of a contract, or why there is none. */
export function tableOf(manifest: Uint8Array, table: string): Result<DeployedTable, string> {
  const json = parse(manifest);
  const tables = isJsonObject(json) ? json['tables'] : undefined;
  if (!isJsonObject(json) || typeof json['name'] !== 'string') return err('it is no manifest');
  if (tables === undefined || !isJsonArray(tables)) return err('it has no tables');
  const found = tables.find((one) => isJsonObject(one) && one['name'] === table);
  if (!isJsonObject(found)) return err(`there is no table ${table}`);
  const shape = shapeFromJson(found['row'] ?? null);
  if (!shape.ok) return shape;
  const { key } = found;
  if (shape.value.kind !== 'struct' || key === undefined || !isJsonArray(key)) {
    return err(`table ${table} lacks a part`);
  }
  const { fields } = shape.value;
  const names = key.filter((name) => typeof name === 'string');
  if (names.some((name) => !Object.hasOwn(fields, name))) return err(`${table}: no such key`);
  const prefix = utf8(`c/${json['name']}/r/${table}/`);
  const row = schemaOf(shape.value);
  return ok({
    name: table,
    row,
    keyBytes: (values) =>
      concatBytes(
        prefix,
        ...names.map((name) => orderedBytes(fields[name]?.shape ?? row.shape, values[name])),
      ),
    read: (bytes) => readRow(row, fields, bytes),
  });
}

/** Bytes of a value that compare as values do (section *Tables* of the specification of contracts). */
export function orderedBytes(shape: Shape, value: unknown): Uint8Array {
  const bytes = encode(schemaOf(shape), value);
  if (shape.kind === 'int') {
    bytes[0] = (bytes[0] ?? 0) ^ 0x80;
    return bytes;
  }
  if (shape.kind !== 'text' && shape.kind !== 'bytes') return bytes;
  const content = bytes.subarray(1 + bytes.findIndex((byte) => byte < 0x80));
  const out: number[] = [];
  for (const byte of content) out.push(...(byte === 0 ? [0, 0xff] : [byte]));
  return Uint8Array.of(...out, 0, 0);
}

function readRow(
  row: Schema<unknown>,
  fields: Readonly<Record<string, { readonly shape: Shape }>>,
  bytes: Uint8Array,
): Result<unknown, string> {
  const whole = decode(row, bytes);
  if (whole.ok) return whole;
  const kinds = Object.values(fields).map(({ shape }) => shape.kind);
  const optionsMax = kinds.length - 1 - kinds.findLastIndex((kind) => kind !== 'option');
  // An absent option is one zero byte.
  for (let added = 1; added <= optionsMax; added++) {
    const longer = decode(row, concatBytes(bytes, new Uint8Array(added)));
    if (longer.ok) return longer;
  }
  return whole;
}

function parse(manifest: Uint8Array): Json | undefined {
  if (manifest.length > limits.manifestBytesMax) return undefined;
  try {
    const json: Json = JSON.parse(fromUtf8(manifest) ?? '');
    return json;
  } catch {
    return undefined;
  }
}
