import {
  DecodeError,
  isJsonArray,
  isJsonObject,
  shapeFromJson,
  shapeToJson,
  type Json,
  type Shape,
} from '@hanse/codec';
import { err, fromUtf8, limits, ok, type Result } from '@hanse/kit';
import { isContractName, isRoleName, parseDid, systemContracts } from '@hanse/model';
import type { Guard, IndexManifest, Manifest, MethodManifest, TableManifest } from './manifest.ts';
import { isOrderable } from './ordered.ts';

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,31}$/;

/** The manifest that code declares, or the rule that it breaks. */
export function readManifest(bytes: Uint8Array): Result<Manifest, string> {
  const text = bytes.length > limits.manifestBytesMax ? undefined : fromUtf8(bytes);
  if (text === undefined) return err(`it is no text of at most ${limits.manifestBytesMax} bytes`);
  let json: Json;
  try {
    json = JSON.parse(text) as Json;
  } catch {
    return err('it is no JSON');
  }
  try {
    return ok(manifestOf(json));
  } catch (error) {
    if (error instanceof DecodeError) return err(error.message);
    throw error;
  }
}

/** The shape in a manifest that was checked, or that is being checked. Throws DecodeError. */
export function manifestShape(json: Json, where: string): Shape {
  const shape = shapeFromJson(json);
  if (!shape.ok) throw new DecodeError(`${where}: ${shape.error}`);
  checkKinds(shape.value, where);
  return shape.value;
}

function manifestOf(json: Json): Manifest {
  const top = members(json, 'manifest', ['abi', 'name', 'tables', 'events', 'methods']);
  if (top['abi'] !== 1) throw new DecodeError('abi is not 1');
  const name = top['name'];
  if (typeof name !== 'string' || !isContractName(name) || Object.hasOwn(systemContracts, name)) {
    throw new DecodeError('name is 2 to 32 lower-case letters, digits and dashes, and not taken');
  }
  const tables = list(top['tables'], 'tables', limits.tablesPerContractMax).map(tableOf);
  const events = list(top['events'], 'events', limits.eventsPerContractMax).map(eventOf);
  const methods = list(top['methods'], 'methods', limits.methodsPerContractMax).map(methodOf);
  checkDistinct(tables, 'tables');
  checkDistinct(events, 'events');
  checkDistinct(methods, 'methods');
  return { abi: 1, name, tables, events, methods };
}

function tableOf(json: Json): TableManifest {
  const table = members(json, 'table', ['name', 'row', 'key', 'listed', 'indexes']);
  const name = nameOf(table['name'], 'table');
  const where = `table ${name}`;
  const fields = structOf(table['row'], where);
  const listed = table['listed'];
  if (typeof listed !== 'boolean') throw new DecodeError(`${where}: listed is true or false`);
  const key = fieldNames(table['key'], fields, `${where}: key`);
  const indexes = list(table['indexes'], `${where}: indexes`, limits.indexesPerTableMax).map(
    (one) => indexOf(one, fields, where),
  );
  checkDistinct(indexes, `${where}: indexes`);
  return { name, row: shapeToJson({ kind: 'struct', fields }), key, listed, indexes };
}

type Fields = Extract<Shape, { readonly kind: 'struct' }>['fields'];

function indexOf(json: Json, fields: Fields, where: string): IndexManifest {
  const index = members(json, `${where}: index`, ['name', 'fields', 'unique']);
  const name = nameOf(index['name'], `${where}: index`);
  const unique = index['unique'];
  if (typeof unique !== 'boolean') {
    throw new DecodeError(`${where}: index ${name}: unique is true or false`);
  }
  return { name, fields: fieldNames(index['fields'], fields, `${where}: index ${name}`), unique };
}

function eventOf(json: Json): Manifest['events'][number] {
  const event = members(json, 'event', ['name', 'data']);
  const name = nameOf(event['name'], 'event');
  const data = shapeToJson({ kind: 'struct', fields: structOf(event['data'], `event ${name}`) });
  return { name, data };
}

function methodOf(json: Json): MethodManifest {
  const method = members(json, 'method', ['name', 'kind', 'args', 'returns', 'allow']);
  const name = nameOf(method['name'], 'method');
  const where = `method ${name}`;
  const kind = method['kind'];
  if (kind !== 'command' && kind !== 'query' && kind !== 'internal') {
    throw new DecodeError(`${where}: kind is command, query or internal`);
  }
  const args = shapeToJson({ kind: 'struct', fields: structOf(method['args'], `${where}: args`) });
  const returns = shapeToJson(manifestShape(method['returns'] ?? null, `${where}: returns`));
  const allow = list(method['allow'], `${where}: allow`, limits.guardsPerMethodMax).map((one) =>
    guardOf(one, where),
  );
  // Nobody signs a query, and contracts have neither roles nor duties.
  if (allow.length > 0 && kind !== 'command') {
    throw new DecodeError(`${where}: only commands have guards`);
  }
  return { name, kind, args, returns, allow };
}

