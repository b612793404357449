import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RejectError } from '@hanse/contract';
import { isHanseError, limits } from '@hanse/kit';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { testChain, type TestChain } from '../../src/index.ts';
import lab from './lab.ts';
import { makeLink } from './link.ts';
import partner from './partner.ts';

const contracts = { lab, partner };
type Chain = TestChain<typeof contracts>;

function chains() {
  const both = {
    plain: testChain(contracts, { mode: 'plain' }),
    metered: testChain(contracts, { mode: 'metered' }),
  };
  afterAll(() => Promise.all([both.plain.close(), both.metered.close()]));
  return both;
}

/** What became of a call, in a form to compare. */
async function outcome(call: Promise<unknown>): Promise<unknown> {
  try {
    return { result: await call };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error instanceof RejectError) {
      return { error: error.name, code: error.code, message: error.message };
    }
    if (!isHanseError(error)) throw error;
    const { failure, contract, method, reason, needs, name, limit, table, key } = error.params;
    // Words about a value that does not fit are each side's own.
    const why = error.codeName === 'BadArguments' ? undefined : reason;
    return { code: error.codeName, failure, contract, method, why, needs, name, limit, table, key };
  }
}

/** Run the same steps on both chains; all of them must end the same way. Returns the ends. */
async function agree(
  both: { readonly plain: Chain; readonly metered: Chain },
  steps: (chain: Chain) => readonly (() => Promise<unknown>)[],
): Promise<readonly unknown[]> {
  const run = async (chain: Chain): Promise<readonly unknown[]> => {
    const ends: unknown[] = [];
    for (const step of steps(chain)) ends.push(await outcome(step()));
    return ends;
  };
  const plain = await run(both.plain);
  const metered = await run(both.metered);
  expect(metered).toEqual(plain);
  expect(both.metered.events).toEqual(both.plain.events);
  return plain;
}

const row = {
  flag: true,
  level: -3,
  wide: Number.MIN_SAFE_INTEGER,
  amount: 1n << 127n,
  day: '2027-02-28',
  text: 'a\u0000b 票',
  blob: Uint8Array.of(0, 255, 0),
  word: 'mike',
  hash: new Uint8Array(32).fill(7),
  parts: [{ name: 'x', count: 3 }, { name: 'y' }],
} as const;
const key = { word: row.word, text: row.text };

