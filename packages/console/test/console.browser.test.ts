import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, cpSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import axe from 'axe-core';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { must } from '@hanse/kit';
import { contentPolicy, Fake } from './fake.ts';
import { invoice } from './script.ts';

/*
 * The pages in a real browser, over a node that has real proofs and can be told to lie. Skipped where
 * there is no Chromium; HANSE_CHROMIUM names another one than Debian's.
 */

const CHROMIUM = process.env['HANSE_CHROMIUM'] ?? '/usr/bin/chromium';
const SIZE_BUDGET_GZ = 200_000;
const ROOT = fileURLToPath(new URL('..', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

type Asked = { readonly method: string; readonly url: string; readonly body: string };

/** A node over HTTP: the built pages, the fake behind `/v1`, and a block whenever a test wants one. */
class Node {
  readonly fake: Fake;
  readonly asked: Asked[] = [];
  readonly #folder: string;
  readonly #watchers = new Set<ServerResponse>();
  #server: Server | undefined;
  #port = 0;

  constructor(folder: string, suite: 'intl' | 'sm') {
    this.#folder = folder;
    this.fake = new Fake(suite, Date.now());
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
        if (url.startsWith('/v1/')) this.#answer({ method, url, body }, response);
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
    const rows = this.fake.advance(Date.now());
    for (const watcher of this.#watchers) {
      for (const row of rows) watcher.write(`${JSON.stringify(row)}\n`);
    }
  }

  #answer({ method, url, body }: Asked, response: ServerResponse): void {
    const answer = this.fake.handle(method, url, body);
    if (answer.kind === 'json') {
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer.value));
      return;
    }
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.flushHeaders();
    if (answer.kind === 'events') {
      for (const row of answer.rows) response.write(`${JSON.stringify(row)}\n`);
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

/** Build the pages as `tools/bundle.mjs` does. */
async function buildPages(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'hanse-console-'));
  await build({
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
  return folder;
}

type Look = {
  readonly width: number;
  readonly theme: 'light' | 'dark';
  readonly language: 'en' | 'zh-CN';
};

const LOOKS: readonly Look[] = [
  { width: 1280, theme: 'light', language: 'en' },
  { width: 1280, theme: 'dark', language: 'zh-CN' },
  { width: 390, theme: 'light', language: 'zh-CN' },
  { width: 390, theme: 'dark', language: 'en' },
];

describe.skipIf(!existsSync(CHROMIUM))(`the console in a browser (needs ${CHROMIUM})`, () => {
  let folder = '';
  let browser: Browser;
  let node: Node;
  let smNode: Node;

  beforeAll(async () => {
    folder = await buildPages();
    node = new Node(folder, 'intl');
    smNode = new Node(folder, 'sm');
    await Promise.all([node.start(), smNode.start()]);
    browser = await chromium.launch({
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
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await Promise.all([node?.stop(), smNode?.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const DESKTOP: Look = { width: 1280, theme: 'light', language: 'en' };

  /** A page of a browser that was never here before, failing the test on any error it logs. */
  async function open(at: Node, place: string, look: Look = DESKTOP): Promise<Page> {
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
    await page.goto(`${at.url}/${place}`);
    return page;
  }

  const failures: string[] = [];
  const close = async (page: Page): Promise<void> => {
    await page.context().close();
    expect(failures.splice(0)).toEqual([]);
  };

  /** The id of the script's n-th deposit. */
  const deposit = (at: Node, index: number): string =>
    must([...at.fake.story.deposits.keys()][index], 'a deposit');

  const verdict = (page: Page): Promise<string> =>
    page.locator('.proof .verdict').first().innerText();

  it(`loads within ${SIZE_BUDGET_GZ} bytes compressed`, () => {
    const sizes = readdirSync(folder).map(
      (name) => gzipSync(readFileSync(join(folder, name)), { level: 9 }).length,
    );
    expect(sizes.reduce((sum, one) => sum + one, 0)).toBeLessThan(SIZE_BUDGET_GZ);
  });

  describe.each(LOOKS)('at $width px, $theme, $language', (look) => {
    const places = (at: Node): readonly (readonly [string, string])[] => [
      ['#/', '.blocks tbody tr'],
      [`#/blocks/${at.fake.story.busyHeight}`, '.proof.verified'],
      ['#/evidence', 'tbody tr'],
      [`#/evidence/${deposit(at, 0)}`, '.proof.verified'],
      [`#/evidence/${deposit(at, 1)}`, '.notice.warn'],
      [`#/evidence/${'ab'.repeat(32)}`, '.proof.verified'],
      [`#/tx/${at.fake.story.refused.txid}`, '.notice.bad'],
      [`#/tx/${'cd'.repeat(32)}`, '.notice.bad'],
      ['#/verify', '#paste-text'],
      ['#/nowhere', 'h1'],
    ];

    it('has no serious flaw for assistive technology and nothing wider than the screen', async () => {
      const at = look.theme === 'light' ? node : smNode;
      const page = await open(at, '', look);
      await page.evaluate(axe.source);
      for (const [place, sign] of places(at)) {
        await page.goto(`${at.url}/${place}`);
        await page.locator(sign).first().waitFor();
        await page.locator('.skeleton').first().waitFor({ state: 'detached' });
        const found = await page.evaluate<readonly string[]>(AXE_RUN);
        expect(found, place).toEqual([]);
        const over = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect(over, place).toBe(0);
      }
      expect(await page.locator('html').getAttribute('lang')).toBe(look.language);
      await close(page);
    }, 180_000);
  });

  it('follows the chain, and stops when it is told to', async () => {
    const page = await open(node, '#/');
    const height = page.getByTestId('height');
    const first = page.locator('.blocks tbody th').first();
    await page.locator('.connection.live').waitFor();
    node.advance();
    const { chain } = node.fake.story;
    await expect.poll(() => height.innerText()).toBe(String(chain.height));
    await expect.poll(() => first.innerText()).toBe(String(chain.height));
    await page.keyboard.press('Space');
    const paused = String(chain.height);
    node.advance();
    await expect.poll(() => height.innerText()).toBe(String(chain.height));
    expect(await first.innerText()).toBe(paused);
    await page.keyboard.press('Space');
    await expect.poll(() => first.innerText()).toBe(String(chain.height));
    await close(page);
  });

  it('verifies a deposit step by step, and saves a bundle that verifies without a node', async () => {
    const page = await open(smNode, `#/evidence/${deposit(smNode, 0)}`);
    await page.locator('.proof.verified').waitFor();
    expect(await page.locator('.step.verified').count()).toBe(8);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download bundle' }).click(),
    ]);
    const bundle = readFileSync(must(await download.path(), 'a saved file'), 'utf8');
    await page.getByRole('link', { name: 'Verify', exact: true }).click();
    const before = smNode.asked.length;
    await page.locator('#paste-text').fill(bundle);
    await page.getByRole('button', { name: 'Verify bundle' }).click();
    await page.locator('.proof.verified').waitFor();
    const asked = smNode.asked.slice(before).map(({ url }) => url);
    expect(asked.filter((url) => !/^\/v1\/(head|why|query)/.test(url))).toEqual([]);
    await page.getByLabel('Hold a file against it').setInputFiles(fileOf(invoice.bytes));
    await expect.poll(() => page.locator('.step.verified').count()).toBe(10);
    await page.getByLabel('Hold a file against it').setInputFiles(fileOf(Buffer.from('other')));
    await page.locator('.proof.forged').waitFor();
    await close(page);
  });

  const fileOf = (bytes: Uint8Array) => ({
    name: 'dropped.json',
    mimeType: 'application/json',
    buffer: Buffer.from(bytes),
  });

  it('tells whether a dropped file was deposited, and sends not one byte of it', async () => {
    const page = await open(node, '#/');
    await page.locator('.connection.live').waitFor();
    node.asked.length = 0;
    await dropFile(page, 'invoice.json', Buffer.from(invoice.bytes).toString('base64'));
    const card = page.getByRole('article', { name: 'invoice.json' });
    await card.getByText('Deposited', { exact: true }).waitFor();
    expect(await card.innerText()).toContain('Verified in this browser');
    const marker = 'this text must never leave the browser';
    await dropFile(page, 'secret.txt', Buffer.from(marker).toString('base64'));
    const other = page.getByRole('article', { name: 'secret.txt' });
    await other.getByText('Not deposited', { exact: true }).waitFor();
    expect(await other.innerText()).toContain('The proof was checked here.');
    for (const { method, url, body } of node.asked) {
      const said = decodeURIComponent(url) + body;
      expect(said).not.toContain(marker);
      expect(said).not.toContain('INV-4711');
      expect(said).not.toContain(Buffer.from(marker).toString('base64').slice(0, 12));
      expect(said).not.toContain(Buffer.from(marker).toString('hex').slice(0, 12));
      // Nothing is posted but queries by name, and those are small.
      if (method !== 'GET') expect(url).toBe('/v1/query');
      expect(body.length).toBeLessThan(300);
    }
    await close(page);
  });

  it.each(['record', 'certificate'] as const)('shows a forged %s as forged', async (lie) => {
    node.fake.lie = lie;
    const page = await open(node, `#/evidence/${deposit(node, 0)}`);
    await page.locator('.proof.forged').waitFor();
    node.fake.lie = 'none';
    expect(await verdict(page)).toContain('Forged');
    expect(await page.locator('.panel .fields').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Download bundle' }).count()).toBe(0);
    await close(page);
  });

  it('trusts the first genesis, and warns of another until a person decides', async () => {
    const page = await open(node, `#/evidence/${deposit(node, 0)}`);
    await page.locator('.proof.verified').waitFor();
    node.fake.lie = 'chain';
    await page.reload();
    await page.getByText('This node serves another chain than the one you trust').waitFor();
    await page.locator('.proof.forged').waitFor();
    expect(await page.locator('.step.verified').count()).toBe(0);
    node.fake.lie = 'none';
    await page.reload();
    await page.locator('.proof.verified').waitFor();
    await close(page);
  });

  it('lets a person enter the genesis to trust', async () => {
    const page = await open(node, '#/verify');
    await page.getByRole('button', { name: 'Change' }).click();
    const field = page.getByLabel('Genesis hash', { exact: true });
    await field.fill('xyz');
    await page.getByRole('button', { name: 'Trust this hash' }).click();
    await page.getByText('A genesis hash has 64 hexadecimal digits.').waitFor();
    await field.fill('ab'.repeat(32));
    await page.getByRole('button', { name: 'Trust this hash' }).click();
    await page.getByText('This node serves another chain than the one you trust').waitFor();
    await page.getByRole('button', { name: 'Trust the new chain' }).click();
    await page.getByText('entered by you').first().waitFor();
    await close(page);
  });

  it('goes by keyboard alone from the address bar to a verified block', async () => {
    const page = await open(node, '#/');
    await page.locator('.connection.live').waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('main');
    await page.keyboard.press('Shift+Tab');
    const seen: string[] = [];
    for (let count = 0; count < 12 && !seen.at(-1)?.startsWith('Height,'); count++) {
      await page.keyboard.press('Shift+Tab');
      seen.push(await focused(page));
    }
    expect(seen.at(-1)).toBe('Height, transaction id or file hash');
    await page.keyboard.type('12');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Block 12' }).waitFor();
    await page.locator('.proof.verified').waitFor();
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('main');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Previous');
    const outline = await page.evaluate<string>(
      'getComputedStyle(document.activeElement).outlineStyle',
    );
    expect(outline).toBe('solid');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Block 11' }).waitFor();
    await close(page);
  });

  it('finds a deposit by the hash of its file and a transaction by its id', async () => {
    const page = await open(node, '#/');
    await page.locator('.connection.live').waitFor();
    const find = page.getByRole('searchbox');
    await find.fill(deposit(node, 2));
    await find.press('Enter');
    await page.getByRole('heading', { name: 'Deposit', exact: true }).waitFor();
    await find.fill(node.fake.story.refused.txid);
    await find.press('Enter');
    await page.getByRole('heading', { name: 'Transaction', exact: true }).waitFor();
    await find.fill('00'.repeat(32));
    await find.press('Enter');
    await page.getByText('This node knows no transaction and no deposit').first().waitFor();
    await close(page);
  });

  it('changes language and theme and keeps both', async () => {
    const page = await open(node, '#/');
    await page.getByLabel('Language').selectOption('zh-CN');
    await page.getByRole('link', { name: '存证', exact: true }).waitFor();
    await page.getByLabel('外观').selectOption('dark');
    await page.reload();
    await page.getByRole('link', { name: '存证', exact: true }).waitFor();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
    await close(page);
  });

  it('says that the node is gone, keeps what it showed, and comes back by itself', async () => {
    const lonely = new Node(folder, 'intl');
    await lonely.start();
    const page = await open(lonely, '#/');
    await page.locator('.connection.live').waitFor();
    await page.locator('.blocks tbody tr').first().waitFor();
    await lonely.stop();
    await page.locator('.connection.reconnecting, .connection.unreachable').waitFor();
    await page.locator('.notice.warn').waitFor();
    expect(await page.locator('.blocks tbody tr').count()).toBeGreaterThan(0);
    await lonely.start();
    await page.locator('.connection.live').waitFor({ timeout: 20_000 });
    await close(page);
    await lonely.stop();
  });

  it('says how to fill what is empty', async () => {
    const empty = new Node(folder, 'intl');
    empty.fake.isEmpty = true;
    await empty.start();
    const page = await open(empty, '#/');
    await page.getByText('hanse evidence deposit contract.pdf').waitFor();
    await page.getByRole('link', { name: 'Deposits', exact: true }).click();
    await page.getByText('Nothing is deposited yet.').waitFor();
    await close(page);
    await empty.stop();
  });
});

/** What a screen reader would call the element with the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate<string>(
    `document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText`,
  );
}

/** Drop a file onto the page as a person would, not through the file dialog. */
async function dropFile(page: Page, name: string, base64: string): Promise<void> {
  await page.evaluate(`(() => {
    const bytes = Uint8Array.from(atob('${base64}'), (one) => one.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], '${name}'));
    const options = { dataTransfer: data, bubbles: true, cancelable: true };
    document.querySelector('.drop').dispatchEvent(new DragEvent('dragover', options));
    document.querySelector('.drop').dispatchEvent(new DragEvent('drop', options));
  })()`);
}

const AXE_RUN = `axe.run(document, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
}).then(({ violations }) => violations
  .filter(({ impact }) => impact === 'serious' || impact === 'critical' || impact === 'moderate')
  .map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map((one) => one.html.slice(0, 160) + ' ' + (one.any[0]?.message ?? '')).join(' | ')))`;
