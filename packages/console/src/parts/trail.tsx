import { useEffect, useEffectEvent, type ReactNode } from 'react';
import { formatText } from '@hanse/kit';
import { isoTime, shortDid, shortHash } from '../i18n/format.ts';
import { useApp, useNames, useText, type Text } from '../state.ts';
import { verdictOf, type Missing, type Step, type StepState } from '../verify/trail.ts';
import { Glyph, Mark } from './basic.tsx';

/** The steps of a proof, one under the other, with the verdict above. */
export function ProofTrail({
  steps,
  isQuiet,
}: {
  readonly steps: readonly Step[];
  /** Says nothing to screen readers, where the page says more itself. */
  readonly isQuiet?: boolean;
}): ReactNode {
  const text = useText();
  const { announcer } = useApp();
  const { m } = text;
  const verdict = verdictOf(steps);
  const nameOf = useNames(steps.flatMap(signersOf));
  const speak = useEffectEvent((said: StepState): void => {
    if (isQuiet === true || said === 'unverified') return;
    announcer.say(said === 'verified' ? m.proof.saidVerified : m.proof.saidForged);
  });
  useEffect(() => speak(verdict), [verdict]);
  return (
    <div className={`proof ${verdict}`}>
      <p className="verdict">
        <Mark state={verdict}>{m.proof.verdict[verdict]}</Mark>
      </p>
      <ol className="trail">
        {steps.map((step) => (
          <li key={step.name} className={`step ${step.state}`}>
            <Glyph state={step.state} />
            <div>
              <p className="step-title">
                {m.proof.steps[step.name]}{' '}
                <span className="step-state">{m.proof.states[step.state]}</span>
              </p>
              <p className="step-text">{sentenceOf(step, text, nameOf)}</p>
            </div>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** The verdict of a proof for the head of a page; nothing while there is no proof. */
export function Verdict({ steps }: { readonly steps: readonly Step[] }): ReactNode {
  const { m } = useText();
  if (steps.length === 0) return null;
  const verdict = verdictOf(steps);
  return (
    <span className={`chip ${verdict}`}>
      <Mark state={verdict}>{m.proof.verdict[verdict]}</Mark>
    </span>
  );
}

function signersOf(step: Step): readonly string[] {
  return step.state === 'verified' && step.name === 'transaction' ? step.facts.signers : [];
}

type NameOf = (did: string) => string | undefined;

/** What a step found, in words. */
export function sentenceOf(step: Step, text: Text, nameOf: NameOf): string {
  switch (step.state) {
    case 'verified':
      return foundOf(step, text, nameOf);
    case 'unverified':
      return missingOf(step.missing, text);
    case 'forged': {
      const { what, why } = formatText(step.error.codeName, step.error.params, text.language);
      return `${step.error.code} ${why} ${what}`;
    }
  }
}

function foundOf(
  step: Step & { readonly state: 'verified' },
  { m, f }: Text,
  nameOf: NameOf,
): string {
  const { found } = m.proof;
  const n = f.number;
  switch (step.name) {
    case 'genesis': {
      const how = step.facts.how === 'entered' ? m.trust.entered : m.trust.firstUse;
      return found.genesis(shortHash(step.facts.hash), how);
    }
    case 'certificate': {
      const { signers, quorum, of } = step.facts;
      return found.certificate(f.list(signers), signers.length, quorum, of);
    }
    case 'header': {
      const { height, time, bound } = step.facts;
      return found.header(n(height), isoTime(time), n(bound));
    }
    case 'record':
      return found.record(n(step.facts.height));
    case 'absence':
      return found.absence(n(step.facts.height));
    case 'history':
      return found.history(n(step.facts.height), n(step.facts.under));
    case 'block':
      return found.block(shortHash(step.facts.digest));
    case 'receipt': {
      const say = step.facts.isOk ? found.receiptOk : found.receiptRefused;
      return say(n(step.facts.height), n(step.facts.index));
    }
    case 'transaction': {
      const signers = step.facts.signers.map((did) => nameOf(did) ?? shortDid(did));
      return found.transaction(f.list(step.facts.calls), f.list(signers));
    }
    case 'file':
      return found.file(f.size(step.facts.sizeBytes));
    case 'fields':
      return found.fields(n(step.facts.shown), n(step.facts.of));
    case 'names':
      return found.names(step.facts.depositor, step.facts.organisation);
  }
}

function missingOf(missing: Missing, { m, f, language }: Text): string {
  switch (missing.why) {
    case 'earlier':
      return m.proof.missing.earlier;
    case 'withheld':
      return m.proof.missing.withheld;
    case 'old':
      return m.proof.missing.old(f.span(missing.ageMs));
    case 'newer':
      return m.proof.missing.newer(f.number(missing.height), f.number(missing.bound));
    case 'absent': {
      const { code, codeName, params } = missing.error;
      const { why } = formatText(codeName, params, language);
      return `${code} ${why}`;
    }
  }
}
