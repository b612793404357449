// node tools/run.mjs test/determinism/measure/main.ts: CPU of contract runs, reset and metering
// included, beside one Ed25519 verification of node:crypto in the same process; and what the process
// keeps of the memory that hungry programs asked for.
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { encode, t } from '@hanse/codec';
import { limits, must } from '@hanse/kit';
import type { Isolate, Program } from '@hanse/vm';
import { createIsolate } from '@hanse/isolate';
import {
  codeOf,
  infoOf,
  invoice,
  transfer,
  type Offer,
} from '../../../packages/isolate/test/contracts.ts';
import { adversarial } from '../../../packages/isolate/test/corpus/adversarial.ts';
import { corpusCode, runProgram } from '../../../packages/isolate/test/corpus/corpus.ts';
import { memoryHost } from '../../../packages/isolate/test/hosts.ts';

const ROUNDS = 25;
const GAS = 2_000_000;

function load(isolate: Isolate, offer: Offer, body: string): Program {
  const loaded = isolate.load(codeOf(offer, body), 20_000_000);
  if (loaded.kind !== 'loaded') throw new Error(loaded.message);
  return loaded.program;
}

type Task = { readonly name: string; readonly times: number; readonly run: () => number };

function tasks(): readonly Task[] {
  const isolate = createIsolate();
  const id = t.struct({ id: t.text(64) });
  const cash = load(isolate, transfer.offer, transfer.body);
  const cashHost = memoryHost(() => new Uint8Array());
  const rowOf = (name: string): Uint8Array =>
    encode(transfer.account, { id: name, balance: 10n ** 15n });
  for (const name of ['did:hanse:a', 'did:hanse:b']) {
    const key = Buffer.from(encode(id, { id: name })).toString('hex');
    cashHost.rows.set(`0/${key}`, rowOf(name));
  }
  const args = encode(transfer.args, { from: 'did:hanse:a', to: 'did:hanse:b', amount: 5n });
  const receivables = load(isolate, invoice.offer, invoice.body);
  const invoiceHost = memoryHost(() => new Uint8Array());
  const invoiceArgs = encode(invoice.args, invoice.sample);
  const info = infoOf();
  const noop = load(isolate, { methods: { nothing: { args: t.struct({}) } } }, '');
  const run = (program: Program, bytes: Uint8Array, host: typeof cashHost) => (): number => {
    host.calls.length = 0;
    const outcome = isolate.run(
      program,
      { method: 0, args: bytes, info, gasLimit: GAS },
      host.hostOf,
    );
    if (outcome.kind !== 'returned') throw new Error(JSON.stringify(outcome));
    return outcome.gas;
  };
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const message = new Uint8Array(300);
  const signature = sign(null, message, privateKey);
  return [
    { name: 'verify', times: 100, run: () => Number(verify(null, message, publicKey, signature)) },
    { name: 'empty call', times: 300, run: run(noop, new Uint8Array(), cashHost) },
    { name: 'transfer', times: 300, run: run(cash, args, cashHost) },
    { name: 'invoice', times: 200, run: run(receivables, invoiceArgs, invoiceHost) },
  ];
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function main(): void {
  const all = tasks();
  const times = new Map(all.map(({ name }) => [name, [] as number[]]));
  const gas = new Map<string, number>();
  for (const { run } of all) for (let i = 0; i < 3_000; i++) run();
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, times: count, run } of all) {
      const start = cpuUs();
      let last = 0;
      for (let i = 0; i < count; i++) last = run();
      must(times.get(name), 'a task').push((cpuUs() - start) / count);
      gas.set(name, last);
    }
  }
  const median = (name: string): number => {
    const sorted = [...must(times.get(name), 'a task')].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  };
  const verifyUs = median('verify');
  for (const { name } of all) {
    const us = median(name);
    const min = Math.min(...must(times.get(name), 'a task'));
    process.stdout.write(
      `${name.padEnd(12)} ${min.toFixed(1)} / ${us.toFixed(1)} us CPU (min / median)   ` +
        `${(us / verifyUs).toFixed(2)} of one verification   ${gas.get(name)} gas\n`,
    );
  }
}

/** Growth of the process over hungry programs that had run before, in MiB. */
function memoryGrowthMib(): number {
  const isolate = createIsolate();
  const hungry = ['outOfMemoryCaught', 'objectMany', 'stringSlices', 'typedArrayMany', 'mapGrow'];
  const round = (): void => {
    for (const name of hungry) {
      const loaded = isolate.load(corpusCode(adversarial[name] ?? ''), GAS);
      if (loaded.kind === 'loaded') runProgram(isolate, loaded.program, limits.gasPerTxMax);
    }
  };
  round();
  const before = process.memoryUsage.rss();
  for (let i = 0; i < 5; i++) round();
  return (process.memoryUsage.rss() - before) / 2 ** 20;
}

main();
process.stdout.write(`memory growth over hungry programs: ${memoryGrowthMib().toFixed(1)} MiB\n`);
