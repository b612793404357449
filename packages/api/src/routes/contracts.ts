import { decode, encode, isJsonObject, jsonSchema, type AnySchema, type Json } from '@hanse/codec';
import { fromUtf8, limits, must, toHex } from '@hanse/kit';
import {
  contractSummarySchema,
  systemContracts,
  type ContractInterface,
  type ContractRecord,
} from '@hanse/model';
import { contractDocument } from '../contractopenapi.ts';
import type { NodeFacade } from '../facade.ts';
import { usage } from '../problem.ts';
import { askQuery, natives, own } from '../queries.ts';
import { readHeight, readLimit } from '../read.ts';
import { json, type Input, type Output, type Route } from '../route.ts';
import { schemas } from '../schemas.ts';

const { anything, count, list, object, ref, text } = schemas;
const listQuery = systemContracts.contracts.queries.list;
const nameParameter = {
  name: 'name',
  in: 'path',
  schema: text,
  about: 'name of the contract',
} as const;

async function listContracts(facade: NodeFacade, { query }: Input): Promise<Output> {
  const { after } = query;
  const limit = readLimit(query['limit'] ?? String(limits.pageRowsMax));
  const answer = await facade.query({
    contract: 'contracts',
    query: 'list',
    args: encode(listQuery.args, { after, limit }),
    minHeight: readHeight(query['minHeight'], 'minHeight') ?? 0,
  });
  const page = decode(listQuery.result, answer.result);
  const { rows, next } = must(page.ok ? page.value : undefined, 'a page of contracts decodes');
  const system = after === undefined ? Object.keys(natives) : [];
  return json({
    contracts: [
      ...system.map((name) => ({ name, kind: 'system' })),
      ...rows.map((row) => ({ kind: 'deployed', ...members(contractSummarySchema.toJson(row)) })),
    ],
    ...(next === undefined ? {} : { next }),
  });
}

async function showContract(facade: NodeFacade, name: string): Promise<Output> {
  const native = own(natives, name);
  if (native !== undefined) return json({ name, kind: 'system', ...offered(native) });
  const { record, offers } = await facade.contract(name, { isFresh: true });
  const internals = mapMembers(offers.internals, callSchemas);
  return json({ kind: 'deployed', ...recordJson(record), ...offered(offers), internals });
}

/** JSON view of a contract's record; the manifest as JSON, the pieces of its code left out. */
function recordJson(record: ContractRecord): { readonly [key: string]: Json } {
  const { name, version, codeHash, codeBytes, owners, height, time, txid } = record;
  const manifest: Json = JSON.parse(must(fromUtf8(record.manifest), 'a manifest is text'));
  return {
    name,
    version,
    codeHash: toHex(codeHash),
    codeBytes,
    owners,
    height,
    time,
    txid: toHex(txid),
    manifest,
  };
}

function offered({ methods, queries, events }: ContractInterface): {
  readonly [key: string]: Json;
} {
  return {
    methods: mapMembers(methods, callSchemas),
    queries: mapMembers(queries, callSchemas),
    events: mapMembers(events, jsonSchema),
  };
}

type CallSchemas = { readonly args: AnySchema; readonly result: AnySchema };

function callSchemas({ args, result }: CallSchemas): Json {
  return { args: jsonSchema(args), result: jsonSchema(result) };
}

function mapMembers<T>(of: Readonly<Record<string, T>>, map: (one: T) => Json): Json {
  return Object.fromEntries(Object.entries(of).map(([name, one]) => [name, map(one)]));
}

function members(value: Json): { readonly [key: string]: Json } {
  return isJsonObject(value) ? value : {};
}

async function askByPath(facade: NodeFacade, input: Input): Promise<Output> {
  const { body, params, query } = input;
  if (body instanceof Uint8Array) throw usage('the body must be JSON.');
  return json(
    await askQuery(facade, {
      contract: params['name'] ?? '',
      query: params['query'] ?? '',
      args: body ?? {},
      minHeight: readHeight(query['minHeight'], 'minHeight') ?? 0,
    }),
  );
}

/** Contracts: what there is, what each offers, and its queries by path. */
export const contractRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/contracts',
    about: 'The contracts of the chain by name; native ones first.',
    parameters: [
      { name: 'after', in: 'query', schema: text, about: '"next" of the page before' },
      { name: 'limit', in: 'query', schema: count, about: 'deployed contracts of the page' },
      { name: 'minHeight', in: 'query', schema: count, about: 'height the state must have' },
    ],
    answer: {
      status: 200,
      schema: object({ contracts: list(ref('ContractSummary')), 'next?': text }),
    },
    errors: ['OverLimit', 'UsageError', 'HeightNotReached'],
    handle: listContracts,
  },
  {
    method: 'GET',
    path: '/v1/contracts/:name',
    about:
      'A contract: version, owners, hash of its code, manifest, and JSON Schemas of what it offers.',
    parameters: [nameParameter],
    answer: { status: 200, schema: ref('Contract') },
    errors: ['UnknownContract'],
    handle: (facade, { params }) => showContract(facade, params['name'] ?? ''),
  },
  {
    method: 'GET',
    path: '/v1/contracts/:name/openapi.json',
    about: 'The contract as an OpenAPI document, made from its manifest.',
    parameters: [nameParameter],
    answer: { status: 200, schema: anything },
    errors: ['UnknownContract'],
    handle: async (facade, { params }) => {
      const name = params['name'] ?? '';
      const native = own(natives, name);
      if (native !== undefined) return json(contractDocument({ name, version: 'system' }, native));
      const { record, offers } = await facade.contract(name, { isFresh: true });
      return json(contractDocument({ name, version: String(record.version) }, offers));
    },
  },
  {
    method: 'POST',
    path: '/v1/contracts/:name/queries/:query',
    about: 'Run a query of a contract on the newest executed state; the body is its arguments.',
    parameters: [
      nameParameter,
      { name: 'query', in: 'path', schema: text, about: 'name of the query' },
      { name: 'minHeight', in: 'query', schema: count, about: 'height the state must have' },
    ],
    body: { kind: 'json', schema: anything },
    answer: { status: 200, schema: ref('QueryAnswer') },
    errors: [
      'UnknownContract',
      'UnknownQuery',
      'BadArguments',
      'HeightNotReached',
      'ContractRejected',
      'QueryTooLong',
    ],
    handle: askByPath,
  },
];
