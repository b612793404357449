import {
  canonicalJson,
  isJsonArray,
  isJsonObject,
  shapeFromJson,
  type Json,
  type Shape,
} from '@hanse/codec';
import { utf8 } from '@hanse/kit';
import type { Program } from '@hanse/vm';
import type { Guest, Kept } from './guest.ts';
import type { Image } from './image.ts';
import { planOf, type Plan } from './plan.ts';

/** A table as the host functions need it. */
export type TablePlan = {
  readonly row: Plan;
  /** Struct of the fields of the key. */
  readonly key: Plan;
  /** Shapes of the fields that each order is by: first the key, then each index. */
  readonly orders: readonly (readonly Plan[])[];
};

/** Shapes of everything that passes between a program and its host. */
export type Plans = {
  readonly tables: readonly TablePlan[];
  readonly events: readonly Plan[];
  readonly methods: readonly { readonly args: Plan; readonly returns: Plan }[];
};

/** A program as the isolate keeps it. */
export type LoadedProgram = Program & {
  readonly image: Image;
  /** The contract object and its function `run`. */
  readonly contract: Kept;
  readonly run: Kept;
  /** Absent when the manifest breaks a rule: then no method can be run. */
  readonly plans: Plans | undefined;
};

/** Canonical bytes of a manifest that the guest wrote as JSON, or undefined when JSON cannot hold it. */
export function canonicalManifest(text: string): { json: Json; bytes: Uint8Array } | undefined {
  try {
    const json = JSON.parse(text) as Json;
    return { json, bytes: utf8(canonicalJson(json)) };
  } catch {
    return undefined;
  }
}

/**
 * Plans for a manifest; the names of its fields become atoms of the guest's memory. Undefined when shapes
 * are missing or wrong: whoever asked for the program checks the manifest and says so.
 */
export function plansOf(guest: Guest, manifest: Json): Plans | undefined {
  const shapes = shapesOf(manifest);
  if (shapes === undefined) return undefined;
  return {
    tables: shapes.tables.map(({ row, key, orders }) => ({
      row: planOf(guest, row),
      key: planOf(guest, key),
      orders: orders.map((order) => order.map((shape) => planOf(guest, shape))),
    })),
    events: shapes.events.map((shape) => planOf(guest, shape)),
    methods: shapes.methods.map(({ args, returns }) => ({
      args: planOf(guest, args),
      returns: planOf(guest, returns),
    })),
  };
}

type TableShapes = {
  readonly row: Shape;
  readonly key: Shape;
  readonly orders: readonly (readonly Shape[])[];
};

type Shapes = {
  readonly tables: readonly TableShapes[];
  readonly events: readonly Shape[];
  readonly methods: readonly { readonly args: Shape; readonly returns: Shape }[];
};

/** Thrown where a manifest has no shape or name that is needed. */
class NoShape extends Error {}

function shapesOf(manifest: Json): Shapes | undefined {
  try {
    return {
      tables: list(member(manifest, 'tables')).map(tableShapes),
      events: list(member(manifest, 'events')).map((event) => shape(member(event, 'data'))),
      methods: list(member(manifest, 'methods')).map((method) => ({
        args: shape(member(method, 'args')),
        returns: shape(member(method, 'returns')),
      })),
    };
  } catch (error) {
    if (error instanceof NoShape) return undefined;
    throw error;
  }
}

function tableShapes(table: Json): TableShapes {
  const row = shape(member(table, 'row'));
  if (row.kind !== 'struct') throw new NoShape();
  const field = (name: Json): readonly [string, Shape] => {
    const found = typeof name === 'string' && Object.hasOwn(row.fields, name);
    const one = found ? row.fields[name] : undefined;
    if (one === undefined || typeof name !== 'string') throw new NoShape();
    return [name, one.shape];
  };
  const key = list(member(table, 'key')).map(field);
  const fields = Object.fromEntries(key.map(([name, one]) => [name, { shape: one }]));
  const indexes = list(member(table, 'indexes')).map((index) =>
    list(member(index, 'fields')).map((name) => field(name)[1]),
  );
  return { row, key: { kind: 'struct', fields }, orders: [key.map(([, one]) => one), ...indexes] };
}

function member(json: Json, name: string): Json {
  const value = isJsonObject(json) && Object.hasOwn(json, name) ? json[name] : undefined;
  if (value === undefined) throw new NoShape();
  return value;
}

function list(json: Json): readonly Json[] {
  if (!isJsonArray(json)) throw new NoShape();
  return json;
}

function shape(json: Json): Shape {
  const result = shapeFromJson(json);
  if (!result.ok) throw new NoShape();
  return result.value;
}
