import { useState, type ReactNode } from 'react';
import { HanseError } from '@hanse/kit';
import { parseBundleText } from '../data/filecheck.ts';
import { toHanseError } from '../data/http.ts';
import { useApp, useText } from '../state.ts';
import { checkBundle, type BundleFound } from '../verify/evidence.ts';
import { BundleView } from '../parts/bundle.tsx';
import { Panel } from '../parts/basic.tsx';
import { FileCheck } from '../parts/filecheck.tsx';
import { ErrorPanel } from '../parts/states.tsx';
import { TrustPanel } from '../parts/trust.tsx';

/** Verify a bundle or a file, and see and change what is trusted. */
export function VerifyPage(): ReactNode {
  const { m } = useText();
  return (
    <>
      <header className="page-head">
        <h1>{m.verify.title}</h1>
      </header>
      <div className="columns">
        <div className="column">
          <FileCheck title={m.drop.title} />
          <PastePanel />
        </div>
        <div className="column">
          <TrustPanel />
        </div>
      </div>
    </>
  );
}

type Checked =
  | { readonly kind: 'found'; readonly found: BundleFound; readonly count: number }
  | { readonly kind: 'failed'; readonly error: HanseError };

function PastePanel(): ReactNode {
  const { m } = useText();
  const { chain } = useApp();
  const [text, setText] = useState('');
  const [checked, setChecked] = useState<Checked>();
  const trust = chain.kind === 'ready' ? chain.chain.trust : undefined;
  const check = (): void => {
    try {
      const document = parseBundleText(text);
      if (document === undefined) {
        throw new HanseError('ProofMalformed', { reason: m.verify.notJson });
      }
      if (trust === undefined) throw new HanseError('NotReady', { reason: m.verify.notTrusted });
      const found = checkBundle(document, trust, Date.now(), undefined);
      setChecked({ kind: 'found', found, count: Date.now() });
    } catch (thrown) {
      setChecked({ kind: 'failed', error: toHanseError(thrown) });
    }
  };
  return (
    <Panel id="paste" title={m.verify.bundle}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          check();
        }}
      >
        <p className="note" id="paste-note">
          {m.verify.bundleLead}
        </p>
        <label htmlFor="paste-text" className="label">
          {m.verify.paste}
        </label>
        <textarea
          id="paste-text"
          rows={6}
          spellCheck={false}
          aria-describedby="paste-note"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <p className="actions">
          <button type="submit" className="button primary" disabled={text.trim() === ''}>
            {m.verify.check}
          </button>
          <button
            type="button"
            className="button"
            disabled={text === '' && checked === undefined}
            onClick={() => {
              setText('');
              setChecked(undefined);
            }}
          >
            {m.verify.clear}
          </button>
        </p>
      </form>
      {checked?.kind === 'failed' ? <ErrorPanel error={checked.error} /> : null}
      {checked?.kind === 'found' ? <BundleView key={checked.count} found={checked.found} /> : null}
    </Panel>
  );
}
