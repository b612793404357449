import {
  schema,
  t,
  table,
  type CommandContext,
  type QueryContext,
  type RowOf,
} from '@hanse/contract';
import { FLAGS, PHASES, STATUSES } from '../title/transitions.ts';
import { HOLDERS_MAX, TIME_MAX, UNITS_MAX } from '../title/units.ts';
import { ACTS, STAGES } from './acts.ts';
import { ruleFields } from './rules.ts';

const unit = t.int(1, UNITS_MAX);
const count = t.int(0, UNITS_MAX);
const time = t.int(0, TIME_MAX);

/** A title: N units of a debtor's money due on a day. */
const pack = table(
  {
    id: t.hash(),
    /** The invoice it stands for. */
    document: t.hash(),
    currency: t.text(3),
    /** N: its face in minor currency units. */
    units: unit,
    issued: t.date(),
    due: t.date(),
    supplier: t.party(),
    debtor: t.party(),
    /** What the debtor said when it confirmed. */
    isTransferable: t.bool(),
    /** Why the tenor is longer than usual, and the bank that reviewed it. */
    reason: t.optional(t.oneOf('seasonal', 'project', 'export', 'public-buyer')),
    reviewer: t.optional(t.party()),
    /** Intervals that it has. */
    intervals: count,
    /** Acts recorded so far: the number of the next one. */
    acts: count,
    /** Units that have not ended yet. */
    open: count,
    /** Units paid at or after maturity. */
    paid: count,
    /** When a bank last paid for some of it. */
    financed: t.optional(time),
  },
  {
    key: ['id'],
    list: true,
    index: {
      byDocument: ['document'],
      bySupplier: ['supplier', 'due'],
      byDebtor: ['debtor', 'due'],
    },
  },
);

/** Units of a pack that share one holder and one state. The intervals of a pack tile [1, N]. */
const interval = table(
  {
    pack: t.hash(),
    from: unit,
    to: unit,
    holder: t.party(),
    status: t.oneOf(...STATUSES),
    flag: t.oneOf(...FLAGS),
    /** Who held it before, the first holder first. */
    path: t.list(t.party(), HOLDERS_MAX),
    /** The bank that it is pledged to. */
    pledgee: t.optional(t.party()),
    /** The deal that a bank paid for it by. */
    deal: t.optional(t.hash()),
  },
  { key: ['pack', 'from'], index: { byHolder: ['holder'] }, unique: { byEnd: ['pack', 'to'] } },
);

/** An act that waits for a signature. It locks its interval. */
const request = table(
  {
    pack: t.hash(),
    from: unit,
    to: unit,
    act: t.oneOf(...ACTS),
    /** The interval's flag before. */
    origin: t.oneOf(...FLAGS),
    asker: t.party(),
    /** Who should sign. */
    signer: t.party(),
    /** Title goes back to the holder before. */
    isReturn: t.bool(),
    /** The trade between the two. */
    document: t.optional(t.hash()),
    deal: t.optional(t.hash()),
    time,
  },
  { key: ['pack', 'from'], index: { bySigner: ['signer'], byAsker: ['asker'] } },
);

/** A request to a bank for money against an interval. */
const deal = table(
  {
    id: t.hash(),
    pack: t.hash(),
    from: unit,
    to: unit,
    kind: t.oneOf('finance', 'pledge'),
    holder: t.party(),
    bank: t.party(),
    stage: t.oneOf(...STAGES),
    /** Commitment to the terms: see `terms.ts`. */
    terms: t.optional(t.hash()),
    /** The lock on the claim. */
    lock: t.optional(t.hash()),
    /** Until when the lock holds. */
    until: t.optional(time),
    /** The bank's proof that it paid. */
    proof: t.optional(t.hash()),
    /** Units that the bank still has money in. */
    open: count,
    time,
  },
  {
    key: ['id'],
    index: { byBank: ['bank', 'stage'], byHolder: ['holder', 'stage'], byPack: ['pack', 'stage'] },
  },
);

/** How much of an invoice is used: by packs over it, and by transfers that it is the trade of. */
const cap = table({ document: t.hash(), used: count, packs: t.int(0, 255) }, { key: ['document'] });

