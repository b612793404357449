import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { tradeEn, type TradeMessages } from '../i18n/trade-en.ts';
import { tradeZh } from '../i18n/trade-zh.ts';
import { nameOrDid } from '../i18n/format.ts';
import {
  useApp,
  useChecked,
  useLive,
  useNames,
  useText,
  type Loaded,
  type Source,
} from '../state.ts';
import { tradeOf, type Trade } from './chain.ts';
import { documents, type LocalDocument } from './documents.ts';
import { keyring, type Acting } from './keyring.ts';
import { formatDay, formatUnits } from './money.ts';
import type { Checking } from './rows.ts';

/** The texts of trade finance in the reader's language, and how it says money and days. */
export type TradeText = {
  readonly t: TradeMessages;
  readonly money: (units: number, currency: string) => string;
  readonly day: (day: string) => string;
  readonly list: (items: readonly string[]) => string;
};

/** The texts of the pages of trade finance. */
export function useTradeText(): TradeText {
  const { language, f } = useText();
  return {
    t: language === 'en' ? tradeEn : tradeZh,
    money: (units, currency) => formatUnits(units, currency, language),
    day: (day) => formatDay(day, language),
    list: f.list,
  };
}

/** Load something of the contracts, against the trusted chain. */
export function useTradeData<T>(
  source: Source,
  load: (trade: Trade, checking: Checking) => Promise<T>,
): Loaded<T> {
  const { api } = useApp();
  return useChecked(source, (chain, signal) => load(tradeOf(chain), { api, chain, signal }));
}

/** The key that is open, if one is. */
export function useActing(): Acting | undefined {
  return useSyncExternalStore(keyring.subscribe, keyring.snapshot);
}

/** What the reader opened, by the hash of the file. */
export function useDocuments(): ReadonlyMap<string, LocalDocument> {
  return useSyncExternalStore(documents.subscribe, documents.snapshot);
}

/** Names of parties, or what is short of their DIDs. */
export function useParties(dids: readonly string[]): (did: string) => string {
  const nameOf = useNames([...new Set(dids)].filter((did) => did !== ''));
  return (did) => nameOrDid(nameOf(did), did);
}

const FRESH_MS = 2_000;

/**
 * Changes when blocks with transactions are proved, at most every two seconds: what was loaded is worth loading
 * again.
 */
export function useFresh(): string {
  const { blocks, provedHeight } = useLive();
  const newest = blocks.find(
    ({ height, transactions }) => transactions > 0 && height <= provedHeight,
  )?.height;
  const latest = useRef(newest);
  const [version, setVersion] = useState(newest);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    latest.current = newest;
    if (newest === version) return;
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      setVersion(latest.current);
    }, FRESH_MS);
  }, [newest, version]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return String(version ?? 0);
}
