import { createHash, type Hash } from 'node:crypto';
import { encode, t } from '@hanse/codec';
import { createIsolate } from '../../src/index.ts';
import type { Isolate, LoadOutcome, Program, RunOutcome } from '@hanse/vm';
import { codeOf, infoOf, type Offer } from '../contracts.ts';
import { memoryHost } from '../hosts.ts';
import { adversarial } from './adversarial.ts';
import { ordinary } from './ordinary.ts';

const row = t.struct({
  id: t.text(40),
  n: t.int(),
  amount: t.amount,
  due: t.date,
  status: t.oneOf('open', 'closed'),
  note: t.option(t.text(4_000)),
  parts: t.list(t.struct({ name: t.text(20), flag: t.bool }), 10),
  hash: t.hash,
});
const offer: Offer = {
  tables: [{ name: 'row', row, key: ['id'], indexes: [{ name: 'byDue', fields: ['due', 'n'] }] }],
  events: { Seen: t.struct({ id: t.text(40), n: t.option(t.int()) }) },
  methods: { run: { args: row, returns: t.option(row) } },
};
const sample = encode(row, {
  id: 'row-1',
  n: -5,
  amount: 2n ** 70n + 1n,
  due: '2024-02-29',
  status: 'closed',
  note: 'Größe 北京 😀',
  parts: [
    { name: 'a', flag: true },
    { name: '', flag: false },
  ],
  hash: new Uint8Array(32).fill(0xab),
});
const LOAD_GAS = 5_000_000;
/** Gas of a run in the corpus: enough to end what ends, little enough to be quick. */
const RUN_GAS = 3_000_000;

/** Every program by name. */
export const programs: Readonly<Record<string, string>> = { ...ordinary, ...adversarial };

/** Code of a program of the corpus. */
export function corpusCode(body: string): Uint8Array {
  return codeOf(offer, body);
}

/** Run code of the corpus against a host of its own. */
export function runProgram(isolate: Isolate, program: Program, gasLimit: number): RunOutcome {
  // The key is the row's first field, and so its first bytes.
  const host = memoryHost((_table, bytes) => bytes.slice(0, 1 + (bytes[0] ?? 0)));
  const request = { method: 0, args: sample, info: infoOf(), gasLimit };
  return isolate.run(program, request, (meter) => host.hostOf(meter));
}

/** Hashes the outcome of each load and run together with all memory, gas left and IO range included. */
export type Digester = { readonly of: (name: string) => string };

/** A digester with an isolate of its own; digests do not depend on what it ran before. */
export function createDigester(): Digester {
  let hash: Hash = createHash('sha256');
  const isolate = createIsolate({ afterRun: (memory) => hash.update(memory) });
  return {
    of: (name) => {
      hash = createHash('sha256');
      const loaded = isolate.load(corpusCode(programs[name] ?? ''), LOAD_GAS);
      hash.update(describe(loaded));
      if (loaded.kind === 'loaded') {
        hash.update(describe(runProgram(isolate, loaded.program, RUN_GAS)));
      }
      return hash.digest('hex');
    },
  };
}

/** One digest over the digests of all programs, whatever their order. */
export function totalOf(digests: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const name of [...digests.keys()].sort()) hash.update(`${name} ${digests.get(name)}\n`);
  return hash.digest('hex');
}

function describe(outcome: LoadOutcome | RunOutcome): string {
  return JSON.stringify(outcome, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  );
}
