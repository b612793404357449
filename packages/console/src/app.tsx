import { Component, lazy, Suspense, useEffect, useMemo, useState, type ReactNode } from 'react';
import type { Json } from '@hanse/codec';
import { HanseError, type Language } from '@hanse/kit';
import { Announcer } from './announce.ts';
import { Feed } from './data/feed.ts';
import { createApi, toHanseError } from './data/http.ts';
import { NameBook } from './data/names.ts';
import { keepTrust, openChain, readTrust, withTrust, type Trust } from './data/trust.ts';
import { en } from './i18n/en.ts';
import { createFormats } from './i18n/format.ts';
import { zh } from './i18n/zh.ts';
import { BlockPage } from './pages/block.tsx';
import { DepositsPage } from './pages/deposits.tsx';
import { EvidencePage } from './pages/evidence.tsx';
import { HomePage } from './pages/home.tsx';
import { TxPage } from './pages/tx.tsx';
import { VerifyPage } from './pages/verify.tsx';
import { applyLanguage, applyTheme, readLanguage, readTheme } from './preferences.ts';
import { useRoute, type Route } from './router.ts';
import { Shell } from './shell.tsx';
import { AppContext, TextContext, useText, type App, type ChainState, type Text } from './state.ts';
import { Link, Panel } from './parts/basic.tsx';
import { Skeleton } from './parts/states.tsx';

// Pages of trade finance bring the typed client along; whoever looks at blocks does not wait for it.
const HoldingsPage = lazy(async () => ({
  default: (await import('./pages/trade.ts')).HoldingsPage,
}));
const SupervisionPage = lazy(async () => ({
  default: (await import('./pages/trade.ts')).SupervisionPage,
}));
const TitlePage = lazy(async () => ({ default: (await import('./pages/trade.ts')).TitlePage }));
const StoryPage = lazy(async () => ({ default: (await import('./pages/trade.ts')).StoryPage }));

/** The console over the node that served it. */
export function Console(): ReactNode {
  const app = useServices();
  const text = useTexts();
  const route = useRoute();
  return (
    <AppContext value={app}>
      <TextContext value={text}>
        <Shell route={route}>
          <Fence key={JSON.stringify(route)} text={text.m.error.crashed}>
            <Suspense fallback={<Skeleton rows={8} />}>
              <Page route={route} />
            </Suspense>
          </Fence>
        </Shell>
      </TextContext>
    </AppContext>
  );
}

function useServices(): App {
  const [chain, setChain] = useState<ChainState>({ kind: 'loading' });
  const services = useMemo(() => {
    const api = createApi('');
    return { api, feed: new Feed(api), announcer: new Announcer(), names: new NameBook(api) };
  }, []);
  useEffect(() => services.feed.start(), [services]);
  useEffect(() => startChain(services, setChain), [services]);
  const setTrust = (trust: Trust): void => {
    keepTrust(trust);
    setChain((before) =>
      before.kind === 'ready' ? { kind: 'ready', chain: withTrust(before.chain, trust) } : before,
    );
  };
  const reloadChain = (): void => {
    setChain({ kind: 'loading' });
    startChain(services, setChain);
  };
  return { ...services, chain, setTrust, reloadChain };
}

/** Load the chain; the returned function forgets what is on its way. */
function startChain(
  { api, names }: Pick<App, 'api' | 'names'>,
  onState: (state: ChainState) => void,
): () => void {
  const controller = new AbortController();
  void loadChain(api.get<Json>('/v1/genesis', controller.signal)).then((state) => {
    if (controller.signal.aborted) return;
    if (state.kind === 'ready') names.seed(state.chain.names);
    onState(state);
  });
  return () => controller.abort();
}

/** Rule `first use`: the chain of the genesis that comes, under the trust that is kept or begins now. */
async function loadChain(document: Promise<Json>): Promise<ChainState> {
  try {
    const chain = openChain(await document, readTrust(), Date.now());
    if (!chain.isChanged) keepTrust(chain.trust);
    return { kind: 'ready', chain };
  } catch (error) {
    return { kind: 'failed', error: toHanseError(error) };
  }
}

function useTexts(): Text {
  const [language, setLanguage] = useState<Language>(readLanguage);
  const [theme, setTheme] = useState(readTheme);
  return useMemo(
    () => ({
      language,
      m: language === 'en' ? en : zh,
      f: createFormats(language),
      setLanguage: (next) => {
        applyLanguage(next);
        setLanguage(next);
      },
      theme,
      setTheme: (next) => {
        applyTheme(next);
        setTheme(next);
      },
    }),
    [language, theme],
  );
}

function Page({ route }: { readonly route: Route }): ReactNode {
  const { m } = useText();
  useEffect(() => {
    document.title = `${titleOf(route, m)} · Hanse`;
  }, [route, m]);
  switch (route.page) {
    case 'home':
      return <HomePage />;
    case 'block':
      return <BlockPage height={route.height} />;
    case 'deposits':
      return <DepositsPage />;
    case 'evidence':
      return <EvidencePage id={route.id} />;
    case 'tx':
      return <TxPage id={route.id} />;
    case 'verify':
      return <VerifyPage />;
    case 'holdings':
      return <HoldingsPage holder={route.holder} />;
    case 'supervision':
      return <SupervisionPage />;
    case 'title':
      return <TitlePage id={route.id} />;
    case 'story':
      return <StoryPage />;
    case 'unknown':
      return <UnknownPage path={route.path} />;
  }
}

function titleOf(route: Route, m: Text['m']): string {
  switch (route.page) {
    case 'home':
      return m.home.title;
    case 'block':
      return m.block.title(String(route.height));
    case 'deposits':
      return m.deposits.title;
    case 'evidence':
      return m.evidence.title;
    case 'tx':
      return m.tx.title;
    case 'verify':
      return m.verify.title;
    case 'holdings':
      return m.nav.holdings;
    case 'supervision':
    case 'title':
      return m.nav.supervision;
    case 'story':
      return m.nav.story;
    case 'unknown':
      return m.common.notFoundTitle;
  }
}

function UnknownPage({ path }: { readonly path: string }): ReactNode {
  const { m } = useText();
  return (
    <>
      <h1>{m.common.notFoundTitle}</h1>
      <Panel id="unknown" title={m.common.notFound(path)}>
        <Link to={{ page: 'home' }} className="button">
          {m.common.home}
        </Link>
      </Panel>
    </>
  );
}

type FenceProps = { readonly text: string; readonly children: ReactNode };

/** A page that fails leaves the rest of the console standing. */
class Fence extends Component<FenceProps, { readonly error: HanseError | undefined }> {
  override state: { readonly error: HanseError | undefined } = { error: undefined };

  static getDerivedStateFromError(error: unknown): { readonly error: HanseError } {
    return { error: toHanseError(error) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <div className="notice bad" role="alert">
        <p className="notice-title">{this.props.text}</p>
        <p>
          <code>{error.message}</code>
        </p>
      </div>
    );
  }
}
