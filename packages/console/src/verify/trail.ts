import { isHanseError, type HanseError } from '@hanse/kit';
import { toHanseError } from '../data/http.ts';

/** What each step of a proof found when it held. */
export type StepFacts = {
  readonly genesis: { readonly hash: string; readonly how: 'first-use' | 'entered' };
  readonly certificate: {
    /** Names of the validators whose signatures were checked. */
    readonly signers: readonly string[];
    readonly quorum: number;
    readonly of: number;
  };
  readonly header: { readonly height: number; readonly time: number; readonly bound: number };
  readonly record: { readonly height: number };
  readonly absence: { readonly height: number };
  readonly history: { readonly height: number; readonly under: number };
  readonly block: { readonly digest: string };
  readonly receipt: { readonly height: number; readonly index: number; readonly isOk: boolean };
  readonly transaction: { readonly signers: readonly string[]; readonly calls: readonly string[] };
  readonly file: { readonly sizeBytes: number };
  readonly fields: { readonly shown: number; readonly of: number };
  readonly names: { readonly depositor: string; readonly organisation: string };
};
/** Name of a step. */
export type StepName = keyof StepFacts;

/**
 * Why a step says nothing: an earlier one failed, the answer is not there, the header is old, or it binds
 * an older state than the one that was listed.
 */
export type Missing =
  | { readonly why: 'earlier' }
  | { readonly why: 'newer'; readonly height: number; readonly bound: number }
  | { readonly why: 'absent'; readonly error: HanseError }
  | { readonly why: 'old'; readonly ageMs: number }
  | { readonly why: 'withheld' };

/** Rule `three states`: a step of a proof and what became of it in this browser. */
export type Step = {
  [N in StepName]:
    | { readonly name: N; readonly state: 'verified'; readonly facts: StepFacts[N] }
    | { readonly name: N; readonly state: 'unverified'; readonly missing: Missing }
    | { readonly name: N; readonly state: 'forged'; readonly error: HanseError };
}[StepName];
/** The three states of a claim. */
export type StepState = Step['state'];

/** What a check found: the facts to show, and the value later checks need. */
export type Found<N extends StepName, T> = { readonly facts: StepFacts[N]; readonly value: T };

/**
 * The steps of one proof in order. A step that fails ends the trail: whatever follows leans on it
 * and is listed as unverified.
 */
export class Trail {
  readonly #steps: Step[] = [];
  #isBroken: boolean;

  /** A trail that goes on after the steps of another: broken when they do not all hold. */
  constructor(before: readonly Step[] = []) {
    this.#isBroken = before.length > 0 && verdictOf(before) !== 'verified';
  }

  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** Run a check; its value, or undefined when it or an earlier one failed. */
  check<N extends StepName, T>(name: N, run: () => Found<N, T>): T | undefined {
    if (this.#isBroken) {
      this.#add({ name, state: 'unverified', missing: { why: 'earlier' } });
      return undefined;
    }
    try {
      const { facts, value } = run();
      this.#add({ name, state: 'verified', facts });
      return value;
    } catch (thrown) {
      this.#isBroken = true;
      const error = toHanseError(thrown);
      this.#add(
        isForgery(error)
          ? { name, state: 'forged', error }
          : { name, state: 'unverified', missing: { why: 'absent', error } },
      );
      return undefined;
    }
  }

  /** Read on in what the last step verified: when that throws, the step is forged after all. */
  read<T>(name: StepName, run: () => T): T | undefined {
    try {
      return run();
    } catch (thrown) {
      this.#isBroken = true;
      this.#steps.pop();
      this.#add({ name, state: 'forged', error: toHanseError(thrown) });
      return undefined;
    }
  }

  /** List a step that cannot be judged, without ending the trail. */
  miss(name: StepName, missing: Missing): void {
    this.#add({ name, state: 'unverified', missing });
  }

  /** List steps that cannot be judged, and on which the rest leans. */
  end(names: readonly StepName[], missing: Missing): void {
    for (const name of names) this.miss(name, this.#isBroken ? { why: 'earlier' } : missing);
    this.#isBroken = true;
  }

  // A step is built from its own name, which the mapped type cannot see.
  #add(step: LooseStep): void {
    this.#steps.push(step as Step);
  }
}

type LooseStep =
  | { readonly name: StepName; readonly state: 'verified'; readonly facts: StepFacts[StepName] }
  | { readonly name: StepName; readonly state: 'unverified'; readonly missing: Missing }
  | { readonly name: StepName; readonly state: 'forged'; readonly error: HanseError };

/**
 * The state of a whole proof: its worst step; unverified when there is none. What its owner chose to
 * withhold takes nothing from the rest.
 */
export function verdictOf(steps: readonly Step[]): StepState {
  if (steps.some(({ state }) => state === 'forged')) return 'forged';
  const isWhole = steps.length > 0 && steps.every(isHeld);
  return isWhole ? 'verified' : 'unverified';
}

function isHeld(step: Step): boolean {
  return (
    step.state === 'verified' || (step.state === 'unverified' && step.missing.why === 'withheld')
  );
}

/** Whether an error says that a proof does not hold, rather than that there is none to judge. */
export function isForgery(error: unknown): boolean {
  if (!isHanseError(error)) return false;
  return error.codeName.startsWith('Proof') && error.codeName !== 'ProofStale'
    ? true
    : error.codeName === 'FileMismatch' || error.codeName === 'FieldMismatch';
}
