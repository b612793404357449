import { cast, findType, type TypeName } from './cast.ts';
import { must } from '@hanse/kit';
import { typeOf, type Atom } from './value.ts';

const DOUBLE = must(findType('double'), 'xs:double is a type');
const BOOLEAN = must(findType('boolean'), 'xs:boolean is a type');
const STRING = must(findType('string'), 'xs:string is a type');
const DATE = must(findType('date'), 'xs:date is a type');
const DATE_TIME = must(findType('dateTime'), 'xs:dateTime is a type');

/** Untyped content as the type that a general comparison with `other` asks for. */
export function castUntyped(atom: Atom, other: Atom): Atom {
  return typeof atom === 'object' && atom.kind === 'untyped' ? cast(atom, targetFor(other)) : atom;
}

function targetFor(other: Atom): TypeName {
  switch (typeOf(other)) {
    case 'double':
    case 'decimal':
      return DOUBLE;
    case 'boolean':
      return BOOLEAN;
    case 'date':
      return DATE;
    case 'dateTime':
      return DATE_TIME;
    case 'string':
    case 'untyped':
      return STRING;
  }
}
