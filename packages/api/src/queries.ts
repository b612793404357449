import { DecodeError, decode, encode, fromJson, type Json, type Schema } from '@hanse/codec';
import { equalBytes, HanseError, isHanseError, toBase64Url, toHex } from '@hanse/kit';
import { systemContracts, type ContractInterface } from '@hanse/model';
import type { FacadeAnswer, NodeFacade } from './facade.ts';

/** The native contracts by name. */
export const natives: Readonly<Record<string, ContractInterface>> = systemContracts;

/** A query as HTTP asks it. */
export type JsonQuery = {
  readonly contract: string;
  readonly query: string;
  readonly args: Json;
  readonly minHeight: number;
};

/** Its answer: the JSON view and the canonical bytes behind it. */
export type JsonAnswer = {
  readonly result: Json;
  readonly resultBytes: string;
  readonly height: number;
  readonly ageMs: number;
  /** Hash of the code that answered; absent for native contracts. */
  readonly codeHash?: string;
};

type Schemas = { readonly args: Schema<unknown>; readonly result: Schema<unknown> };

/** Upgrades that may happen under one query before it is given up. */
const UPGRADES_MAX = 3;

/** Ask a query with JSON arguments, by the schemas of its contract. Throws its refusal. */
export function askQuery(facade: NodeFacade, asked: JsonQuery): Promise<JsonAnswer> {
  const native = own(natives, asked.contract);
  return native === undefined ? askDeployed(facade, asked) : askNative(facade, asked, native);
}

/** Own members only: `constructor` is no contract. */
export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

async function askNative(
  facade: NodeFacade,
  asked: JsonQuery,
  { queries }: ContractInterface,
): Promise<JsonAnswer> {
  // The interface types its schemas by shape only; each is a schema of some value.
  const schemas = own(queries, asked.query) as Schemas | undefined;
  if (schemas === undefined) throw unknown(asked);
  return view(asked, schemas, await facade.query(withBytes(asked, schemas)));
}

/**
 * The schemas are those of the version that the node read last. When another one answers, or nothing fits,
 * they are read anew: whoever asks sees one version, never a mixture of two.
 */
async function askDeployed(facade: NodeFacade, asked: JsonQuery): Promise<JsonAnswer> {
  for (let tries = 0; tries <= UPGRADES_MAX; tries++) {
    const isFresh = tries > 0;
    const { record, offers } = await facade.contract(asked.contract, { isFresh });
    try {
      const schemas = own(offers.queries, asked.query);
      if (schemas === undefined) throw unknown(asked);
      const answer = await facade.query(withBytes(asked, schemas));
      if (answer.codeHash !== undefined && equalBytes(answer.codeHash, record.codeHash)) {
        return view(asked, schemas, answer);
      }
    } catch (error) {
      if (isFresh || !isMisfit(error)) throw error;
    }
  }
  const reason = `Contract ${asked.contract} is being upgraded.`;
  throw new HanseError('NotReady', { reason });
}

function isMisfit(error: unknown): boolean {
  return isHanseError(error) && ['BadArguments', 'UnknownQuery'].includes(error.codeName);
}

function withBytes({ contract, query, args, minHeight }: JsonQuery, schemas: Schemas) {
  const value = fromJson(schemas.args, args);
  if (!value.ok) {
    throw new HanseError('BadArguments', { contract, method: query, reason: value.error });
  }
  return { contract, query, args: encode(schemas.args, value.value), minHeight };
}

function view(
  { contract, query }: JsonQuery,
  { result }: Schemas,
  answer: FacadeAnswer,
): JsonAnswer {
  const value = decode(result, answer.result);
  if (!value.ok) throw new DecodeError(`result of ${contract}.${query}: ${value.error}`);
  return {
    result: result.toJson(value.value),
    resultBytes: toBase64Url(answer.result),
    height: answer.height,
    ageMs: answer.ageMs,
    ...(answer.codeHash === undefined ? {} : { codeHash: toHex(answer.codeHash) }),
  };
}

function unknown({ contract, query }: JsonQuery): HanseError {
  return new HanseError('UnknownQuery', { contract, query });
}
