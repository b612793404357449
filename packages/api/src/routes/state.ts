import {
  DecodeError,
  decode,
  encode,
  fromJson,
  jsonSchema,
  type Json,
  type Schema,
} from '@hanse/codec';
import { HanseError, toBase64Url } from '@hanse/kit';
import { systemContracts, type ContractInterface } from '@hanse/model';
import type { NodeFacade } from '../facade.ts';
import { usage } from '../problem.ts';
import { readFlag, readHeight, readKey, readObject } from '../read.ts';
import { json, type Input, type Output, type Route } from '../route.ts';
import { schemas } from '../schemas.ts';

const { anything, count, hex, ref } = schemas;
const contracts: Readonly<Record<string, ContractInterface>> = systemContracts;

/** Own members only: `constructor` is no contract. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

async function query(facade: NodeFacade, input: Input): Promise<Output> {
  const { contract, query: name, args, minHeight } = readObject(input);
  if (typeof contract !== 'string' || typeof name !== 'string') {
    throw usage('contract and query must be names.');
  }
  if (minHeight !== undefined && (typeof minHeight !== 'number' || !isHeight(minHeight))) {
    throw usage('minHeight must be a height.');
  }
  const found = own(contracts, contract);
  if (found === undefined) throw new HanseError('UnknownContract', { contract });
  const entry = own(found.queries, name);
  if (entry === undefined) throw new HanseError('UnknownQuery', { contract, query: name });
  // The interface types its schemas by shape only; each is a schema of some value.
  const schema = entry as { readonly args: Schema<unknown>; readonly result: Schema<unknown> };
  const value = fromJson(schema.args, args ?? {});
  if (!value.ok) {
    throw new HanseError('BadArguments', { contract, method: name, reason: value.error });
  }
  const answer = await facade.query({
    contract,
    query: name,
    args: encode(schema.args, value.value),
    minHeight: minHeight ?? 0,
  });
  const result = decode(schema.result, answer.result);
  if (!result.ok) throw new DecodeError(`result of ${contract}.${name}: ${result.error}`);
  return json({
    result: schema.result.toJson(result.value),
    resultBytes: toBase64Url(answer.result),
    height: answer.height,
    ageMs: answer.ageMs,
  });
}

function isHeight(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** The contracts of this node as JSON Schema: arguments and results of methods and queries, events. */
export function contractsDocument(): Json {
  return Object.fromEntries(
    Object.entries(contracts).map(([name, { methods, queries, events }]) => [
      name,
      {
        methods: mapMembers(methods, callDocument),
        queries: mapMembers(queries, callDocument),
        events: mapMembers(events, jsonSchema),
      },
    ]),
  );
}

type CallSchemas = ContractInterface['methods'][string];

function callDocument({ args, result }: CallSchemas): Json {
  return { args: jsonSchema(args), result: jsonSchema(result) };
}

function mapMembers<T>(members: Readonly<Record<string, T>>, map: (one: T) => Json): Json {
  return Object.fromEntries(Object.entries(members).map(([name, one]) => [name, map(one)]));
}

/** Queries, records and contract interfaces. */
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
  {
    method: 'GET',
    path: '/v1/contracts',
    about: 'Methods, queries and events of every contract as JSON Schema.',
    parameters: [],
    answer: { status: 200, schema: anything },
    errors: [],
    handle: () => json(contractsDocument()),
  },
];
