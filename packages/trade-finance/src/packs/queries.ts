import { t, type Infer } from '@hanse/contract';
import { isEqual } from '../title/bytes.ts';
import { isWholeFace, termsBytes } from '../terms.ts';
import { UNITS_MAX } from '../title/units.ts';
import { rulesOf } from './book.ts';
import { ruleFields } from './rules.ts';
import { app, tables, type Interval, type Reader } from './tables.ts';

const page = { after: t.optional(t.bytes(1_024)), limit: t.optional(t.int(1, 100)) };
const pack = t.hash();
const party = t.party();
const count = t.int(0, UNITS_MAX);

/** A pack. */
export const get = app.query({ args: { pack }, returns: t.optional(tables.pack.row) }, (ctx, a) =>
  ctx.db.pack.get({ id: a.pack }),
);

/**
 * Packs: those over an invoice, those of a supplier or of a debtor with the next due first, or all. One of these
 * is given, or none.
 */
export const list = app.query(
  {
    args: {
      document: t.optional(t.hash()),
      supplier: t.optional(party),
      debtor: t.optional(party),
      ...page,
    },
    returns: t.page(tables.pack.row),
  },
  (ctx, { document, supplier, debtor, ...options }) => {
    if (document !== undefined) return ctx.db.pack.byDocument.list({ document }, options);
    if (supplier !== undefined) return ctx.db.pack.bySupplier.list({ supplier }, options);
    if (debtor !== undefined) return ctx.db.pack.byDebtor.list({ debtor }, options);
    return ctx.db.pack.list({}, options);
  },
);

/** Intervals of a pack in order: they tile [1, N]. */
export const intervals = app.query(
  { args: { pack, ...page }, returns: t.page(tables.interval.row) },
  (ctx, { pack, ...options }) => ctx.db.interval.byEnd.list({ pack }, options),
);

/** What happened to a pack, act by act. */
export const history = app.query(
  { args: { pack, reverse: t.optional(t.bool()), ...page }, returns: t.page(tables.entry.row) },
  (ctx, { pack, ...options }) => ctx.db.entry.list({ pack }, options),
);

const holding = t.struct({
  ...tables.interval.fields,
  units: count,
  document: tables.pack.fields.document,
  currency: tables.pack.fields.currency,
  due: tables.pack.fields.due,
  supplier: party,
  debtor: party,
  /** The request that is open on it. */
  request: t.optional(tables.request.row),
});

function holdingOf(ctx: Reader, interval: Interval): Infer<typeof holding> {
  const { pack, from, to } = interval;
  const { document, currency, due, supplier, debtor } = ctx.db.pack.need({ id: pack });
  const request = ctx.db.request.get({ pack, from });
  const units = to - from + 1;
  return { ...interval, units, document, currency, due, supplier, debtor, request };
}

/** What an organisation holds: each interval with its pack and the request that is open on it. */
export const holdings = app.query(
  {
    args: { holder: party, after: page.after, limit: t.optional(t.int(1, 50)) },
    returns: t.page(holding),
  },
  (ctx, { holder, after, limit = 50 }) => {
    const { rows, next } = ctx.db.interval.byHolder.list({ holder }, { after, limit });
    return { rows: rows.map((interval) => holdingOf(ctx, interval)), next };
  },
);

/** The request that is open on the interval with this first unit. */
export const request = app.query(
  { args: { pack, from: tables.request.fields.from }, returns: t.optional(tables.request.row) },
  (ctx, a) => ctx.db.request.get(a),
);

/** What waits for the signature of an organisation, or what an organisation has asked others for. */
export const requests = app.query(
  {
    args: { side: t.oneOf('signer', 'asker'), organisation: party, ...page },
    returns: t.page(tables.request.row),
  },
  (ctx, { side, organisation, ...options }) =>
    side === 'signer'
      ? ctx.db.request.bySigner.list({ signer: organisation }, options)
      : ctx.db.request.byAsker.list({ asker: organisation }, options),
);

