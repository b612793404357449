import { rejectionOf } from '@hanse/client';
import { fromHex, isHanseError, toHex } from '@hanse/kit';
import {
  askClaims,
  askWhole,
  claimsCall,
  factsOf,
  importWithRules,
  lockWhole,
  offerTerms,
  readTitle,
  registryKeys,
  send,
  STORY,
  tagsOf,
  tellStory,
  type EpochTags,
  type StoryFile,
  type ToldStep,
} from '@hanse/trade-finance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Network } from '../harness/network.ts';
import { setUpTrade, type TradeNetwork } from '../harness/trade.ts';
import { levelHeads, outcomesAt } from '../harness/truth.ts';

let network: Network;
let trade: TradeNetwork;
let told: readonly ToldStep[] = [];
beforeAll(async () => {
  network = await Network.start();
  trade = await setUpTrade(network);
});
afterAll(async () => {
  await trade.close();
  await network.remove();
});

function step(id: string): ToldStep {
  const found = told.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no step ${id}`);
  return found;
}

describe('the story', () => {
  // Some forty transactions, each waited for until it is proved: a busy machine takes its time.
  it('is told to its end', { timeout: 600_000 }, async () => {
    const seen: string[] = [];
    told = await tellStory(STORY, trade.stage, [], ({ id }) => void seen.push(id));
    expect(seen).toEqual(STORY.map(({ id }) => id));
    const again = await tellStory(STORY, trade.stage, told, () => {
      throw new Error('a step was taken twice');
    });
    expect(again).toEqual(told);
  });

  it('leaves each part with who paid for it', () => {
    const names = new Map(
      Object.entries(trade.stage.organisations).map(([name, did]) => [did, name]),
    );
    const parts = step('pay').parts?.map(({ units, holder }) => [names.get(holder), units]);
    expect(parts).toEqual([
      ['bank', 1_176_000],
      ['supplier2', 10_208_160 - 1_176_000],
      ['supplier', 28_258_589 - 10_208_160],
    ]);
  });

  it('has a proved receipt for every step, refused ones included, the same at every validator', async () => {
    const client = network.client();
    const txids = told.flatMap((one) => one.txids);
    for (const { id, txids, refused } of told) {
      expect(txids.length, id).toBeGreaterThan(0);
      for (const txid of txids) {
        const { receipt } = await client.receipt(txid);
        expect(receipt.status.kind, id).toBe(refused === undefined ? 'ok' : 'refused');
      }
    }
    await levelHeads(network);
    const all = await Promise.all(network.urls.map((url) => outcomesAt(url, txids)));
    for (const txid of txids) {
      const receipts = all.map((outcomes) => {
        const outcome = outcomes.get(txid);
        return outcome !== undefined && 'receiptBytes' in outcome ? outcome.receiptBytes : '';
      });
      expect(new Set(receipts).size, txid).toBe(1);
    }
  });

  it('refuses the twin to a second bank without a word on the first deal', async () => {
    const { stage } = trade;
    const error = await lockWhole(stage.desk, stage.signers.bank2, stage.files.twin).catch(
      (one: unknown) => one,
    );
    expect(rejectionOf(error)).toMatchObject({ reason: 'DUPLICATE_FINANCED' });
    const text = JSON.stringify(isHanseError(error) ? error.params : {});
    for (const did of [stage.organisations.bank, stage.signers.bank.did, step('ask').notes['deal']])
      expect(text).not.toContain(did ?? '–');
    expect(step('twin-lock').refused?.reason).toBe('DUPLICATE_FINANCED');
  });

  it('tells holders and the bank of the credit note in the block that records it', async () => {
    const { desk, organisations } = trade.stage;
    const [txid = ''] = step('import-credit').txids.slice(-1);
    const { receipt } = await desk.client.receipt(txid);
    const alert = receipt.events.find(({ name }) => name === 'CreditNote');
    expect(alert).toBeDefined();
    const title = await readTitle(
      desk,
      fromHex(step('issue').notes['pack'] ?? '') ?? new Uint8Array(),
    );
    const alerted = new Set(title.intervals.map(({ holder }) => holder));
    expect(alerted).toEqual(
      new Set([organisations.bank, organisations.supplier2, organisations.supplier]),
    );
  });
});

describe('a bank', () => {
  it('locks nothing when a verdict does not follow from the document it was handed', async () => {
    const { stage } = trade;
    const { desk, signers, files } = stage;
    const deal = fromHex(step('ask').notes['deal'] ?? '') ?? new Uint8Array();
    const swapped = { ...files.sale, bytes: files.trade2.bytes };
    await expect(
      offerTerms(desk, signers.bank, { ...swapped, deal, fee: 1 }),
    ).rejects.toMatchObject({
      codeName: 'VerdictMismatch',
    });
    const other = { ...files.trade2, deal, fee: 1 };
    await expect(offerTerms(desk, signers.bank, other)).rejects.toMatchObject({
      codeName: 'VerdictMismatch',
      params: { part: 'document' },
    });
    const held = await askClaims(desk).locksOf({ bank: stage.organisations.bank, state: 'held' });
    expect(held.value.rows).toEqual([]);
  });

  it.each([
    ['X', (honest: Tags) => ({ ...honest, x: fresh() })],
    ['N', (honest: Tags) => ({ ...honest, n: honest.n.map(fresh) })],
    ['N', (honest: Tags) => ({ ...honest, n: honest.n.slice(1) })],
    ['T', (honest: Tags) => ({ ...honest, t: [] })],
    ['X', (honest: Tags) => ({ ...honest, x: honest.n[0] ?? fresh() })],
    ['payable', (honest: Tags) => ({ ...honest, payable: 1 })],
    ['ruleSet', (honest: Tags) => ({ ...honest, ruleSet: 'EN16931 9.9.9' })],
  ] as const)('locks nothing when an importer lies about %s', async (part, lie) => {
    const { stage } = trade;
    const { desk, signers, organisations } = stage;
    const file = await otherInvoice();
    const { document, root } = await stage.deposit(file, 'supplier2');
    const {
      keys,
      currency,
      issued,
      units: payable,
      ruleSet,
      result,
    } = factsOf(file.result, 'invoice');
    const [current] = await registryKeys(desk);
    if (current === undefined) throw new Error('there is a key');
    const tags = await tagsOf(desk, signers.importer, current, keys);
    const parties = { seller: organisations.supplier2, buyer: organisations.supplier };
    const facts = { currency, issued, payable, deductions: 0, ruleSet, result, ...parties };
    const verdict = { document, root, ...facts, ...lie(tags) };
    await send(desk, [signers.importer], [await claimsCall(desk, 'recordVerdict', verdict)]);
    await askWhole(desk, signers.supplier2, document, [organisations.bank2]);
    await expect(lockWhole(desk, signers.bank2, file)).rejects.toMatchObject({
      codeName: 'VerdictMismatch',
      params: { part },
    });
    const { value } = await askClaims(desk).status({ document });
    expect(value?.state).toBe('PENDING');
  });

  it('locks nothing without the registry', async () => {
    const { stage } = trade;
    const registry = () => Promise.reject(new Error('nobody is there'));
    const desk = { ...stage.desk, registry };
    const lock = lockWhole(desk, stage.signers.bank2, stage.files['sale-cn']);
    await expect(lock).rejects.toThrow('nobody is there');
    const status = await askClaims(desk).status({
      document: suiteHash(stage.files['sale-cn'].bytes),
    });
    expect(status.value?.state).toBe('PENDING');
  });
});

type Tags = EpochTags;
let made = 0;

function fresh(): Uint8Array {
  return suiteHash(new TextEncoder().encode(`made up ${++made}`));
}

/** An invoice with a number that no other one has. */
async function otherInvoice(): Promise<StoryFile> {
  const { name, bytes } = trade.stage.files.trade2;
  const text = new TextDecoder()
    .decode(bytes)
    .replace('KS-88213', `KS-9${String(++made).padStart(4, '0')}`);
  const other = new TextEncoder().encode(
    text.replace('<cbc:IssueDate>2026-11-04', '<cbc:IssueDate>2026-11-03'),
  );
  return { name, bytes: other, result: importWithRules(other, name, undefined) };
}

function suiteHash(bytes: Uint8Array): Uint8Array {
  return network.files.suite.hash(bytes);
}

it('names the documents on the chain by their hash', () => {
  expect(step('import-sale').notes['sale']).toBe(toHex(suiteHash(trade.stage.files.sale.bytes)));
});
