import { reject, schema, t, table } from '@hanse/contract';

const account = table({ id: t.text(40), balance: t.amount() }, { key: ['id'] });
const id = t.text(40);

const app = schema({
  tables: { account },
  events: { Moved: { from: id, to: id, amount: t.amount() } },
});

/** Accounts with money in them. */
export const open = app.command(
  { args: { ids: t.list(id, 256), amount: t.amount() } },
  (ctx, a) => {
    for (const one of a.ids) ctx.db.account.insert({ id: one, balance: a.amount });
  },
);

/** Money from one account to another: two rows read, two written, one event. */
export const move = app.command({ args: { from: id, to: id, amount: t.amount() } }, (ctx, a) => {
  const from = ctx.db.account.need({ id: a.from });
  const to = ctx.db.account.need({ id: a.to });
  if (from.balance < a.amount) reject('NO_FUNDS', `${a.from} has ${from.balance}`);
  ctx.db.account.update({ id: a.from, balance: from.balance - a.amount });
  ctx.db.account.update({ id: a.to, balance: to.balance + a.amount });
  ctx.emit.Moved(a);
});

export const read = app.query({ args: { id }, returns: t.optional(account.row) }, (ctx, a) =>
  ctx.db.account.get(a),
);

export default app.contract({ name: 'transfer', methods: { open, move, read } });
