// Read by the compiler only. A mistake stands below what is right and differs from it in one thing; the
// number is the error that the compiler must give there, and no other (see test/unit/contracts/types.test.ts).
import {
  duty,
  organisation,
  reject,
  role,
  schema,
  t,
  table,
  type ArgsOf,
  type EventsOf,
  type Infer,
  type KeyOf,
  type MethodsOf,
  type NamesOf,
  type Page,
  type ResultOf,
  type RowOf,
} from '../src/index.ts';

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles when the type argument is `true`. */
function holds<_ extends true>(): void {}

const invoice = table(
  {
    seller: t.party(),
    id: t.text(40),
    amount: t.amount(),
    due: t.date(),
    days: t.int(0, 365),
    status: t.oneOf('issued', 'paid'),
    hash: t.hash(),
    open: t.bool(),
    note: t.optional(t.text(200)),
    lines: t.list(t.struct({ text: t.text(80), price: t.amount() }), 20),
  },
  {
    key: ['seller', 'id'],
    list: true,
    index: { byDue: ['status', 'due'] },
    unique: { byHash: ['hash'] },
  },
);
const counter = table({ name: t.text(20), value: t.int(0, 9) }, { key: ['name'] });

// Rows.
type Row = RowOf<typeof invoice>;
holds<Same<Row['seller'], string>>();
holds<Same<Row['amount'], bigint>>();
holds<Same<Row['days'], number>>();
holds<Same<Row['open'], boolean>>();
holds<Same<Row['hash'], Uint8Array>>();
holds<Same<Row['status'], 'issued' | 'paid'>>();
holds<Same<Row['note'], string | undefined>>();
holds<Same<Row['lines'], readonly { readonly text: string; readonly price: bigint }[]>>();
holds<Same<KeyOf<typeof invoice>, { readonly seller: string; readonly id: string }>>();
holds<Same<Infer<typeof invoice.row>, Row>>();

// Declaring tables.
table({ a: t.text(1), b: t.text(1) }, { key: ['a'] });
// @ts-expect-error TS2322 a key is made of the table's fields
table({ a: t.text(1), b: t.text(1) }, { key: ['c'] });
// @ts-expect-error TS2322 a key has a field
table({ a: t.text(1), b: t.text(1) }, { key: [] });
table({ a: t.text(1), b: t.text(1) }, { key: ['a'], index: { byB: ['b'] } });
// @ts-expect-error TS2322 an index is made of the table's fields
table({ a: t.text(1), b: t.text(1) }, { key: ['a'], index: { byB: ['c'] } });
// @ts-expect-error TS2322 what may be missing has no order
table({ a: t.text(1), b: t.optional(t.text(1)) }, { key: ['a'], index: { byB: ['b'] } });
// @ts-expect-error TS2322 a list has no order
table({ a: t.text(1), b: t.list(t.text(1), 2) }, { key: ['a', 'b'] });
// @ts-expect-error TS2322 this index would hide a function
table({ a: t.text(1), b: t.text(1) }, { key: ['a'], index: { get: ['b'] } });
// @ts-expect-error TS2322 this unique index would hide a function
table({ a: t.text(1), b: t.text(1) }, { key: ['a'], unique: { insert: ['b'] } });
// @ts-expect-error TS2322 a field has a type
table({ a: t.text(1), b: 'text' }, { key: ['a'] });
// @ts-expect-error TS2345 text has a bound
t.text('40');

const app = schema({
  tables: { invoice, counter },
  events: { Issued: { id: t.text(40), amount: t.amount() }, Closed: {} },
});
const { seller, id } = invoice.fields;

