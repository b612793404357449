/* oxlint-disable no-restricted-globals -- the one file of the client that touches the platform */
import { HanseError } from '@hanse/kit';

/** An HTTP request as the transport makes it. */
export type HttpRequest = {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  readonly signal: AbortSignal;
};

/** The part of a fetch response that the transport reads. */
export type HttpResponse = {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
};

/** What the client needs of where it runs. */
export type Platform = {
  readonly fetch: (url: string, request: HttpRequest) => Promise<HttpResponse>;
  /** Unix time in milliseconds. */
  readonly nowMs: () => number;
  readonly randomBytes: (sizeBytes: number) => Uint8Array;
  /** Resolves after a time, or at once when the signal aborts. */
  readonly sleep: (delayMs: number, signal?: AbortSignal) => Promise<void>;
};

/** The platform of browsers and Node: global fetch, clock, timers and randomness. */
export const ambientPlatform: Platform = {
  fetch: async (url, { body, ...rest }) => {
    const init = { ...rest, cache: 'no-store', redirect: 'error' } as const;
    const sent = typeof body === 'object' ? body.slice() : body;
    const response = await fetch(url, sent === undefined ? init : { ...init, body: sent });
    return { status: response.status, body: chunks(response.body) };
  },
  nowMs: () => Date.now(),
  randomBytes: (sizeBytes) => crypto.getRandomValues(new Uint8Array(sizeBytes)),
  sleep: (delayMs, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, delayMs);
      signal?.addEventListener('abort', end);
    }),
};

type Body = {
  readonly getReader: () => {
    readonly read: () => Promise<{
      readonly done: boolean;
      readonly value?: Uint8Array | undefined;
    }>;
    readonly cancel: () => Promise<void>;
  };
};

// Not every browser iterates over a ReadableStream, so read it by hand.
async function* chunks(body: Body | null): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (value !== undefined) yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** A signal that aborts with the caller's or after a time; `end` frees its timer. */
export function timedSignal(
  timeoutMs: number,
  parent: AbortSignal | undefined,
): { readonly signal: AbortSignal; readonly end: () => void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort(parent?.reason);
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  if (parent?.aborted === true) abort();
  parent?.addEventListener('abort', abort);
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      parent?.removeEventListener('abort', abort);
    },
  };
}

/** Throw the reason of an aborted signal. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  const { reason } = signal;
  throw reason instanceof Error ? reason : new HanseError('UsageError', { message: 'aborted' });
}
