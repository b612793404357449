import { role, t } from '@hanse/contract';
import { hold, refuse, type Reason } from '../codes.ts';
import { fourEyesGuard } from '../foureyes.ts';
import { isEqual } from '../title/bytes.ts';
import { duplicateState, holdOf, move, needClaim, recordHit, wholeLock } from './claim.ts';
import { epochGuard } from './epochs.ts';
import { factFields } from './facts.ts';
import type { ClaimState } from './states.ts';
import {
  app,
  reviewReason,
  tables,
  tagFields,
  type Claim,
  type Context,
  type Reader,
  type Verdict,
} from './tables.ts';
import { freeExact, originalOf, takeExact, verdictsOf } from './verdicts.ts';

const { document, root, ruleSet, result, state, hold: holdType } = tables.claim.fields;
const { epoch } = tables.verdict.fields;

/** Rule *deposited*: the verdict is on a deposit that has this fields root, and is the newest of its kind. */
export function depositGuard(ctx: Reader, id: Uint8Array, root: Uint8Array): Reason | undefined {
  const deposit = ctx.deposit(id);
  if (deposit === undefined) return 'DOCUMENT_UNKNOWN';
  if (!isEqual(deposit.fieldsRoot, root)) return 'ROOT_MISMATCH';
  return deposit.supersededBy === undefined ? undefined : 'DOCUMENT_SUPERSEDED';
}

/** The state of a claim after a verdict, or after another look at it. */
type Outcome = { readonly state: ClaimState; readonly hold: Claim['hold'] };

/**
 * An importer's verdict on an invoice: its signature covers root and tags together. The first document with an
 * exact tag has the claim; others with it are recorded as its duplicates, and nothing can be done with them. A
 * document has a verdict for each epoch that is open, with the same facts.
 */
export const recordVerdict = app.command(
  {
    args: {
      document,
      root,
      epoch,
      ...tagFields,
      ruleSet,
      result,
      ...factFields,
      /** The importer asks for a review: letters of the number look like others, say. */
      isHeld: t.optional(t.bool()),
    },
    returns: { state, hold: holdType },
    allow: [role('importer')],
  },
  (ctx, { epoch, x, n, t, isHeld = false, ...facts }) => {
    const { document } = facts;
    hold(depositGuard(ctx, document, facts.root));
    hold(epochGuard(ctx, epoch));
    if (ctx.db.verdict.has({ document, epoch })) refuse('VERDICT_EXISTS');
    if (ctx.db.credit.has({ document })) refuse('DOCUMENT_NOT_INVOICE');
    const importer = ctx.caller.organisation;
    const { time, height } = ctx;
    const verdict = { document, epoch, x, n, t, importer, time, height };
    ctx.db.verdict.insert(verdict);
    const known = ctx.db.claim.get({ document });
    const outcome =
      known === undefined
        ? register(ctx, { ...facts, importer }, verdict, isHeld)
        : retag(ctx, known, { ...facts, importer });
    if (outcome.state !== 'CANCELLED') list(ctx, verdict);
    ctx.emit.Recorded({ document, ...outcome });
    return outcome;
  },
);

type Facts = Pick<
  Claim,
  'document' | 'root' | 'importer' | 'ruleSet' | 'result' | keyof typeof factFields
>;

/** The first verdict on a document makes its claim. */
function register(ctx: Context, facts: Facts, verdict: Verdict, isHeld: boolean): Outcome {
  const { document, seller } = facts;
  const verdicts = [verdict];
  const isInvalid = facts.result === 'invalid';
  const state = isInvalid ? 'CANCELLED' : (duplicateState(ctx, verdicts) ?? 'PENDING');
  const found = isHeld ? 'open' : holdOf(ctx, document, verdicts);
  const hold = state === 'PENDING' ? found : 'none';
  const original = state.startsWith('DUPLICATE') ? originalOf(ctx, verdicts) : undefined;
  const { time, height } = ctx;
  const fresh = { credited: 0, asked: [], isPacked: false, locks: 0, financed: 0, time, height };
  ctx.db.claim.insert({ ...facts, ...fresh, state, hold, original });
  if (state === 'PENDING') takeExact(ctx, verdicts);
  else if (!isInvalid) recordHit(ctx, document, 'DUPLICATE', seller);
  return { state, hold };
}

/** Facts that no verdict of a later epoch may change: guards have judged by them. */
const FIXED = [
  'seller',
  'buyer',
  'currency',
  'issued',
  'payable',
  'deductions',
  'received',
] as const;

