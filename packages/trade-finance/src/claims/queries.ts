import { t, type Infer } from '@hanse/contract';
import { duplicateState, needClaim } from './claim.ts';
import { app, tables, type Claim, type Reader } from './tables.ts';
import { verdictsOf } from './verdicts.ts';

const page = { after: t.optional(t.bytes(1_024)), limit: t.optional(t.int(1, 100)) };
const { document, state, hold } = tables.claim.fields;

const status = t.struct({
  document,
  state,
  hold,
  isPacked: t.bool(),
  credited: tables.claim.fields.credited,
});

/** The state as it is now: a duplicate is one of a financed invoice as soon as that is financed. */
function statusOf(ctx: Reader, claim: Claim): Infer<typeof status> {
  const { document, hold, isPacked, credited } = claim;
  const isDuplicate =
    claim.state === 'DUPLICATE_REGISTERED' || claim.state === 'DUPLICATE_FINANCED';
  const state = isDuplicate
    ? (duplicateState(ctx, verdictsOf(ctx, document)) ?? claim.state)
    : claim.state;
  return { document, state, hold, isPacked, credited };
}

/** Keys of the registry by epoch. Whoever computes tags with one reads its row with proof instead. */
export const registryKeys = app.query(
  { args: page, returns: t.page(tables.registryKey.row) },
  (ctx, options) => ctx.db.registryKey.list({}, options),
);

/** The newest epoch, the current one, and the one before while it is open. */
export const epochs = app.query(
  {
    args: {},
    returns: {
      newest: t.int(0, 1_000_000),
      current: tables.epochs.fields.current,
      previous: tables.epochs.fields.previous,
    },
  },
  (ctx) => {
    const { newest, current, previous } = ctx.db.epochs.get({ id: 'epochs' }) ?? { newest: 0 };
    return { newest, current, previous };
  },
);

/** The verdicts on a document, one for each epoch. */
export const verdicts = app.query(
  { args: { document, ...page }, returns: t.page(tables.verdict.row) },
  (ctx, { document, ...options }) => ctx.db.verdict.list({ document }, options),
);

/** The claim on a document, with the facts of its verdict. */
export const get = app.query(
  { args: { document }, returns: t.optional(tables.claim.row) },
  (ctx, a) => ctx.db.claim.get(a),
);

/** State of the claim on a document. */
export const statusOfDocument = app.query(
  { args: { document }, returns: t.optional(status) },
  (ctx, a) => {
    const claim = ctx.db.claim.get(a);
    return claim === undefined ? undefined : statusOf(ctx, claim);
  },
);

/** States of the claims that carry a tag. */
export const statusByTag = app.query(
  { args: { kind: t.oneOf('x', 'n', 't'), tag: t.hash(), ...page }, returns: t.page(status) },
  (ctx, { kind, tag, ...options }) => {
    if (kind === 'x') {
      const { rows, next } = ctx.db.verdict.byExact.list({ x: tag }, options);
      return { rows: rows.map(({ document }) => statusOf(ctx, needClaim(ctx, document))), next };
    }
    const { rows, next } = ctx.db[kind === 'n' ? 'number' : 'trade'].list({ tag }, options);
    return { rows: rows.map(({ document }) => statusOf(ctx, needClaim(ctx, document))), next };
  },
);

/** Claims of a seller. */
export const bySeller = app.query(
  { args: { seller: t.party(), ...page }, returns: t.page(tables.claim.row) },
  (ctx, { seller, ...options }) => ctx.db.claim.bySeller.list({ seller }, options),
);

/** A lock. */
export const getLock = app.query(
  { args: { id: tables.lock.fields.id }, returns: t.optional(tables.lock.row) },
  (ctx, a) => ctx.db.lock.get(a),
);

/** Locks of a bank. */
export const locksOf = app.query(
  {
    args: { bank: t.party(), state: tables.lock.fields.state, ...page },
    returns: t.page(tables.lock.row),
  },
  (ctx, { bank, state, ...options }) => ctx.db.lock.byBank.list({ bank, state }, options),
);

/** Credit notes on an invoice. */
export const credits = app.query(
  { args: { invoice: t.hash(), ...page }, returns: t.page(tables.credit.row) },
  (ctx, { invoice, ...options }) => ctx.db.credit.byInvoice.list({ invoice }, options),
);

/** What a regulator looks at, newest first. */
export const hits = app.query(
  {
    args: { rule: t.optional(tables.hit.fields.rule), ...page },
    returns: t.page(tables.hit.row),
  },
  (ctx, { rule, after, limit }) => {
    const options = { after, limit, reverse: true };
    return rule === undefined
      ? ctx.db.hit.list({}, options)
      : ctx.db.hit.byRule.list({ rule }, options);
  },
);
