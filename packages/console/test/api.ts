import type { Json } from '@hanse/codec';
import { HanseError, nameOf } from '@hanse/kit';
import { isJsonObject } from '@hanse/codec';
import { openChain, type Trust, type TrustedChain } from '../src/data/trust.ts';
import { textParams, type Api } from '../src/data/http.ts';
import type { Fake } from './fake.ts';

/** A request that was made: what of the reader's left the browser. */
export type Asked = { readonly method: string; readonly path: string; readonly body: string };

/** The api of a page over a fake node in the same process; keeps what was asked. */
export function fakeApi(fake: Fake): Api & { readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const ask = async <T>(method: string, path: string, body: string): Promise<T> => {
    asked.push({ method, path, body });
    const answer = fake.handle(method, path, body);
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
