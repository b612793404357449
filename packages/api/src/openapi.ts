import type { Json } from '@hanse/codec';
import { catalogue, codeOf, type ErrorName } from '@hanse/kit';
import type { Route } from './route.ts';
import { blockRoutes } from './routes/blocks.ts';
import { contractRoutes } from './routes/contracts.ts';
import { nodeRoutes } from './routes/node.ts';
import { stateRoutes } from './routes/state.ts';
import { transactionRoutes } from './routes/transactions.ts';
import { components } from './schemas.ts';

const documentRoute: Route = {
  method: 'GET',
  path: '/openapi.json',
  about: 'This document.',
  parameters: [],
  answer: { status: 200, schema: true },
  errors: [],
  handle: () => ({ kind: 'json', status: 200, value: openApiDocument() }),
};

/** Every route of the interface; the router and the document are both made from it. */
export const routes: readonly Route[] = [
  ...transactionRoutes,
  ...blockRoutes,
  ...stateRoutes,
  ...contractRoutes,
  ...nodeRoutes,
  documentRoute,
];

/** The OpenAPI 3.1 document of the route table. */
export function openApiDocument(): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Hanse node',
      version: '1',
      license: { name: 'Apache-2.0' },
      description: 'Hashes are lower-case hexadecimal, canonical bytes base64url, times Unix ms.',
    },
    paths,
    components: { schemas: components },
  };
}

function operation(route: Route): Json {
  const { answer, body } = route;
  const form = answer.rows === true ? 'application/x-ndjson' : 'application/json';
  return {
    summary: route.about,
    parameters: route.parameters.map(({ name, in: place, schema, about }) => ({
      name,
      in: place,
      required: place === 'path',
      schema,
      description: about,
    })),
    ...(body === undefined ? {} : { requestBody: requestBody(body) }),
    responses: {
      [answer.status]: { description: 'Done.', content: { [form]: { schema: answer.schema } } },
      ...problems(route.errors),
      default: problemAnswer('Any other refusal.'),
    },
  };
}

function requestBody(body: NonNullable<Route['body']>): Json {
  const form = body.kind === 'bytes' ? 'application/octet-stream' : 'application/json';
  return { required: true, content: { [form]: { schema: body.schema } } };
}

/** One answer per status, naming the codes that have it. */
function problems(names: readonly ErrorName[]): Record<string, Json> {
  const byStatus = new Map<number, string[]>();
  for (const name of names) {
    const status = catalogue[name].http;
    byStatus.set(status, [...(byStatus.get(status) ?? []), `${codeOf(name)} ${name}`]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [String(status), problemAnswer(codes.join(', '))]),
  );
}

function problemAnswer(description: string): Json {
  const schema = { $ref: '#/components/schemas/Problem' };
  return { description, content: { 'application/problem+json': { schema } } };
}
