import { readFlag, readHeight, readKey, readObject } from '../read.ts';
import { askQuery } from '../queries.ts';
import { usage } from '../problem.ts';
import { json, type Input, type Output, type Route } from '../route.ts';
import { schemas } from '../schemas.ts';
import type { NodeFacade } from '../facade.ts';

const { count, hex, ref } = schemas;

async function query(facade: NodeFacade, input: Input): Promise<Output> {
  const { contract, query: name, args, minHeight } = readObject(input);
  if (typeof contract !== 'string' || typeof name !== 'string') {
    throw usage('contract and query must be names.');
  }
  if (minHeight !== undefined && (typeof minHeight !== 'number' || !isHeight(minHeight))) {
    throw usage('minHeight must be a height.');
  }
  const asked = { contract, query: name, args: args ?? {}, minHeight: minHeight ?? 0 };
  return json(await askQuery(facade, asked));
}

function isHeight(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** Queries and records. */
export const stateRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/query',
    about: 'Run a query of a contract on the newest executed state.',
    parameters: [],
    body: { kind: 'json', schema: ref('QueryRequest') },
    answer: { status: 200, schema: ref('QueryAnswer') },
    errors: [
      'UnknownContract',
      'UnknownQuery',
      'BadArguments',
      'HeightNotReached',
      'RecordUnknown',
      'ContractRejected',
      'QueryTooLong',
    ],
    handle: query,
  },
  {
    method: 'GET',
    path: '/v1/records/:key',
    about: 'One record of the state by its key, with a proof of it or of its absence.',
    parameters: [
      { name: 'key', in: 'path', schema: hex, about: 'key of the record in hexadecimal' },
      { name: 'proof', in: 'query', schema: { enum: ['0', '1'] }, about: 'with its proof' },
      { name: 'minHeight', in: 'query', schema: count, about: 'height the state must have' },
    ],
    answer: { status: 200, schema: ref('RecordAnswer') },
    errors: ['HeightNotReached', 'OverLimit', 'UsageError'],
    handle: async (facade, { params, query: asked }) => {
      const key = readKey(params['key']);
      const minHeight = readHeight(asked['minHeight'], 'minHeight') ?? 0;
      return json(await facade.record(key, readFlag(asked['proof'], 'proof'), minHeight));
    },
  },
];