const issue = app.command(
  { args: { id, amount: t.amount(), note: t.optional(t.text(9)) }, returns: { seller, id } },
  (ctx, a) => {
    holds<Same<typeof a.amount, bigint>>();
    holds<Same<typeof a.note, string | undefined>>();
    holds<Same<typeof ctx.time, number>>();
    holds<Same<typeof ctx.today, string>>();
    holds<Same<typeof ctx.txid, string>>();
    // @ts-expect-error TS2339 there is no such argument
    void a.price;
    // @ts-expect-error TS2540 arguments do not change
    a.id = 'other';

    // Reading by key.
    const row = ctx.db.invoice.need({ seller: ctx.caller.id, id: a.id });
    holds<Same<typeof row, Row>>();
    holds<Same<ReturnType<typeof ctx.db.invoice.get>, Row | undefined>>();
    ctx.db.invoice.get({ seller: 'x', id: 'y' });
    // @ts-expect-error TS2741 a key needs all its fields
    ctx.db.invoice.get({ seller: 'x' });
    // @ts-expect-error TS2353 a key has no other fields
    ctx.db.invoice.get({ seller: 'x', id: 'y', due: '2027-01-01' });
    // @ts-expect-error TS2322 a key has values of its fields' types
    ctx.db.invoice.get({ seller: 'x', id: 7 });
    // @ts-expect-error TS2532 a row can be missing
    void ctx.db.invoice.get({ seller: 'x', id: 'y' }).amount;
    // @ts-expect-error TS2339 there is no such table
    void ctx.db.order;

    // Writing.
    ctx.db.invoice.update({ ...row, status: 'paid', note: undefined });
    // @ts-expect-error TS2322 an amount is a bigint
    ctx.db.invoice.update({ ...row, amount: 5 });
    // @ts-expect-error TS2322 that is no status
    ctx.db.invoice.update({ ...row, status: 'payed' });
    // @ts-expect-error TS2353 a row has no other fields
    ctx.db.invoice.update({ ...row, price: 5n });
    ctx.db.counter.insert({ name: 'n', value: 1 });
    // @ts-expect-error TS2741 a row needs all fields that are not optional
    ctx.db.counter.insert({ name: 'n' });
    // @ts-expect-error TS2540 rows do not change but by `update`
    row.status = 'paid';

    // Listing.
    holds<Same<ReturnType<typeof ctx.db.invoice.list>, Page<Row>>>();
    ctx.db.invoice.list({ seller: 'x' }, { limit: 5, reverse: true });
    ctx.db.invoice.byDue.list();
    ctx.db.invoice.byDue.list({ status: 'paid' });
    ctx.db.invoice.byDue.list({ status: 'paid', due: '2027-01-01' });
    ctx.db.invoice.byDue.list({ status: 'paid', due: { from: '2027-01-01', to: '2027-01-31' } });
    ctx.db.invoice.list({ seller: { from: 'a' } });
    // @ts-expect-error TS2322 a range has values of its field's type
    ctx.db.invoice.byDue.list({ status: 'paid', due: { from: 5 } });
    // @ts-expect-error TS2322 behind a range there is nothing more to say
    ctx.db.invoice.byDue.list({ status: { from: 'paid' }, due: '2027-01-01' });
    // @ts-expect-error TS2353 a range is from and to
    ctx.db.invoice.byDue.list({ status: 'paid', due: { below: '2027-01-01' } });
    // @ts-expect-error TS2345 a list by `due` needs `status` before it
    ctx.db.invoice.byDue.list({ due: '2027-01-01' });
    // @ts-expect-error TS2353 the index has no such field
    ctx.db.invoice.byDue.list({ status: 'paid', seller: 'x' });
    // @ts-expect-error TS2820 the index is over a word
    ctx.db.invoice.byDue.list({ status: 'pai' });
    // @ts-expect-error TS2353 pages go by cursors
    ctx.db.invoice.list({}, { offset: 20 });
    // @ts-expect-error TS2322 a cursor is bytes
    ctx.db.invoice.list({}, { after: 'INV-1' });
    // @ts-expect-error TS2339 this table is not listed
    ctx.db.counter.list();
    // @ts-expect-error TS2339 there is no such index
    void ctx.db.invoice.byBuyer;
    ctx.db.invoice.byHash.get({ hash: ctx.hash(new Uint8Array()) });
    // @ts-expect-error TS2339 several rows can share a due date
    ctx.db.invoice.byDue.get({ status: 'paid', due: '2027-01-01' });
    // @ts-expect-error TS2741 a unique index is asked with all its fields
    ctx.db.invoice.byHash.get({});

    // Events.
    ctx.emit.Issued({ id: a.id, amount: a.amount });
    ctx.emit.Closed({});
    // @ts-expect-error TS2741 an event has all its data
    ctx.emit.Issued({ id: a.id });
    // @ts-expect-error TS2339 there is no such event
    ctx.emit.Paid({ id: a.id });
    return { seller: ctx.caller.id, id: a.id };
  },
);

