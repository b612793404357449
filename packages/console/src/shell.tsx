import {
  useEffect,
  useEffectEvent,
  useRef,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react';
import type { Language } from '@hanse/kit';
import type { RecordAnswer } from '@hanse/model';
import { evidenceKeyText } from './data/load.ts';
import type { Connection } from './data/live.ts';
import { shortHash } from './i18n/format.ts';
import type { Theme } from './preferences.ts';
import { formatRoute, goTo, parseWanted, type Route } from './router.ts';
import { useApp, useLive, useNow, useText } from './state.ts';
import { Age, Glyph, Link, type GlyphState } from './parts/basic.tsx';
import { TrustWarning } from './parts/trust.tsx';

/** Everything around a page: name of the network, navigation, state of the chain, live region. */
export function Shell({
  route,
  children,
}: {
  readonly route: Route;
  readonly children: ReactNode;
}): ReactNode {
  const { m } = useText();
  const { chain, reloadChain } = useApp();
  const main = useRef<HTMLElement>(null);
  const { connection } = useLive();
  const hasFailed = chain.kind === 'failed';
  const reload = useEffectEvent(reloadChain);
  useEffect(() => {
    if (hasFailed && connection === 'live') reload();
  }, [hasFailed, connection]);
  const place = formatRoute(route);
  const shown = useRef(place);
  useEffect(() => {
    // A new page starts at its top, and the keyboard starts in it; the first one is left alone.
    if (shown.current === place) return;
    shown.current = place;
    globalThis.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [place]);
  return (
    <>
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {m.nav.skip}
      </a>
      <TopBar route={route} />
      <StatusBar />
      <main id="main" ref={main} tabIndex={-1}>
        {chain.kind === 'ready' && chain.chain.isChanged ? (
          <TrustWarning chain={chain.chain} />
        ) : null}
        <LostNotice />
        {children}
      </main>
      <footer className="foot">{m.foot}</footer>
      <LiveRegion />
    </>
  );
}

function TopBar({ route }: { readonly route: Route }): ReactNode {
  const { m } = useText();
  const { head } = useLive();
  const items: readonly (readonly [Route, string, boolean])[] = [
    [{ page: 'home' }, m.nav.overview, route.page === 'home'],
    [{ page: 'deposits' }, m.nav.deposits, route.page === 'deposits' || route.page === 'evidence'],
    [{ page: 'verify' }, m.nav.verify, route.page === 'verify'],
    [{ page: 'holdings' }, m.nav.holdings, route.page === 'holdings'],
    [{ page: 'story' }, m.nav.story, route.page === 'story'],
    [
      { page: 'supervision' },
      m.nav.supervision,
      route.page === 'supervision' || route.page === 'title',
    ],
  ];
  return (
    <header className="top">
      <div className="top-in">
        <a href="#/" className="brand">
          <BrandMark />
          <span>Hanse</span>
          {head === undefined ? null : <span className="network">{head.network}</span>}
        </a>
        <nav aria-label={m.nav.main}>
          <ul>
            {items.map(([to, label, isCurrent]) => (
              <li key={label}>
                <a href={formatRoute(to)} aria-current={isCurrent ? 'page' : undefined}>
                  {label}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <Find />
        <Switches />
      </div>
    </header>
  );
}

function BrandMark(): ReactNode {
  return (
    <svg className="brand-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path d="M9 7v18M23 7v18M9 16h14" />
      <circle cx="16" cy="16" r="3.6" />
    </svg>
  );
}

function Switches(): ReactNode {
  const { m, language, setLanguage, theme, setTheme } = useText();
  return (
    <div className="switches">
      <select
        aria-label={m.nav.language}
        value={language}
        onChange={(event) => setLanguage(event.currentTarget.value as Language)}
      >
        <option value="en" lang="en">
          English
        </option>
        <option value="zh-CN" lang="zh-CN">
          简体中文
        </option>
      </select>
      <select
        aria-label={m.nav.theme}
        value={theme}
        onChange={(event) => setTheme(event.currentTarget.value as Theme)}
      >
        <option value="system">{m.nav.themes.system}</option>
        <option value="light">{m.nav.themes.light}</option>
        <option value="dark">{m.nav.themes.dark}</option>
      </select>
    </div>
  );
}

/** A height, a transaction id or a file hash, whichever it is. */
function Find(): ReactNode {
  const { m } = useText();
  const { api, announcer } = useApp();
  const [text, setText] = useState('');
  const [error, setError] = useState<string>();
  const find = async (): Promise<void> => {
    const wanted = parseWanted(text);
    if (wanted === undefined) {
      setError(m.nav.findBad);
      return;
    }
    setError(undefined);
    if (wanted.kind === 'height') {
      setText('');
      goTo({ page: 'block', height: wanted.height });
      return;
    }
    const { hash } = wanted;
    const [isDeposit, isTx] = await Promise.all([
      holds(
        api.get<RecordAnswer>(`/v1/records/${evidenceKeyText(hash)}`),
        (one) => one.value !== null,
      ),
      holds(api.get<unknown>(`/v1/tx/${hash}?until=final`), () => true),
    ]);
    if (!isDeposit && !isTx) {
      setError(m.nav.findNothing(shortHash(hash)));
      announcer.say(m.nav.findNothing(shortHash(hash)));
      return;
    }
    setText('');
    goTo(isDeposit ? { page: 'evidence', id: hash } : { page: 'tx', id: hash });
  };
  return (
    <search className="search">
      <form
        className="find"
        onSubmit={(event) => {
          event.preventDefault();
          void find();
        }}
      >
        <input
          type="search"
          aria-label={m.nav.findLabel}
          placeholder={m.nav.findLabel}
          autoComplete="off"
          spellCheck={false}
          value={text}
          aria-invalid={error !== undefined}
          aria-describedby={error === undefined ? undefined : 'find-error'}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setError(undefined);
          }}
        />
        <button type="submit" className="button">
          {m.nav.find}
        </button>
        {error === undefined ? null : (
          <p className="field-error" id="find-error" role="alert">
            {error}
          </p>
        )}
      </form>
    </search>
  );
}

/** Whether an answer comes and says yes; a refusal is a no. */
async function holds<T>(answer: Promise<T>, test: (value: T) => boolean): Promise<boolean> {
  try {
    return test(await answer);
  } catch {
    return false;
  }
}

function StatusBar(): ReactNode {
  const { m, f } = useText();
  const live = useLive();
  const { chain } = useApp();
  const { announcer } = useApp();
  const { connection } = live;
  const isFirst = useRef(true);
  const speak = useEffectEvent((now: Connection): void => {
    // The first connection is what everybody expects; only changes are worth a sentence.
    if (isFirst.current && (now === 'connecting' || now === 'live')) return;
    isFirst.current = false;
    announcer.say(m.status.said[now]);
  });
  useEffect(() => speak(connection), [connection]);
  const lag = Math.max(0, live.height - live.provedHeight);
  const suite = live.head?.suite;
  return (
    <section className="status" aria-label={m.status.label}>
      <ul>
        <li className={`connection ${connection}`}>
          <Glyph state={GLYPHS[connection]} />
          <span>{m.status[connection]}</span>
        </li>
        <li>
          <span className="status-name">{m.status.height}</span>
          <span className="status-height" data-testid="height">
            {live.height > 0 ? f.number(live.height) : '–'}
          </span>
        </li>
        <li>
          <span className="status-name">{m.status.age}</span>
          {live.blockTime > 0 ? <Age ms={live.blockTime} /> : <span>–</span>}
        </li>
        <li>
          <span className="status-name">{m.status.proved}</span>
          <span>
            {live.height > 0 ? f.number(live.provedHeight) : '–'}
            {live.height > 0 && lag > 0 ? ` (${m.status.behind(f.number(lag))})` : ''}
          </span>
        </li>
        <li className="wide">
          <span className="status-name">{m.status.suite}</span>
          <span>{suite === undefined ? '–' : SUITES[suite]}</span>
        </li>
        {chain.kind === 'ready' ? (
          <li>
            <span className="status-name">{m.status.trust}</span>
            <Link to={{ page: 'verify' }}>
              <code className="hash">{shortHash(chain.chain.trust.hash)}</code>
            </Link>
            <span className="note wide">
              {chain.chain.trust.how === 'entered' ? m.trust.entered : m.trust.firstUse}
            </span>
          </li>
        ) : null}
      </ul>
    </section>
  );
}

const SUITES = { intl: 'Ed25519, SHA-256', sm: 'SM2, SM3' } as const;

const GLYPHS = {
  connecting: 'off',
  live: 'on',
  stale: 'half',
  reconnecting: 'half',
  unreachable: 'forged',
} as const satisfies Record<Connection, GlyphState>;

/** What is on the page is old, and how old. */
function LostNotice(): ReactNode {
  const { m, f } = useText();
  const { connection, height, heardAtMs } = useLive();
  const nowMs = useNow();
  if (connection === 'live' || connection === 'connecting') return null;
  const age = heardAtMs === 0 ? m.common.none : m.common.ago(f.span(nowMs - heardAtMs));
  return (
    <div className="notice warn">
      <p className="notice-title">{m.status.said[connection]}</p>
      <p>{m.status.lost(f.number(height), age)}</p>
    </div>
  );
}

function LiveRegion(): ReactNode {
  const { announcer } = useApp();
  const said = useSyncExternalStore(announcer.subscribe, announcer.snapshot);
  return (
    <div className="visually-hidden" aria-live="polite" data-testid="live-region">
      {said}
    </div>
  );
}
