import { reject, role, schema, t, table } from '@hanse/contract';

const order = table(
  {
    id: t.text(40),
    buyer: t.party(),
    amount: t.amount(),
    due: t.date(),
    note: t.optional(t.text(100)),
  },
  { key: ['id'], list: true, index: { byBuyer: ['buyer', 'due'] } },
);
const { id, amount, due, note } = order.fields;

const app = schema({
  tables: { order },
  events: { Placed: { id, amount }, Noted: { id, note: t.text(100) } },
});

export const place = app.command({ args: { id, amount, due, note }, returns: { id } }, (ctx, a) => {
  if (a.amount === 0n) reject('AMOUNT', 'nothing is no order');
  ctx.db.order.insert({ ...a, buyer: ctx.caller.organisation });
  ctx.emit.Placed({ id: a.id, amount: a.amount });
  return { id: a.id };
});

export const remark = app.command({ args: { id, note: t.text(100) } }, (ctx, a) => {
  ctx.db.order.update({ ...ctx.db.order.need({ id: a.id }), note: a.note });
  ctx.emit.Noted(a);
});

export const close = app.command({ args: { id }, allow: [role('bank')] }, (ctx, a) => {
  ctx.db.order.remove(a);
});

export const get = app.query({ args: { id }, returns: t.optional(order.row) }, (ctx, a) =>
  ctx.db.order.get(a),
);

export const mine = app.query(
  { args: { buyer: t.party() }, returns: t.page(order.row) },
  (ctx, { buyer }) => ctx.db.order.byBuyer.list({ buyer }),
);

export default app.contract({ name: 'shop', methods: { place, remark, close, get, mine } });
