import { canonicalJson, encode, shapeToJson, t, type AnySchema, type Json } from '@hanse/codec';
import { deployContract } from '@hanse/client';
import { limits, must, toHex, utf8 } from '@hanse/kit';
import type { Receipt } from '@hanse/model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { adversarial } from '../determinism/adversarial.ts';
import { organisationClient } from '../harness/contracts.ts';
import { Network } from '../harness/network.ts';
import { levelHeads, outcomesAt } from '../harness/truth.ts';

/** Those that are short: compiling the others takes more gas than there is, which is another test's. */
const programs = Object.entries(adversarial).filter(([, body]) => body.length < 10_000);
const args = t.struct({ program: t.int(0, programs.length - 1) });
const row = t.struct({ id: t.text(40), value: t.option(t.text(40)) });
const MIB = 1024 * 1024;

const json = ({ shape }: AnySchema): Json => shapeToJson(shape);

/** All programs in one contract: each a function of its own, chosen by number. */
function stormCode(): Uint8Array {
  const manifest = canonicalJson({
    abi: 1,
    name: 'storm',
    tables: [{ name: 'row', row: json(row), key: ['id'], listed: true, indexes: [] }],
    events: [{ name: 'Seen', data: json(t.struct({ id: t.text(40) })) }],
    methods: [
      { name: 'run', kind: 'command', args: json(args), returns: json(t.struct({})), allow: [] },
    ],
  });
  const bodies = programs.map(([name, body]) => `/* ${name} */ (host) => { ${body} },`);
  return utf8(`'use strict';
(() => {
const programs = [
${bodies.join('\n')}
];
hanse.define({ manifest: ${manifest}, run: (method, a, info, host) => void programs[a.program](host) });
})();
`);
}

let network: Network;
beforeAll(async () => {
  network = await Network.start({ operators: 4 });
  const owners = { organisations: [network.files.organisations[0]?.did ?? ''], threshold: 1 };
  const deployment = { name: 'storm', code: stormCode(), owners, isUpgrade: false };
  await deployContract(organisationClient(network, 0), deployment);
});
afterAll(() => network.remove());

/** Run programs, each in a transaction with all the gas there can be. */
async function run(numbers: readonly number[]): Promise<readonly Receipt[]> {
  const results = await network.clientOf(0).submitMany(
    numbers.map((program) => ({
      calls: [{ contract: 'storm', method: 'run', args: encode(args, { program }) }],
    })),
    { until: 'final', gasLimit: limits.gasPerTxMax, timeoutMs: 240_000, validForMs: 500_000 },
  );
  return results.map((result, i) => {
    if (result.kind === 'executed') return result.receipt;
    throw new Error(`${programs[numbers[i] ?? 0]?.[0]}: ${result.error.message}`);
  });
}

async function memoryBytes(): Promise<readonly number[]> {
  const asked = network
    .running()
    .map((index) => network.ask<{ readonly memoryBytes: number }>(index, '/v1/status'));
  return (await Promise.all(asked)).map((status) => status.memoryBytes);
}

it('programs that outlast, outgrow or overflow are refused with one receipt on four validators', async () => {
  const receipts = await run(programs.map((_, number) => number));
  const txids = receipts.map(({ txid }) => toHex(txid));
  await levelHeads(network);
  const perNode = await Promise.all(network.urls.map((url) => outcomesAt(url, txids)));
  for (const [i, txid] of txids.entries()) {
    const [name = ''] = programs[i] ?? [];
    const seen = perNode.map((outcomes) => {
      const outcome = must(outcomes.get(txid), 'an outcome');
      return 'receiptBytes' in outcome ? outcome.receiptBytes : outcome.state;
    });
    expect(new Set(seen).size, name).toBe(1);
  }
  const passed = receipts.flatMap(({ status }, i) =>
    status.kind === 'ok' ? [programs[i]?.[0]] : [],
  );
  expect(passed).toEqual([]);
});

it('what they took is given back: memory does not grow from one storm to the next', async () => {
  const bombs = programs.flatMap(([name], i) =>
    /Double|Growth|Push|Many|Deep|Huge|Repeat/.test(name) ? [i] : [],
  );
  await run(bombs);
  const before = await memoryBytes();
  await run(bombs);
  const after = await memoryBytes();
  const grownMiB = after.map((bytes, i) => (bytes - (before[i] ?? 0)) / MIB);
  expect(Math.max(...grownMiB)).toBeLessThan(32);
});
