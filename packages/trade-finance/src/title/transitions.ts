/**
 * A transition table is data: which act leads from which state to which, who asks and who signs. Contracts run
 * it, tests are made from it, and documents print it.
 */

/** Statuses of an interval. Instruments use the ones they need; the list is the same for all. */
export const STATUSES = [
  'DRAFT',
  'ISSUED',
  'ACCEPTED',
  'RECEIVED',
  'MATURED',
  'SETTLED',
  'DISHONOURED',
  'RECOURSE',
  'CLOSED',
  'VOIDED',
  'SUPERSEDED',
] as const;

/** Circulation flags of an interval: what may be done with it at the moment. */
export const FLAGS = [
  'AWAITING_SIGN',
  'CIRCULATING',
  'LOCKED',
  'PLEDGED',
  'NON_TRANSFERABLE',
  'FROZEN',
  'COLLECTING',
  'RECOURSING',
  'ENDED',
] as const;

/** Status and flag together. */
export type State = `${(typeof STATUSES)[number]}/${(typeof FLAGS)[number]}`;

/** Whom a table can ask something of. */
export type Who =
  | 'supplier'
  | 'debtor'
  | 'holder'
  | 'receiver'
  | 'bank'
  | 'pledgee'
  /** The pledgee of a pledged interval, the holder of any other: to whom the money is due. */
  | 'beneficiary'
  /** The bank that the presenter named for the money. */
  | 'collector';

/** How far an act has come: asked for, signed, refused by who should sign, taken back by who asked. */
export const PHASES = ['request', 'sign', 'refuse', 'recall'] as const;

/** How far an act has come. */
export type Phase = (typeof PHASES)[number];

/** A step of an act: who may take it, and the states it can lead to. */
export type Step = { readonly by: readonly Who[]; readonly to: readonly State[] };

/**
 * One rule: an act from a state. Without `sign` the request alone does it. While a request is open, `origin`
 * tells from which flag it came, so that the rule is found again.
 */
export type Transition<Act extends string> = {
  readonly act: Act;
  /** Missing where the act makes the pack. */
  readonly from?: State;
  readonly request: Step;
  readonly sign?: Step;
  readonly refuse?: Step;
  readonly recall?: Step;
  /** Names of the guards that hold the act back. */
  readonly guards: readonly string[];
};

/** The rule for an act from a state, if there is one. */
export function ruleOf<Act extends string>(
  table: readonly Transition<Act>[],
  act: Act,
  from: State | undefined,
): Transition<Act> | undefined {
  return table.find((rule) => rule.act === act && rule.from === from);
}

/** All states that a rule can lead to. */
function targetsOf({ request, sign, refuse, recall }: Transition<string>): readonly State[] {
  return [request, sign, refuse, recall].flatMap((step) => step?.to ?? []);
}

function isSameStatus(a: State | undefined, b: State | undefined): boolean {
  return a?.split('/')[0] === b?.split('/')[0];
}

/**
 * What is wrong with a table: a state that nothing leads to, one without a way out that is not final, two rules
 * for one act from one state, a request that nobody can sign or end. Empty for a sound one.
 */
export function tableFaults(
  table: readonly Transition<string>[],
  finals: readonly State[],
): readonly string[] {
  const reached = new Set(table.flatMap(targetsOf));
  // A request's own state is left by signing, refusing or taking back; all others by a rule from them.
  const pending = new Set(
    table.flatMap(({ request, sign }) => (sign === undefined ? [] : request.to)),
  );
  const left = new Set(table.map(({ from }) => from));
  const ids = table.map(({ act, from = 'nothing' }) => `${act} from ${from}`);
  return [
    ...table
      .filter(({ from }) => from !== undefined && !reached.has(from))
      .map(({ act, from }) => `${act}: nothing leads to ${from}`),
    ...[...reached]
      .filter((state) => !left.has(state) && !pending.has(state) && !finals.includes(state))
      .map((state) => `${state}: no way out`),
    ...finals.filter((state) => left.has(state)).map((state) => `${state}: final, but left`),
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `${id}: two rules`),
    ...table
      .filter(({ sign, refuse }) => (sign === undefined) !== (refuse === undefined))
      .map(({ act }) => `${act}: who signs may also refuse`),
    // While a request waits, its rule is found by the status and the flag before.
    ...table
      .filter(({ from, request, sign }) => sign !== undefined && !isSameStatus(from, request.to[0]))
      .map(({ act }) => `${act}: a request that waits keeps the status`),
  ];
}
