import type { Json } from '@hanse/codec';
import type { ErrorName } from '@hanse/kit';
import type { NodeFacade } from './facade.ts';

/** What a handler reads of a request. Values are as received: handlers check them. */
export type Input = {
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  /** Bytes for `body: 'bytes'` routes, parsed JSON for `body: 'json'`, absent otherwise. */
  readonly body: Uint8Array | Json | undefined;
  readonly signal: AbortSignal;
};

/** JSON with a status, or rows to stream. */
export type Output =
  | { readonly kind: 'json'; readonly status: number; readonly value: unknown }
  | { readonly kind: 'rows'; readonly rows: AsyncIterable<unknown> };

/** A value of a path or query string for the documentation. */
export type Parameter = {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly schema: Json;
  readonly about: string;
};

/** One route: the router serves it and the OpenAPI document describes it from the same entry. */
export type Route = {
  readonly method: 'GET' | 'POST';
  /** Path with `:name` parts. */
  readonly path: string;
  readonly about: string;
  readonly parameters: readonly Parameter[];
  readonly body?: { readonly kind: 'bytes' | 'json'; readonly schema: Json };
  /** Status, JSON Schema and form of a successful answer. */
  readonly answer: { readonly status: number; readonly schema: Json; readonly rows?: true };
  /** Names of catalogue errors that belong to normal use of this route. */
  readonly errors: readonly ErrorName[];
  readonly handle: (facade: NodeFacade, input: Input) => Promise<Output> | Output;
};

/** An answer with status 200. */
export function json(value: unknown): Output {
  return { kind: 'json', status: 200, value };
}
