import { findType } from '../cast.ts';
import { decimalOf } from '../decimal.ts';
import { EvaluationFault } from '../fault.ts';
import type { FunctionName } from '../xpath/ast.ts';
import { FN, XS } from '../xpath/names.ts';
import type { DateValue } from '../date.ts';
import { atomOf, fromAtom, type Code } from '../eval/env.ts';
import { cast } from '../cast.ts';
import { must } from '@hanse/kit';
import { nodeFunctions } from './nodes.ts';
import { numberFunctions } from './numbers.ts';
import { patternFunctions } from './patterns.ts';
import { sequenceFunctions } from './sequences.ts';
import { ABSENT, constructorOf, define, type FunctionSpec, type FunctionTable } from './spec.ts';
import { textFunctions } from './text.ts';

const dateFunctions: FunctionTable = {
  'year-from-date': define(1, 1, (arg) => datePart(arg, ({ year }) => year)),
  'month-from-date': define(1, 1, (arg) => datePart(arg, ({ month }) => month)),
  'day-from-date': define(1, 1, (arg) => datePart(arg, ({ day }) => day)),
};

const DATE = must(findType('date'), 'xs:date is a type');

function datePart(arg: Code = ABSENT, part: (date: DateValue) => number): Code {
  const atom = atomOf(arg, 'a date function');
  return fromAtom((env) => {
    const value = atom(env);
    if (value === undefined) return undefined;
    const date = typeof value === 'object' && value.kind === 'untyped' ? cast(value, DATE) : value;
    if (typeof date === 'object' && date.kind === 'date') return decimalOf(part(date));
    throw new EvaluationFault('XPTY0004', 'a date function takes a date');
  });
}

const FUNCTIONS: FunctionTable = {
  ...textFunctions,
  ...numberFunctions,
  ...sequenceFunctions,
  ...nodeFunctions,
  ...patternFunctions,
  ...dateFunctions,
};

/** The built-in function of a name, constructors of types included, or undefined. */
export function findFunction({ ns, local }: FunctionName): FunctionSpec | undefined {
  if (ns === FN) return Object.hasOwn(FUNCTIONS, local) ? FUNCTIONS[local] : undefined;
  const type = ns === XS ? findType(local) : undefined;
  return type === undefined ? undefined : constructorOf(type);
}
