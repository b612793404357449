import { hold, refuse, type Reason } from '../codes.ts';
import { isEqual, tagged, u64 } from '../title/bytes.ts';
import { epochsNeeded } from './epochs.ts';
import { isClaimStep, LIVE, type ClaimAct, type ClaimState } from './states.ts';
import type { Claim, Context, Lock, Reader, Verdict } from './tables.ts';
import { originalOf, verdictsOf } from './verdicts.ts';

const HOUR_MS = 3_600_000;
/** How long a lock holds until a regulator sets something else. */
const LOCK_HOURS = 72;
/** Claims of one trade or number that are looked at. */
const ALIKE_MAX = 100;
const LOCKS_MAX = 8;

/** Tags of a document in one epoch. */
export type Tags = Pick<Verdict, 'epoch' | 'x' | 'n' | 't'>;

/** The claim on a document; refused when there is none. */
export function needClaim(ctx: Reader, document: Uint8Array): Claim {
  return ctx.db.claim.get({ document }) ?? refuse('DOCUMENT_UNKNOWN');
}

/** Write a claim in another state; the table must allow it. */
export function move(
  ctx: Context,
  claim: Claim,
  act: ClaimAct,
  state: ClaimState,
  changes: Partial<Claim> = {},
): Claim {
  if (!isClaimStep(act, claim.state, state)) refuse('CLAIM_CLOSED');
  const next = { ...claim, ...changes, state };
  ctx.db.claim.update(next);
  return next;
}

/** What a duplicate is at this moment: its original may have been financed since. */
export function duplicateState(ctx: Reader, verdicts: readonly Verdict[]): ClaimState | undefined {
  const original = originalOf(ctx, verdicts);
  if (original === undefined) return undefined;
  const { state } = needClaim(ctx, original);
  return state === 'FINANCED' || state === 'RELEASED'
    ? 'DUPLICATE_FINANCED'
    : 'DUPLICATE_REGISTERED';
}

/** Rule *claim*: why a claim can be neither packed, nor locked, nor financed. */
export function claimGuard(ctx: Reader, claim: Claim): Reason | undefined {
  const { document, state, result, hold } = claim;
  if (result === 'invalid') return 'DOCUMENT_INVALID';
  if (state === 'DUPLICATE_REGISTERED' || state === 'DUPLICATE_FINANCED') {
    return duplicateState(ctx, verdictsOf(ctx, document)) === 'DUPLICATE_FINANCED'
      ? 'DUPLICATE_FINANCED'
      : 'DUPLICATE_REGISTERED';
  }
  if (state === 'CANCELLED') return 'CLAIM_CLOSED';
  return hold === 'open' ? 'DOCUMENT_HELD' : undefined;
}

/**
 * Rule *recomputed tags*: whoever locks names the tags that it computed itself from the document, for the current
 * epoch and for the one before while that is open; each is what the verdict of its epoch says.
 */
export function tagGuard(
  ctx: Reader,
  document: Uint8Array,
  checked: readonly Tags[],
): Reason | undefined {
  const needed = epochsNeeded(ctx);
  if (checked.length !== needed.length) return 'TAG_MISMATCH';
  for (const epoch of needed) {
    const verdict = ctx.db.verdict.get({ document, epoch });
    if (verdict === undefined) return 'VERDICT_MISSING';
    const own = checked.find((tags) => tags.epoch === epoch);
    if (own === undefined || !areSameTags(verdict, own)) return 'TAG_MISMATCH';
  }
  return undefined;
}

function areSameTags(a: Tags, b: Tags): boolean {
  return isEqual(a.x, b.x) && areEqual(a.n, b.n) && areEqual(a.t, b.t);
}

function areEqual(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((tag, i) => isEqual(tag, b[i] ?? new Uint8Array()));
}

/** Other live claims that share a tag of the number or of the trade with a document. */
function alike(
  ctx: Reader,
  table: 'number' | 'trade',
  document: Uint8Array,
  tags: readonly Uint8Array[],
): readonly Claim[] {
  return tags
    .flatMap((tag) => ctx.db[table].list({ tag }, { limit: ALIKE_MAX }).rows)
    .filter((row) => !isEqual(row.document, document))
    .map((row) => needClaim(ctx, row.document))
    .filter(({ state }) => LIVE.includes(state));
}

/** The lock on the whole claim if it counts: financed, or held and not expired. */
export function wholeLock(ctx: Reader, { lock: id }: Claim): Lock | undefined {
  const lock = id === undefined ? undefined : ctx.db.lock.get({ id });
  if (lock === undefined || lock.state === 'ended') return undefined;
  return lock.state === 'financed' || lock.until > ctx.time ? lock : undefined;
}

/** Until when a lock holds that is taken now. */
export function lockUntil(ctx: Reader): number {
  const hours = ctx.db.rules.get({ id: 'current' })?.lockHours ?? LOCK_HOURS;
  return ctx.time + hours * HOUR_MS;
}

