import type { State, Transition } from '../title/transitions.ts';

/** Acts that change an interval. */
export const ACTS = [
  'register',
  'confirm',
  'withdraw',
  'receive',
  'transfer',
  'finance',
  'pledge',
  'release',
  'mature',
  'present',
] as const;

/** An act that changes an interval. */
export type Act = (typeof ACTS)[number];

/** States that nothing leads out of. */
export const FINALS: readonly State[] = ['VOIDED/ENDED', 'SETTLED/ENDED'];

const maturity = (flag: 'CIRCULATING' | 'NON_TRANSFERABLE' | 'PLEDGED'): Transition<Act> => ({
  act: 'mature',
  from: `RECEIVED/${flag}`,
  request: { by: ['beneficiary', 'holder', 'debtor'], to: [`MATURED/${flag}`] },
  guards: ['due'],
});

const presentment = (from: State, collecting: State): Transition<Act> => ({
  act: 'present',
  from,
  request: { by: ['beneficiary'], to: [collecting] },
  sign: { by: ['collector'], to: ['SETTLED/ENDED'] },
  refuse: { by: ['collector', 'debtor', 'beneficiary'], to: ['DISHONOURED/RECOURSING'] },
  guards: ['proof', 'grace'],
});

/**
 * The transition table of receivables: the one place that says what can happen to an interval. Acceptance is the
 * debtor's irrevocable confirmation, and a transfer is without recourse to those who held it before.
 */
export const RECEIVABLE: readonly Transition<Act>[] = [
  {
    act: 'register',
    request: { by: ['supplier'], to: ['ISSUED/AWAITING_SIGN'] },
    guards: ['G1', 'G2', 'G3', 'G4', 'G6'],
  },
  {
    act: 'confirm',
    from: 'ISSUED/AWAITING_SIGN',
    request: { by: ['supplier'], to: ['ISSUED/LOCKED'] },
    sign: { by: ['debtor'], to: ['ACCEPTED/AWAITING_SIGN'] },
    refuse: { by: ['debtor'], to: ['ISSUED/AWAITING_SIGN'] },
    recall: { by: ['supplier'], to: ['ISSUED/AWAITING_SIGN'] },
    guards: ['G1', 'G2', 'G3', 'G6'],
  },
  {
    act: 'withdraw',
    from: 'ISSUED/AWAITING_SIGN',
    request: { by: ['supplier'], to: ['VOIDED/ENDED'] },
    guards: [],
  },
  {
    act: 'withdraw',
    from: 'ACCEPTED/AWAITING_SIGN',
    request: { by: ['supplier'], to: ['VOIDED/ENDED'] },
    guards: [],
  },
  {
    act: 'receive',
    from: 'ACCEPTED/AWAITING_SIGN',
    request: { by: ['debtor', 'supplier'], to: ['ACCEPTED/LOCKED'] },
    sign: { by: ['supplier'], to: ['RECEIVED/CIRCULATING', 'RECEIVED/NON_TRANSFERABLE'] },
    refuse: { by: ['supplier'], to: ['ACCEPTED/AWAITING_SIGN'] },
    recall: { by: ['debtor'], to: ['ACCEPTED/AWAITING_SIGN'] },
    guards: [],
  },
  {
    act: 'transfer',
    from: 'RECEIVED/CIRCULATING',
    request: { by: ['holder'], to: ['RECEIVED/LOCKED'] },
    sign: { by: ['receiver'], to: ['RECEIVED/CIRCULATING'] },
    refuse: { by: ['receiver'], to: ['RECEIVED/CIRCULATING'] },
    recall: { by: ['holder'], to: ['RECEIVED/CIRCULATING'] },
    guards: ['G1', 'G2', 'G4', 'G5', 'G6'],
  },
  {
    act: 'finance',
    from: 'RECEIVED/CIRCULATING',
    request: { by: ['holder'], to: ['RECEIVED/LOCKED'] },
    sign: { by: ['bank'], to: ['RECEIVED/CIRCULATING'] },
    refuse: { by: ['bank'], to: ['RECEIVED/CIRCULATING'] },
    recall: { by: ['holder'], to: ['RECEIVED/CIRCULATING'] },
    guards: ['G2', 'G4', 'G6', 'G7'],
  },
  {
    act: 'pledge',
    from: 'RECEIVED/CIRCULATING',
    request: { by: ['holder'], to: ['RECEIVED/LOCKED'] },
    sign: { by: ['bank'], to: ['RECEIVED/PLEDGED'] },
    refuse: { by: ['bank'], to: ['RECEIVED/CIRCULATING'] },
    recall: { by: ['holder'], to: ['RECEIVED/CIRCULATING'] },
    guards: ['G2', 'G4', 'G6', 'G7'],
  },
  {
    act: 'release',
    from: 'RECEIVED/PLEDGED',
    request: { by: ['pledgee'], to: ['RECEIVED/CIRCULATING'] },
    guards: ['G4'],
  },
  {
    act: 'release',
    from: 'MATURED/PLEDGED',
    request: { by: ['pledgee'], to: ['MATURED/CIRCULATING'] },
    guards: ['G4'],
  },
  maturity('CIRCULATING'),
  maturity('NON_TRANSFERABLE'),
  maturity('PLEDGED'),
  presentment('MATURED/CIRCULATING', 'MATURED/COLLECTING'),
  presentment('MATURED/NON_TRANSFERABLE', 'MATURED/COLLECTING'),
  presentment('MATURED/PLEDGED', 'MATURED/COLLECTING'),
  presentment('DISHONOURED/RECOURSING', 'DISHONOURED/COLLECTING'),
];

/** Stages of a request to a bank for money against an interval. */
export const STAGES = ['asked', 'offered', 'accepted', 'financed', 'closed'] as const;

/** How far a deal with a bank has come. */
export type Stage = (typeof STAGES)[number];

/** A step of a deal, from which stages it is allowed and who takes it. */
export type DealStep = {
  readonly step: 'offer' | 'accept' | 'finance';
  readonly from: readonly Stage[];
  readonly to: Stage;
  readonly by: 'bank' | 'holder';
};

/** Guard *G7 order*: lock and offer, then acceptance of exactly this offer, then money. A bank may better its offer. */
export const DEAL_STEPS: readonly DealStep[] = [
  { step: 'offer', from: ['asked', 'offered'], to: 'offered', by: 'bank' },
  { step: 'accept', from: ['offered'], to: 'accepted', by: 'holder' },
  { step: 'finance', from: ['accepted'], to: 'financed', by: 'bank' },
];
