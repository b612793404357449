import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { must } from '@hanse/kit';
import {
  AXE_RUN,
  buildPages,
  CHROMIUM,
  DESKTOP,
  dropFile,
  focused,
  launch,
  LOOKS,
  Node,
  openPage,
  type Look,
  type Pages,
} from './browser.ts';
import { Fake } from './fake.ts';
import { invoice } from './script.ts';

/*
 * The pages in a real browser, over a node that has real proofs and can be told to lie. Skipped where
 * there is no Chromium.
 */

const SIZE_BUDGET_GZ = 200_000;
const SIZE_LIMIT_ALL_GZ = 260_000;

describe.skipIf(!existsSync(CHROMIUM))(`the console in a browser (needs ${CHROMIUM})`, () => {
  let pages: Pages = { folder: '', first: [] };
  let browser: Browser;
  let node: Node<Fake>;
  let smNode: Node<Fake>;

  beforeAll(async () => {
    pages = await buildPages();
    node = new Node(pages.folder, new Fake('intl', Date.now()));
    smNode = new Node(pages.folder, new Fake('sm', Date.now()));
    await Promise.all([node.start(), smNode.start()]);
    browser = await launch();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await Promise.all([node?.stop(), smNode?.stop()]);
    rmSync(pages.folder, { recursive: true, force: true });
  });

  /** A page of a browser that was never here before, failing the test on any error it logs. */
  const open = (at: Node<Fake>, place: string, look: Look = DESKTOP): Promise<Page> =>
    openPage(browser, `${at.url}/${place}`, look, failures);

  const failures: string[] = [];
  const close = async (page: Page): Promise<void> => {
    await page.context().close();
    expect(failures.splice(0)).toEqual([]);
  };

  /** The id of the script's n-th deposit. */
  const deposit = (at: Node<Fake>, index: number): string =>
    must([...at.fake.story.deposits.keys()][index], 'a deposit');

  const verdict = (page: Page): Promise<string> =>
    page.locator('.proof .verdict').first().innerText();

  it(`loads within ${SIZE_BUDGET_GZ} bytes compressed`, () => {
    const sizeOf = (name: string): number =>
      gzipSync(readFileSync(join(pages.folder, name)), { level: 9 }).length;
    const sum = (names: readonly string[]): number =>
      names.reduce((total, name) => total + sizeOf(name), 0);
    const statics = ['index.html', 'boot.js', 'favicon.svg'];
    expect(sum([...pages.first, ...statics])).toBeLessThan(SIZE_BUDGET_GZ);
    // Pages of trade finance and the importer of invoices come when they are opened.
    expect(sum(readdirSync(pages.folder))).toBeLessThan(SIZE_LIMIT_ALL_GZ);
  });

  describe.each(LOOKS)('at $width px, $theme, $language', (look) => {
    const places = (at: Node<Fake>): readonly (readonly [string, string])[] => [
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
    const lonely = new Node(pages.folder, new Fake('intl', Date.now()));
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
    const empty = new Node(pages.folder, new Fake('intl', Date.now()));
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
