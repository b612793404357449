import { err, ok, unreachable, utf8, type Result } from '@hanse/kit';
import { isJsonArray, isJsonObject, type Json } from './json.ts';
import { t, type AnySchema, type Schema, type Shape } from './schema.ts';
import { DecodeError } from './wire.ts';

/**
 * A shape as JSON, such as `{"kind":"text","bytesMax":40}`. Fields of a struct and cases of a union are
 * pairs `[name, shape]` in a list, because canonical JSON keeps the order of lists only, and the order is
 * part of the bytes.
 */
export type ShapeJson = { readonly kind: string; readonly [key: string]: Json };

const DEPTH_MAX = 8;
const NODES_MAX = 256;
/** Bound of lengths, sizes and counts in a shape that comes from outside. */
const SIZE_MAX = 65_536;
const NAMES_MAX = 255;
const NAME_BYTES_MAX = 64;
const FIELD_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** The JSON of a shape. */
export function shapeToJson(shape: Shape): ShapeJson {
  switch (shape.kind) {
    case 'u8':
    case 'u16':
    case 'u32':
    case 'u64':
    case 'bool':
    case 'amount':
    case 'date':
      return { kind: shape.kind };
    case 'text':
    case 'bytes':
      return { kind: shape.kind, bytesMax: shape.bytesMax };
    case 'fixed':
      return { kind: shape.kind, sizeBytes: shape.sizeBytes };
    case 'oneOf':
      return { kind: shape.kind, names: shape.names };
    case 'int':
      return { kind: shape.kind, min: shape.min, max: shape.max };
    case 'option':
      return { kind: shape.kind, item: shapeToJson(shape.item.shape) };
    case 'list': {
      const { itemsMin, itemsMax } = shape;
      return { kind: shape.kind, item: shapeToJson(shape.item.shape), itemsMin, itemsMax };
    }
    case 'struct':
      return { kind: shape.kind, fields: pairs(shape.fields) };
    case 'union':
      return { kind: shape.kind, cases: pairs(shape.cases) };
    default:
      return unreachable(shape);
  }
}

/**
 * The shape behind its JSON, or why it is none. Not more than 8 levels and 256 nodes, no size above
 * 65,536, no items that take no bytes: what decodes by it stays in proportion to its input.
 */
export function shapeFromJson(json: Json): Result<Shape, string> {
  try {
    return ok(readShape(json, 1, { nodes: 0 }));
  } catch (error) {
    if (error instanceof DecodeError) return err(error.message);
    throw error;
  }
}

/** The schema of a shape; rules that `refine` added to the shape's first schema are not known here. */
export function schemaOf(shape: Shape): Schema<unknown> {
  return build(shape) as Schema<unknown>;
}

function build(shape: Shape): AnySchema {
  switch (shape.kind) {
    case 'u8':
    case 'u16':
    case 'u32':
    case 'u64':
    case 'bool':
    case 'amount':
    case 'date':
      return t[shape.kind];
    case 'text':
    case 'bytes':
      return t[shape.kind](shape.bytesMax);
    case 'fixed':
      return t.fixed(shape.sizeBytes);
    case 'oneOf':
      return t.oneOf(...shape.names);
    case 'int':
      return t.int(shape.min, shape.max);
    case 'option':
      return t.option(schemaOf(shape.item.shape));
    case 'list':
      return t.list(schemaOf(shape.item.shape), shape.itemsMax, shape.itemsMin);
    case 'struct':
      return t.struct(members(shape.fields));
    case 'union':
      return t.union(members(shape.cases));
    default:
      return unreachable(shape);
  }
}

function members(
  of: Readonly<Record<string, AnySchema>>,
): Readonly<Record<string, Schema<unknown>>> {
  return Object.fromEntries(Object.entries(of).map(([name, one]) => [name, schemaOf(one.shape)]));
}

function pairs(of: Readonly<Record<string, AnySchema>>): Json {
  return Object.entries(of).map(([name, one]) => [name, shapeToJson(one.shape)]);
}

type Seen = { nodes: number };

