import { castUntyped } from './convert.ts';
import { compareDecimals } from './decimal.ts';
import { EvaluationFault } from './fault.ts';
import { compareNumbers, compareText, isNumeric, typeOf, type Atom } from './value.ts';

/** A relation between two values. */
export type Relation = 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';

/** Whether an order (negative, zero, positive, or NaN for none) satisfies a relation. */
export function holds(relation: Relation, order: number): boolean {
  switch (relation) {
    case 'eq':
      return order === 0;
    case 'ne':
      return order !== 0;
    case 'lt':
      return order < 0;
    case 'le':
      return order <= 0;
    case 'gt':
      return order > 0;
    case 'ge':
      return order >= 0;
  }
}

/** Order of two values of a general comparison: untyped content takes the type of the other side. */
export function compareGeneral(a: Atom, b: Atom): number {
  return compareAtoms(castUntyped(a, b), castUntyped(b, a));
}

/** Order of two values of a value comparison: untyped content is text. Faults on unlike types. */
export function compareAtoms(a: Atom, b: Atom): number {
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b);
  const left = asText(a);
  const right = asText(b);
  if (left !== undefined && right !== undefined) return compareText(left, right);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (typeof a === 'object' && typeof b === 'object' && a.kind === b.kind) {
    if (a.kind === 'date' && b.kind === 'date') return compareDecimals(a.instant, b.instant);
    if (a.kind === 'dateTime' && b.kind === 'dateTime') {
      return compareDecimals(a.instant, b.instant);
    }
  }
  throw new EvaluationFault('XPTY0004', `${typeOf(a)} cannot be compared with ${typeOf(b)}`);
}

function asText(atom: Atom): string | undefined {
  if (typeof atom === 'string') return atom;
  return typeof atom === 'object' && atom.kind === 'untyped' ? atom.text : undefined;
}
