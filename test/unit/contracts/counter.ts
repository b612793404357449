import { reject, schema, t, table } from '@hanse/contract';

const counter = table({ name: t.text(20), value: t.int(0, 1_000_000) }, { key: ['name'] });

const app = schema({
  tables: { counter },
  events: { Counted: { name: t.text(20), value: t.int(0, 1_000_000) } },
});

export const count = app.command(
  { args: { name: t.text(20), by: t.int(1, 10) }, returns: { value: t.int(0, 1_000_000) } },
  (ctx, { name, by }) => {
    if (name === '') reject('NAME', 'a counter has a name');
    const value = (ctx.db.counter.get({ name })?.value ?? 0) + by;
    ctx.db.counter.put({ name, value });
    ctx.emit.Counted({ name, value });
    return { value };
  },
);

export const read = app.query(
  { args: { name: t.text(20) }, returns: { value: t.int(0, 1_000_000) } },
  (ctx, key) => ({ value: ctx.db.counter.get(key)?.value ?? 0 }),
);

export default app.contract({ name: 'counter', methods: { count, read } });
