import { duty, organisation, reject, role, schema, t, table } from '@hanse/contract';
import type partner from './partner.ts';

/** Fields of every kind; all but the last two can be parts of keys. */
const row = {
  flag: t.bool(),
  level: t.int(-1_000, 1_000),
  wide: t.int(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  amount: t.amount(),
  day: t.date(),
  text: t.text(60),
  blob: t.bytes(20),
  word: t.oneOf('zulu', 'alfa', 'mike'),
  hash: t.hash(),
  note: t.optional(t.text(30)),
  parts: t.list(t.struct({ name: t.text(10), count: t.optional(t.int(0, 9)) }), 3, 0),
};

const item = table(row, {
  key: ['word', 'text'],
  list: true,
  index: {
    byLevel: ['level', 'wide'],
    byAmount: ['flag', 'amount'],
    byDay: ['day'],
    byBlob: ['blob', 'text'],
  },
  unique: { byHash: ['hash'] },
});
const plain = table({ name: t.text(200), fill: t.bytes(65_536) }, { key: ['name'] });

const app = schema({
  tables: { item, plain },
  events: { Said: { text: t.text(30), count: t.optional(t.int(0, 100)) }, Bare: {} },
});

const orders = t.oneOf('key', 'byLevel', 'byAmount', 'byDay', 'byBlob', 'byHash');
const key = { word: row.word, text: row.text };
/** Values of the first fields of some order. */
const prefix = {
  flag: t.optional(row.flag),
  level: t.optional(row.level),
  wide: t.optional(row.wide),
  amount: t.optional(row.amount),
  day: t.optional(row.day),
  text: t.optional(row.text),
  blob: t.optional(row.blob),
  word: t.optional(row.word),
  hash: t.optional(row.hash),
};

export const put = app.command(
  { args: { mode: t.oneOf('insert', 'update', 'put'), row: item.row } },
  (ctx, { mode, row: one }) => ctx.db.item[mode](one),
);
export const remove = app.command({ args: key, returns: t.bool() }, (ctx, a) =>
  ctx.db.item.remove(a),
);
export const get = app.query({ args: key, returns: t.optional(item.row) }, (ctx, a) =>
  ctx.db.item.get(a),
);
export const find = app.query(
  { args: { hash: row.hash }, returns: t.optional(item.row) },
  (ctx, a) => ctx.db.item.byHash.get(a),
);
export const need = app.query({ args: key, returns: item.row }, (ctx, a) => ctx.db.item.need(a));
/** Bounds of the field behind the prefix. */
const bounds = {
  level: t.optional(t.struct({ from: prefix.level, to: prefix.level })),
  amount: t.optional(t.struct({ from: prefix.amount, to: prefix.amount })),
  day: t.optional(t.struct({ from: prefix.day, to: prefix.day })),
  text: t.optional(t.struct({ from: prefix.text, to: prefix.text })),
  blob: t.optional(t.struct({ from: prefix.blob, to: prefix.blob })),
};

export const scan = app.query(
  {
    args: {
      order: orders,
      prefix: t.struct(prefix),
      bounds: t.struct(bounds),
      after: t.optional(t.cursor()),
      limit: t.optional(t.int(-5, 500)),
      reverse: t.bool(),
    },
    returns: t.page(item.row),
  },
  (ctx, { order, prefix: values, bounds: ranges, after, limit, reverse }) => {
    const list = order === 'key' ? ctx.db.item : ctx.db.item[order];
    return list.list({ ...values, ...ranges } as never, { after, limit, reverse });
  },
);

export const nothing = app.command({ args: {} }, () => {});

export const who = app.command(
  {
    args: {},
    returns: {
      id: t.party(),
      organisation: t.party(),
      supplier: t.bool(),
      maker: t.bool(),
      signers: t.list(t.text(200), 8),
      time: t.int(0, Number.MAX_SAFE_INTEGER),
      today: t.date(),
      height: t.int(0, 1_000_000),
      txid: t.text(64),
      via: t.text(64),
    },
  },
  (ctx) => {
    const { caller, signers, time, today, height, txid, via } = ctx;
    const named = signers.map((one) => `${one.id} ${one.organisation} ${one.hasDuty('maker')}`);
    return {
      id: caller.id,
      organisation: caller.organisation,
      supplier: caller.has('supplier'),
      maker: caller.hasDuty('maker'),
      signers: named,
      time,
      today,
      height,
      txid,
      via,
    };
  },
);
export const whoAsks = app.query(
  { args: {}, returns: { id: t.party(), signers: t.int(0, 8), height: t.int(0, 1_000) } },
  ({ caller, signers, height }) => ({ id: caller.id, signers: signers.length, height }),
);

export const guarded = app.command(
  {
    args: {},
    allow: [role('bank'), duty('checker'), organisation(`did:hanse:test:${'a'.repeat(32)}`)],
  },
  () => {},
);

export const say = app.command({ args: { texts: t.list(t.text(30), 100) } }, (ctx, { texts }) => {
  texts.forEach((text, i) => ctx.emit.Said(i % 2 === 0 ? { text, count: i } : { text }));
  ctx.emit.Bare({});
});

export const deposit = app.query(
  { args: { id: t.bytes(64) }, returns: t.optional(t.text(200)) },
  (ctx, { id }) => {
    const found = ctx.deposit(id);
    if (found === undefined) return undefined;
    return `${found.depositor} ${found.capture.method} ${found.height} ${'supersededBy' in found}`;
  },
);
export const hash = app.query({ args: { bytes: t.bytes(100) }, returns: t.hash() }, (ctx, a) =>
  ctx.hash(a.bytes),
);

export const call = app.command(
  { args: { id: t.text(20), fail: t.bool(), caught: t.bool() }, returns: t.text(96) },
  (ctx, { id, fail, caught }) => {
    ctx.db.plain.put({ name: id, fill: new Uint8Array(1) });
    try {
      return ctx.call<typeof partner>('partner').write({ id, text: 'from lab', fail });
    } catch (error) {
      if (!caught) throw error;
      return 'caught';
    }
  },
);
export const plainAt = app.query(
  { args: { name: t.text(200) }, returns: t.optional(t.int(0, 65_536)) },
  (ctx, a) => ctx.db.plain.get(a)?.fill.length,
);

/** Everything that a contract can do wrong, by name. */
export const misuse = app.command(
  { args: { how: t.text(30), n: t.int(0, 70_000) } },
  (ctx, { how, n }) => {
    const other = ctx.call<typeof partner>('partner');
    const good = {
      flag: true,
      level: 1,
      wide: 1,
      amount: 1n,
      day: '2027-01-01',
      text: how,
      blob: new Uint8Array(2),
      word: 'alfa',
      hash: new Uint8Array(32).fill(n),
      parts: [],
    } as const;
    const insert = (changes: object): void => ctx.db.item.insert({ ...good, ...changes });
    const actions: Readonly<Record<string, () => unknown>> = {
      good: () => insert({ unknown: 'members are left out' }),
      reject: () => reject('NO', 'said the lab'),
      rejectBare: () => reject('NO'),
      throw: () => {
        throw new TypeError('thrown');
      },
      throwText: () => {
        throw 'just text';
      },
      throwNothing: () => {
        throw undefined;
      },
      tooDeep: () => {
        const down = (left: number): number => (left === 0 ? 0 : 1 + down(left - 1));
        down(1_000_000);
      },
      typeError: () => (undefined as unknown as { x: { y: 1 } }).x.y,
      catchExists: () => {
        insert({});
        try {
          insert({});
        } catch {
          // The transaction is over all the same.
        }
      },
      catchReject: () => {
        try {
          reject('MINE');
        } catch {
          insert({ text: 'went on' });
        }
      },
      fraction: () => insert({ level: 0.5 }),
      notANumber: () => insert({ level: Number.NaN }),
      tooLarge: () => insert({ level: 1_001 }),
      numberForAmount: () => insert({ amount: 1 }),
      negativeAmount: () => insert({ amount: -1n }),
      hugeAmount: () => insert({ amount: 1n << 128n }),
      noDate: () => insert({ day: '2027-02-30' }),
      longText: () => insert({ text: 'ä'.repeat(31) }),
      surrogate: () => insert({ text: '\ud800' }),
      shortHash: () => insert({ hash: new Uint8Array(31) }),
      arrayForBytes: () => insert({ blob: [1, 2] }),
      otherWord: () => insert({ word: 'november' }),
      nullNote: () => insert({ note: null }),
      undefinedNote: () => insert({ note: undefined }),
      missing: () => insert({ amount: undefined }),
      ownGetter: () => {
        const one = Object.defineProperty({ ...good }, 'amount', {
          get: () => 5n,
          enumerable: true,
        });
        ctx.db.item.insert(one);
      },
      inherited: () => ctx.db.item.insert(Object.create(good) as typeof good),
      classRow: () => {
        class Row {
          readonly text = 'of a class';
        }
        ctx.db.item.insert(Object.assign(new Row(), { ...good, text: 'of a class' }));
      },
      textForRow: () => ctx.db.item.insert('row' as never),
      arrayForRow: () => ctx.db.item.insert([] as never),
      manyParts: () => insert({ parts: Array.from({ length: 4 }, () => ({ name: 'x' })) }),
      badPart: () => insert({ parts: [{ name: 7 }] }),
      hole: () => insert({ parts: Object.assign([], { length: 2 }) }),
      keyMissing: () => ctx.db.item.get({ word: 'alfa' } as never),
      keyNotObject: () => ctx.db.item.get('alfa' as never),
      longKey: () => ctx.db.plain.put({ name: 'k'.repeat(n), fill: new Uint8Array(1) }),
      largeRow: () => ctx.db.plain.put({ name: 'k', fill: new Uint8Array(n) }),
      noFirst: () => ctx.db.item.byLevel.list({ wide: 1 } as never),
      uniqueHalf: () => ctx.db.item.byHash.get({} as never),
      badCursor: () => ctx.db.item.byDay.list({}, { after: 'x' as never }),
      emptyRange: () => ctx.db.item.byDay.list({ day: { from: '2027-01-02', to: '2027-01-01' } }),
      badRange: () => ctx.db.item.byDay.list({ day: { from: 5 as never } }),
      behindRange: () => ctx.db.item.byBlob.list({ blob: {}, text: 'x' } as never),
      tooManyRange: () => ctx.db.item.byDay.list({ day: [] } as never),
      otherCursor: () =>
        ctx.db.item.byDay.list({ day: '2027-01-01' }, { after: new Uint8Array(8) }),
      badEvent: () => ctx.emit.Said({ text: 5 } as never),
      callNobody: () => (ctx.call as (name: string) => typeof other)('nobody').read({ id: 'x' }),
      callSystem: () => (ctx.call as (name: string) => typeof other)('roles').read({ id: 'x' }),
      callUnknown: () => (other as unknown as { gone: (args: object) => void }).gone({}),
      callExtra: () => other.read({ id: 'x', more: 1 } as never),
      callBad: () => other.read({ id: 5 } as never),
      callNone: () => other.read(undefined as never),
      callFraction: () => other.read({ id: 0.5 } as never),
      callGuarded: () => other.guarded(),
      callThrows: () => other.spoil({ how: 'throw' }),
      callCaught: () => {
        try {
          other.spoil({ how: 'throw' });
        } catch {
          // Too late.
        }
      },
      reEnter: () => other.back(),
      callSelf: () => (ctx.call as (name: string) => typeof other)('lab').read({ id: 'x' }),
      badHash: () => ctx.hash('text' as never),
      badDeposit: () => ctx.deposit('text' as never),
    };
    const action = actions[how];
    if (action === undefined) reject('UNKNOWN', how);
    action();
  },
);

export const badResult = app.command({ args: {}, returns: { n: t.int(0, 9) } }, () => ({ n: 10 }));
export const noResult = app.query(
  { args: {}, returns: { n: t.int(0, 9) } },
  () => undefined as never,
);
export const large = app.query({ args: {}, returns: t.list(t.text(100), 1_000) }, () =>
  Array.from({ length: 800 }, () => 'x'.repeat(99)),
);
export const writes = app.query({ args: { how: t.text(10) } }, (ctx, { how }) => {
  const sly = ctx as unknown as {
    readonly db: { readonly plain: { readonly put: (row: object) => void } };
    readonly emit: { readonly Bare: (data: object) => void };
    readonly call: (name: string) => Readonly<Record<string, (args: object) => void>>;
  };
  if (how === 'put') sly.db.plain.put({ name: 'sly', fill: new Uint8Array(1) });
  if (how === 'emit') sly.emit.Bare({});
  if (how === 'call') sly.call('partner')['write']?.({ id: 'x', text: 'y', fail: false });
});
export const reads = app.query(
  { args: { id: t.text(20) }, returns: t.optional(t.text(40)) },
  (ctx, a) => ctx.call<typeof partner>('partner').read(a)?.text,
);
export const hidden = app.internal({ args: {} }, () => {});

export default app.contract({
  name: 'lab',
  methods: {
    put,
    remove,
    get,
    find,
    need,
    scan,
    nothing,
    who,
    whoAsks,
    guarded,
    say,
    deposit,
    hash,
    call,
    plainAt,
    misuse,
    badResult,
    noResult,
    large,
    writes,
    reads,
    hidden,
  },
});
