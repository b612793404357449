import { existsSync, rmSync } from 'node:fs';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { must, toBase64Url, toHex } from '@hanse/kit';
import {
  AXE_RUN,
  buildPages,
  CHROMIUM,
  DESKTOP,
  focused,
  launch,
  LOOKS,
  Node,
  openPage,
  type Look,
  type Pages,
} from './browser.ts';
import { Fake } from './fake.ts';
import type { Actor } from './tradechain.ts';
import { TradeFake } from './tradefake.ts';

/*
 * The pages of trade finance in a real browser, over the contracts as plain TypeScript with real proofs. Skipped
 * where there is no Chromium.
 */

const PHONE: Look = { width: 390, theme: 'light', language: 'en' };

describe.skipIf(!existsSync(CHROMIUM))(`trade finance in a browser (needs ${CHROMIUM})`, () => {
  let pages: Pages = { folder: '', first: [] };
  let browser: Browser;
  let node: Node<TradeFake>;

  beforeAll(async () => {
    pages = await buildPages();
    node = new Node(pages.folder, await TradeFake.create('intl', Date.now()));
    await node.start();
    browser = await launch();
  }, 240_000);

  afterAll(async () => {
    await browser?.close();
    await node?.stop();
    rmSync(pages.folder, { recursive: true, force: true });
  });

  const failures: string[] = [];
  const close = async (page: Page): Promise<void> => {
    await page.context().close();
    expect(failures.splice(0)).toEqual([]);
  };

  const open = (place: string, look: Look = DESKTOP, at: Node<TradeFake> = node): Promise<Page> => {
    // The newest header is young, however long the tests before have taken.
    at.advance();
    return openPage(browser, `${at.url}/${place}`, look, failures);
  };

  const holdingsOf = ({ organisation }: Actor): string => `#/holdings/${organisation.did}`;

  /** Open the key of somebody as a person does: by its file. */
  async function openKey(page: Page, { party }: Actor): Promise<void> {
    const { key, did } = party;
    const json = {
      version: 1,
      purpose: 'identity',
      alg: key.alg,
      did,
      kid: 'key-1',
      publicKey: toBase64Url(key.publicKey),
      secretKey: toBase64Url(key.secretKey),
    };
    await page
      .locator('.keybar')
      .getByLabel('Open key file')
      .setInputFiles({
        name: 'phone.json',
        mimeType: 'application/json',
        buffer: Buffer.from(JSON.stringify(json)),
      });
    await page.locator('.keybar.open').waitFor();
  }

  /** New blocks reach the page as from a node. */
  const tellFrom = (height: number): void => node.tell(node.fake.rowsFrom(height));

  describe.each(LOOKS)('at $width px, $theme, $language', (look) => {
    const places = (): readonly (readonly [string, string])[] => {
      const { cast, pack } = node.fake.story;
      return [
        ['#/holdings', '.choose-first'],
        [holdingsOf(cast.s1), '.holding .mark.verified'],
        [holdingsOf(cast.s2), '.inbox article'],
        [holdingsOf(cast.regulator), '.empty'],
        ['#/titles', '.hit .mark.verified'],
        [`#/titles/${pack}`, '.history-act .mark.verified'],
        [`#/titles/${'ab'.repeat(32)}`, '.notice.warn'],
        ['#/story', '.story-step.second'],
        [`#/tx/${node.fake.story.refused}`, '.notice.bad'],
      ];
    };

    it('has no serious flaw for assistive technology and nothing wider than the screen', async () => {
      const page = await open('', look);
      await page.evaluate(axe.source);
      for (const [place, sign] of places()) {
        node.advance();
        await page.goto(`${node.url}/${place}`);
        await page.locator(sign).first().waitFor();
        await page.locator('main .skeleton').first().waitFor({ state: 'detached' });
        const found = await page.evaluate<readonly string[]>(AXE_RUN);
        expect(found, place).toEqual([]);
        const over = await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        );
        expect(over, place).toBe(0);
      }
      await close(page);
    }, 300_000);
  });

  it('has no flaw in its forms either', async () => {
    const page = await open(holdingsOf(node.fake.story.cast.s1), PHONE);
    await page.evaluate(axe.source);
    for (const name of ['Pass on', 'Split', 'Cash out', 'See the offer']) {
      await page.getByRole('button', { name, exact: true }).first().click();
      await page.locator('.sheet').waitFor();
      await page.locator('.sheet .skeleton').waitFor({ state: 'detached' });
      expect(await page.evaluate<readonly string[]>(AXE_RUN), name).toEqual([]);
      expect(await page.locator('.sheet').innerText(), name).not.toBe('');
      await page.getByRole('button', { name: 'Close' }).click();
    }
    await close(page);
  }, 120_000);

  it('passes on in three taps on a phone, with the fee shown before', async () => {
    const { s1phone, s2 } = node.fake.story.cast;
    const page = await open('#/holdings', PHONE);
    await openKey(page, s1phone);
    expect(await page.locator('.keybar').innerText()).toContain('The browser keeps it sealed');
    const card = page.locator('.holding').filter({ hasText: 'Yours to use' }).first();
    await card.waitFor();
    expect(await card.innerText()).toMatch(/^€[\d,.]+/);
    expect(await card.innerText()).toContain('from Northgate Cable Works');
    // One: what to do. Two: for which invoice. Three: the signature.
    await card.getByRole('button', { name: 'Pass on' }).click();
    await card.getByRole('radio', { name: /Invoice of Kestrel Smelting/ }).click();
    expect(await card.locator('.fee').innerText()).toBe(
      'Fee: none. No bank is involved and the network charges nothing.',
    );
    const before = node.fake.chain.toy.height;
    await card.getByRole('button', { name: /^Sign and pass on €/ }).click();
    await card.getByText('Done, and proved.').waitFor();
    tellFrom(before + 1);
    // The card is what it is now; what can be done with it is another thing than before.
    await page.locator('.holding').getByText('Done, and proved.').waitFor();
    await page
      .locator('.holding')
      .filter({ hasText: 'Done, and proved.' })
      .getByRole('button', { name: 'Take back' })
      .waitFor({ timeout: 20_000 });
    const { toSign } = await waitingFor(s2);
    expect(toSign).toBeGreaterThan(1);
    await close(page);
  }, 120_000);

  /** How much waits for somebody, as the contracts say. */
  async function waitingFor({ organisation }: Actor): Promise<{ readonly toSign: number }> {
    const bytes = await node.fake.chain.query('packs', 'requests', {
      side: 'signer',
      organisation: organisation.did,
      after: null,
      limit: null,
    });
    // Rows hold the DID of who should sign, once each.
    const text = Buffer.from(bytes).toString('latin1');
    return { toSign: text.split(organisation.did).length - 1 };
  }

  it('signs for what waits by keyboard alone', async () => {
    const { s2 } = node.fake.story.cast;
    const page = await open('#/holdings');
    await openKey(page, s2);
    await page.locator('.inbox article').first().waitFor();
    const count = await page.locator('.inbox article').count();
    await page.locator('main').focus();
    for (let presses = 0; presses < 30 && (await focused(page)) !== 'Sign'; presses++) {
      await page.keyboard.press('Tab');
    }
    expect(await focused(page)).toBe('Sign');
    const before = node.fake.chain.toy.height;
    await page.keyboard.press('Enter');
    await page.getByText('Done, and proved.').waitFor();
    tellFrom(before + 1);
    await expect
      .poll(() => page.locator('.inbox article').count(), { timeout: 20_000 })
      .toBe(count - 1);
    await close(page);
  }, 120_000);

  it('shows the fee of an offer, and takes no other terms than those on the chain', async () => {
    const { cast, terms } = node.fake.story;
    const page = await open('#/holdings', PHONE);
    await openKey(page, cast.s1);
    await page.getByRole('button', { name: 'See the offer' }).click();
    const document = {
      format: 'hanse-terms/1',
      deal: toHex(terms.deal),
      units: terms.units,
      disbursed: terms.disbursed,
      fee: terms.fee,
      salt: toHex(terms.salt),
      rest: toHex(terms.rest),
    };
    const give = (json: unknown): Promise<void> =>
      page.getByLabel('Open the terms').setInputFiles({
        name: 'terms.json',
        mimeType: 'application/json',
        buffer: Buffer.from(JSON.stringify(json)),
      });
    const accept = page.getByRole('button', { name: /^Accept and get/ });
    await give({ ...document, format: 'other' });
    await page.getByText('terms.json holds no terms.').waitFor();
    await give({ ...document, disbursed: terms.disbursed + 100, fee: terms.fee - 100 });
    await page.getByText('Do not accept them.').first().waitFor();
    expect(await accept.isDisabled()).toBe(true);
    await give(document);
    await page.getByText('These are exactly the terms').waitFor();
    const text = await page.locator('.terms').innerText();
    expect(text).toContain('€29,625.00');
    expect(text).toContain('€375.00 · 1.25% of the face');
    await accept.click();
    await page.getByText('Done, and proved.').waitFor();
    await close(page);
  }, 120_000);

  it('shows names, numbers and prices only from the reader’s own file, and sends none of it', async () => {
    const { cast, files } = node.fake.story;
    node.asked.length = 0;
    const page = await open(holdingsOf(cast.s1));
    await page.locator('.holding').first().waitFor();
    expect(await page.locator('main').innerText()).not.toContain('MM-2026-1102');
    const { name, bytes } = files.invoice;
    await page
      .getByLabel('Choose a file')
      .setInputFiles({ name, mimeType: 'text/xml', buffer: Buffer.from(bytes) });
    const own = page.locator('.own-document').first();
    await own.waitFor();
    await own.locator('summary').click();
    expect(await own.innerText()).toContain('MM-2026-1102');
    expect(await own.innerText()).toContain('Copper cathodes');
    expect(await own.innerText()).toContain('not from the chain');
    await page.getByRole('button', { name: 'Forget what was opened' }).click();
    expect(await page.locator('.own-document').count()).toBe(0);
    const id = toHex(node.fake.chain.toy.suite.hash(bytes));
    for (const { url, body } of node.asked) {
      const said = decodeURIComponent(url) + body;
      expect(said).not.toContain('MM-2026-1102');
      expect(said).not.toContain('Copper cathodes');
      // The page asks about this document because the chain names it, never because of the file.
      expect(url).not.toContain(`/v1/records/${toHex(Buffer.from(`evidence/deposit/${id}`))}`);
    }
    await close(page);
  }, 120_000);

  it('lets no byte of a key leave the browser, nor stay in it', async () => {
    const { s1phone } = node.fake.story.cast;
    node.asked.length = 0;
    const page = await open('#/holdings');
    await openKey(page, s1phone);
    await page.locator('.holding').first().waitFor();
    const { secretKey } = s1phone.party.key;
    for (const { url, body } of node.asked) {
      expect(url + body).not.toContain(toBase64Url(secretKey));
      expect(url + body).not.toContain(toHex(secretKey));
      expect(url + body).not.toContain(Buffer.from(secretKey).toString('latin1'));
    }
    const stored = await page.evaluate<string>(
      'JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie',
    );
    expect(stored).not.toContain(toBase64Url(secretKey));
    await page.reload();
    await page.getByText('No key is open: you can look, not sign.').waitFor();
    await openKey(page, s1phone);
    await page.getByRole('button', { name: 'Forget key' }).click();
    await page.getByText('No key is open: you can look, not sign.').waitFor();
    await close(page);
  }, 120_000);

  it('refuses what is no key of this chain, in words', async () => {
    const { s1, s2 } = node.fake.story.cast;
    const page = await open('#/holdings');
    const input = page.locator('.keybar').getByLabel('Open key file');
    const give = (text: string): Promise<void> =>
      input.setInputFiles({
        name: 'k.json',
        mimeType: 'application/json',
        buffer: Buffer.from(text),
      });
    await give('no JSON');
    await page.getByText('It is not JSON.').waitFor();
    const { key } = s2.party;
    await give(
      JSON.stringify({
        version: 1,
        purpose: 'identity',
        alg: key.alg,
        did: s1.party.did,
        kid: 'key-1',
        publicKey: toBase64Url(key.publicKey),
        secretKey: toBase64Url(key.secretKey),
      }),
    );
    await page.getByText(/carries another public key than/).waitFor();
    expect(await page.locator('.keybar.open').count()).toBe(0);
    await close(page);
  }, 120_000);

  it('tells the story, every step proved here, the refused second financing with its reason', async () => {
    const page = await open('#/story');
    const step = page.locator('.story-step.second');
    await step.waitFor();
    expect(await step.innerText()).toContain('A second financing was refused');
    expect(await step.innerText()).toContain('Refused: The same invoice is financed already.');
    await step.getByText(/It is the same invoice as document/).waitFor();
    const count = await page.locator('.story-step').count();
    expect(count).toBeGreaterThan(25);
    await expect
      .poll(() => page.locator('.story-step .proof.verified').count(), { timeout: 60_000 })
      .toBe(count);
    await step.getByRole('link', { name: /…/ }).first().click();
    await page.locator('.proof').first().waitFor();
    await close(page);
  }, 180_000);

  it('shows a lie about a receipt as forged, and tells nothing from it', async () => {
    node.fake.lie = 'receipt';
    const page = await open('#/story');
    await page.locator('.story-step .proof.forged').first().waitFor({ state: 'attached' });
    node.fake.lie = 'none';
    expect(await page.locator('.story-step.second').count()).toBe(0);
    await close(page);
  }, 120_000);

  it('leads a regulator from a hit to its transaction and to the title over time', async () => {
    const page = await open('#/titles');
    await page.locator('.hit').first().waitFor();
    await page.getByLabel('Rule', { exact: true }).selectOption('CREDIT_AFTER_FINANCE');
    const hit = page.locator('.hit');
    expect(await hit.count()).toBe(1);
    await hit.locator('summary').click();
    await hit.locator('.step.verified').first().waitFor();
    await hit.getByRole('link').first().click();
    await page
      .getByText('Replayed from its history, it is exactly what is on the chain now.')
      .waitFor();
    const acts = page.locator('.history-act');
    expect(await acts.count()).toBeGreaterThan(10);
    await page.locator('.hit').getByRole('link').last().click();
    await page.getByRole('heading', { name: 'Transaction', exact: true }).waitFor();
    await page.getByText('packs.creditNote').first().waitFor();
    // Calls of a deployed contract are read by its proved manifest.
    await page.getByText('112,944').first().waitFor();
    await close(page);
  }, 120_000);

  it('says what is missing on a chain without the contracts', async () => {
    const plain = new Node(pages.folder, new Fake('intl', Date.now()));
    await plain.start();
    const page = await openPage(browser, `${plain.url}/#/story`, DESKTOP, failures);
    for (const name of ['Story', 'Supervision']) {
      await page.getByRole('link', { name, exact: true }).click();
      await page.getByText('This chain has no contracts for trade finance.').waitFor();
      await page.getByText('hanse dev --demo').first().waitFor();
    }
    await close(page);
    await plain.stop();
  }, 120_000);

  it('says so when the node is away while something is signed, and does it once', async () => {
    const lonely = new Node(pages.folder, await TradeFake.create('intl', Date.now()));
    await lonely.start();
    const { s1 } = lonely.fake.story.cast;
    const page = await open('#/holdings', DESKTOP, lonely);
    await openKey(page, s1);
    const card = page.locator('.holding').filter({ hasText: 'Yours to use' }).first();
    await card.getByRole('button', { name: 'Pass on' }).click();
    const sign = card.getByRole('button', { name: /^Sign and pass on/ });
    await sign.waitFor();
    const height = lonely.fake.chain.toy.height;
    await lonely.stop();
    await sign.click();
    await card.getByText('Signed and sent. Waiting until it is proved.').waitFor();
    await lonely.start();
    await card.getByText('Done, and proved.').waitFor({ timeout: 60_000 });
    const executed = Array.from(
      { length: lonely.fake.chain.toy.height - height },
      (_, i) => lonely.fake.chain.toy.block(height + 1 + i).receipts.length,
    ).reduce((sum, one) => sum + one, 0);
    expect(executed).toBe(1);
    await close(page);
    await lonely.stop();
  }, 180_000);

  it('uses the sealed algorithms of the other suite from memory, and says so', async () => {
    const sm = new Node(pages.folder, await TradeFake.create('sm', Date.now()));
    await sm.start();
    const page = await open('#/holdings', DESKTOP, sm);
    await openKey(page, sm.fake.story.cast.s3);
    expect(await page.locator('.keybar').innerText()).toContain('in the memory of this page');
    await page.locator('.holding .mark.verified').first().waitFor();
    expect(must(await page.locator('h1').first().textContent(), 'a heading')).toBe('Holdings');
    await close(page);
    await sm.stop();
  }, 180_000);
});
