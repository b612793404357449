import { useId, type ReactNode } from 'react';
import type { HanseError } from '@hanse/kit';
import { cli } from '../../cli.ts';
import { shortDid, shortHash } from '../../i18n/format.ts';
import { useText, type Loaded } from '../../state.ts';
import { reasonOf } from '../../trade/signing.ts';
import { useTradeText } from '../../trade/use.ts';
import { verdictOf, type Step } from '../../verify/trail.ts';
import { Hash, Mark } from '../basic.tsx';
import { Empty, ErrorPanel, Show } from '../states.tsx';
import { ProofTrail } from '../trail.tsx';

/** What the pages of trade finance load, in each of its states; a chain without the contracts says so. */
export function ShowTrade<T>({
  loaded,
  rows,
  children,
}: {
  readonly loaded: Loaded<T>;
  readonly rows?: number;
  readonly children: (value: T) => ReactNode;
}): ReactNode {
  const { t } = useTradeText();
  const { resource } = loaded;
  if (resource.kind === 'failed' && resource.error.codeName === 'UnknownContract') {
    return (
      <section className="panel">
        <Empty text={`${t.none} ${t.noneFill}`} command={cli.demo()} />
      </section>
    );
  }
  return (
    <Show loaded={loaded} {...(rows === undefined ? {} : { rows })}>
      {children}
    </Show>
  );
}

/** A failure: the contracts' own reason in words, or the catalogue's. */
export function TradeError({
  error,
  onRetry,
}: {
  readonly error: HanseError;
  readonly onRetry?: () => void;
}): ReactNode {
  const { t } = useTradeText();
  const reason = reasonOf(error);
  if (reason === undefined) {
    return <ErrorPanel error={error} {...(onRetry === undefined ? {} : { onRetry })} />;
  }
  return (
    <div className="notice bad" role="alert">
      <p className="notice-title">{t.sign.refused}</p>
      <p>
        {t.reasons[reason]} <code>{reason}</code>
      </p>
    </div>
  );
}

/** The state of a row's proof as glyph and word; nothing for a row that was not looked at. */
export function RowMark({ steps }: { readonly steps: readonly Step[] }): ReactNode {
  const { m } = useText();
  const state = verdictOf(steps);
  return <Mark state={state}>{m.proof.states[state]}</Mark>;
}

/** A proof that unfolds. */
export function FoldedProof({
  steps,
  label,
}: {
  readonly steps: readonly Step[];
  readonly label?: string;
}): ReactNode {
  const { m } = useText();
  if (steps.length === 0) return null;
  const state = verdictOf(steps);
  return (
    <details className="more">
      <summary>
        <Mark state={state}>{label ?? m.proof.verdict[state]}</Mark>
      </summary>
      <ProofTrail steps={steps} isQuiet />
    </details>
  );
}

/** A party in a line of text: its name, with the DID where it cannot be mistaken for another. */
export function Who({ did, name }: { readonly did: string; readonly name: string }): ReactNode {
  const isName = name !== did && name !== shortDid(did);
  return (
    <span className="who" title={did}>
      <span className={isName ? 'party-name' : 'hash'}>{name}</span>
    </span>
  );
}

/** A pack by the short form of its id, with a link to its page. */
export function PackLink({ id }: { readonly id: string }): ReactNode {
  return <Hash value={id} to={{ page: 'title', id }} />;
}

/** Short form of a hash for sentences. */
export function short(id: string): string {
  return shortHash(id);
}

/** A button that asks for one file. What was chosen is handed on and not kept in the page's form. */
export function FileButton({
  label,
  onFile,
  isPrimary,
  isDisabled,
}: {
  readonly label: string;
  readonly onFile: (file: File) => void;
  readonly isPrimary?: boolean;
  readonly isDisabled?: boolean;
}): ReactNode {
  const id = useId();
  return (
    <span className="filebutton">
      <input
        type="file"
        id={id}
        className="visually-hidden"
        disabled={isDisabled === true}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = '';
          if (file !== undefined) onFile(file);
        }}
      />
      <label htmlFor={id} className={isPrimary === true ? 'button primary' : 'button'}>
        {label}
      </label>
    </span>
  );
}
