import {
  createContext,
  use,
  useEffect,
  useEffectEvent,
  useState,
  useSyncExternalStore,
} from 'react';
import { HanseError, type Language } from '@hanse/kit';
import type { Announcer } from './announce.ts';
import type { Feed } from './data/feed.ts';
import { toHanseError, type Api } from './data/http.ts';
import type { Live } from './data/live.ts';
import type { NameBook } from './data/names.ts';
import type { Trust, TrustedChain } from './data/trust.ts';
import type { Messages } from './i18n/en.ts';
import type { Formats } from './i18n/format.ts';
import type { Theme } from './preferences.ts';

/** The chain this page verifies against, or why there is none yet. */
export type ChainState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly error: HanseError }
  | { readonly kind: 'ready'; readonly chain: TrustedChain };

/** What every page needs and none owns. */
export type App = {
  readonly api: Api;
  readonly feed: Feed;
  readonly announcer: Announcer;
  readonly names: NameBook;
  readonly chain: ChainState;
  readonly setTrust: (trust: Trust) => void;
  readonly reloadChain: () => void;
};

/** The reader's language and how to speak it. */
export type Text = {
  readonly language: Language;
  readonly m: Messages;
  readonly f: Formats;
  readonly setLanguage: (language: Language) => void;
  readonly theme: Theme;
  readonly setTheme: (theme: Theme) => void;
};

/** Holds the services; read them with {@link useApp}. */
export const AppContext = createContext<App | undefined>(undefined);
/** Holds the texts; read them with {@link useText}. */
export const TextContext = createContext<Text | undefined>(undefined);

/** The services of the page. */
export function useApp(): App {
  const app = use(AppContext);
  if (app === undefined) throw new HanseError('InvariantBroken', { message: 'no app around' });
  return app;
}

/** The texts of the page. */
export function useText(): Text {
  const text = use(TextContext);
  if (text === undefined) throw new HanseError('InvariantBroken', { message: 'no text around' });
  return text;
}

/** The chain as it happens, at most four times a second. */
export function useLive(): Live {
  const { feed } = useApp();
  return useSyncExternalStore(feed.subscribe, feed.snapshot);
}

/** The trusted chain once it is loaded. */
export function useChain(): TrustedChain | undefined {
  const { chain } = useApp();
  return chain.kind === 'ready' ? chain.chain : undefined;
}

/** Names of these identities, as far as they are known by now. */
export function useNames(dids: readonly string[]): (did: string) => string | undefined {
  const { names } = useApp();
  const known = useSyncExternalStore(names.subscribe, names.snapshot);
  const key = dids.join(' ');
  useEffect(() => names.want(key === '' ? [] : key.split(' ')), [key, names]);
  return (did) => {
    const name = known.get(did);
    return name === '' ? undefined : name;
  };
}

/** Something that is loaded: on its way, there, or refused. */
export type Resource<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: HanseError };

/** A resource that a key names, and how to load it again. */
export type Loaded<T> = { readonly resource: Resource<T>; readonly reload: () => void };

/** What names a resource, and what makes it worth loading again: the old value stays until the new one comes. */
export type Source = { readonly key: string; readonly version?: string };

/** Load something under a key; leaving or another key aborts what was on its way. Undefined waits. */
export function useResource<T>(
  source: Source | undefined,
  load: (signal: AbortSignal) => Promise<T>,
): Loaded<T> {
  const [attempt, setAttempt] = useState(0);
  const [held, setHeld] = useState<{ key: string; resource: Resource<T> }>();
  const key = source?.key;
  const request = key === undefined ? '' : `${key} ${source?.version ?? ''} ${attempt}`;
  const start = useEffectEvent(load);
  useEffect(() => {
    // What names the request is what starts it again.
    if (key === undefined || request === '') return undefined;
    const controller = new AbortController();
    const { signal } = controller;
    const hold = (resource: Resource<T>): void => {
      if (!signal.aborted) setHeld({ key, resource });
    };
    start(signal).then(
      (value) => hold({ kind: 'ready', value }),
      (error: unknown) => hold({ kind: 'failed', error: toHanseError(error) }),
    );
    return () => controller.abort();
  }, [key, request]);
  const resource: Resource<T> =
    held !== undefined && held.key === key ? held.resource : { kind: 'loading' };
  return { resource, reload: () => setAttempt((count) => count + 1) };
}

/** Load something that is checked against the trusted chain; loaded again when another is trusted. */
export function useChecked<T>(
  source: Source,
  load: (chain: TrustedChain, signal: AbortSignal) => Promise<T>,
): Loaded<T> {
  const { chain, reloadChain } = useApp();
  const trusted = chain.kind === 'ready' ? chain.chain : undefined;
  const key = trusted === undefined ? undefined : `${trusted.trust.hash}/${source.key}`;
  const loaded = useResource(key === undefined ? undefined : { ...source, key }, async (signal) => {
    if (trusted === undefined) throw new HanseError('InvariantBroken', { message: 'no chain' });
    return load(trusted, signal);
  });
  if (chain.kind !== 'failed') return loaded;
  return { resource: { kind: 'failed', error: chain.error }, reload: reloadChain };
}

const clockReaders = new Set<() => void>();
let clockTimer: ReturnType<typeof setInterval> | undefined;
let clockMs = Date.now();

function subscribeClock(reader: () => void): () => void {
  clockReaders.add(reader);
  clockTimer ??= setInterval(() => {
    clockMs = Date.now();
    for (const one of clockReaders) one();
  }, 1_000);
  return () => {
    clockReaders.delete(reader);
    if (clockReaders.size > 0) return;
    clearInterval(clockTimer);
    clockTimer = undefined;
  };
}

/** This browser's time in Unix milliseconds, once a second and the same in all of the page. */
export function useNow(): number {
  return useSyncExternalStore(subscribeClock, () => clockMs);
}
