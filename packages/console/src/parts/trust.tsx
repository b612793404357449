import { useState, type ReactNode } from 'react';
import { isoTime, shortHash } from '../i18n/format.ts';
import { useApp, useText } from '../state.ts';
import type { TrustedChain } from '../data/trust.ts';
import { Hash, Link, Panel } from './basic.tsx';
import { ErrorPanel, Skeleton } from './states.tsx';

/** The genesis hash everything is checked from, why it is trusted, and how to change that. */
export function TrustPanel(): ReactNode {
  const { m } = useText();
  const { chain, reloadChain } = useApp();
  return (
    <Panel id="trust" title={m.trust.title}>
      {chain.kind === 'loading' ? <Skeleton rows={3} /> : null}
      {chain.kind === 'failed' ? (
        <>
          <p>{m.trust.failed}</p>
          <ErrorPanel error={chain.error} onRetry={reloadChain} />
        </>
      ) : null}
      {chain.kind === 'ready' ? <TrustBody chain={chain.chain} /> : null}
    </Panel>
  );
}

function TrustBody({ chain }: { readonly chain: TrustedChain }): ReactNode {
  const { m } = useText();
  const { setTrust } = useApp();
  const [isOpen, setOpen] = useState(false);
  const { trust } = chain;
  const how = trust.how === 'entered' ? m.trust.entered : m.trust.firstUse;
  return (
    <>
      <Hash value={trust.hash} isWhole about={m.trust.enter} />
      <p className="note">
        {how}, {m.trust.since(isoTime(trust.sinceMs))}
      </p>
      <p>{m.trust.why}</p>
      {isOpen ? (
        <TrustForm
          onDone={(hash) => {
            setOpen(false);
            if (hash !== undefined) setTrust({ hash, how: 'entered', sinceMs: Date.now() });
          }}
        />
      ) : (
        <button type="button" className="button" onClick={() => setOpen(true)}>
          {m.trust.change}
        </button>
      )}
    </>
  );
}

function TrustForm({ onDone }: { readonly onDone: (hash: string | undefined) => void }): ReactNode {
  const { m } = useText();
  const [text, setText] = useState('');
  const [isBad, setBad] = useState(false);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const hash = text.trim().toLowerCase();
        if (/^[0-9a-f]{64}$/.test(hash)) onDone(hash);
        else setBad(true);
      }}
    >
      <label htmlFor="trust-hash" className="label">
        {m.trust.enter}
      </label>
      <input
        id="trust-hash"
        type="text"
        className="mono"
        autoComplete="off"
        spellCheck={false}
        value={text}
        aria-invalid={isBad}
        aria-describedby={isBad ? 'trust-bad' : undefined}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setBad(false);
        }}
      />
      {isBad ? (
        <p className="field-error" id="trust-bad" role="alert">
          {m.trust.bad}
        </p>
      ) : null}
      <p className="actions">
        <button type="submit" className="button primary">
          {m.trust.save}
        </button>
        <button type="button" className="button" onClick={() => onDone(undefined)}>
          {m.trust.cancel}
        </button>
      </p>
    </form>
  );
}

/** Rule `first use`: says on every page that the node's chain is not the trusted one. */
export function TrustWarning({ chain }: { readonly chain: TrustedChain }): ReactNode {
  const { m } = useText();
  const { setTrust } = useApp();
  return (
    <div className="notice bad" role="alert">
      <p className="notice-title">{m.trust.changedTitle}</p>
      <p>{m.trust.changed(shortHash(chain.served), shortHash(chain.trust.hash))}</p>
      <p className="actions">
        <button
          type="button"
          className="button"
          onClick={() => setTrust({ hash: chain.served, how: 'entered', sinceMs: Date.now() })}
        >
          {m.trust.accept}
        </button>
        <Link to={{ page: 'verify' }} className="button">
          {m.trust.title}
        </Link>
      </p>
    </div>
  );
}
