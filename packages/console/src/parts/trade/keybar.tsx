import { useEffect, useRef, useState, type ReactNode } from 'react';
import { HanseError } from '@hanse/kit';
import { cli } from '../../cli.ts';
import { toHanseError } from '../../data/http.ts';
import { nameOrDid } from '../../i18n/format.ts';
import { useApp, useChain } from '../../state.ts';
import { tradeOf } from '../../trade/chain.ts';
import type { KeyFault } from '../../trade/keyfile.ts';
import { keyring, openKey } from '../../trade/keyring.ts';
import { useActing, useParties, useTradeText } from '../../trade/use.ts';
import type { TradeMessages } from '../../i18n/trade-en.ts';
import { Command } from '../basic.tsx';
import { FileButton } from './common.tsx';
import { ErrorPanel } from '../states.tsx';

/** The key of this page: none, or for whom it signs, how it is kept and how to be rid of it. */
export function KeyBar(): ReactNode {
  const { t } = useTradeText();
  const { announcer } = useApp();
  const acting = useActing();
  const nameOf = useParties(acting === undefined ? [] : [acting.organisation, acting.signer.did]);
  if (acting === undefined) {
    return (
      <section className="keybar" aria-label={t.key.label}>
        <p className="keybar-lead">{t.key.none}</p>
        <KeyOpener />
      </section>
    );
  }
  const { organisation, signer, holding } = acting;
  return (
    <section className="keybar open" aria-label={t.key.label}>
      <p className="keybar-lead">
        {t.sign.as(nameOf(organisation))} <code className="hash">{nameOf(signer.did)}</code>
      </p>
      <p className="note">
        {t.key[holding]} {t.key.kept}
      </p>
      <p className="actions">
        <button
          type="button"
          className="button"
          onClick={() => {
            keyring.close();
            announcer.say(t.key.saidClosed);
          }}
        >
          {t.key.forget}
        </button>
      </p>
    </section>
  );
}

/** Opens a key file. It is read here, checked against the chain, and sent nowhere. */
export function KeyOpener({ isBrief }: { readonly isBrief?: boolean }): ReactNode {
  const { t } = useTradeText();
  const { announcer, names } = useApp();
  const chain = useChain();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<HanseError>();
  const controller = useRef<AbortController>(undefined);
  useEffect(() => () => controller.current?.abort(), []);
  if (!globalThis.isSecureContext) return <p className="note">{t.key.insecure}</p>;
  const open = async (file: File): Promise<void> => {
    if (chain === undefined) return;
    controller.current?.abort();
    const { signal } = (controller.current = new AbortController());
    setBusy(true);
    setError(undefined);
    try {
      const { client } = tradeOf(chain);
      const { key, organisation } = await openKey({ client, subtle: crypto.subtle, signal }, file);
      if (signal.aborted) return;
      keyring.open(key, organisation, Date.now());
      const name = nameOrDid(names.snapshot().get(organisation), organisation);
      announcer.say(t.key.saidOpen(name));
    } catch (thrown) {
      if (!signal.aborted) setError(withReason(toHanseError(thrown), t));
    }
    if (!signal.aborted) setBusy(false);
  };
  return (
    <div className="opener">
      <FileButton
        label={t.key.open}
        isPrimary
        isDisabled={isBusy || chain === undefined}
        onFile={(file) => void open(file)}
      />
      {isBusy ? <span className="note">{t.key.opening}</span> : null}
      {isBrief === true ? null : (
        <details className="more">
          <summary>{t.key.label}</summary>
          <p className="note">{t.key.kept}</p>
          <p className="note">{t.key.which}</p>
          <Command text={cli.deviceKey()} />
        </details>
      )}
      {error === undefined ? null : <ErrorPanel error={error} />}
    </div>
  );
}

/** A fault of a key file in the reader's language. */
function withReason(error: HanseError, t: TradeMessages): HanseError {
  const { path, reason } = error.params;
  const fault = String(reason);
  if (error.codeName !== 'KeyFileInvalid' || !isFault(fault, t)) return error;
  return new HanseError('KeyFileInvalid', { path: String(path), reason: t.key.faults[fault] });
}

function isFault(word: string, t: TradeMessages): word is KeyFault {
  return Object.hasOwn(t.key.faults, word);
}