/** A payment proof pays for one thing only. */
const proof = table({ id: t.hash(), pack: t.hash(), from: unit, to: unit }, { key: ['id'] });

/** What happened to a pack, act by act. Written once. */
const entry = table(
  {
    pack: t.hash(),
    seq: count,
    act: t.oneOf(...ACTS, 'review', 'credit'),
    phase: t.oneOf(...PHASES),
    from: unit,
    to: unit,
    /** The organisation that acted. */
    by: t.party(),
    status: t.oneOf(...STATUSES),
    flag: t.oneOf(...FLAGS),
    holder: t.party(),
    document: t.optional(t.hash()),
    deal: t.optional(t.hash()),
    proof: t.optional(t.hash()),
    time,
    height: time,
    txid: t.text(64),
  },
  { key: ['pack', 'seq'], list: true },
);

/** Title went from one organisation to another, in any pack. */
const edge = table(
  {
    /** Hash of both: two DIDs may be longer than a key can be. */
    id: t.hash(),
    source: t.party(),
    target: t.party(),
    transfers: count,
    time,
  },
  { key: ['id'], index: { bySource: ['source'] } },
);

/** What a regulator looks at: see `hits.ts`. */
const hit = table(
  {
    time,
    pack: t.hash(),
    seq: count,
    rule: t.oneOf('CYCLE', 'LONG_TENOR', 'SPLIT_STORM', 'CREDIT_AFTER_FINANCE'),
    party: t.party(),
    txid: t.text(64),
    height: time,
  },
  { key: ['time', 'pack', 'seq', 'rule'], list: true, index: { byRule: ['rule', 'time'] } },
);

/** Splits of an organisation on a day. */
const day = table(
  { organisation: t.party(), date: t.date(), splits: count },
  { key: ['organisation', 'date'] },
);

/** Packs of an issuer, and how many of them have a long tenor. */
const issuer = table(
  { organisation: t.party(), packs: count, long: count },
  { key: ['organisation'], list: true },
);

/** The numbers of the guards, once a regulator has set them. */
const rules = table({ id: t.oneOf('current'), ...ruleFields }, { key: ['id'] });

/** The tables of the contract. */
export const tables = {
  pack,
  interval,
  request,
  deal,
  cap,
  proof,
  entry,
  edge,
  hit,
  day,
  issuer,
  rules,
};

/** The events of the contract. */
export const events = {
  /** An act on an interval; the same as its entry in the history. */
  Moved: {
    pack: t.hash(),
    seq: count,
    act: t.oneOf(...ACTS),
    phase: t.oneOf(...PHASES),
    from: unit,
    to: unit,
    by: t.party(),
    status: t.oneOf(...STATUSES),
    flag: t.oneOf(...FLAGS),
    holder: t.party(),
  },
  /** A deal came to a stage. */
  Dealt: {
    deal: t.hash(),
    pack: t.hash(),
    stage: t.oneOf(...STAGES),
    bank: t.party(),
    holder: t.party(),
  },
  /** Guard G9: a credit note on the invoice of a pack, to everybody who holds or financed some of it. */
  CreditNote: {
    pack: t.hash(),
    document: t.hash(),
    note: t.hash(),
    /** Whether more units are used than the invoice still covers. */
    isOverCap: t.bool(),
    alerted: t.list(t.party(), 640),
  },
  /** Somebody should look at this. */
  Hit: { rule: hit.fields.rule, pack: t.hash(), seq: count, party: t.party() },
  RulesSet: ruleFields,
};

/** The contract `packs`: its methods are declared on it. */
export const app = schema({ tables, events });

/** What commands have at hand. */
export type Context = CommandContext<typeof tables, typeof events>;
/** What reads: queries and commands both have it at hand. */
export type Reader = Omit<QueryContext<typeof tables>, 'call'>;

export type Pack = RowOf<typeof pack>;
export type Interval = RowOf<typeof interval>;
export type Request = RowOf<typeof request>;
export type Deal = RowOf<typeof deal>;
export type Entry = RowOf<typeof entry>;