const get = app.query({ args: { seller, id }, returns: t.optional(invoice.row) }, (ctx, a) => {
  // @ts-expect-error TS2339 a query does not write
  void ctx.db.invoice.insert;
  // @ts-expect-error TS2339 a query does not remove
  void ctx.db.invoice.remove;
  // @ts-expect-error TS2339 a query announces nothing
  void ctx.emit;
  return ctx.db.invoice.get(a);
});
const page = app.query({ args: {}, returns: t.page(invoice.row) }, (ctx) => ctx.db.invoice.list());
const settle = app.internal({ args: { seller, id } }, (ctx, a) => {
  ctx.db.invoice.remove(a);
});

// Declaring methods.
// @ts-expect-error TS2322 the result is not what `returns` says
app.query({ args: {}, returns: { total: t.amount() } }, () => ({ total: 5 }));
// @ts-expect-error TS2322 a result is declared
app.query({ args: {} }, () => 5);
app.command({ args: {}, allow: [role('bank'), duty('checker'), organisation('did:x')] }, () => {});
// @ts-expect-error TS2322 who may call is said by guards
app.command({ args: {}, allow: ['bank'] }, () => {});
// @ts-expect-error TS2353 nobody signs a query
app.query({ args: {}, allow: [role('bank')] }, () => {});
// @ts-expect-error TS2345 a contract runs to its end at once
app.command({ args: {} }, async () => {});

const receivables = app.contract({ name: 'receivables', methods: { issue, get, page, settle } });
// @ts-expect-error TS2322 clients have `query` beside the methods
app.contract({ name: 'receivables', methods: { query: issue } });
// @ts-expect-error TS2322 a method is made by `command`, `query` or `internal`
app.contract({ name: 'receivables', methods: { issue: () => {} } });

// The contract as a type.
type Receivables = typeof receivables;
type IssueArgs = {
  readonly id: string;
  readonly amount: bigint;
  readonly note?: string | undefined;
};
holds<Same<ArgsOf<MethodsOf<Receivables>['issue']>, IssueArgs>>();
holds<
  Same<ResultOf<MethodsOf<Receivables>['issue']>, { readonly seller: string; readonly id: string }>
>();
holds<Same<ResultOf<MethodsOf<Receivables>['get']>, Row | undefined>>();
holds<Same<ResultOf<MethodsOf<Receivables>['page']>, Page<Row>>>();
holds<Same<ResultOf<MethodsOf<Receivables>['settle']>, void>>();
holds<Same<NamesOf<Receivables, 'command'>, 'issue'>>();
holds<Same<NamesOf<Receivables, 'query'>, 'get' | 'page'>>();
holds<Same<NamesOf<Receivables, 'internal'>, 'settle'>>();
holds<Same<EventsOf<Receivables>['Issued'], { readonly id: string; readonly amount: bigint }>>();
holds<Same<Receivables['name'], 'receivables'>>();

// Calling other contracts.
const other = schema({ tables: {}, events: {} });
other.command({ args: {} }, (ctx) => {
  const callee = ctx.call<Receivables>('receivables');
  callee.settle({ seller: 'x', id: 'y' });
  holds<Same<ReturnType<typeof callee.get>, Row | undefined>>();
  callee.page();
  // @ts-expect-error TS2554 this method needs arguments
  callee.get();
  // @ts-expect-error TS2741 arguments are checked
  callee.settle({ seller: 'x' });
  // @ts-expect-error TS2339 there is no such method
  callee.pay({});
  // @ts-expect-error TS2345 this contract has another name
  ctx.call<Receivables>('recievables');
  // @ts-expect-error TS2345 a call says which contract it means
  ctx.call('receivables');
});
other.query({ args: {} }, (ctx) => {
  ctx.call<Receivables>('receivables').get({ seller: 'x', id: 'y' });
  // @ts-expect-error TS2339 a query calls queries only
  ctx.call<Receivables>('receivables').settle({ seller: 'x', id: 'y' });
});

// Refusing narrows.
export function narrow(row: Row | undefined): bigint {
  if (row === undefined) reject('NONE');
  return row.amount;
}
// @ts-expect-error TS2345 a code is text
export const refuse = (): never => reject(404);
