import { t, type InferFields } from '@hanse/contract';
import { UNITS_MAX } from '../title/units.ts';

/** The numbers of the guards: parameters of the network, set by a regulator. */
export const ruleFields = {
  /** G3: longest tenor without a reason and a bank's review. */
  tenorDays: t.int(1, 3_650),
  /** G3: longest tenor of all. */
  tenorDaysMax: t.int(1, 3_650),
  /** G4: changes of holder that a transfer may lead to. */
  depthMax: t.int(1, 15),
  /** G4: intervals that a pack may have beyond its first. */
  splitsMax: t.int(0, 200),
  /** G4: smallest slice, in units. */
  sliceUnitsMin: t.int(1, UNITS_MAX),
  /** G6: from so many units on, issue, transfer and application need four eyes. */
  fourEyesUnits: t.int(1, UNITS_MAX),
  /** G2: whether an invoice whose rule set was not checked may be used. */
  allowsUnchecked: t.bool(),
  /** Days after the due date from which a beneficiary may say itself that it was not paid. */
  graceDays: t.int(0, 365),
  /** Rule hit: splits of one organisation in a day. */
  stormSplits: t.int(1, 100_000),
  /** Rule hit: days after financing within which a credit note is remarkable. */
  earlyCreditDays: t.int(0, 3_650),
};

/** The numbers of the guards. */
export type Rules = InferFields<typeof ruleFields>;

/** What holds until a regulator sets something else. */
export const DEFAULT_RULES: Rules = {
  tenorDays: 180,
  tenorDaysMax: 365,
  depthMax: 8,
  splitsMax: 200,
  sliceUnitsMin: 100,
  fourEyesUnits: 100_000_000,
  allowsUnchecked: true,
  graceDays: 5,
  stormSplits: 50,
  earlyCreditDays: 30,
};
