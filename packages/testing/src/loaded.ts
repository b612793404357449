import type { Guard, Manifest, MethodKind, Runnable } from '@hanse/contract';
import { schemaOf, shapeFromJson, type Json, type Schema, type Shape } from '@hanse/codec';
import { HanseError } from '@hanse/kit';

/** A method made ready to be called. */
export type LoadedMethod = {
  readonly position: number;
  readonly name: string;
  readonly kind: MethodKind;
  readonly args: Schema<unknown>;
  readonly returns: Schema<unknown>;
  readonly allow: readonly Guard[];
};

/** An order of rows: which fields, and their shapes. */
export type LoadedOrder = {
  readonly name: string;
  readonly fields: readonly string[];
  readonly schemas: readonly Schema<unknown>[];
};

/** A table made ready to be used. */
export type LoadedTable = {
  readonly name: string;
  readonly row: Schema<unknown>;
  readonly key: LoadedOrder;
  readonly isListed: boolean;
  readonly indexes: readonly (LoadedOrder & { readonly isUnique: boolean })[];
};

/** A contract made ready to run as plain TypeScript. */
export type LoadedContract = {
  readonly name: string;
  readonly run: Runnable['run'];
  readonly methods: ReadonlyMap<string, LoadedMethod>;
  readonly tables: readonly LoadedTable[];
  readonly events: readonly { readonly name: string; readonly data: Schema<unknown> }[];
};

/** Prepare a contract. Throws BadManifest, as deploying it would be refused. */
export function loadContract({ manifest, run }: Runnable): LoadedContract {
  const { name } = manifest;
  const schema = (json: Json): Schema<unknown> => schemaOf(shapeOf(name, json));
  return {
    name,
    run,
    methods: new Map(
      manifest.methods.map((method, position) => [
        method.name,
        { ...method, position, args: schema(method.args), returns: schema(method.returns) },
      ]),
    ),
    tables: manifest.tables.map((table) => loadTable(manifest, table)),
    events: manifest.events.map((event) => ({ name: event.name, data: schema(event.data) })),
  };
}

function loadTable(manifest: Manifest, table: Manifest['tables'][number]): LoadedTable {
  const row = shapeOf(manifest.name, table.row);
  const orderOf = (name: string, fields: readonly string[]): LoadedOrder => ({
    name,
    fields,
    schemas: fields.map((field) => {
      const schema = row.kind === 'struct' ? row.fields[field] : undefined;
      if (schema === undefined) throw badManifest(manifest.name, `there is no field ${field}`);
      return schemaOf(schema.shape);
    }),
  });
  return {
    name: table.name,
    row: schemaOf(row),
    key: orderOf('key', table.key),
    isListed: table.listed,
    indexes: table.indexes.map(({ name, fields, unique }) => ({
      ...orderOf(name, fields),
      isUnique: unique,
    })),
  };
}

function shapeOf(contract: string, json: Json): Shape {
  const shape = shapeFromJson(json);
  if (!shape.ok) throw badManifest(contract, shape.error);
  return shape.value;
}

function badManifest(contract: string, reason: string): HanseError {
  return new HanseError('BadManifest', { contract, reason });
}
