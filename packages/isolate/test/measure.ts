// node tools/run.mjs packages/isolate/test/measure.ts: CPU of contract runs, reset and metering
// included, beside one Ed25519 verification of node:crypto in the same process.
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { decode, encode, t, type Schema } from '@hanse/codec';
import { must } from '@hanse/kit';
import type { Isolate, Program } from '@hanse/vm';
import { createIsolate } from '../src/index.ts';
import { codeOf, infoOf, invoice, transfer, type Offer } from './contracts.ts';
import { memoryHost } from './hosts.ts';

const ROUNDS = 25;
const GAS = 2_000_000;

function load(isolate: Isolate, offer: Offer, body: string): Program {
  const loaded = isolate.load(codeOf(offer, body), 20_000_000);
  if (loaded.kind !== 'loaded') throw new Error(loaded.message);
  return loaded.program;
}

function keyOf<T>(
  row: Schema<T>,
  key: Schema<unknown>,
): (table: number, b: Uint8Array) => Uint8Array {
  return (_table, bytes) => {
    const decoded = decode(row, bytes);
    if (!decoded.ok) throw new Error('no row');
    return encode(key, decoded.value);
  };
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
  void keyOf;
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

main();
