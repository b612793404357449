import { isJsonObject, type Json } from '@hanse/codec';
import { fromBase64Url, HanseError, nameOf } from '@hanse/kit';

/** Asks the node that served this page. */
export type Api = {
  /** JSON of a path. Throws HanseError: the node's problem, or NodeUnreachable. */
  readonly get: <T>(path: string, signal?: AbortSignal) => Promise<T>;
  readonly post: <T>(path: string, body: Json, signal?: AbortSignal) => Promise<T>;
  /** The bytes of a stream, which lives until the signal ends it. Rejects when it does not open. */
  readonly stream: (path: string, signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>;
};

const TIMEOUT_MS = 20_000;

/** Requests to the node at `base` (no slash at its end). Shapes are the model's: one node's word. */
export function createApi(base: string): Api {
  const ask = async <T>(
    path: string,
    init: RequestInit,
    signal: AbortSignal | undefined,
  ): Promise<T> => {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const both = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    let status: number;
    let value: unknown;
    try {
      const response = await fetch(base + path, { ...init, cache: 'no-store', signal: both });
      ({ status } = response);
      value = await response.json();
    } catch (cause) {
      if (signal?.aborted === true) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new HanseError('NodeUnreachable', { urls: base, reason }, cause);
    }
    if (status >= 400) throw problemError(value as Json, base, status);
    return value as T;
  };
  return {
    get: (path, signal) => ask(path, {}, signal),
    post: (path, body, signal) => {
      const headers = { 'content-type': 'application/json' };
      return ask(path, { method: 'POST', headers, body: JSON.stringify(body) }, signal);
    },
    stream: async (path, signal) => {
      const response = await fetch(base + path, { cache: 'no-store', signal });
      if (response.ok && response.body !== null) return response.body;
      throw new HanseError('NodeUnreachable', { urls: base, reason: `status ${response.status}` });
    },
  };
}

/** The catalogue's error behind a problem document. */
function problemError(value: Json, base: string, status: number): HanseError {
  const code = isJsonObject(value) ? value['code'] : undefined;
  const name = typeof code === 'string' ? nameOf(code) : undefined;
  if (!isJsonObject(value) || name === undefined) {
    return new HanseError('NodeUnreachable', { urls: base, reason: `status ${status}` });
  }
  return new HanseError(name, textParams(value['params']));
}

/** The parameters of a problem that are text. */
export function textParams(value: Json | undefined): Readonly<Record<string, string>> {
  if (!isJsonObject(value)) return {};
  const pairs = Object.entries(value).map(([key, one]) => [
    key,
    (typeof one === 'string' ? one : JSON.stringify(one)).slice(0, 500),
  ]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

/** Bytes of base64url text that came from a node. Throws ProofMalformed. */
export function mustBytes(text: Json | undefined, object: string): Uint8Array {
  const bytes = typeof text === 'string' ? fromBase64Url(text) : undefined;
  if (bytes !== undefined) return bytes;
  throw new HanseError('ProofMalformed', { reason: `${object}: no base64url` });
}

/** A thrown value as an error of the catalogue. */
export function toHanseError(error: unknown): HanseError {
  if (error instanceof HanseError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new HanseError('Internal', { message }, error);
}
