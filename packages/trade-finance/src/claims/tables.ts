import {
  schema,
  t,
  table,
  type CommandContext,
  type QueryContext,
  type RowOf,
} from '@hanse/contract';
import { TIME_MAX, UNITS_MAX } from '../title/units.ts';
import { factFields } from './facts.ts';
import { CLAIM_STATES, HOLDS } from './states.ts';

const count = t.int(0, UNITS_MAX);
const time = t.int(0, TIME_MAX);

/** Banks that a seller can ask at once. */
const ASKED_MAX = 8;

/** Tags of one kind that a document can have: one for each identifier of a party. */
export const TAGS_MAX = 4;

/** Epochs of the registry's key count from 1. */
const epoch = t.int(1, 1_000_000);

/** Epochs that collisions are looked for in: the current one and the one before. */
const EPOCHS_NEEDED_MAX = 2;

/** Outputs of the verifiable OPRF for one document: they tell nothing about it, only whether two are alike. */
export const tagFields = {
  /** Exact: seller, number, date, currency, amount. */
  x: t.hash(),
  /** Number: seller, number; one for each identifier of the seller. */
  n: t.list(t.hash(), TAGS_MAX, 1),
  /** Trade: seller, buyer, currency, amount, month; none when the document lacks one of them. */
  t: t.list(t.hash(), TAGS_MAX),
};

/** What a bank has computed itself from the document before it locks: its tags in each epoch that counts. */
export const checkedType = t.list(t.struct({ epoch, ...tagFields }), EPOCHS_NEEDED_MAX, 1);

/** A registry's public key of one epoch, and whether verdicts and locks are taken under it. */
const registryKey = table(
  {
    epoch,
    /** The organisation that holds the secret key. */
    registry: t.party(),
    group: t.oneOf('ristretto255-SHA512', 'P256-SHA256'),
    publicKey: t.bytes(33),
    /** Verdicts are taken until it is closed; locks need the current one and an open one. */
    state: t.oneOf('published', 'current', 'open', 'closed'),
  },
  { key: ['epoch'], list: true },
);

/** The newest epoch, the current one, and the one before while it is open. */
const epochs = table(
  {
    id: t.oneOf('epochs'),
    newest: epoch,
    current: t.optional(epoch),
    previous: t.optional(epoch),
  },
  { key: ['id'] },
);

/** The tags that an importer vouched for, of one epoch. */
const verdict = table(
  {
    document: t.hash(),
    epoch,
    ...tagFields,
    importer: t.party(),
    time,
    height: time,
  },
  { key: ['document', 'epoch'], list: true, index: { byExact: ['x'] } },
);

/** The claim on an invoice, with the facts of the importer's first verdict. */
const claim = table(
  {
    /** Hash of the file: the deposit's id. */
    document: t.hash(),
    /** Root of its salted fields, as the deposit has it. */
    root: t.hash(),
    importer: t.party(),
    /** The rule set that it was checked by, with its version. */
    ruleSet: t.text(64),
    result: t.oneOf('valid', 'unchecked', 'invalid'),
    ...factFields,
    credited: count,
    state: t.oneOf(...CLAIM_STATES),
    hold: t.oneOf(...HOLDS),
    /** The document that has the exact tag, for a duplicate. */
    original: t.optional(t.hash()),
    /** Banks that the seller has asked about the whole invoice. */
    asked: t.list(t.party(), ASKED_MAX),
    /** Whether title packs hold it. */
    isPacked: t.bool(),
    /** The lock on the whole of it: live, expired or financed. */
    lock: t.optional(t.hash()),
    /** Locks so far. */
    locks: count,
    /** Locks that were financed and have not ended. */
    financed: count,
    time,
    height: time,
  },
  { key: ['document'], index: { bySeller: ['seller'] } },
);

/** Which document has an exact tag. */
const exact = table({ x: t.hash(), document: t.hash() }, { key: ['x'] });