/** An interval that a lock is for. */
export type Slice = { readonly pack: Uint8Array; readonly from: number; readonly to: number };

/** What a bank gets with its lock. */
export type Locked = {
  readonly lock: Uint8Array;
  readonly until: number;
  readonly isSameTrade: boolean;
};

/** Give a bank a lock: on an interval, or on the whole. Whether it may have one is checked before. */
export function lockClaim(ctx: Context, claim: Claim, bank: string, slice?: Slice): Locked {
  const id = ctx.hash(tagged('hanse-claim-lock/1', claim.document, u64(claim.locks)));
  const until = lockUntil(ctx);
  const { document } = claim;
  ctx.db.lock.insert({ id, document, bank, ...slice, state: 'held', until, time: ctx.time });
  const state = claim.state === 'PENDING' ? 'UNIQUE' : claim.state;
  const lock = slice === undefined ? id : claim.lock;
  move(ctx, claim, 'lock', state, { locks: claim.locks + 1, lock });
  ctx.emit.Locked({ document, lock: id, bank, until });
  return { lock: id, until, isSameTrade: warnSameTrade(ctx, claim, bank, id) };
}

/**
 * Rule *same trade*: another live claim tells of the same seller, buyer, currency, amount and month. The bank
 * that asks is warned without a word on the other; when another bank is in it, a regulator is told, too.
 */
function warnSameTrade(ctx: Context, claim: Claim, bank: string, lock: Uint8Array): boolean {
  const tags = verdictsOf(ctx, claim.document).flatMap(({ t }) => t);
  const others = alike(ctx, 'trade', claim.document, tags);
  if (others.length === 0) return false;
  ctx.emit.Warned({ lock, bank });
  const isWithOtherBank = others
    .slice(0, LOCKS_MAX)
    .flatMap(({ document }) => ctx.db.lock.byDocument.list({ document }, { limit: LOCKS_MAX }).rows)
    .some((other) => other.bank !== bank && isInForce(ctx, other));
  if (isWithOtherBank) recordHit(ctx, claim.document, 'SAME_TRADE', bank, lock);
  return true;
}

function isInForce(ctx: Reader, { state, until }: Lock): boolean {
  return state === 'financed' || (state === 'held' && until > ctx.time);
}

/** Write down something for regulators. */
export function recordHit(
  ctx: Context,
  document: Uint8Array,
  rule: 'SAME_TRADE' | 'DUPLICATE' | 'REVIEWED',
  party: string,
  lock?: Uint8Array,
): void {
  const { time, height, txid } = ctx;
  ctx.db.hit.put({ time, document, rule, party, lock, txid, height });
}

/** A lock that its bank can still use; refused otherwise. */
export function needLock(ctx: Reader, id: Uint8Array, bank: string): Lock {
  const lock = ctx.db.lock.get({ id });
  if (lock === undefined || lock.bank !== bank || lock.state !== 'held')
    return refuse('LOCK_UNKNOWN');
  if (lock.until <= ctx.time) refuse('LOCK_EXPIRED');
  return lock;
}

/** Note that a bank has paid under its lock. */
export function financeClaim(ctx: Context, lock: Lock, proof: Uint8Array): void {
  if (ctx.db.proof.has({ id: proof })) refuse('PROOF_USED');
  const claim = needClaim(ctx, lock.document);
  hold(claimGuard(ctx, claim));
  ctx.db.proof.insert({ id: proof, lock: lock.id });
  ctx.db.lock.update({ ...lock, state: 'financed', proof });
  move(ctx, claim, 'finance', 'FINANCED', { financed: claim.financed + 1 });
  ctx.emit.Financed({ document: claim.document, lock: lock.id, bank: lock.bank });
}

/** End a lock: one that was not used leaves the claim as it is, the last financed one releases it. */
export function endLock(ctx: Context, lock: Lock): void {
  const claim = needClaim(ctx, lock.document);
  const isFinanced = lock.state === 'financed';
  const financed = claim.financed - (isFinanced ? 1 : 0);
  const state = isFinanced && financed === 0 ? 'RELEASED' : claim.state;
  ctx.db.lock.update({ ...lock, state: 'ended' });
  const isWhole = claim.lock !== undefined && isEqual(claim.lock, lock.id);
  const rest = isWhole ? undefined : claim.lock;
  move(ctx, claim, isFinanced ? 'release' : 'unlock', state, { financed, lock: rest });
  ctx.emit.Unlocked({ document: claim.document, lock: lock.id, state });
}

/**
 * Rule *number*: whether a claim must be reviewed, because another live one has the same seller and number, but
 * not the same date, currency and amount.
 */
export function holdOf(
  ctx: Reader,
  document: Uint8Array,
  verdicts: readonly Verdict[],
): 'open' | 'none' {
  const tags = verdicts.flatMap(({ n }) => n);
  return alike(ctx, 'number', document, tags).length > 0 ? 'open' : 'none';
}
