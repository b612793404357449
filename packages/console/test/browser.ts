import { existsSync, mkdtempSync, readFileSync, cpSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { must } from '@hanse/kit';
import type { WatchRow } from '@hanse/model';
import { contentPolicy } from './fake.ts';
import type { TradeAnswer } from './tradefake.ts';

/** The browser of the tests; HANSE_CHROMIUM names another one than Debian's. */
export const CHROMIUM = process.env['HANSE_CHROMIUM'] ?? '/usr/bin/chromium';
const ROOT = fileURLToPath(new URL('..', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** A request that reached the node. Bodies are bytes as Latin-1 text. */
export type Asked = { readonly method: string; readonly url: string; readonly body: string };

/** A chain behind the HTTP interface. */
export type Behind = {
  readonly handle: (
    method: string,
    target: string,
    body: string,
  ) => TradeAnswer | Promise<TradeAnswer>;
  readonly advance: (nowMs: number) => readonly WatchRow[];
};

/** A node over HTTP: the built pages, a fake behind `/v1`, and a block whenever a test wants one. */
export class Node<F extends Behind> {
  readonly fake: F;
  readonly asked: Asked[] = [];
  readonly #folder: string;
  readonly #watchers = new Set<ServerResponse>();
  #server: Server | undefined;
  #port = 0;

  constructor(folder: string, fake: F) {
    this.#folder = folder;
    this.fake = fake;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const { method = '', url = '' } = request;
        const body = Buffer.concat(parts).toString('latin1');
        this.asked.push({ method, url, body });
        response.setHeader('content-security-policy', contentPolicy);
        if (url.startsWith('/v1/')) void this.#answer({ method, url, body }, response);
        else this.#file(url, response);
      });
    });
    await new Promise<void>((done) => void server.listen(this.#port, '127.0.0.1', done));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((done) => this.#server?.close(done));
  }

  advance(): void {
    this.tell(this.fake.advance(Date.now()));
  }

  /** Let those who watch know of new blocks. */
  tell(rows: readonly WatchRow[]): void {
    for (const watcher of this.#watchers) {
      for (const row of rows) watcher.write(`${JSON.stringify(row)}\n`);
    }
  }

  async #answer({ method, url, body }: Asked, response: ServerResponse): Promise<void> {
    const answer = await this.fake.handle(method, url, body);
    if (answer.kind === 'json') {
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer.value));
      return;
    }
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.flushHeaders();
    if (answer.kind === 'events' || answer.kind === 'lines') {
      for (const row of answer.rows) response.write(`${JSON.stringify(row)}\n`);
      if (answer.kind === 'lines') response.end();
      return;
    }
    this.#watchers.add(response);
    response.on('close', () => this.#watchers.delete(response));
  }

  #file(url: string, response: ServerResponse): void {
    const path = join(this.#folder, extname(url) === '' ? 'index.html' : url);
    if (!existsSync(path)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'text/plain' });
    response.end(readFileSync(path));
  }
}

/** The built pages: their folder, and the files that the first visit loads. */
export type Pages = { readonly folder: string; readonly first: readonly string[] };

/** Build the pages as `tools/bundle.mjs` does. */
export async function buildPages(): Promise<Pages> {
  const folder = mkdtempSync(join(tmpdir(), 'hanse-console-'));
  const { metafile } = await build({
    metafile: true,
    absWorkingDir: ROOT,
    outdir: folder,
    entryPoints: { main: 'src/main.tsx' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    minify: true,
    conditions: ['@hanse/source'],
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'warning',
    plugins: [
      {
        name: 'kept-styles',
        setup(builder) {
          builder.onResolve({ filter: /^\..*\.css$/ }, ({ path, resolveDir }) => ({
            path: resolve(resolveDir, path),
            sideEffects: true,
          }));
        },
      },
    ],
  });
  cpSync(join(ROOT, 'public'), folder, { recursive: true });
  return { folder, first: firstOf(metafile) };
}

type Outputs = Awaited<ReturnType<typeof build>>['metafile'];

/** What the entry brings along: chunks that it imports at once, and its style. */
function firstOf(metafile: Outputs): readonly string[] {
  const outputs = metafile?.outputs ?? {};
  const entry = Object.keys(outputs).find((path) => path.endsWith('main.js'));
  const found = new Set<string>([must(entry, 'an entry')]);
  for (const path of found) {
    for (const { path: next, kind } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement') found.add(next);
    }
  }
  return [...found].map((path) => path.split('/').at(-1) ?? path).concat('main.css');
}

/** How a page is looked at. */
export type Look = {
  readonly width: number;
  readonly theme: 'light' | 'dark';
  readonly language: 'en' | 'zh-CN';
};

/** Both widths, themes and languages. */
export const LOOKS: readonly Look[] = [
  { width: 1280, theme: 'light', language: 'en' },
  { width: 1280, theme: 'dark', language: 'zh-CN' },
  { width: 390, theme: 'light', language: 'zh-CN' },
  { width: 390, theme: 'dark', language: 'en' },
];

/** Start the browser. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** The look of tests that do not care. */
export const DESKTOP: Look = { width: 1280, theme: 'light', language: 'en' };

/** A page of a browser that was never here before; what it logs as errors goes into `failures`. */
export async function openPage(
  browser: Browser,
  url: string,
  look: Look,
  failures: string[],
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: 844 },
    colorScheme: look.theme,
    locale: look.language,
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => failures.push(error.message));
  page.on('console', (message) => {
    const isExpected = message.text().includes('Failed to load resource');
    if (message.type() === 'error' && !isExpected) failures.push(message.text());
  });
  await page.goto(url);
  return page;
}

/** What a screen reader would call the element with the focus. */
export function focused(page: Page): Promise<string> {
  return page.evaluate<string>(
    `document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText`,
  );
}

/** Drop a file onto the page as a person would, not through the file dialog. */
export async function dropFile(page: Page, name: string, base64: string): Promise<void> {
  await page.evaluate(`(() => {
    const bytes = Uint8Array.from(atob('${base64}'), (one) => one.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], '${name}'));
    const options = { dataTransfer: data, bubbles: true, cancelable: true };
    document.querySelector('.drop').dispatchEvent(new DragEvent('dragover', options));
    document.querySelector('.drop').dispatchEvent(new DragEvent('drop', options));
  })()`);
}

/** Flaws of a page that matter, as sentences. Needs axe in the page. */
export const AXE_RUN = `axe.run(document, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
}).then(({ violations }) => violations
  .filter(({ impact }) => impact === 'serious' || impact === 'critical' || impact === 'moderate')
  .map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map((one) => one.html.slice(0, 160) + ' ' + (one.any[0]?.message ?? '')).join(' | ')))`;
