import { reject, role, schema, t, table } from '@hanse/contract';
import type cash from './cash.ts';

const invoice = table(
  {
    seller: t.party(),
    id: t.text(40),
    buyer: t.party(),
    currency: t.text(3),
    amount: t.amount(),
    due: t.date(),
    status: t.oneOf('issued', 'accepted', 'paid'),
    note: t.optional(t.text(200)),
  },
  { key: ['seller', 'id'], index: { byBuyer: ['buyer', 'status', 'due'] } },
);
const { id, buyer, currency, amount, due, note } = invoice.fields;
const ref = { seller: t.party(), id };

const app = schema({
  tables: { invoice },
  events: { Issued: { ...ref, buyer, amount }, Paid: ref },
});

export const issue = app.command(
  { args: { id, buyer, currency, amount, due, note }, returns: ref, allow: [role('supplier')] },
  (ctx, a) => {
    if (a.due < ctx.today) reject('DUE', 'it would be overdue at once');
    const seller = ctx.caller.organisation;
    ctx.db.invoice.insert({ ...a, seller, status: 'issued' });
    ctx.emit.Issued({ seller, id: a.id, buyer: a.buyer, amount: a.amount });
    return { seller, id: a.id };
  },
);

export const accept = app.command({ args: ref }, (ctx, a) => {
  const row = ctx.db.invoice.need(a);
  if (row.buyer !== ctx.caller.organisation) reject('NOT_YOURS');
  if (row.status !== 'issued') reject('STATUS', row.status);
  ctx.db.invoice.update({ ...row, status: 'accepted' });
});

export const pay = app.command({ args: ref }, (ctx, a) => {
  const row = ctx.db.invoice.need(a);
  if (row.buyer !== ctx.caller.organisation) reject('NOT_YOURS');
  if (row.status !== 'accepted') reject('STATUS', row.status);
  ctx.call<typeof cash>('cash').pay({ to: row.seller, currency: row.currency, amount: row.amount });
  ctx.db.invoice.update({ ...row, status: 'paid' });
  ctx.emit.Paid({ seller: row.seller, id: row.id });
});

export const get = app.query({ args: ref, returns: t.optional(invoice.row) }, (ctx, a) =>
  ctx.db.invoice.get(a),
);

export const payable = app.query(
  { args: { buyer: t.party(), after: t.optional(t.cursor()) }, returns: t.page(invoice.row) },
  (ctx, { buyer, after }) =>
    ctx.db.invoice.byBuyer.list({ buyer, status: 'accepted' }, { after, limit: 20 }),
);

export default app.contract({ name: 'receivables', methods: { issue, accept, pay, get, payable } });
