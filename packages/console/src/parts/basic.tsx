import { useEffect, useState, type ReactNode } from 'react';
import { isoTime, shortHash } from '../i18n/format.ts';
import { formatRoute, type Route } from '../router.ts';
import { useApp, useNow, useText } from '../state.ts';
import type { StepState } from '../verify/trail.ts';

/** A link to a page of the console. */
export function Link({
  to,
  className,
  children,
}: {
  readonly to: Route;
  readonly className?: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <a href={formatRoute(to)} className={className}>
      {children}
    </a>
  );
}

const COPIED_MS = 2_000;

/** A button that copies a text and says so. */
export function Copy({
  text,
  label,
  about,
}: {
  readonly text: string;
  readonly label?: string;
  /** What is copied, for those who do not see what the button stands beside. */
  readonly about?: string;
}): ReactNode {
  const { m } = useText();
  const { announcer } = useApp();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => {
        setCopied(true);
        announcer.say(m.common.copiedSaid);
      },
      () => announcer.say(m.common.copyFailed),
    );
  };
  const shown = isCopied ? m.common.copied : (label ?? m.common.copy);
  const name = about === undefined ? shown : `${shown}: ${about}`;
  return (
    <button type="button" className="button small" onClick={copy} aria-label={name} title={text}>
      {shown}
    </button>
  );
}

/** A hash: short where it is one of many, whole and copyable where it is the subject. */
export function Hash({
  value,
  to,
  isWhole,
  about,
}: {
  readonly value: string;
  readonly to?: Route;
  readonly isWhole?: boolean;
  readonly about?: string;
}): ReactNode {
  const code = (
    <code className={isWhole === true ? 'hash whole' : 'hash'} title={value}>
      {isWhole === true ? <Halves text={value} /> : shortHash(value)}
    </code>
  );
  return (
    <span className={isWhole === true ? 'hashline whole' : 'hashline'}>
      {to === undefined ? code : <Link to={to}>{code}</Link>}
      {isWhole === true ? <Copy text={value} {...(about === undefined ? {} : { about })} /> : null}
    </span>
  );
}

/** A long hash that breaks in its middle, if it must. */
function Halves({ text }: { readonly text: string }): ReactNode {
  const middle = Math.ceil(text.length / 2);
  return (
    <>
      {text.slice(0, middle)}
      <wbr />
      {text.slice(middle)}
    </>
  );
}

/** A point in time: ISO in UTC, the reader's own time on hover. */
export function Time({ ms }: { readonly ms: number }): ReactNode {
  const { m, f } = useText();
  const iso = isoTime(ms);
  if (iso === '?') return <span>{iso}</span>;
  return (
    <time dateTime={new Date(ms).toISOString()} title={m.common.local(f.local(ms))}>
      {iso}
    </time>
  );
}

/** How long ago something was. */
export function Age({ ms }: { readonly ms: number }): ReactNode {
  const { m, f } = useText();
  const nowMs = useNow();
  const ageMs = nowMs - ms;
  return (
    <time dateTime={new Date(ms).toISOString()} title={isoTime(ms)}>
      {ageMs < 1_000 ? m.common.now : m.common.ago(f.span(ageMs))}
    </time>
  );
}

/**
 * What a glyph can say: the state of a proof, or (`on`, `half`, `off`) of something that a node
 * reports and nobody proved.
 */
export type GlyphState = StepState | 'on' | 'half' | 'off';

/** Shape of a state, so that it is never told by colour alone. */
export function Glyph({ state }: { readonly state: GlyphState }): ReactNode {
  return (
    <svg className={`glyph ${state}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {state === 'forged' ? (
        <path d="M3.5 3.5l9 9m0-9l-9 9" className="stroke" />
      ) : (
        <circle cx="8" cy="8" r="6" className="ring" />
      )}
      {state === 'verified' || state === 'on' ? (
        <circle cx="8" cy="8" r="6" className="fill" />
      ) : null}
      {state === 'unverified' || state === 'half' ? (
        <path d="M8 2a6 6 0 0 0 0 12z" className="fill" />
      ) : null}
    </svg>
  );
}

/** A state as glyph and word. */
export function Mark({
  state,
  children,
}: {
  readonly state: GlyphState;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <span className={`mark ${state}`}>
      <Glyph state={state} />
      <span>{children}</span>
    </span>
  );
}

/** A shell command with its copy button. */
export function Command({ text }: { readonly text: string }): ReactNode {
  return (
    <span className="command">
      <code>{text}</code>
      <Copy text={text} about={text} />
    </span>
  );
}

/** A titled part of a page. */
export function Panel({
  id,
  title,
  aside,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section className="panel" aria-labelledby={`${id}-title`}>
      <header className="panel-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** Something that may be wider than the screen: it scrolls by itself, by keyboard, too. */
export function Scroll({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    // Only what has the focus scrolls by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/prefer-tag-over-role
    <div className="scroll" tabIndex={0} role="group" aria-label={label}>
      {children}
    </div>
  );
}

/** Names and values. */
export function Fields({
  rows,
}: {
  readonly rows: readonly (readonly [name: string, value: ReactNode])[];
}): ReactNode {
  return (
    <dl className="fields">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
