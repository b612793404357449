import { useEffect, useEffectEvent, useRef, type ReactNode } from 'react';
import type { Act } from '../../trade/acts.ts';
import type { Signer, Signing } from '../../trade/signing.ts';
import { useActing, useParties, useTradeText } from '../../trade/use.ts';
import { Hash } from '../basic.tsx';
import { TradeError } from './common.tsx';
import { KeyOpener } from './keybar.tsx';

/** What was signed and proved, and what follows. */
export type Done = { readonly txid: string; readonly text: string };

/**
 * The last step of everything that is signed: who signs, the button, and what became of it. `done` says what
 * follows.
 */
export function SignStep({
  signer,
  act,
  label,
  holder,
  done,
  onDone,
  children,
}: {
  readonly signer: Signer;
  /** What is signed; undefined while something is missing. */
  readonly act: Act | undefined;
  readonly label: string;
  /** The organisation that it is for. */
  readonly holder: string;
  readonly done: string;
  /** Takes over once it is proved; without it the step itself says so. */
  readonly onDone?: (done: Done) => void;
  /** Other buttons beside it. */
  readonly children?: ReactNode;
}): ReactNode {
  const { t } = useTradeText();
  const { state, sign } = signer;
  const acting = useActing();
  const nameOf = useParties(acting === undefined ? [] : [acting.organisation]);
  const txid = state.kind === 'done' ? state.txid : undefined;
  const tell = useEffectEvent((proved: string) => onDone?.({ txid: proved, text: done }));
  useEffect(() => {
    if (txid !== undefined) tell(txid);
  }, [txid]);
  if (txid !== undefined) return <SignDone txid={txid} text={done} />;
  if (acting === undefined) {
    return (
      <div className="sign">
        <p>{t.sign.needKey}</p>
        <KeyOpener isBrief />
        {children}
      </div>
    );
  }
  if (acting.organisation !== holder) {
    return (
      <div className="sign">
        <p>{t.sign.other(nameOf(acting.organisation))}</p>
        {children}
      </div>
    );
  }
  const isOpen = state.kind === 'failed' && state.isOpen;
  const begin = (): void => {
    if (act !== undefined) sign(act);
  };
  return (
    <div className="sign">
      <p className="actions">
        <button
          type="button"
          className="button primary big"
          disabled={act === undefined || state.kind === 'busy'}
          aria-busy={state.kind === 'busy'}
          onClick={begin}
        >
          {isOpen ? t.sign.again : label}
        </button>
        {state.kind === 'busy' ? null : children}
      </p>
      <p className="note">{t.sign.as(nameOf(acting.organisation))}</p>
      <SignState state={state} />
    </div>
  );
}

/** How far a signature is, and what went wrong with it. */
function SignState({ state }: { readonly state: Signing }): ReactNode {
  const { t } = useTradeText();
  if (state.kind === 'busy') {
    return (
      <p className="busy">
        <progress aria-label={t.sign.busy} /> {t.sign.busy}
      </p>
    );
  }
  if (state.kind !== 'failed') return null;
  return (
    <>
      {state.isOpen ? <p className="note">{t.sign.open}</p> : null}
      <TradeError error={state.error} />
    </>
  );
}

/** Says that something was signed and proved; the keyboard goes to it. */
export function SignDone({ txid, text }: Done): ReactNode {
  const { t } = useTradeText();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus({ preventScroll: true }), []);
  return (
    <div className="notice good" ref={place} tabIndex={-1}>
      <p className="notice-title">{t.sign.done}</p>
      <p>{text}</p>
      <p className="note">
        {t.sign.transaction} <Hash value={txid} to={{ page: 'tx', id: txid }} />
      </p>
    </div>
  );
}

/** The heading of a form that unfolds; the keyboard goes to it. */
export function SheetHead({
  id,
  title,
  lead,
  onClose,
}: {
  readonly id: string;
  readonly title: string;
  readonly lead: string;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useTradeText();
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), []);
  return (
    <header className="sheet-head">
      <h4 id={id} ref={head} tabIndex={-1}>
        {title}
      </h4>
      <button type="button" className="button small" onClick={onClose}>
        {t.holdings.close}
      </button>
      <p className="note">{lead}</p>
    </header>
  );
}
