import { jsonSchema, type AnySchema, type Json } from '@hanse/codec';
import type { ContractInterface } from '@hanse/model';
import { components } from './schemas.ts';

type Calls = ContractInterface['methods'];

/**
 * A contract as an OpenAPI 3.1 document: one path for each query. Commands have no path, as only signed
 * transactions call them: their schemas, and those of events, are components, and `x-commands` and `x-events`
 * list them.
 */
export function contractDocument(
  { name, version }: { readonly name: string; readonly version: string },
  { methods, queries, events }: ContractInterface,
): Json {
  const data = Object.entries(events).map(([event, schema]) => [
    `${event}Event`,
    jsonSchema(schema),
  ]);
  return {
    openapi: '3.1.0',
    info: { title: name, version },
    paths: Object.fromEntries(
      Object.keys(queries).map((query) => [
        `/v1/contracts/${name}/queries/${query}`,
        { post: operation(query) },
      ]),
    ),
    components: {
      schemas: {
        ...Object.fromEntries([...schemasOf(methods), ...schemasOf(queries), ...data]),
        Problem: components['Problem'] ?? true,
      },
    },
    'x-commands': Object.fromEntries(
      Object.entries(methods).map(([method, entry]) => [
        method,
        { args: ref(`${method}Args`), result: ref(`${method}Result`), ...guards(entry) },
      ]),
    ),
    'x-events': Object.fromEntries(Object.keys(events).map((one) => [one, ref(`${one}Event`)])),
  };
}

function operation(query: string): Json {
  const answer = {
    type: 'object',
    properties: {
      result: ref(`${query}Result`),
      resultBytes: { type: 'string' },
      height: { type: 'integer' },
      ageMs: { type: 'integer' },
    },
    required: ['result', 'resultBytes', 'height', 'ageMs'],
  };
  return {
    operationId: query,
    requestBody: {
      required: true,
      content: { 'application/json': { schema: ref(`${query}Args`) } },
    },
    responses: {
      '200': { description: 'Done.', content: { 'application/json': { schema: answer } } },
      default: {
        description: 'A refusal.',
        content: { 'application/problem+json': { schema: ref('Problem') } },
      },
    },
  };
}

function schemasOf(calls: Calls): readonly (readonly [string, Json])[] {
  return Object.entries(calls).flatMap(([name, { args, result }]) => [
    [`${name}Args`, jsonSchema(args)] as const,
    [`${name}Result`, jsonSchema(result)] as const,
  ]);
}

function guards(entry: { readonly args: AnySchema; readonly allow?: readonly Json[] }): {
  readonly allow?: readonly Json[];
} {
  return entry.allow === undefined || entry.allow.length === 0 ? {} : { allow: entry.allow };
}

function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}
