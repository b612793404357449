import { dateOfTime, shapeFromJson, shapeToJson, t as codec, type AnySchema } from '@hanse/codec';
import { limits } from '@hanse/kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateOf } from './date.ts';
import {
  reject,
  RejectError,
  schema,
  t,
  table,
  type AnyContract,
  type CallInfo,
  type Host,
} from './index.ts';
import { PAGE_ROWS_MAX } from './shapes.ts';

const info: CallInfo = {
  caller: 'did:hanse:test:ann',
  organisation: 'did:hanse:test:acme',
  roles: ['supplier'],
  duties: ['maker'],
  signers: [{ did: 'did:hanse:test:ann', organisation: 'did:hanse:test:acme', duties: ['maker'] }],
  via: '',
  height: 7,
  time: Date.UTC(2028, 1, 29, 23, 59),
  txid: Uint8Array.of(0, 15, 255),
};

/** A host that notes what it is asked and answers with what `answers` has under the function's name. */
function hostOf(
  answers: Readonly<Record<string, unknown>> = {},
): Host & { readonly asked: unknown[][] } {
  const asked: unknown[][] = [];
  const note =
    (name: string) =>
    (...args: unknown[]): never => {
      asked.push([name, ...args]);
      return answers[name] as never;
    };
  const names = ['get', 'put', 'remove', 'scan', 'emit', 'call', 'deposit', 'hash'];
  const functions = Object.fromEntries(names.map((name) => [name, note(name)]));
  return { ...(functions as unknown as Host), asked };
}

describe('shapes', () => {
  it.each<[{ readonly shape: object }, AnySchema]>([
    [t.bool(), codec.bool],
    [t.int(-5, 5), codec.int(-5, 5)],
    [t.amount(), codec.amount],
    [t.date(), codec.date],
    [t.text(40), codec.text(40)],
    [t.party(), codec.text(limits.didBytesMax)],
    [t.hash(), codec.hash],
    [t.bytes(9), codec.bytes(9)],
    [t.cursor(), codec.bytes(2 * limits.keyBytesMax)],
    [t.oneOf('a', 'b'), codec.oneOf('a', 'b')],
    [t.optional(t.bool()), codec.option(codec.bool)],
    [t.list(t.text(3), 7), codec.list(codec.text(3), 7)],
    [t.list(t.text(3), 7, 2), codec.list(codec.text(3), 7, 2)],
    [t.struct({ b: t.bool(), a: t.date() }), codec.struct({ b: codec.bool, a: codec.date })],
    [
      t.page(t.bool()),
      codec.struct({
        rows: codec.list(codec.bool, limits.pageRowsMax),
        next: codec.option(codec.bytes(2 * limits.keyBytesMax)),
      }),
    ],
  ])('%# are those of the chain', (own, theirs) => {
    expect(own.shape).toEqual(shapeToJson(theirs.shape));
    expect(shapeFromJson(JSON.parse(JSON.stringify(own.shape)))).toMatchObject({ ok: true });
  });

  it('know the chain’s limit of a page', () => {
    expect(PAGE_ROWS_MAX).toBe(limits.pageRowsMax);
    expect(limits.indexEntryBytesMax).toBeLessThanOrEqual(2 * limits.keyBytesMax);
  });
});

const row = { group: t.text(9), n: t.int(0, 99), sum: t.amount() };
const item = table(row, {
  key: ['group', 'n'],
  list: true,
  index: { bySum: ['sum', 'n'] },
  unique: { byN: ['n'] },
});
const bare = table(row, { key: ['n'] });

/** Run a method that is one function. */
function run<R>(
  handler: (ctx: Parameters<Parameters<typeof app.command>[1]>[0]) => R,
  host: Host = hostOf(),
): R {
  let result: { readonly is: R } | undefined;
  const go = app.command({ args: {} }, (ctx) => {
    result = { is: handler(ctx) };
  });
  app.contract({ name: 'trial', methods: { go } }).run(0, {}, info, host);
  if (result === undefined) throw new Error('it did not run');
  return result.is;
}
const app = schema({
  tables: { bare, item },
  events: { First: {}, Second: { n: row.n } },
});

