// Random programs made of calls of host functions with values that are mostly wrong. Whatever they do, a
// run must end in one of its outcomes, the host must see well-formed bytes only, and the next run must be
// as if nothing had been. From the command line:
//
//   node tools/run.mjs packages/isolate/test/fuzz.ts [--calls 5000000] [--seed 1]
import { pathToFileURL } from 'node:url';
import { createPrng, decode, t, type AnySchema, type Schema } from '@hanse/codec';
import type { GuestHost, Isolate, RunMeter } from '@hanse/vm';
import { createIsolate } from '../src/index.ts';
import { codeOf, infoOf, type Offer } from './contracts.ts';

const id = t.struct({ id: t.text(40) });
const row = t.struct({
  id: t.text(40),
  n: t.int(),
  amount: t.amount,
  due: t.date,
  kind: t.oneOf('a', 'b'),
  bytes: t.bytes(64),
  hash: t.hash,
  list: t.list(t.text(10), 5),
  nested: t.option(t.struct({ flag: t.bool, deep: t.list(t.struct({ x: t.int(0, 9) }), 3) })),
});
const offer: Offer = {
  tables: [{ name: 'row', row, key: ['id'], indexes: [{ name: 'byDue', fields: ['due', 'n'] }] }],
  events: { Seen: id },
  methods: { run: { args: t.struct({ seed: t.int() }) } },
};

/** Calls of one run. */
const CALLS_PER_RUN = 40;

// The program draws its own values, so that one load serves any number of runs.
const body = `
  let state = args.seed >>> 0 || 1;
  const next = (n) => {
    state ^= state << 13; state ^= state >>> 17; state ^= state << 5; state >>>= 0;
    return state % n;
  };
  const pick = (list) => list[next(list.length)];
  const text = () => pick([() => "x".repeat(next(50)), () => "ü北😀".repeat(next(12)), () => String.fromCharCode(next(65536)),
    () => "a" + next(20), () => "2024-0" + next(10) + "-1" + next(10), () => "\\ud83d", () => ("r" + next(9)) + ("o" + next(9)), () => "x".repeat(100).slice(next(90))])();
  const bytes = () => pick([() => new Uint8Array(next(80)), () => new Uint8Array(32), () => new Uint8Array(new ArrayBuffer(64), next(60)),
    () => new Int8Array(4), () => { const u = new Uint8Array(8); u.buffer.transfer(); return u; }, () => new DataView(new ArrayBuffer(4)), () => new Uint8Array(0)])();
  const number = () => pick([0, 1, -1, 2, 0.5, NaN, Infinity, -0, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 1e308, next(1000)]);
  const big = () => pick([0n, 1n, -1n, 255n, 256n, 2n ** 64n, 2n ** 127n, 2n ** 128n - 1n, 2n ** 128n, -(2n ** 200n), BigInt(next(2 ** 31)) * BigInt(next(2 ** 31))]);
  const rowLike = () => {
    const r = { id: "k" + next(10), n: next(100), amount: BigInt(next(1e9)), due: "2024-02-2" + next(10), kind: pick(["a", "b"]),
      bytes: new Uint8Array(next(64)), hash: new Uint8Array(32), list: ["a", "b"].slice(next(3)), nested: pick([undefined, { flag: true, deep: [{ x: next(10) }] }]) };
    const names = Object.keys(r);
    for (let i = next(5) ? 0 : 1 + next(3); i > 0; i--) {
      const name = pick(names);
      switch (next(5)) {
        case 0: delete r[name]; break;
        case 1: Object.defineProperty(r, name, { get: () => { throw new Error("getter"); }, configurable: true }); break;
        default: r[name] = value(2);
      }
    }
    return next(4) === 0 ? Object.freeze(r) : r;
  };
  const hostile = () => pick([() => new Proxy({}, { get: () => value(1), ownKeys: () => ["id"], getOwnPropertyDescriptor: () => { throw 1; } }),
    () => new Proxy([], {}), () => Object.create({ id: "x" }), () => Object.create(null), () => { const a = []; a.length = 2 ** 32 - 1; return a; },
    () => [, , 1], () => ({ length: -1 }), () => { const o = {}; o.o = o; return o; }, () => class {}, () => function () {}, () => new Map([[1, 2]]),
    () => Symbol("s"), () => new Error("e"), () => /x/g, () => Promise.resolve(1), () => new Number(1), () => new String("x"), () => arguments, () => globalThis, () => hanse, () => host.get])();
  const value = (depth) => pick([() => undefined, () => null, () => true, () => false, number, number, text, text, big, bytes, hostile,
    () => (depth > 3 ? 1 : Array.from({ length: next(5) }, () => value(depth + 1))),
    () => { const o = {}; for (let i = depth > 3 ? 0 : next(5); i > 0; i--) o[pick(["id", "n", "a" + i, "__proto__", "constructor", "then"])] = value(depth + 1); return o; },
    rowLike])();
  const table = () => (next(40) ? 0 : value(2));
  const key = () => (next(8) ? { id: "k" + next(20), other: next(9) } : next(2) ? { id: text() } : value(0));
  const odds = (n, good) => (next(n) ? good() : value(1));
  const calls = [
    () => host.get(table(), key()),
    () => host.put(table(), odds(12, rowLike), odds(20, () => pick(["insert", "update", "put"]))),
    () => host.remove(table(), key()),
    () => { const index = next(2) - 1; return host.scan(table(), odds(20, () => index), odds(12, () => (index < 0 ? ["k1"] : ["2024-01-01", 5]).slice(next(3))),
      odds(12, () => pick([undefined, new Uint8Array(next(99))])), odds(20, () => 1 + next(100)), odds(20, () => !!next(2))); },
    () => host.emit(odds(20, () => 0), key()),
    () => host.call(odds(20, () => "other"), odds(20, () => "method"), next(2) ? rowLike() : next(3) ? { a: [1, "x", null, { b: 5n }] } : value(0)),
    () => host.deposit(next(6) ? new Uint8Array(32) : bytes()),
    () => host.hash(next(6) ? new Uint8Array(next(300)) : bytes()),
    () => next(8) || pick(Object.values(host))(...Array.from({ length: next(7) }, () => value(0))),
  ];
  for (let i = 0; i < ${CALLS_PER_RUN}; i++) {
    try { pick(calls)(); } catch (e) { if (next(50) === 0) throw e; }
  }`;