describe('plain and metered chains agree', () => {
  it('on rows and their fields', async () => {
    const ends = await agree(chains(), (chain) => {
      const { lab: it } = chain.as({ organisation: 'Acme' });
      const put =
        (mode: 'insert' | 'update' | 'put', changes: object = {}) =>
        () =>
          it.put({ mode, row: { ...row, ...changes } });
      return [
        put('update'),
        put('insert'),
        put('insert'),
        () => it.query.get(key),
        () => it.query.get({ word: 'alfa', text: 'none' }),
        () => it.query.need({ word: 'alfa', text: 'none' }),
        put('update', { note: 'noted', parts: [] }),
        () => it.query.need(key),
        put('put', { text: 'second' }),
        put('put', { text: 'second', hash: new Uint8Array(32).fill(8) }),
        () => it.query.find({ hash: new Uint8Array(32).fill(8) }),
        () => it.query.find({ hash: new Uint8Array(32) }),
        () => it.remove(key),
        () => it.remove(key),
        put('put', { text: 'third' }),
      ];
    });
    expect(ends).toMatchObject([
      { code: 'RowUnknown', table: 'item', key: '["mike","a\\u0000b 票"]' },
      { result: undefined },
      { code: 'RowExists' },
      { result: row },
      { result: undefined },
      { error: 'RejectError', code: 'RowUnknown' },
      { result: undefined },
      { result: { note: 'noted', parts: [] } },
      { code: 'UniqueTaken' },
      { result: undefined },
      { result: { text: 'second' } },
      { result: undefined },
      { result: true },
      { result: false },
      { result: undefined },
    ]);
  });

  it('on who calls, when, and what is deposited', async () => {
    const byteHash = new Uint8Array(32).fill(1);
    const ends = await agree(chains(), (chain) => {
      const acme = chain.as({ organisation: 'Acme', roles: ['supplier'] });
      const ann = chain.as({ organisation: 'Acme', did: 'Ann', duties: ['maker'] });
      const alone = chain.as({ did: 'Nobody' });
      ann.deposit({ byteHash });
      return [
        () => acme.lab.who(),
        () => ann.lab.who(),
        () => alone.lab.who(),
        () => chain.asAll([ann, acme, alone]).lab.who(),
        async () => chain.next({ afterMs: 31 * 86_400_000 }),
        () => ann.lab.who(),
        () => ann.lab.query.whoAsks(),
        () => ann.lab.query.deposit({ id: byteHash }),
        () => ann.lab.query.deposit({ id: new Uint8Array(32) }),
        () => ann.lab.query.deposit({ id: new Uint8Array(5) }),
        () => ann.lab.query.hash({ bytes: Uint8Array.of(1, 2, 3) }),
      ];
    });
    expect(ends[1]).toMatchObject({
      result: { supplier: true, maker: true, today: '2027-01-01', height: 1, via: '' },
    });
    expect(ends[3]).toMatchObject({ result: { signers: { length: 3 } } });
    expect(ends[5]).toMatchObject({ result: { today: '2027-02-01', height: 2 } });
    expect(ends[6]).toMatchObject({ result: { id: '', signers: 0, height: 2 } });
    expect(ends[7]).toMatchObject({ result: expect.stringMatching(/ file 1 false$/) });
  });

  it('on guards, events and other contracts', async () => {
    const ends = await agree(chains(), (chain) => {
      const acme = chain.as({ organisation: 'Acme' });
      const bank = chain.as({ organisation: 'Bank', roles: ['bank'] });
      const cleo = chain.as({ organisation: 'Acme', did: 'Cleo', duties: ['checker'] });
      const it = acme.lab;
      const texts = (length: number) => Array.from({ length }, (_, i) => `text ${i}`);
      return [
        () => it.guarded(),
        () => bank.lab.guarded(),
        () => cleo.lab.guarded(),
        () => bank.partner.guarded(),
        () => it.say({ texts: texts(63) }),
        () => it.say({ texts: texts(64) }),
        () => it.call({ id: 'one', fail: false, caught: false }),
        () => it.query.reads({ id: 'one' }),
        () => it.call({ id: 'two', fail: true, caught: false }),
        () => it.call({ id: 'three', fail: true, caught: true }),
        () => it.query.plainAt({ name: 'one' }),
        () => it.query.plainAt({ name: 'two' }),
        () => it.query.plainAt({ name: 'three' }),
        () => it.query.reads({ id: 'three' }),
        () => it.query.writes({ how: 'put' }),
        () => it.query.writes({ how: 'emit' }),
        () => it.query.writes({ how: 'call' }),
        () => it.query.writes({ how: 'not' }),
        () => it.badResult(),
        () => it.query.noResult(),
        () => it.query.large(),
      ];
    });
    expect(ends).toMatchObject([
      { code: 'NotAllowed' },
      { result: undefined },
      { result: undefined },
      { result: undefined },
      { result: undefined },
      { code: 'OverLimit', limit: '64' },
      { result: expect.stringMatching(/^lab lab {2}1$/) },
      { result: 'from lab' },
      { error: 'RejectError', code: 'PARTNER', message: 'as asked' },
      { error: 'RejectError', code: 'PARTNER' },
      { result: 1 },
      { result: undefined },
      { result: undefined },
      { result: undefined },
      { code: 'ReadOnly' },
      { code: 'ReadOnly' },
      { code: 'ReadOnly' },
      { result: undefined },
      { code: 'ContractFailed', failure: 'BadValue' },
      { code: 'ContractFailed', failure: 'BadValue' },
      { code: 'ContractFailed', failure: 'BadValue' },
    ]);
  });
});