describe('a manifest', () => {
  const go = app.command(
    { args: { n: row.n }, returns: t.optional(item.row), allow: [{ kind: 'role', role: 'bank' }] },
    () => undefined,
  );
  const ask = app.query({ args: {} }, () => {});
  const { manifest } = app.contract({ name: 'trial', methods: { go, ask } });

  it('says what was declared, in the order of the declaration', () => {
    expect(JSON.parse(JSON.stringify(manifest))).toEqual({
      abi: 1,
      name: 'trial',
      tables: [
        { name: 'bare', row: item.row.shape, key: ['n'], listed: false, indexes: [] },
        {
          name: 'item',
          row: { kind: 'struct', fields: Object.entries(row).map(([n, one]) => [n, one.shape]) },
          key: ['group', 'n'],
          listed: true,
          indexes: [
            { name: 'bySum', fields: ['sum', 'n'], unique: false },
            { name: 'byN', fields: ['n'], unique: true },
          ],
        },
      ],
      events: [
        { name: 'First', data: { kind: 'struct', fields: [] } },
        { name: 'Second', data: { kind: 'struct', fields: [['n', row.n.shape]] } },
      ],
      methods: [
        {
          name: 'go',
          kind: 'command',
          args: { kind: 'struct', fields: [['n', row.n.shape]] },
          returns: { kind: 'option', item: item.row.shape },
          allow: [{ kind: 'role', role: 'bank' }],
        },
        {
          name: 'ask',
          kind: 'query',
          args: { kind: 'struct', fields: [] },
          returns: { kind: 'struct', fields: [] },
          allow: [],
        },
      ],
    });
  });

  it.each(['get', 'list', 'remove'])('has no index called %s', (name) => {
    const options = { key: ['n'], index: { [name]: ['sum'] } } as never;
    expect(() => table(row, options)).toThrow(TypeError);
  });

  it('has no index twice', () => {
    const options = {
      key: ['n'] as const,
      index: { by: ['sum'] as const },
      unique: { by: ['n'] as const },
    };
    expect(() => table(row, options)).toThrow('An index cannot be called "by".');
  });
});

