import { dateOf, dateTimeOf, parseDate } from './date.ts';
import { decimal, decimalOf, idivDecimals, numberToDecimal, type Decimal } from './decimal.ts';
import { EvaluationFault } from './fault.ts';
import {
  isNumeric,
  parseBoolean,
  parseDouble,
  parseNumber,
  textOf,
  toDouble,
  trim,
  typeOf,
  type Atom,
  type AtomType,
} from './value.ts';

/** An atomic type that can be named in an expression. */
export type TypeName = {
  readonly local: string;
  readonly base: AtomType | 'integer';
  /** Bounds of the integer types. */
  readonly min: bigint | undefined;
  readonly max: bigint | undefined;
};

const ONE = decimalOf(1);

function type(local: string, base: TypeName['base'], min?: bigint, max?: bigint): TypeName {
  return { local, base, min, max };
}

const TYPES: readonly TypeName[] = [
  type('string', 'string'),
  type('normalizedString', 'string'),
  type('token', 'string'),
  type('anyURI', 'string'),
  type('untypedAtomic', 'untyped'),
  type('boolean', 'boolean'),
  type('decimal', 'decimal'),
  type('double', 'double'),
  type('float', 'double'),
  type('date', 'date'),
  type('dateTime', 'dateTime'),
  type('integer', 'integer'),
  type('nonPositiveInteger', 'integer', undefined, 0n),
  type('negativeInteger', 'integer', undefined, -1n),
  type('nonNegativeInteger', 'integer', 0n),
  type('positiveInteger', 'integer', 1n),
  type('long', 'integer', -(2n ** 63n), 2n ** 63n - 1n),
  type('int', 'integer', -(2n ** 31n), 2n ** 31n - 1n),
  type('short', 'integer', -(2n ** 15n), 2n ** 15n - 1n),
  type('byte', 'integer', -128n, 127n),
  type('unsignedLong', 'integer', 0n, 2n ** 64n - 1n),
  type('unsignedInt', 'integer', 0n, 2n ** 32n - 1n),
  type('unsignedShort', 'integer', 0n, 2n ** 16n - 1n),
  type('unsignedByte', 'integer', 0n, 255n),
];

const BY_NAME = new Map(TYPES.map((known) => [known.local, known]));

/** The atomic type of XML Schema with a local name, or undefined when it is not supported. */
export function findType(local: string): TypeName | undefined {
  return BY_NAME.get(local);
}

/** Whether a value is of a type, by what we keep of it: whole decimals are integers. */
export function isOfType(atom: Atom, target: TypeName): boolean {
  if (target.base === 'integer') {
    return (
      isNumeric(atom) && typeof atom === 'object' && atom.scale === 0 && isWithin(atom, target)
    );
  }
  return typeOf(atom) === target.base;
}

/** Cast a value, or fault with the code of the recommendation. */
export function cast(atom: Atom, target: TypeName): Atom {
  switch (target.base) {
    case 'string':
      return castText(textOf(atom), target);
    case 'untyped':
      return { kind: 'untyped', text: textOf(atom) };
    case 'boolean':
      return castBoolean(atom);
    case 'double':
      return castDouble(atom);
    case 'decimal':
      return castDecimal(atom);
    case 'integer':
      return castInteger(atom, target);
    case 'date':
    case 'dateTime':
      return castDate(atom, target.base);
  }
}

function castText(text: string, target: TypeName): string {
  if (target.local === 'normalizedString') return text.replace(/[\t\r\n]/g, ' ');
  if (target.local === 'token') return trim(text.replace(/[ \t\r\n]+/g, ' '));
  return target.local === 'anyURI' ? trim(text) : text;
}

function castBoolean(atom: Atom): boolean {
  if (typeof atom === 'boolean') return atom;
  if (isNumeric(atom)) {
    return typeof atom === 'number' ? atom !== 0 && !Number.isNaN(atom) : atom.units !== 0n;
  }
  return parsed(atom, 'boolean', parseBoolean);
}

function castDouble(atom: Atom): number {
  if (typeof atom === 'boolean') return atom ? 1 : 0;
  return isNumeric(atom) ? toDouble(atom) : parsed(atom, 'double', parseDouble);
}

function castDecimal(atom: Atom): Decimal {
  if (typeof atom === 'boolean') return decimalOf(atom ? 1 : 0);
  if (typeof atom === 'number') {
    if (Number.isFinite(atom)) return numberToDecimal(atom);
    throw new EvaluationFault('FOCA0002', `${atom} is no decimal`);
  }
  return isNumeric(atom) ? atom : parsed(atom, 'decimal', parseNumber);
}

function castInteger(atom: Atom, target: TypeName): Decimal {
  const isText = !isNumeric(atom) && typeof atom !== 'boolean';
  const value = isText
    ? parsed(atom, target.local, (text) => (text.includes('.') ? undefined : parseNumber(text)))
    : idivDecimals(castDecimal(atom), ONE);
  if (!isWithin(value, target)) {
    throw new EvaluationFault('FORG0001', `a number beyond xs:${target.local}`);
  }
  return decimal(value.units, 0);
}

function isWithin({ units }: Decimal, { min, max }: TypeName): boolean {
  return (min === undefined || units >= min) && (max === undefined || units <= max);
}

function castDate(atom: Atom, kind: 'date' | 'dateTime'): Atom {
  if (typeof atom === 'object' && (atom.kind === 'date' || atom.kind === 'dateTime')) {
    if (atom.kind === kind) return atom;
    return kind === 'date' ? dateOf(atom) : dateTimeOf(atom);
  }
  return parsed(atom, kind, (text) => parseDate(kind, trim(text)));
}

/** Texts are read; a value of any other type cannot become this one. */
function parsed<T>(atom: Atom, name: string, parse: (text: string) => T | undefined): T {
  if (typeof atom !== 'string' && typeOf(atom) !== 'untyped') {
    throw new EvaluationFault('XPTY0004', `${typeOf(atom)} cannot become xs:${name}`);
  }
  const text = textOf(atom);
  const value = parse(text);
  if (value === undefined) {
    throw new EvaluationFault('FORG0001', `"${text.slice(0, 40)}" is no xs:${name}`);
  }
  return value;
}
