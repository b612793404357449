import type { ReactNode } from 'react';
import {
  codeOf,
  formatText,
  isErrorName,
  nameOf,
  type ErrorName,
  type ErrorParams,
  type Language,
} from '@hanse/kit';
import { textParams } from '../data/http.ts';
import type { Problem, Receipt } from '@hanse/model';
import { useText } from '../state.ts';

type Refused = Extract<Receipt['status'], { readonly kind: 'refused' }>['value'];

/** The catalogue's name behind the code of a receipt, which is a name or a printed code. */
function nameOfCode(code: string): ErrorName | undefined {
  return isErrorName(code) ? code : nameOf(code);
}

/** Why a code refuses, in a language; the code itself when the catalogue does not know it. */
export function refusalText(code: string, params: ErrorParams, language: Language): string {
  const name = nameOfCode(code);
  return name === undefined ? code : formatText(name, params, language).why;
}

/** {@link refusalText} in the reader's language. */
export function useRefusal(): (code: string, params: ErrorParams) => string {
  const { language } = useText();
  return (code, params) => refusalText(code, params, language);
}

/** A refusal of a receipt: code, what, why and fix. */
export function RefusalNotice({ refusal }: { readonly refusal: Refused }): ReactNode {
  const { m } = useText();
  const params = Object.fromEntries(refusal.params.map(({ name, value }) => [name, value]));
  return (
    <Notice
      code={refusal.code}
      params={params}
      title={m.tx.refusedTitle}
      message={refusal.message}
    />
  );
}

/** A problem document: code, what, why and fix from the catalogue in the reader's language. */
export function ProblemNotice({
  problem,
  title,
}: {
  readonly problem: Problem;
  readonly title: string;
}): ReactNode {
  const params = textParams(problem.params);
  return <Notice code={problem.code} params={params} title={title} message={problem.detail} />;
}

function Notice({
  code,
  params,
  title,
  message,
}: {
  readonly code: string;
  readonly params: ErrorParams;
  readonly title: string;
  readonly message: string;
}): ReactNode {
  const { m, language } = useText();
  const name = nameOfCode(code);
  const text = name === undefined ? undefined : formatText(name, params, language);
  return (
    <div className="notice bad">
      <p className="notice-title">
        <code>{name === undefined ? code : codeOf(name)}</code> {title}
      </p>
      <dl className="why">
        <dt>{m.error.why}</dt>
        <dd>{text?.why ?? message}</dd>
        {text === undefined ? null : (
          <>
            <dt>{m.error.fix}</dt>
            <dd>{text.fix}</dd>
          </>
        )}
      </dl>
    </div>
  );
}
