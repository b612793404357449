import type { ReactNode } from 'react';
import { formatText, type HanseError } from '@hanse/kit';
import { useText, type Loaded } from '../state.ts';
import { Command } from './basic.tsx';

/** Grey bars where rows will be; they appear only when loading takes a moment. */
export function Skeleton({ rows = 4 }: { readonly rows?: number }): ReactNode {
  const { m } = useText();
  return (
    <output className="skeleton">
      <span className="visually-hidden">{m.common.loading}</span>
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} className="bar" aria-hidden="true" />
      ))}
    </output>
  );
}

/** Nothing there, with the command that changes that. */
export function Empty({
  text,
  command,
}: {
  readonly text: string;
  readonly command?: string;
}): ReactNode {
  return (
    <div className="empty">
      <p>{text}</p>
      {command === undefined ? null : <Command text={command} />}
    </div>
  );
}

/** What failed, why, and what to do, in the reader's language. */
export function ErrorPanel({
  error,
  onRetry,
}: {
  readonly error: HanseError;
  readonly onRetry?: () => void;
}): ReactNode {
  const { m, language } = useText();
  const text = formatText(error.codeName, error.params, language);
  return (
    <div className="notice bad" role="alert">
      <p className="notice-title">
        <code>{error.code}</code> {text.what}
      </p>
      <dl className="why">
        <dt>{m.error.why}</dt>
        <dd>{text.why}</dd>
        <dt>{m.error.fix}</dt>
        <dd>{text.fix}</dd>
      </dl>
      {onRetry === undefined ? null : (
        <button type="button" className="button" onClick={onRetry}>
          {m.error.retry}
        </button>
      )}
    </div>
  );
}

/** A resource in each of its states. */
export function Show<T>({
  loaded,
  rows,
  children,
}: {
  readonly loaded: Loaded<T>;
  readonly rows?: number;
  readonly children: (value: T) => ReactNode;
}): ReactNode {
  const { resource, reload } = loaded;
  switch (resource.kind) {
    case 'loading':
      return <Skeleton {...(rows === undefined ? {} : { rows })} />;
    case 'failed':
      return <ErrorPanel error={resource.error} onRetry={reload} />;
    case 'ready':
      return children(resource.value);
  }
}
