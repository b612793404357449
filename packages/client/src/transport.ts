import type { Json } from '@hanse/codec';
import { concatBytes, fromUtf8, HanseError, limits } from '@hanse/kit';
import { throwIfAborted, timedSignal, type HttpRequest, type Platform } from './platform.ts';
import { errorOfProblem } from './problem.ts';
import { backoffMs, shouldRetry, type Failure } from './retry.ts';

/** One request to whichever node answers. Everything sent may be sent again, to another node. */
export type TransportRequest = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: Uint8Array | Json;
  /** Unix milliseconds at which to give up. */
  readonly deadlineMs: number;
  /** How long one node may take; more for requests that wait. */
  readonly attemptMs?: number;
  /** How many nodes to try at most; until the deadline when absent. */
  readonly attemptsMax?: number;
  readonly signal?: AbortSignal | undefined;
};

/** An answer below status 400, and which node gave it. */
export type Answer = { readonly value: Json; readonly node: number };

/** Requests over several nodes. */
export type Transport = {
  readonly urls: readonly string[];
  /** Ask the preferred node, then the others, until one answers, refuses for good or time is up. */
  readonly request: (request: TransportRequest) => Promise<Answer>;
  /** Ask one node once. */
  readonly ask: (node: number, request: TransportRequest) => Promise<Json>;
  /** Lines of a stream of the preferred node; a failure makes the next node preferred. */
  readonly lines: (path: string, signal: AbortSignal | undefined) => AsyncGenerator<string>;
};

const ATTEMPT_MS = 10_000;
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
const LINE_BYTES_MAX = 2 * limits.envelopeBytesMax;

type Outcome = { readonly value: Json } | { readonly failure: Failure; readonly error: HanseError };

/** A transport over nodes of one chain, best of different organisations. */
export function createTransport(urls: readonly string[], platform: Platform): Transport {
  if (urls.length === 0) {
    throw new HanseError('ConfigInvalid', { key: 'urls', value: '', expected: 'at least one URL' });
  }
  const bases = urls.map((url) => url.replace(/\/+$/, ''));
  let preferred = 0;
  const baseOf = (node: number): string => bases[node % bases.length] ?? '';

  async function request(asked: TransportRequest): Promise<Answer> {
    let node = preferred;
    for (let attempt = 0; ; attempt++) {
      throwIfAborted(asked.signal);
      const outcome = await tryOnce(platform, baseOf(node), asked);
      if ('value' in outcome) {
        preferred = node;
        return { value: outcome.value, node };
      }
      throwIfAborted(asked.signal);
      const time = { nowMs: platform.nowMs(), deadlineMs: asked.deadlineMs };
      if (!shouldRetry(outcome.failure, time)) throw outcome.error;
      if (attempt + 1 === asked.attemptsMax) throw outcome.error;
      node = (node + 1) % bases.length;
      // The first round visits every node at once; only then does waiting make sense.
      if (attempt + 1 < bases.length) continue;
      const afterMs = Number(outcome.error.params['afterMs'] ?? 0);
      const delayMs = backoffMs(attempt + 1 - bases.length, unit(platform), afterMs || 0);
      await platform.sleep(Math.min(delayMs, asked.deadlineMs - time.nowMs), asked.signal);
    }
  }

  return {
    urls: bases,
    request,
    ask: async (node, asked) => {
      const outcome = await tryOnce(platform, baseOf(node), asked);
      if ('value' in outcome) return outcome.value;
      throw outcome.error;
    },
    lines: async function* (path, signal) {
      const node = preferred;
      try {
        yield* readLines(platform, baseOf(node) + path, signal);
      } catch (error) {
        preferred = (node + 1) % bases.length;
        throw error;
      }
    },
  };
}

function unit(platform: Platform): number {
  const [a = 0, b = 0] = platform.randomBytes(2);
  return (a * 256 + b) / 65_536;
}

async function tryOnce(
  platform: Platform,
  base: string,
  asked: TransportRequest,
): Promise<Outcome> {
  const leftMs = Math.max(1, asked.deadlineMs - platform.nowMs());
  const timed = timedSignal(Math.min(asked.attemptMs ?? ATTEMPT_MS, leftMs), asked.signal);
  try {
    const response = await platform.fetch(base + asked.path, httpRequest(asked, timed.signal));
    const value = await readJson(response.body);
    if (response.status < 400) return { value };
    const problem = errorOfProblem(value);
    const error = problem ?? unreachable(base, `status ${response.status}`, undefined);
    return { failure: { kind: 'problem', status: response.status, retry: problem?.retry }, error };
  } catch (cause) {
    const kind = asked.signal?.aborted === true ? 'aborted' : 'unreachable';
    const reason = timed.signal.aborted ? 'no answer in time' : reasonOf(cause);
    return { failure: { kind }, error: unreachable(base, reason, cause) };
  } finally {
    timed.end();
  }
}

function unreachable(urls: string, reason: string, cause: unknown): HanseError {
  return new HanseError('NodeUnreachable', { urls, reason }, cause);
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  // fetch hides what happened behind "fetch failed".
  return cause.cause instanceof Error ? `${cause.message}: ${cause.cause.message}` : cause.message;
}

function httpRequest(asked: TransportRequest, signal: AbortSignal): HttpRequest {
  const { method, body } = asked;
  const accept = { accept: 'application/json' };
  if (body === undefined) return { method, headers: accept, signal };
  if (body instanceof Uint8Array) {
    return {
      method,
      headers: { ...accept, 'content-type': 'application/octet-stream' },
      body,
      signal,
    };
  }
  const headers = { ...accept, 'content-type': 'application/json' };
  return { method, headers, body: JSON.stringify(body), signal };
}

async function readJson(body: AsyncIterable<Uint8Array>): Promise<Json> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const part of body) {
    sizeBytes += part.length;
    if (sizeBytes > ANSWER_BYTES_MAX) throw new Error(`answer over ${ANSWER_BYTES_MAX} bytes`);
    parts.push(part);
  }
  const text = fromUtf8(concatBytes(...parts));
  if (text === undefined) throw new Error('answer is not UTF-8');
  return JSON.parse(text) as Json;
}

async function* readLines(
  platform: Platform,
  url: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  // A stream lives as long as its reader: only the caller's signal ends it.
  const own = signal ?? new AbortController().signal;
  const headers = { accept: 'application/x-ndjson' };
  const response = await platform.fetch(url, { method: 'GET', headers, signal: own });
  if (response.status !== 200) {
    const problem = errorOfProblem(await readJson(response.body));
    throw problem ?? unreachable(url, `status ${response.status}`, undefined);
  }
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for await (const part of response.body) {
    rest += decoder.decode(part, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_BYTES_MAX) throw new Error(`line over ${LINE_BYTES_MAX} bytes`);
    yield* lines.filter((line) => line !== '');
  }
}