describe('plain and metered chains agree on depth', () => {
  const count = limits.callDepthMax + 1;
  const links = Array.from({ length: count }, (_, i) => makeLink(i + 1));
  const folder = mkdtempSync(join(tmpdir(), 'hanse-links-'));
  const link = fileURLToPath(new URL('./link.ts', import.meta.url));
  const row = Object.fromEntries(links.map((one, i) => [`at${i + 1}`, one]));
  const files = Object.fromEntries(
    links.map((_, i) => {
      const file = join(folder, `link${i + 1}.ts`);
      const text = `import { makeLink } from ${JSON.stringify(link)};\nexport default makeLink(${i + 1});\n`;
      writeFileSync(file, text);
      return [`at${i + 1}`, file];
    }),
  );

  it.each(['plain', 'metered'] as const)('%s', async (mode) => {
    const chain = testChain(row, { mode, files });
    const acme = chain.as({ organisation: 'Acme' });
    const deepest = await acme['at1']?.go({ more: count - 2 });
    expect(deepest).toBe(limits.callDepthMax);
    await expect(acme['at1']?.go({ more: count - 1 })).rejects.toMatchObject({
      codeName: 'CallDepth',
      params: { contract: `link-${count}`, limit: String(limits.callDepthMax) },
    });
    await chain.close();
  });
});

/** How the lab is misused, and how it ends: with a failure of the code, a refusal, or well. */
const MISUSES: Readonly<Record<string, string>> = {
  good: '',
  reject: 'NO',
  rejectBare: 'NO',
  throw: 'Threw',
  throwText: 'Threw',
  throwNothing: 'Threw',
  tooDeep: 'StackOverflow',
  typeError: 'Threw',
  catchExists: 'RowExists',
  catchReject: '',
  fraction: 'BadValue',
  notANumber: 'BadValue',
  tooLarge: 'BadValue',
  numberForAmount: 'BadValue',
  negativeAmount: 'BadValue',
  hugeAmount: 'BadValue',
  noDate: 'BadValue',
  longText: 'BadValue',
  surrogate: 'BadValue',
  shortHash: 'BadValue',
  arrayForBytes: 'BadValue',
  otherWord: 'BadValue',
  nullNote: 'BadValue',
  undefinedNote: '',
  missing: 'BadValue',
  ownGetter: 'BadValue',
  inherited: 'BadValue',
  classRow: '',
  textForRow: 'BadValue',
  arrayForRow: 'BadValue',
  manyParts: 'BadValue',
  badPart: 'BadValue',
  hole: 'BadValue',
  keyMissing: 'BadValue',
  keyNotObject: 'BadValue',
  longKey: '',
  largeRow: '',
  noFirst: 'Threw',
  uniqueHalf: 'Threw',
  badCursor: 'BadValue',
  emptyRange: '',
  badRange: 'BadValue',
  behindRange: 'Threw',
  tooManyRange: '',
  otherCursor: 'BadValue',
  badEvent: 'BadValue',
  callNobody: 'UnknownContract',
  callSystem: 'UnknownContract',
  callUnknown: 'UnknownMethod',
  callExtra: 'BadArguments',
  callBad: 'BadArguments',
  callNone: 'BadArguments',
  callFraction: 'BadValue',
  callGuarded: 'NotAllowed',
  callThrows: 'Threw',
  callCaught: 'Threw',
  reEnter: 'ReEntry',
  callSelf: 'ReEntry',
  badHash: 'BadValue',
  badDeposit: 'BadValue',
  unheard: 'UNKNOWN',
};

