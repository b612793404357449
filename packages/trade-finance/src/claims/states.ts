/** States of a claim on an invoice. */
export const CLAIM_STATES = [
  /** A verdict is recorded and nothing else carries its exact tag. */
  'PENDING',
  /** A bank has locked it: it was unique in the order of blocks. */
  'UNIQUE',
  'FINANCED',
  /** What was financed has ended. The exact tag stays taken. */
  'RELEASED',
  /** Never financed and given up: the exact tag is free again. */
  'CANCELLED',
  /** Another document carries the exact tag; nobody has paid for that one. */
  'DUPLICATE_REGISTERED',
  /** Another document carries the exact tag, and a bank has paid for it. */
  'DUPLICATE_FINANCED',
] as const;

/** State of a claim. */
export type ClaimState = (typeof CLAIM_STATES)[number];

/** Review of a claim whose number another live claim has, with another amount, date or currency. */
export const HOLDS = ['none', 'open', 'released', 'refused'] as const;

/** Acts on a claim. */
export const CLAIM_ACTS = [
  'record',
  'retag',
  'lock',
  'finance',
  'unlock',
  'release',
  'cancel',
  'recheck',
] as const;

/** An act on a claim. */
export type ClaimAct = (typeof CLAIM_ACTS)[number];

/** One rule: an act from some states, and the states it can lead to. */
export type ClaimRule = {
  readonly act: ClaimAct;
  /** Missing where the act makes the claim. */
  readonly from?: readonly ClaimState[];
  readonly to: readonly ClaimState[];
  readonly by: string;
  readonly when: string;
};

/** The states in which a claim holds its exact tag. */
export const LIVE: readonly ClaimState[] = ['PENDING', 'UNIQUE', 'FINANCED', 'RELEASED'];

/** The transition table of claims. */
export const CLAIM_TABLE: readonly ClaimRule[] = [
  {
    act: 'record',
    to: ['PENDING', 'CANCELLED', 'DUPLICATE_REGISTERED', 'DUPLICATE_FINANCED'],
    by: 'importer',
    when: 'CANCELLED when the document is invalid, DUPLICATE_* when its exact tag is taken',
  },
  {
    act: 'retag',
    from: ['PENDING', 'UNIQUE'],
    to: ['PENDING', 'UNIQUE', 'DUPLICATE_REGISTERED', 'DUPLICATE_FINANCED'],
    by: 'importer',
    when: 'a verdict of another epoch; DUPLICATE_* when its exact tag is taken there and the claim is not in use',
  },
  {
    act: 'retag',
    from: ['FINANCED', 'RELEASED', 'DUPLICATE_REGISTERED', 'DUPLICATE_FINANCED'],
    to: ['FINANCED', 'RELEASED', 'DUPLICATE_REGISTERED', 'DUPLICATE_FINANCED'],
    by: 'importer',
    when: 'a verdict of another epoch; the state stays',
  },
  {
    act: 'lock',
    from: ['PENDING', 'UNIQUE'],
    to: ['UNIQUE'],
    by: 'bank',
    when: 'no other lock is live; the first one in the order of blocks wins',
  },
  {
    act: 'lock',
    from: ['FINANCED', 'RELEASED'],
    to: ['FINANCED', 'RELEASED'],
    by: 'bank, through packs',
    when: 'for another interval of the packs that hold the claim; the state stays',
  },
  {
    act: 'finance',
    from: ['UNIQUE', 'FINANCED', 'RELEASED'],
    to: ['FINANCED'],
    by: 'bank',
    when: 'the lock is its own, live and named',
  },
  {
    act: 'unlock',
    from: ['UNIQUE', 'FINANCED', 'RELEASED'],
    to: ['UNIQUE', 'FINANCED', 'RELEASED'],
    by: 'bank; holder through packs',
    when: 'the lock was not used; the state stays',
  },
  {
    act: 'release',
    from: ['FINANCED'],
    to: ['FINANCED', 'RELEASED'],
    by: 'bank; packs when the last financed unit is paid, returned or released',
    when: 'FINANCED while other intervals are',
  },
  {
    act: 'cancel',
    from: ['PENDING', 'UNIQUE'],
    to: ['CANCELLED'],
    by: 'seller; registry when it refuses a claim under review',
    when: 'no lock is live and no pack holds it',
  },
  {
    act: 'recheck',
    from: ['DUPLICATE_REGISTERED', 'DUPLICATE_FINANCED'],
    to: ['PENDING', 'DUPLICATE_REGISTERED', 'DUPLICATE_FINANCED'],
    by: 'anybody',
    when: 'PENDING when the exact tag is free again',
  },
];

/** Whether the table allows an act to lead from one state to another. */
export function isClaimStep(act: ClaimAct, from: ClaimState | undefined, to: ClaimState): boolean {
  return CLAIM_TABLE.some(
    (rule) =>
      rule.act === act &&
      (from === undefined ? rule.from === undefined : rule.from?.includes(from) === true) &&
      rule.to.includes(to),
  );
}