function guardOf(json: Json, where: string): Guard {
  const kind = isJsonObject(json) ? json['kind'] : undefined;
  if (kind === 'role' || kind === 'duty') {
    const value = members(json, `${where}: guard`, ['kind', kind])[kind];
    if (typeof value !== 'string' || !isRoleName(value)) {
      throw new DecodeError(`${where}: a ${kind} is 1 to 32 lower-case letters, digits and dashes`);
    }
    return kind === 'role' ? { kind, role: value } : { kind, duty: value };
  }
  if (kind !== 'organisation') throw new DecodeError(`${where}: a guard names what it asks for`);
  const did = members(json, `${where}: guard`, ['kind', 'did'])['did'];
  if (typeof did !== 'string' || parseDid(did) === undefined) {
    throw new DecodeError(`${where}: a guard names an organisation by its identifier`);
  }
  return { kind, did };
}

/** The fields of a struct. */
function structOf(json: Json | undefined, where: string): Fields {
  const shape = manifestShape(json ?? null, where);
  if (shape.kind !== 'struct') throw new DecodeError(`${where}: it is a struct`);
  return shape.fields;
}

/** Contracts do without the wire's own kinds; and a missing option of an option would be two values. */
function checkKinds(shape: Shape, where: string): void {
  switch (shape.kind) {
    case 'u8':
    case 'u16':
    case 'u32':
    case 'u64':
    case 'union':
      throw new DecodeError(`${where}: contracts have no values of kind ${shape.kind}`);
    case 'fixed':
      if (shape.sizeBytes === 0) throw new DecodeError(`${where}: a fixed size is not 0`);
      return;
    case 'option':
      if (shape.item.shape.kind === 'option') {
        throw new DecodeError(`${where}: an option holds no option`);
      }
      checkKinds(shape.item.shape, where);
      return;
    case 'list':
      checkKinds(shape.item.shape, where);
      return;
    case 'struct':
      for (const field of Object.values(shape.fields)) checkKinds(field.shape, where);
      return;
    default:
      return;
  }
}

function fieldNames(json: Json | undefined, fields: Fields, where: string): readonly string[] {
  const names = list(json, where, limits.fieldsPerKeyMax).map((name) => {
    const field = typeof name === 'string' && Object.hasOwn(fields, name) ? fields[name] : null;
    if (typeof name !== 'string' || field === null || field === undefined) {
      throw new DecodeError(`${where}: ${shown(name)} is no field`);
    }
    if (!isOrderable(field.shape)) throw new DecodeError(`${where}: ${name} is no scalar`);
    return name;
  });
  if (names.length === 0) throw new DecodeError(`${where}: it has a field`);
  if (new Set(names).size < names.length) throw new DecodeError(`${where}: a field is named twice`);
  return names;
}

type Members = { readonly [key: string]: Json };

/** The members of an object that has these and no others. */
function members(json: Json | undefined, what: string, keys: readonly string[]): Members {
  if (!isJsonObject(json)) throw new DecodeError(`a ${what} is an object`);
  for (const key of keys) {
    if (!Object.hasOwn(json, key)) throw new DecodeError(`a ${what} has ${key}`);
  }
  if (Object.keys(json).length > keys.length) {
    throw new DecodeError(`a ${what} has ${keys.join(', ')} and nothing else`);
  }
  return json;
}

function list(json: Json | undefined, what: string, itemsMax: number): readonly Json[] {
  if (json === undefined || !isJsonArray(json)) throw new DecodeError(`${what}: it is a list`);
  if (json.length > itemsMax) throw new DecodeError(`${what}: more than ${itemsMax}`);
  return json;
}

function nameOf(json: Json | undefined, what: string): string {
  if (typeof json === 'string' && NAME.test(json) && !(json in Object.prototype)) return json;
  throw new DecodeError(`${what}: ${shown(json ?? null)} is no name`);
}

function checkDistinct(named: readonly { readonly name: string }[], what: string): void {
  const names = new Set<string>();
  for (const { name } of named) {
    if (names.has(name)) throw new DecodeError(`${what}: ${name} is there twice`);
    names.add(name);
  }
}

/** A scalar as it stands in the manifest; a refusal does not repeat whole structures. */
function shown(json: Json): string {
  return typeof json === 'object' && json !== null ? 'a structure' : JSON.stringify(json);
}