/** A deal. */
export const deal = app.query(
  { args: { id: t.hash() }, returns: t.optional(tables.deal.row) },
  (ctx, a) => ctx.db.deal.get(a),
);

/** Deals on a pack, of a bank, or of a holder; those at one stage, or all. One of the three is given. */
export const deals = app.query(
  {
    args: {
      pack: t.optional(pack),
      bank: t.optional(party),
      holder: t.optional(party),
      stage: t.optional(tables.deal.fields.stage),
      ...page,
    },
    returns: t.page(tables.deal.row),
  },
  (ctx, { pack, bank, holder, stage, ...options }) => {
    const { byPack, byBank, byHolder } = ctx.db.deal;
    if (pack !== undefined) {
      return byPack.list(stage === undefined ? { pack } : { pack, stage }, options);
    }
    if (bank !== undefined) {
      return byBank.list(stage === undefined ? { bank } : { bank, stage }, options);
    }
    if (holder === undefined) return { rows: [] };
    return byHolder.list(stage === undefined ? { holder } : { holder, stage }, options);
  },
);

/**
 * Whether opened terms are the ones of a deal, and whether disbursement and fee are its face. A query, so that the
 * terms reach nobody but the node that is asked: ask your own.
 */
export const checkTerms = app.query(
  {
    args: { deal: t.hash(), disbursed: count, fee: count, salt: t.hash(), rest: t.hash() },
    returns: { isOffered: t.bool(), isWholeFace: t.bool() },
  },
  (ctx, { deal: id, ...open }) => {
    const { from, to, terms } = ctx.db.deal.need({ id });
    const opened = { deal: id, units: to - from + 1, ...open };
    const hash = ctx.hash(termsBytes(opened));
    const isOffered = terms !== undefined && isEqual(terms, hash);
    return { isOffered, isWholeFace: isWholeFace(opened) };
  },
);

/** How much of an invoice is used. */
export const used = app.query(
  { args: { document: t.hash() }, returns: t.optional(tables.cap.row) },
  (ctx, a) => ctx.db.cap.get(a),
);

/** What a regulator looks at, newest first: all of it, or of one rule. */
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

/** Issuers, with how many of their packs have a long tenor. */
export const issuers = app.query(
  { args: page, returns: t.page(tables.issuer.row) },
  (ctx, options) => ctx.db.issuer.list({}, options),
);

/** The numbers of the guards as they are now. */
export const rules = app.query({ args: {}, returns: ruleFields }, (ctx) => {
  const { ...numbers } = rulesOf(ctx);
  return numbers;
});

const CYCLE_LENGTH_MAX = 6;
const CYCLES_MAX = 20;
const STEPS_MAX = 200;
const TARGETS_MAX = 32;

/**
 * Rings in which title went round from an organisation back to it, over all packs: at most 20, of at most six
 * organisations, and no more than 200 of them looked at.
 */
export const cycles = app.query(
  {
    args: { organisation: party },
    returns: { rings: t.list(t.list(party, CYCLE_LENGTH_MAX), CYCLES_MAX), isComplete: t.bool() },
  },
  (ctx, { organisation }) => {
    const rings: (readonly string[])[] = [];
    const trails: (readonly string[])[] = [[organisation]];
    let steps = 0;
    let isComplete = true;
    for (let trail = trails.pop(); trail !== undefined; trail = trails.pop()) {
      if (++steps > STEPS_MAX || rings.length === CYCLES_MAX) return { rings, isComplete: false };
      const source = trail.at(-1) ?? organisation;
      const { rows, next } = ctx.db.edge.bySource.list({ source }, { limit: TARGETS_MAX });
      if (next !== undefined) isComplete = false;
      for (const { target } of rows) {
        if (target === organisation) {
          if (rings.length < CYCLES_MAX) rings.push(trail);
        } else if (!trail.includes(target)) {
          if (trail.length < CYCLE_LENGTH_MAX) trails.push([...trail, target]);
          else isComplete = false;
        }
      }
    }
    return { rings, isComplete };
  },
);
