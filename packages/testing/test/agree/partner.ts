import { reject, role, schema, t, table } from '@hanse/contract';
import type lab from './lab.ts';

const note = table({ id: t.text(20), text: t.text(40) }, { key: ['id'] });
const app = schema({ tables: { note }, events: { Noted: { id: t.text(20) } } });

export const write = app.internal(
  { args: { id: t.text(20), text: t.text(40), fail: t.bool() }, returns: t.text(96) },
  (ctx, { id, text, fail }) => {
    ctx.db.note.put({ id, text });
    ctx.emit.Noted({ id });
    if (fail) reject('PARTNER', 'as asked');
    return `${ctx.via} ${ctx.caller.id} ${ctx.caller.organisation} ${ctx.signers.length}`;
  },
);

export const guarded = app.command({ args: {}, allow: [role('bank')] }, () => {});

export const back = app.internal({ args: {} }, (ctx) => {
  ctx.call<typeof lab>('lab').nothing();
});

export const read = app.query(
  { args: { id: t.text(20) }, returns: t.optional(note.row) },
  (ctx, a) => ctx.db.note.get(a),
);

export const spoil = app.internal({ args: { how: t.text(20) } }, (_, { how }) => {
  if (how === 'throw') throw new Error('spoiled');
});

export default app.contract({ name: 'partner', methods: { write, guarded, back, read, spoil } });