describe('plain and metered chains agree on misuse', () => {
  const both = chains();

  it.each(Object.entries(MISUSES))('%s: %s', async (how, end) => {
    const n = Object.keys(MISUSES).indexOf(how);
    const [got] = await agree(both, (chain) => [
      () => chain.as({ organisation: 'Acme' }).lab.misuse({ how, n }),
    ]);
    const { code, failure = code } = { code: '', failure: undefined, ...(got as object) };
    expect(failure).toBe(end);
  });

  it('keys and rows that are too large', async () => {
    const ends = await agree(both, (chain) => {
      const { lab: it } = chain.as({ organisation: 'Acme' });
      return [
        ...[158, 159].map((n) => () => it.misuse({ how: 'longKey', n })),
        ...[65_531, 65_532].map((n) => () => it.misuse({ how: 'largeRow', n })),
      ];
    });
    expect(ends).toMatchObject([
      { result: undefined },
      { code: 'OverLimit', limit: '160' },
      { result: undefined },
      { failure: 'BadValue' },
    ]);
  });

  it('of methods and arguments from outside', async () => {
    type Loose = Readonly<Record<string, (args?: unknown) => Promise<unknown>>>;
    const ends = await agree(both, (chain) => {
      const loose = chain.as({ organisation: 'Acme' }).lab as unknown as Loose;
      return [
        () => loose['say']?.({ texts: 'not a list' }) ?? Promise.resolve(),
        () => loose['say']?.({}) ?? Promise.resolve(),
        () => loose['say']?.() ?? Promise.resolve(),
        () => loose['nothing']?.() ?? Promise.resolve(),
        async () => ['hidden', 'get'].map((name) => typeof loose[name]),
      ];
    });
    expect(ends).toMatchObject([
      { code: 'BadArguments' },
      { code: 'BadArguments' },
      { code: 'BadArguments' },
      { result: undefined },
      { result: ['undefined', 'undefined'] },
    ]);
  });
});

type Row = Parameters<Awaited<ReturnType<Chain['as']>>['lab']['put']>[0]['row'];
type Order = 'key' | 'byLevel' | 'byAmount' | 'byDay' | 'byBlob' | 'byHash';
type Scan = Parameters<ReturnType<Chain['as']>['lab']['query']['scan']>[0];

const ORDERS: Readonly<Record<Order, readonly (keyof Row)[]>> = {
  key: ['word', 'text'],
  byLevel: ['level', 'wide'],
  byAmount: ['flag', 'amount'],
  byDay: ['day'],
  byBlob: ['blob', 'text'],
  byHash: ['hash'],
};
/** Fields that the lab can list from one value to another. */
const RANGED: ReadonlySet<keyof Row> = new Set(['level', 'amount', 'day', 'text', 'blob']);
const WORDS = ['zulu', 'alfa', 'mike'] as const;

// Few values, so that rows often share them, and those that orders are easily wrong about.
const rows: fc.Arbitrary<Row> = fc.record({
  flag: fc.boolean(),
  level: fc.constantFrom(-1_000, -1, 0, 1, 255, 256, 1_000),
  wide: fc.constantFrom(Number.MIN_SAFE_INTEGER, -(2 ** 32), -1, 0, 2 ** 32, 2 ** 53 - 1),
  amount: fc.constantFrom(0n, 1n, 255n, 256n, 65_535n, 1n << 64n, (1n << 128n) - 1n),
  day: fc.constantFrom('0001-01-01', '1999-12-31', '2024-02-29', '2027-01-01', '9999-12-31'),
  text: fc.constantFrom('', '\u0000', '\u0000\u0000', 'a', 'a\u0000', 'ab', 'b', 'é', '票', '😀'),
  blob: fc
    .constantFrom([], [0], [0, 0], [0, 255], [1], [255], [255, 0])
    .map((b) => Uint8Array.from(b)),
  word: fc.constantFrom(...WORDS),
  hash: fc.integer({ min: 0, max: 40 }).map((n) => new Uint8Array(32).fill(n)),
  parts: fc.constant([]),
});
const scans = fc.record({
  order: fc.constantFrom(...(Object.keys(ORDERS) as Order[])),
  like: rows,
  fields: fc.integer({ min: 0, max: 2 }),
  between: fc.option(fc.tuple(fc.option(rows), fc.option(rows))),
  limit: fc.constantFrom(1, 2, 3, 100, undefined),
  reverse: fc.boolean(),
});
const steps = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ put: fc.constantFrom('insert', 'update', 'put'), row: rows }),
  },
  { weight: 1, arbitrary: fc.record({ remove: rows }) },
  { weight: 2, arbitrary: fc.record({ scan: scans }) },
);
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