function readShape(json: Json | undefined, depth: number, seen: Seen): Shape {
  if (depth > DEPTH_MAX) throw new DecodeError(`a shape is deeper than ${DEPTH_MAX} levels`);
  if (++seen.nodes > NODES_MAX) throw new DecodeError(`a shape has more than ${NODES_MAX} nodes`);
  if (!isJsonObject(json)) throw new DecodeError('a shape is an object');
  const kind = json['kind'];
  switch (kind) {
    case 'u8':
    case 'u16':
    case 'u32':
    case 'u64':
    case 'bool':
    case 'amount':
    case 'date':
      checkKeys(json, 1);
      return { kind };
    case 'text':
    case 'bytes':
      checkKeys(json, 2);
      return { kind, bytesMax: readSize(json, 'bytesMax') };
    case 'fixed':
      checkKeys(json, 2);
      return { kind, sizeBytes: readSize(json, 'sizeBytes') };
    case 'oneOf':
      checkKeys(json, 2);
      return { kind, names: readNames(json['names']) };
    case 'int':
      checkKeys(json, 3);
      return readInt(json);
    case 'option':
      checkKeys(json, 2);
      return { kind, item: readItem(json, depth, seen) };
    case 'list':
      checkKeys(json, 4);
      return readList(json, depth, seen);
    case 'struct':
      checkKeys(json, 2);
      return { kind, fields: readMembers(json['fields'], depth, seen) };
    case 'union':
      checkKeys(json, 2);
      return readUnion(json, depth, seen);
    default:
      throw new DecodeError(`there is no kind of shape ${JSON.stringify(kind ?? null)}`);
  }
}

type JsonObject = { readonly [key: string]: Json };

/** Each kind reads all the keys it has, so their number tells whether there is another one. */
function checkKeys(json: JsonObject, count: number): void {
  if (Object.keys(json).length === count) return;
  throw new DecodeError(`a shape of kind ${JSON.stringify(json['kind'])} has ${count} keys`);
}

function readSize(json: JsonObject, name: string): number {
  const value = json[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > SIZE_MAX) {
    throw new DecodeError(`${name} is an integer from 0 to ${SIZE_MAX}`);
  }
  return value;
}

function readInt(json: JsonObject): Shape {
  const [min, max] = [json['min'], json['max']];
  if (typeof min !== 'number' || typeof max !== 'number') {
    throw new DecodeError('min and max are safe integers');
  }
  if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || min > max) {
    throw new DecodeError('min and max are safe integers in order');
  }
  return { kind: 'int', min, max };
}

function readNames(json: Json | undefined): readonly string[] {
  if (json === undefined || !isJsonArray(json) || json.length === 0 || json.length > NAMES_MAX) {
    throw new DecodeError(`names is a list of 1 to ${NAMES_MAX} texts`);
  }
  const names = json.map((name) => {
    if (typeof name !== 'string' || name === '' || /\p{Surrogate}/u.test(name)) {
      throw new DecodeError('a name is a text');
    }
    if (utf8(name).length > NAME_BYTES_MAX) {
      throw new DecodeError(`a name has more than ${NAME_BYTES_MAX} bytes`);
    }
    return name;
  });
  if (new Set(names).size < names.length) throw new DecodeError('a name is listed twice');
  return names;
}

function readItem(json: JsonObject, depth: number, seen: Seen): AnySchema {
  return schemaOf(readShape(json['item'], depth + 1, seen));
}

function readList(json: JsonObject, depth: number, seen: Seen): Shape {
  const item = readItem(json, depth, seen);
  const [itemsMin, itemsMax] = [readSize(json, 'itemsMin'), readSize(json, 'itemsMax')];
  if (itemsMin > itemsMax) throw new DecodeError('itemsMin is above itemsMax');
  // Otherwise a few bytes would decode to any number of items.
  if (sizeBytesMin(item.shape) === 0) throw new DecodeError('items of a list take no bytes');
  return { kind: 'list', item, itemsMin, itemsMax };
}

function readUnion(json: JsonObject, depth: number, seen: Seen): Shape {
  const cases = readMembers(json['cases'], depth, seen);
  const count = Object.keys(cases).length;
  if (count === 0 || count > NAMES_MAX) throw new DecodeError(`1 to ${NAMES_MAX} cases`);
  return { kind: 'union', cases };
}

function readMembers(
  json: Json | undefined,
  depth: number,
  seen: Seen,
): Readonly<Record<string, AnySchema>> {
  if (json === undefined || !isJsonArray(json)) {
    throw new DecodeError('fields are a list of pairs of name and shape');
  }
  const out: Record<string, AnySchema> = {};
  for (const pair of json) {
    if (!isJsonArray(pair) || pair.length !== 2) {
      throw new DecodeError('a field is a pair of name and shape');
    }
    const [name, shape] = pair;
    // A value without the field would seem to have what all objects inherit.
    if (typeof name !== 'string' || !FIELD_NAME.test(name) || name in Object.prototype) {
      throw new DecodeError(`${JSON.stringify(name ?? null)} is no name of a field`);
    }
    if (Object.hasOwn(out, name)) throw new DecodeError(`field "${name}" is listed twice`);
    out[name] = schemaOf(readShape(shape, depth + 1, seen));
  }
  return out;
}

/** Fewest bytes that a value takes. */
function sizeBytesMin(shape: Shape): number {
  switch (shape.kind) {
    case 'struct':
      return Object.values(shape.fields).reduce((sum, one) => sum + sizeBytesMin(one.shape), 0);
    case 'fixed':
      return shape.sizeBytes;
    default:
      return 1;
  }
}
