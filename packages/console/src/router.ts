import { useSyncExternalStore } from 'react';
import { parseDid } from '@hanse/model';

/** A page with its parameters. Everything the address bar can hold is one of these. */
export type Route =
  | { readonly page: 'home' }
  | { readonly page: 'block'; readonly height: number }
  | { readonly page: 'deposits' }
  | { readonly page: 'evidence'; readonly id: string }
  | { readonly page: 'tx'; readonly id: string }
  | { readonly page: 'verify' }
  | { readonly page: 'holdings'; readonly holder?: string }
  | { readonly page: 'supervision' }
  | { readonly page: 'title'; readonly id: string }
  | { readonly page: 'story' }
  | { readonly page: 'unknown'; readonly path: string };

const HASH = /^[0-9a-f]{64}$/;
/** Pages without a parameter, by the word in the address bar. */
const PLAIN = {
  '': 'home',
  evidence: 'deposits',
  verify: 'verify',
  holdings: 'holdings',
  titles: 'supervision',
  story: 'story',
} as const;

function isPlain(word: string): word is keyof typeof PLAIN {
  return Object.hasOwn(PLAIN, word);
}

/** The route behind a location hash such as `#/blocks/12`. */
export function parseRoute(hash: string): Route {
  const path = hash.replace(/^#/, '').replace(/\/+$/, '');
  const [, first = '', second, ...rest] = path.split('/');
  if (rest.length > 0) return { page: 'unknown', path };
  if (second === undefined) {
    return isPlain(first) ? { page: PLAIN[first] } : { page: 'unknown', path };
  }
  const height = parseHeight(second);
  if (first === 'blocks' && height !== undefined) return { page: 'block', height };
  if (first === 'evidence' && HASH.test(second)) return { page: 'evidence', id: second };
  if (first === 'tx' && HASH.test(second)) return { page: 'tx', id: second };
  if (first === 'titles' && HASH.test(second)) return { page: 'title', id: second };
  if (first === 'holdings' && parseDid(second) !== undefined) {
    return { page: 'holdings', holder: second };
  }
  return { page: 'unknown', path };
}

/** The location hash of a route. */
export function formatRoute(route: Route): string {
  switch (route.page) {
    case 'home':
      return '#/';
    case 'block':
      return `#/blocks/${route.height}`;
    case 'deposits':
      return '#/evidence';
    case 'evidence':
      return `#/evidence/${route.id}`;
    case 'tx':
      return `#/tx/${route.id}`;
    case 'verify':
      return '#/verify';
    case 'holdings':
      return route.holder === undefined ? '#/holdings' : `#/holdings/${route.holder}`;
    case 'supervision':
      return '#/titles';
    case 'title':
      return `#/titles/${route.id}`;
    case 'story':
      return '#/story';
    case 'unknown':
      return `#${route.path}`;
  }
}

/** What a person typed to find: a height, or a hash that is a transaction's or a file's. */
export type Wanted =
  | { readonly kind: 'height'; readonly height: number }
  | { readonly kind: 'hash'; readonly hash: string };

/** The wanted thing behind typed text, or undefined when it is neither a height nor a hash. */
export function parseWanted(text: string): Wanted | undefined {
  const plain = text.trim().toLowerCase().replaceAll(/[,\s]/g, '').replace(/^0x/, '');
  if (HASH.test(plain)) return { kind: 'hash', hash: plain };
  const height = parseHeight(plain);
  return height === undefined ? undefined : { kind: 'height', height };
}

/** Go to a page and make it an entry of the history. */
export function goTo(route: Route): void {
  globalThis.location.hash = formatRoute(route);
}

/** The page of the address bar. */
export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => globalThis.location.hash);
  return parseRoute(hash);
}

function subscribe(notify: () => void): () => void {
  globalThis.addEventListener('hashchange', notify);
  return () => globalThis.removeEventListener('hashchange', notify);
}

function parseHeight(text: string): number | undefined {
  if (!/^(0|[1-9]\d{0,15})$/.test(text)) return undefined;
  const height = Number(text);
  return Number.isSafeInteger(height) ? height : undefined;
}