/** Order of two values as people see it, without any bytes but UTF-8's. */
function compare(a: unknown, b: unknown): number {
  if (typeof a === 'string' && WORDS.some((word) => word === a)) {
    return WORDS.indexOf(a as 'zulu') - WORDS.indexOf(b as 'zulu');
  }
  if (typeof a === 'string' && typeof b === 'string')
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  const [left, right] = [a as bigint, b as bigint];
  return left < right ? -1 : left > right ? 1 : 0;
}

function sorted(all: readonly Row[], order: Order): readonly Row[] {
  const fields = [...ORDERS[order], ...ORDERS.key];
  return all.toSorted((a, b) => {
    const field = fields.find((name) => compare(a[name], b[name]) !== 0);
    return field === undefined ? 0 : compare(a[field], b[field]);
  });
}

describe('plain and metered chains agree on lists', () => {
  it('of any rows, in any order, page by page', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 10, maxLength: 40 }), async (list) => {
        const both = {
          plain: testChain(contracts, { mode: 'plain' }),
          metered: testChain(contracts, { mode: 'metered' }),
        };
        await agree(both, (chain) => list.map((step) => () => runStep(chain, step)));
        for (const order of Object.keys(ORDERS) as Order[]) {
          const all = await walk(both.metered, {
            order,
            prefix: {},
            bounds: {},
            limit: 7,
            reverse: false,
          });
          expect(all).toEqual(sorted(all, order));
          const back = await walk(both.plain, {
            order,
            prefix: {},
            bounds: {},
            limit: 7,
            reverse: true,
          });
          expect(back).toEqual(all.toReversed());
        }
      }),
      { numRuns: 20 },
    );
  }, 300_000);
});

async function runStep(chain: Chain, step: Step): Promise<unknown> {
  const { lab: it } = chain.as({ organisation: 'Acme' });
  if ('put' in step) return it.put({ mode: step.put, row: step.row });
  if ('remove' in step) return it.remove({ word: step.remove.word, text: step.remove.text });
  const { order, like, fields, between, limit, reverse } = step.scan;
  const names = ORDERS[order].slice(0, fields);
  const prefix = Object.fromEntries(names.map((name) => [name, like[name]]));
  const name = ORDERS[order][fields];
  const ranged = between !== null && name !== undefined && RANGED.has(name) ? name : undefined;
  const [from, to] = between ?? [null, null];
  const bounds =
    ranged === undefined ? {} : { [ranged]: { from: from?.[ranged], to: to?.[ranged] } };
  const found = await walk(chain, { order, prefix, bounds, limit, reverse });
  const all = await walk(chain, { order, prefix, bounds: {}, limit: 100, reverse });
  const isIn = (one: Row): boolean =>
    ranged === undefined ||
    ((from === null || compare(one[ranged], from[ranged]) >= 0) &&
      (to === null || compare(one[ranged], to[ranged]) <= 0));
  expect(found).toEqual(all.filter(isIn));
  return found;
}

/** All rows of a list, page by page. */
async function walk(chain: Chain, scan: Scan): Promise<readonly Row[]> {
  const { lab: it } = chain.as({ organisation: 'Acme' });
  const all: Row[] = [];
  let after: Uint8Array | undefined;
  do {
    const page = await it.query.scan({ ...scan, after });
    all.push(...page.rows);
    after = page.next;
  } while (after !== undefined);
  return all;
}