/**
 * A verdict of another epoch on a known document. Its exact tag may be taken there, by a document that has no
 * verdict of the epoch before: the claim becomes its duplicate, unless somebody relies on it already.
 */
function retag(ctx: Context, claim: Claim, facts: Facts): Outcome {
  const { document, state, hold, seller } = claim;
  if (state === 'CANCELLED') refuse('CLAIM_CLOSED');
  const isSame =
    isEqual(facts.root, claim.root) && FIXED.every((name) => facts[name] === claim[name]);
  if (!isSame || facts.result === 'invalid') refuse('FACTS_CHANGED');
  const isDuplicate = state === 'DUPLICATE_REGISTERED' || state === 'DUPLICATE_FINANCED';
  if (isDuplicate) return { state, hold };
  const verdicts = verdictsOf(ctx, document);
  const duplicate = duplicateState(ctx, verdicts);
  if (duplicate === undefined) {
    takeExact(ctx, verdicts);
    const isInUse = state !== 'PENDING' || claim.isPacked || hold !== 'none';
    const next = isInUse ? hold : holdOf(ctx, document, verdicts);
    move(ctx, claim, 'retag', state, { hold: next });
    return { state, hold: next };
  }
  const isFree = state === 'PENDING' || state === 'UNIQUE';
  if (!isFree || claim.isPacked || wholeLock(ctx, claim) !== undefined) {
    refuse(duplicate === 'DUPLICATE_FINANCED' ? 'DUPLICATE_FINANCED' : 'DUPLICATE_REGISTERED');
  }
  freeExact(ctx, verdicts);
  move(ctx, claim, 'retag', duplicate, { hold: 'none', original: originalOf(ctx, verdicts) });
  recordHit(ctx, document, 'DUPLICATE', seller);
  return { state: duplicate, hold: 'none' };
}

function list(ctx: Context, { document, n, t }: Pick<Verdict, 'document' | 'n' | 't'>): void {
  // A list may hold a tag twice.
  for (const tag of n) ctx.db.number.put({ tag, document });
  for (const tag of t) ctx.db.trade.put({ tag, document });
}

/** Look at a duplicate again: when the claim of its original was cancelled, it gets the exact tag itself. */
export const recheck = app.command(
  { args: { document }, returns: { state, hold: holdType } },
  (ctx, { document }) => {
    const claim = needClaim(ctx, document);
    const verdicts = verdictsOf(ctx, document);
    const original = originalOf(ctx, verdicts);
    const state = duplicateState(ctx, verdicts) ?? 'PENDING';
    const hold = state === 'PENDING' ? holdOf(ctx, document, verdicts) : 'none';
    move(ctx, claim, 'recheck', state, { hold, original });
    if (state === 'PENDING') takeExact(ctx, verdicts);
    ctx.emit.Recorded({ document, state, hold });
    return { state, hold };
  },
);

/** The seller gives its claim up, before any money came of it. The exact tag is free again. */
export const cancel = app.command({ args: { document } }, (ctx, { document }) => {
  const claim = needClaim(ctx, document);
  if (ctx.caller.organisation !== claim.seller) refuse('NOT_YOUR_ACT');
  if (claim.isPacked) refuse('CLAIM_IN_PACKS');
  if (wholeLock(ctx, claim) !== undefined) refuse('CLAIM_LOCKED');
  move(ctx, claim, 'cancel', 'CANCELLED', { lock: undefined });
  freeExact(ctx, verdictsOf(ctx, document));
  ctx.emit.Cancelled({ document });
});

/** Two persons of the registry judge a claim whose number another live claim has. */
export const review = app.command(
  {
    args: { document, decision: t.oneOf('released', 'refused'), reason: reviewReason },
    allow: [role('registry')],
  },
  (ctx, { document, decision, reason }) => {
    const claim = needClaim(ctx, document);
    const by = ctx.caller.organisation;
    hold(fourEyesGuard(ctx.signers, by));
    if (claim.hold !== 'open') refuse('CLAIM_CLOSED');
    if (decision === 'released') {
      ctx.db.claim.update({ ...claim, hold: decision });
    } else {
      move(ctx, claim, 'cancel', 'CANCELLED', { hold: decision });
      freeExact(ctx, verdictsOf(ctx, document));
    }
    recordHit(ctx, document, 'REVIEWED', by);
    ctx.emit.Reviewed({ document, hold: decision, reason, by });
  },
);
