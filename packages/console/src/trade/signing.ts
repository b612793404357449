import { useRef, useState } from 'react';
import { isHanseError, toHex, type HanseError } from '@hanse/kit';
import { rejectionOf } from '@hanse/client';
import { REASONS, type Reason } from '@hanse/trade-finance';
import { toHanseError } from '../data/http.ts';
import { useApp, useChain } from '../state.ts';
import { callsOf, type Act } from './acts.ts';
import { tradeOf } from './chain.ts';
import { keyring } from './keyring.ts';
import { useTradeText } from './use.ts';

/** How far a signature is. */
export type Signing =
  | { readonly kind: 'idle' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'done'; readonly txid: string }
  | { readonly kind: 'failed'; readonly error: HanseError; readonly isOpen: boolean };

/** A signature on its way: its state, and how to begin. */
export type Signer = { readonly state: Signing; readonly sign: (act: Act) => void };

/**
 * Rule `once`: sign an act with the open key and wait until it is proved. While it is open what became of it, the
 * same transaction is sent again, never another one.
 */
export function useSigning(): Signer {
  const { announcer } = useApp();
  const chain = useChain();
  const { t } = useTradeText();
  const [state, setState] = useState<Signing>({ kind: 'idle' });
  const key = useRef<string>(undefined);
  const run = async (act: Act): Promise<void> => {
    const acting = keyring.snapshot();
    if (chain === undefined || acting === undefined) return;
    key.current ??= toHex(crypto.getRandomValues(new Uint8Array(16)));
    setState({ kind: 'busy' });
    announcer.say(t.sign.busy);
    try {
      const trade = tradeOf(chain);
      keyring.touch(Date.now());
      const receipt = await trade.client.transact(await callsOf(trade, act), {
        signers: [acting.signer],
        idempotencyKey: `console ${key.current}`,
      });
      key.current = undefined;
      setState({ kind: 'done', txid: toHex(receipt.txid) });
      announcer.say(t.sign.done);
    } catch (thrown) {
      const error = toHanseError(thrown);
      const isOpen = error.retry !== 'never';
      if (!isOpen) key.current = undefined;
      setState({ kind: 'failed', error, isOpen });
      announcer.say(isOpen ? t.sign.open : t.sign.refused);
    }
  };
  return { state, sign: (act) => void run(act) };
}

/** The contracts' reason behind an error, if it is one of theirs. */
export function reasonOf(error: unknown): Reason | undefined {
  const reason = isHanseError(error) ? rejectionOf(error)?.reason : undefined;
  return reason !== undefined && isReason(reason) ? reason : undefined;
}

/** Whether a word is one of the contracts' reasons. */
export function isReason(word: string): word is Reason {
  return Object.hasOwn(REASONS, word);
}