describe('a run', () => {
  it('asks its host by the positions of the manifest', () => {
    const host = hostOf({ scan: { rows: ['found'] }, remove: true, get: { sum: 1n } });
    const one = { group: 'a', n: 1, sum: 5n };
    run(({ db, emit, hash, deposit }) => {
      db.item.insert(one);
      db.item.update(one);
      db.bare.put(one);
      expect(db.bare.remove({ n: 2 })).toBe(true);
      expect(db.item.get(one)).toEqual({ sum: 1n });
      expect(db.item.has(one)).toBe(true);
      db.item.list();
      db.item.list({ group: 'a' }, { limit: 3, reverse: true, after: Uint8Array.of(1) });
      db.item.bySum.list({ sum: 5n, n: 1 });
      expect(db.item.byN.get({ n: 3 })).toBe('found');
      db.item.bySum.list({ sum: 5n, n: { from: 1, to: 2 } });
      db.item.bySum.list({ sum: { to: 7n } });
      emit.Second({ n: 4 });
      hash(Uint8Array.of(2));
      deposit(Uint8Array.of(3));
    }, host);
    expect(host.asked).toEqual([
      ['put', 1, one, 'insert'],
      ['put', 1, one, 'update'],
      ['put', 0, one, 'put'],
      ['remove', 0, { n: 2 }],
      ['get', 1, one],
      ['get', 1, one],
      ['scan', 1, -1, [], undefined, 100, false, undefined, undefined],
      ['scan', 1, -1, ['a'], Uint8Array.of(1), 3, true, undefined, undefined],
      ['scan', 1, 0, [5n, 1], undefined, 100, false, undefined, undefined],
      ['scan', 1, 1, [3], undefined, 1, false, undefined, undefined],
      ['scan', 1, 0, [5n], undefined, 100, false, 1, 2],
      ['scan', 1, 0, [], undefined, 100, false, undefined, 7n],
      ['emit', 1, { n: 4 }],
      ['hash', Uint8Array.of(2)],
      ['deposit', Uint8Array.of(3)],
    ]);
  });

  it('calls others by name', () => {
    const host = hostOf({ call: 'answer' });
    run((ctx) => {
      const call = ctx.call as (
        name: string,
      ) => Readonly<Record<string, (args?: object) => unknown>>;
      expect(call('cash')['pay']?.({ n: 1 })).toBe('answer');
      call('cash')['ping']?.();
    }, host);
    expect(host.asked).toEqual([
      ['call', 'cash', 'pay', { n: 1 }],
      ['call', 'cash', 'ping', {}],
    ]);
  });

  it('knows who calls, and when', () => {
    run((ctx) => {
      const { caller, signers, time, today, height, txid, via } = ctx;
      expect({ time, today, height, txid, via }).toEqual({
        time: info.time,
        today: '2028-02-29',
        height: 7,
        txid: '000fff',
        via: '',
      });
      expect([caller.id, caller.organisation]).toEqual([info.caller, info.organisation]);
      expect([caller.has('supplier'), caller.has('bank')]).toEqual([true, false]);
      expect([caller.hasDuty('maker'), caller.hasDuty('checker')]).toEqual([true, false]);
      expect(signers.map((one) => [one.id, one.hasDuty('maker')])).toEqual([[info.caller, true]]);
    });
  });

  it('refuses a missing row that is needed, and tells which', () => {
    const need = () => run(({ db }) => db.item.need({ group: 'a', n: 1 }));
    expect(need).toThrow(new RejectError('RowUnknown', 'there is no row { group: a, n: 1 }'));
  });

  it('refuses prefixes with a gap', () => {
    const gap = { n: 1 } as never;
    expect(() => run(({ db }) => db.item.bySum.list(gap))).toThrow('needs the fields before it');
    expect(() => run(({ db }) => db.item.byN.get({} as never))).toThrow('byN.get needs "n".');
  });

  it('has a context as long as it lasts, also when it throws', () => {
    const kept: (() => unknown)[] = [];
    const keep = () =>
      run(
        (ctx) =>
          void kept.push(
            () => ctx.time,
            () => ctx.db.item.get({ group: '', n: 1 }),
          ),
      );
    keep();
    const fail = () => run((ctx) => (kept.push(() => ctx.caller), reject('NO')));
    expect(fail).toThrow(RejectError);
    expect(kept).toHaveLength(3);
    for (const use of kept) expect(use).toThrow('while a method runs only');
  });

  it('gives the outer run its own context back', () => {
    const inner = app.command({ args: {} }, (ctx) => void seen.push(ctx.height));
    const outer = app.command({ args: {} }, (ctx) => {
      contract.run(0, {}, { ...info, height: 8 }, hostOf());
      seen.push(ctx.height);
    });
    const seen: number[] = [];
    const contract = app.contract({ name: 'trial', methods: { inner, outer } });
    contract.run(1, {}, info, hostOf());
    expect(seen).toEqual([8, 7]);
  });

  it('is of a method that there is', () => {
    const contract: AnyContract & { readonly run: (method: number, ...rest: never[]) => unknown } =
      app.contract({ name: 'trial', methods: {} });
    expect(() => contract.run(0)).toThrow('There is no method 0.');
  });
});

describe('dates', () => {
  it('are those of the codec', () => {
    const days = fc.integer({ min: -719_162, max: 2_932_896 });
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 86_399_999 }), (day, ms) => {
        const time = day * 86_400_000 + ms;
        expect(dateOf(time)).toBe(dateOfTime(time));
      }),
      {
        numRuns: 2_000,
        examples: [
          [0, 0],
          [-1, 0],
          [11_016, 0],
          [-719_162, 0],
          [2_932_896, 86_399_999],
        ],
      },
    );
  });
});
