import { reject, role, schema, t, table } from '@hanse/contract';

const balance = table(
  { holder: t.party(), currency: t.text(3), amount: t.amount() },
  { key: ['holder', 'currency'], list: true },
);

const app = schema({
  tables: { balance },
  events: { Paid: { from: t.party(), to: t.party(), currency: t.text(3), amount: t.amount() } },
});

/** A bank puts money into circulation. */
export const issue = app.command(
  { args: { to: t.party(), currency: t.text(3), amount: t.amount() }, allow: [role('bank')] },
  (ctx, { to, currency, amount }) => {
    const held = ctx.db.balance.get({ holder: to, currency })?.amount ?? 0n;
    ctx.db.balance.put({ holder: to, currency, amount: held + amount });
  },
);

/** Pay from the organisation of whoever signed. Only other contracts may: they say what for. */
export const pay = app.internal(
  { args: { to: t.party(), currency: t.text(3), amount: t.amount() } },
  (ctx, { to, currency, amount }) => {
    const from = ctx.signers[0]?.organisation ?? '';
    const held = ctx.db.balance.get({ holder: from, currency })?.amount ?? 0n;
    if (held < amount) reject('NO_FUNDS', `${from} has ${held} ${currency}`);
    const other = ctx.db.balance.get({ holder: to, currency })?.amount ?? 0n;
    ctx.db.balance.put({ holder: from, currency, amount: held - amount });
    ctx.db.balance.put({ holder: to, currency, amount: other + amount });
    ctx.emit.Paid({ from, to, currency, amount });
  },
);

/** What somebody has. */
export const of = app.query(
  { args: { holder: t.party(), currency: t.text(3) }, returns: { amount: t.amount() } },
  (ctx, key) => ({ amount: ctx.db.balance.get(key)?.amount ?? 0n }),
);

export default app.contract({ name: 'cash', methods: { issue, pay, of } });
