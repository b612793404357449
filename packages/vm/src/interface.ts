import { canonicalJson, schemaOf, type Schema, type Shape } from '@hanse/codec';
import { concatBytes, must, ok, utf8, type Result } from '@hanse/kit';
import { manifestShape, readManifest } from './check.ts';
import type { Guard, Manifest, MethodManifest, TableManifest } from './manifest.ts';

/** A field of a struct: its name and its shape. */
export type Field = { readonly name: string; readonly shape: Shape };

/** An index, ready for use: positions of its fields and where its pages lie. */
export type TableIndex = {
  readonly name: string;
  readonly fields: readonly number[];
  readonly shapes: readonly Shape[];
  readonly unique: boolean;
  readonly prefix: Uint8Array;
};

/** A table, ready for use. */
export type Table = {
  readonly name: string;
  /** Shapes of the fields of a row. */
  readonly shapes: readonly Shape[];
  /** Positions and shapes of the fields of the key. */
  readonly key: readonly number[];
  readonly keyShapes: readonly Shape[];
  readonly keySchema: Schema<unknown>;
  /** Fields from here on are options: rows that an earlier version wrote may lack them. */
  readonly tail: number;
  readonly rowPrefix: Uint8Array;
  /** Where the pages of the list of keys lie, if rows are listed. */
  readonly listPrefix: Uint8Array | undefined;
  readonly indexes: readonly TableIndex[];
};

/** A method, ready for use. */
export type Method = {
  readonly name: string;
  readonly kind: MethodManifest['kind'];
  readonly args: Schema<unknown>;
  readonly argsShape: Shape;
  readonly returns: Schema<unknown>;
  readonly allow: readonly Guard[];
};

/** What a contract offers and stores, from its manifest. */
export type Interface = {
  readonly manifest: Manifest;
  /** Canonical JSON of the manifest, in UTF-8. */
  readonly bytes: Uint8Array;
  readonly tables: readonly Table[];
  readonly events: readonly string[];
  readonly methods: readonly Method[];
  readonly methodIndex: ReadonlyMap<string, number>;
};

/** The interface in the bytes of a manifest, or the rule that they break. */
export function readInterface(bytes: Uint8Array): Result<Interface, string> {
  const read = readManifest(bytes);
  if (!read.ok) return read;
  const manifest = read.value;
  const { name, tables, events, methods } = manifest;
  return ok({
    manifest,
    bytes: utf8(canonicalJson(manifest)),
    tables: tables.map((table) => tableOf(name, table)),
    events: events.map((event) => event.name),
    methods: methods.map(methodOf),
    methodIndex: new Map(methods.map((method, i) => [method.name, i])),
  });
}

/** Fields of a struct in order. */
export function fieldsOf(shape: Shape): readonly Field[] {
  if (shape.kind !== 'struct') return [];
  return Object.entries(shape.fields).map(([name, field]) => ({ name, shape: field.shape }));
}

function tableOf(contract: string, { name, row, key, listed, indexes }: TableManifest): Table {
  const fields = fieldsOf(manifestShape(row, name));
  const positions = (names: readonly string[]): readonly number[] =>
    names.map((one) => fields.findIndex((field) => field.name === one));
  const shapesAt = (at: readonly number[]): readonly Shape[] =>
    at.map((i) => must(fields[i], 'a field of the table').shape);
  const keyAt = positions(key);
  const keyShapes = shapesAt(keyAt);
  const keyFields = key.map((one, i) => [one, { shape: must(keyShapes[i], 'a field') }]);
  return {
    name,
    shapes: fields.map(({ shape }) => shape),
    key: keyAt,
    keyShapes,
    keySchema: schemaOf({ kind: 'struct', fields: Object.fromEntries(keyFields) }),
    tail: 1 + fields.findLastIndex(({ shape }) => shape.kind !== 'option'),
    rowPrefix: utf8(`c/${contract}/r/${name}/`),
    listPrefix: listed ? utf8(`c/${contract}/l/${name}/`) : undefined,
    indexes: indexes.map((index) => {
      const at = positions(index.fields);
      const prefix = utf8(`c/${contract}/i/${name}/${index.name}/`);
      return { name: index.name, fields: at, shapes: shapesAt(at), unique: index.unique, prefix };
    }),
  };
}

function methodOf({ name, kind, args, returns, allow }: MethodManifest): Method {
  const argsShape = manifestShape(args, name);
  return {
    name,
    kind,
    args: schemaOf(argsShape),
    argsShape,
    returns: schemaOf(manifestShape(returns, name)),
    allow,
  };
}

/** State key of a row. */
export function rowKeyBytes(table: Table, key: Uint8Array): Uint8Array {
  return concatBytes(table.rowPrefix, key);
}