/** Which documents have a tag of the number, and of the trade. */
const number = table(
  { tag: t.hash(), document: t.hash() },
  { key: ['tag', 'document'], list: true },
);
const trade = table(
  { tag: t.hash(), document: t.hash() },
  { key: ['tag', 'document'], list: true },
);

/** A bank's lock on a claim. */
const lock = table(
  {
    id: t.hash(),
    document: t.hash(),
    bank: t.party(),
    /** The interval it is for; none for the whole invoice. */
    pack: t.optional(t.hash()),
    from: t.optional(count),
    to: t.optional(count),
    state: t.oneOf('held', 'financed', 'ended'),
    /** Block time after which an unused lock counts no more. */
    until: time,
    proof: t.optional(t.hash()),
    time,
  },
  { key: ['id'], index: { byDocument: ['document'], byBank: ['bank', 'state'] } },
);

/** A payment proof pays for one lock only. */
const proof = table({ id: t.hash(), lock: t.hash() }, { key: ['id'] });

/** A credit note. */
const credit = table(
  {
    document: t.hash(),
    invoice: t.hash(),
    epoch,
    x: t.hash(),
    units: count,
    importer: t.party(),
    time,
  },
  { key: ['document'], index: { byInvoice: ['invoice'] }, unique: { byExact: ['x'] } },
);

/** What a regulator looks at. */
const hit = table(
  {
    time,
    document: t.hash(),
    rule: t.oneOf('SAME_TRADE', 'DUPLICATE', 'REVIEWED'),
    party: t.party(),
    /** The lock that brought it up. */
    lock: t.optional(t.hash()),
    txid: t.text(64),
    height: time,
  },
  { key: ['time', 'document', 'rule'], list: true, index: { byRule: ['rule', 'time'] } },
);

/** The numbers of the claims, once a regulator has set them. */
const rules = table({ id: t.oneOf('current'), lockHours: t.int(1, 2_160) }, { key: ['id'] });

/** The tables of the contract. */
export const tables = {
  registryKey,
  epochs,
  verdict,
  claim,
  exact,
  number,
  trade,
  lock,
  proof,
  credit,
  hit,
  rules,
};

/** Why a claim under review was let go or refused. */
export const reviewReason = t.oneOf(
  'amended-invoice',
  'partial-delivery',
  'number-reused',
  'importer-error',
  'suspected-fraud',
);

/** The events of the contract. */
export const events = {
  /** An epoch of the registry's key came to a state. */
  Epoch: { epoch, registry: t.party(), state: registryKey.fields.state },
  Recorded: { document: t.hash(), state: claim.fields.state, hold: claim.fields.hold },
  Locked: { document: t.hash(), lock: t.hash(), bank: t.party(), until: time },
  /** To the bank that asked: another invoice tells of the same trade. Nothing else is said. */
  Warned: { lock: t.hash(), bank: t.party() },
  Financed: { document: t.hash(), lock: t.hash(), bank: t.party() },
  /** A lock ended; the claim is in this state now. */
  Unlocked: { document: t.hash(), lock: t.hash(), state: claim.fields.state },
  /** Two persons of the registry judged a claim under review; regulators read it. */
  Reviewed: {
    document: t.hash(),
    hold: claim.fields.hold,
    reason: reviewReason,
    by: t.party(),
  },
  Cancelled: { document: t.hash() },
  Credited: { document: t.hash(), note: t.hash(), units: count },
  RulesSet: { lockHours: rules.fields.lockHours },
};

/** The contract `claims`: its methods are declared on it. */
export const app = schema({ tables, events });

/** What commands have at hand. */
export type Context = CommandContext<typeof tables, typeof events>;
/** What reads: queries and commands both have it at hand. */
export type Reader = Omit<QueryContext<typeof tables>, 'call'>;

export type Claim = RowOf<typeof claim>;
export type Verdict = RowOf<typeof verdict>;
export type RegistryKey = RowOf<typeof registryKey>;
export type Lock = RowOf<typeof lock>;
