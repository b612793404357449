import {
  isJsonArray,
  isJsonObject,
  schemaOf,
  shapeFromJson,
  type Json,
  type Schema,
} from '@hanse/codec';
import { err, fromUtf8, limits, ok, type Result } from '@hanse/kit';
import type { ContractInterface } from './contracts.ts';

/** A method of a deployed contract: its schemas, and who may call it in the words of the manifest. */
export type DeployedMethod = {
  readonly args: Schema<unknown>;
  readonly result: Schema<unknown>;
  /** Guards of the manifest, such as `{"kind":"role","role":"bank"}`; one of them must hold. */
  readonly allow: readonly Json[];
};

/** What a deployed contract offers: commands as `methods`, and what only other contracts call. */
export type DeployedInterface = ContractInterface & {
  readonly name: string;
  readonly methods: Readonly<Record<string, DeployedMethod>>;
  readonly queries: Readonly<Record<string, DeployedMethod>>;
  readonly internals: Readonly<Record<string, DeployedMethod>>;
  readonly events: Readonly<Record<string, Schema<unknown>>>;
};

type Out = Readonly<Record<'methods' | 'queries' | 'internals', Record<string, DeployedMethod>>>;

const KINDS = { command: 'methods', query: 'queries', internal: 'internals' } as const;

/**
 * What the manifest of a deployed contract offers, or why it is none. Validators have checked each manifest
 * in the state by more rules than this: it is for readers, who want schemas.
 */
export function interfaceOf(manifest: Uint8Array): Result<DeployedInterface, string> {
  const json = parse(manifest);
  if (!isJsonObject(json) || json['abi'] !== 1) return err('it is no manifest of version 1');
  const { name, methods, events } = json;
  if (typeof name !== 'string' || !isList(methods) || !isList(events))
    return err('it lacks a part');
  const out: Out = { methods: {}, queries: {}, internals: {} };
  for (const one of methods) {
    const method = readMethod(one);
    if (!method.ok) return method;
    out[KINDS[method.value.kind]][method.value.name] = method.value.method;
  }
  const schemas: Record<string, Schema<unknown>> = {};
  for (const one of events) {
    const data = readShape(isJsonObject(one) ? one['data'] : undefined);
    if (!isJsonObject(one) || typeof one['name'] !== 'string') return err('an event has no name');
    if (!data.ok) return data;
    schemas[one['name']] = data.value;
  }
  return ok({ name, ...out, events: schemas });
}

type Read = {
  readonly name: string;
  readonly kind: keyof typeof KINDS;
  readonly method: DeployedMethod;
};

function readMethod(json: Json): Result<Read, string> {
  if (!isJsonObject(json)) return err('a method is no object');
  const { name, kind, args, returns, allow } = json;
  if (typeof name !== 'string' || !isList(allow)) return err('a method lacks a part');
  if (kind !== 'command' && kind !== 'query' && kind !== 'internal') return err(`${name}: no kind`);
  const [taken, given] = [readShape(args), readShape(returns)];
  if (!taken.ok) return taken;
  if (!given.ok) return given;
  return ok({ name, kind, method: { args: taken.value, result: given.value, allow } });
}

function readShape(json: Json | undefined): Result<Schema<unknown>, string> {
  const shape = shapeFromJson(json ?? null);
  return shape.ok ? ok(schemaOf(shape.value)) : shape;
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

function isList(json: Json | undefined): json is readonly Json[] {
  return json !== undefined && isJsonArray(json);
}
