import { afterAll, beforeAll, expect, it } from 'vitest';
import { Network } from '../harness/network.ts';
import { setUpTrade, type TradeNetwork } from '../harness/trade.ts';
import { searchNodes } from '../privacy/run.ts';
import { countNeedle, searchBytes, textNeedles } from '../privacy/search.ts';

let network: Network;
let trade: TradeNetwork;
beforeAll(async () => {
  network = await Network.start();
  trade = await setUpTrade(network);
});
afterAll(async () => {
  await trade.close();
  await network.remove();
});

it(
  'no number, name or price of a deal is in anything that validators write or say',
  {
    timeout: 600_000,
  },
  async () => {
    const report = await searchNodes(network, trade, 3);
    expect(report.found).toEqual([]);
    // What is public is found in the same bytes: the search works.
    expect(report.controls).toBe(3);
    expect(report.needles).toBeGreaterThan(300);
  },
);

it('the search finds texts and counts however they are written', () => {
  const text = 'Kupfer & Söhne 4711';
  for (const { bytes, what } of textNeedles(text)) {
    const haystack = { where: 'here', bytes: Buffer.concat([Buffer.alloc(7, 1), bytes]) };
    expect(searchBytes([haystack], textNeedles(text)).length, what).toBeGreaterThan(0);
  }
  for (const shift of [0, 1, 2]) {
    const inside = Buffer.from(`${'x'.repeat(shift)}${text}yz`).toString('base64');
    expect(searchBytes([{ where: '', bytes: Buffer.from(inside) }], textNeedles(text))).not.toEqual(
      [],
    );
  }
  const count = Buffer.from('00000000000004d2ff', 'hex');
  expect(searchBytes([{ where: '', bytes: count }], [countNeedle(1_234)])).toHaveLength(1);
  expect(searchBytes([{ where: '', bytes: Buffer.alloc(64) }], [countNeedle(1_234)])).toEqual([]);
});
