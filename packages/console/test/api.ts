import type { Json } from '@hanse/codec';
import { HanseError, nameOf } from '@hanse/kit';
import { isJsonObject } from '@hanse/codec';
import { openChain, type Trust, type TrustedChain } from '../src/data/trust.ts';
import { textParams, type Api } from '../src/data/http.ts';
import type { Platform } from '@hanse/client';
import { utf8 } from '@hanse/kit';
import type { Behind } from './browser.ts';
import type { Fake } from './fake.ts';

/** A request that was made: what of the reader's left the browser. */
export type Asked = { readonly method: string; readonly path: string; readonly body: string };

/** Who answers requests: a fake of any kind. */
type Answers = Pick<Behind, 'handle'>;

/** The api of a page over a fake node in the same process; keeps what was asked. */
export function fakeApi(fake: Answers): Api & { readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const ask = async <T>(method: string, path: string, body: string): Promise<T> => {
    asked.push({ method, path, body });
    const answer = await fake.handle(method, path, body);
    if (answer.kind !== 'json') throw new Error('a stream');
    // Over the wire and back, so that nothing but JSON is seen.
    const value = JSON.parse(JSON.stringify(answer.value)) as Json;
    if (answer.status < 400) return value as T;
    const code = isJsonObject(value) && typeof value['code'] === 'string' ? value['code'] : '';
    const params = isJsonObject(value) ? textParams(value['params']) : {};
    throw new HanseError(nameOf(code) ?? 'Internal', params);
  };
  return {
    asked,
    get: (path) => ask('GET', path, ''),
    post: (path, body) => ask('POST', path, JSON.stringify(body)),
    stream: () => Promise.reject(new Error('no streams here')),
  };
}

/** The chain of a fake node, trusted on first use unless told otherwise. */
export function trustedChain(fake: Fake, trust?: Trust): TrustedChain {
  return openChain(fake.story.chain.genesisJson(), trust, 1_700_000_000_000);
}

/** What a client needs to ask a fake node in the same process; keeps what was sent, bodies as Latin-1 text. */
export function fakePlatform(fake: Answers): Pick<Platform, 'fetch'> & { readonly asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    fetch: async (url, { method, body }) => {
      const path = url.replace(/^https?:\/\/[^/]+/, '');
      const text = typeof body === 'string' ? body : String.fromCharCode(...(body ?? []));
      asked.push({ method, path, body: text });
      const answer = await fake.handle(method, path, text);
      if (answer.kind === 'json') {
        return { status: answer.status, body: once(`${JSON.stringify(answer.value)}\n`) };
      }
      const rows = answer.kind === 'watch' ? [] : answer.rows;
      return { status: 200, body: once(rows.map((row) => `${JSON.stringify(row)}\n`).join('')) };
    },
  };
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield utf8(text);
}