/** What came of so many runs. */
export type FuzzReport = {
  /** Calls of host functions that guests made, those that ended their run included. */
  readonly calls: number;
  readonly runs: number;
  /** How often a run ended in which way. */
  readonly endings: ReadonlyMap<string, number>;
};

/** Make at least so many calls of host functions from a seed. Throws when anything is not as it must be. */
export function fuzzHostCalls(isolate: Isolate, callsMin: number, seed: number): FuzzReport {
  const loaded = isolate.load(codeOf(offer, body), 20_000_000);
  if (loaded.kind !== 'loaded') throw new Error(loaded.message);
  const next = createPrng(seed);
  const endings = new Map<string, number>();
  const info = infoOf();
  let calls = 0;
  let runs = 0;
  for (; calls < callsMin; runs++) {
    const request = { method: 0, args: encodeSeed(next()), info, gasLimit: 2_000_000 };
    const host = checkingHost();
    const outcome = isolate.run(loaded.program, request, host.hostOf);
    calls += host.count() + (outcome.kind === 'failed' && outcome.failure === 'BadValue' ? 1 : 0);
    const ending = outcome.kind === 'failed' ? outcome.failure : outcome.kind;
    endings.set(ending, (endings.get(ending) ?? 0) + 1);
    if (runs % 100 === 0) checkRepeats(isolate, loaded.program, request, outcome);
  }
  return { calls, runs, endings };
}

type Run = Parameters<Isolate['run']>;

/** The same run again comes out the same, whatever has happened to the instance. */
function checkRepeats(isolate: Isolate, program: Run[0], request: Run[1], first: unknown): void {
  const again = isolate.run(program, request, checkingHost().hostOf);
  if (JSON.stringify(again) !== JSON.stringify(first))
    throw new Error('a run came out differently');
}

function encodeSeed(seed: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(4, seed);
  return bytes;
}

/** A host that decodes whatever it is given, and answers from what it was given. */
function checkingHost(): { hostOf: (meter: RunMeter) => GuestHost; count: () => number } {
  let count = 0;
  const rows: Uint8Array[] = [];
  const must = (schema: AnySchema, bytes: Uint8Array): void => {
    const decoded = decode(schema as Schema<unknown>, bytes);
    if (!decoded.ok)
      throw new Error(`the host was given bytes that are no value: ${decoded.error}`);
  };
  const counted = <A extends readonly unknown[], R>(work: (...of: A) => R) => {
    return (...of: A): R => {
      count++;
      return work(...of);
    };
  };
  const hostOf = (meter: RunMeter): GuestHost => ({
    get: counted((_table: number, key: Uint8Array) => {
      meter.charge(100);
      must(id, key);
      return rows.at(-1);
    }),
    put: counted((_table: number, bytes: Uint8Array) => {
      meter.charge(100);
      must(row, bytes);
      rows.push(bytes);
    }),
    remove: counted((_table: number, key: Uint8Array) => {
      must(id, key);
      return rows.pop() !== undefined;
    }),
    scan: counted((_table, scan) => {
      const shapes: readonly AnySchema[] = scan.index < 0 ? [t.text(40)] : [t.date, t.int()];
      for (const [i, part] of scan.prefix.entries()) must(shapes[i] ?? t.bool, part);
      return { rows: rows.slice(0, scan.limit), next: scan.reverse ? scan.after : undefined };
    }),
    emit: counted((_event: number, data: Uint8Array) => must(id, data)),
    call: counted((_contract, _method, value) => value),
    deposit: counted(() => undefined),
    hash: counted((bytes: Uint8Array) => bytes.slice(0, 32)),
  });
  return { hostOf, count: () => count };
}

function main(argv: readonly string[]): void {
  const option = (name: string, fallback: number): number => {
    const at = argv.indexOf(name);
    return at < 0 ? fallback : Number(argv[at + 1]);
  };
  const report = fuzzHostCalls(createIsolate(), option('--calls', 100_000), option('--seed', 1));
  const endings = [...report.endings].map(([name, count]) => `${name} ${count}`).join(', ');
  process.stdout.write(`${report.calls} calls in ${report.runs} runs: ${endings}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(process.argv.slice(2));
