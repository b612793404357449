import { digitsOf, luhnHolds, mod1110Holds, mod97, weighted } from './checkdigits.ts';

type Rule = {
  /** Form without the country prefix. */
  readonly form: RegExp;
  /** Check digits of a number that has the form. */
  readonly holds: (number: string) => boolean;
};

/** VAT numbers by country prefix: the European Union, the United Kingdom, Norway, Switzerland. */
const RULES: Readonly<Record<string, Rule>> = {
  AT: {
    form: /^U\d{8}$/,
    holds: (n) => (10 - ((crossSum(n.slice(1, 8)) + 4) % 10)) % 10 === last(n),
  },
  BE: {
    form: /^[01]\d{9}$/,
    holds: (n) => 97 - (Number(n.slice(0, 8)) % 97) === Number(n.slice(8)),
  },
  BG: { form: /^\d{9,10}$/, holds: bulgaria },
  CY: { form: /^[0-59]\d{7}[A-Z]$/, holds: cyprus },
  CZ: { form: /^\d{8,10}$/, holds: (n) => n.length > 8 || czechCheck(n) === last(n) },
  DE: { form: /^[1-9]\d{8}$/, holds: mod1110Holds },
  DK: { form: /^[1-9]\d{7}$/, holds: (n) => weighted(n, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0 },
  EE: { form: /^\d{9}$/, holds: (n) => weighted(n, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0 },
  EL: {
    form: /^\d{9}$/,
    holds: (n) => (weighted(n, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10 === last(n),
  },
  ES: { form: /^[0-9A-Z]\d{7}[0-9A-Z]$/, holds: spain },
  FI: {
    form: /^\d{8}$/,
    holds: (n) => (11 - (weighted(n, [7, 9, 10, 5, 8, 4, 2]) % 11)) % 11 === last(n),
  },
  FR: { form: /^[0-9A-HJ-NP-Z]{2}\d{9}$/, holds: france },
  HR: { form: /^\d{11}$/, holds: mod1110Holds },
  HU: { form: /^\d{8}$/, holds: (n) => weighted(n, [9, 7, 3, 1, 9, 7, 3, 1]) % 10 === 0 },
  IE: { form: /^\d(?:\d{6}[A-W][A-I]?|[A-Z]\d{5}[A-W])$/, holds: ireland },
  IT: { form: /^\d{11}$/, holds: luhnHolds },
  LT: { form: /^(?:\d{7}1\d|\d{10}1\d)$/, holds: lithuania },
  LU: { form: /^\d{8}$/, holds: (n) => Number(n.slice(0, 6)) % 89 === Number(n.slice(6)) },
  LV: { form: /^\d{11}$/, holds: latvia },
  MT: { form: /^\d{8}$/, holds: (n) => weighted(n, [3, 4, 6, 7, 8, 9, 10, 1]) % 37 === 0 },
  NL: { form: /^\d{9}B\d{2}$/, holds: netherlands },
  PL: { form: /^\d{10}$/, holds: (n) => weighted(n, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === last(n) },
  PT: {
    form: /^[1-9]\d{8}$/,
    holds: (n) => ((11 - (weighted(n, descending(9, 8)) % 11)) % 11) % 10 === last(n),
  },
  RO: { form: /^(?:[1-9]\d{1,9}|\d{13})$/, holds: romania },
  SE: { form: /^\d{10}\d[1-9]$/, holds: (n) => luhnHolds(n.slice(0, 10)) },
  SI: { form: /^[1-9]\d{7}$/, holds: slovenia },
  SK: { form: /^[1-9]\d{9}$/, holds: (n) => Number(n) % 11 === 0 },
  GB: { form: /^(?:\d{9}|\d{12}|GD[0-4]\d{2}|HA[5-9]\d{2})$/, holds: britain },
  XI: { form: /^(?:\d{9}|\d{12}|GD[0-4]\d{2}|HA[5-9]\d{2})$/, holds: britain },
  NO: {
    form: /^\d{9}(?:MVA)?$/,
    holds: (n) => weighted(n, [3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
  },
  CHE: {
    form: /^\d{9}(?:MWST|TVA|IVA|TPV)?$/,
    holds: (n) => weighted(n, [5, 4, 3, 2, 7, 6, 5, 4, 1]) % 11 === 0,
  },
};

/** Verdict on a normalised VAT number with its prefix; `unknown` where no rule is known. */
export function checkVat(number: string): 'ok' | 'form' | 'checksum' | 'unknown' {
  const prefix = number.startsWith('CHE') ? 'CHE' : number.slice(0, 2);
  const rule = Object.hasOwn(RULES, prefix) ? RULES[prefix] : undefined;
  if (rule === undefined) return 'unknown';
  const own = number.slice(prefix.length);
  if (!rule.form.test(own)) return 'form';
  return rule.holds(own) ? 'ok' : 'checksum';
}

function last(number: string): number {
  return Number(number.at(-1));
}

function descending(from: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => from - i);
}

/** Austria: every second digit doubled, digits of the products added. */
function crossSum(digits: string): number {
  return digitsOf(digits).reduce((sum, digit, i) => {
    const one = i % 2 === 0 ? digit : 2 * digit;
    return sum + Math.floor(one / 10) + (one % 10);
  }, 0);
}

function bulgaria(n: string): boolean {
  if (n.length === 9) {
    const first = weighted(n, [1, 2, 3, 4, 5, 6, 7, 8]) % 11;
    const check = first === 10 ? weighted(n, [3, 4, 5, 6, 7, 8, 9, 10]) % 11 : first;
    return check % 10 === last(n);
  }
  const citizen = (weighted(n, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10;
  const foreigner = weighted(n, [21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10;
  const other = (11 - (weighted(n, [4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return [citizen, foreigner, other].includes(last(n));
}

function cyprus(n: string): boolean {
  const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
  const sum = digitsOf(n.slice(0, 8)).reduce(
    (total, digit, i) => total + (i % 2 === 0 ? (odd[digit] ?? 0) : digit),
    0,
  );
  return String.fromCharCode(65 + (sum % 26)) === n.at(-1);
}

function czechCheck(n: string): number {
  return ((11 - (weighted(n, descending(8, 7)) % 11)) % 11 || 1) % 10;
}

function spain(n: string): boolean {
  const letters = 'TRWAGMYFPDXBNJZSQVHLCKE';
  const person = n.replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter)));
  if (/^\d{8}[A-Z]$/.test(person)) return letters[Number(person.slice(0, 8)) % 23] === n.at(-1);
  if (/^[KLM]/.test(n)) return letters[Number(n.slice(1, 8)) % 23] === n.at(-1);
  if (!/^[ABCDEFGHJNPQRSUVW]/.test(n)) return false;
  const sum = digitsOf(n.slice(1, 8)).reduce((total, digit, i) => {
    const one = i % 2 === 0 ? 2 * digit : digit;
    return total + Math.floor(one / 10) + (one % 10);
  }, 0);
  const check = (10 - (sum % 10)) % 10;
  return n.at(-1) === String(check) || n.at(-1) === 'JABCDEFGHI'[check];
}

function france(n: string): boolean {
  const siren = n.slice(2);
  // Monaco has French numbers without a SIREN.
  if (!siren.startsWith('000') && !luhnHolds(siren)) return false;
  if (/^\d{2}/.test(n)) return Number(`${siren}12`) % 97 === Number(n.slice(0, 2));
  const alphabet = '0123456789ABCDEFGHJKLMNPQRSTUVWXYZ';
  const [first = 0, second = 0] = Array.from(n.slice(0, 2), (c) => alphabet.indexOf(c));
  const key = first < 10 ? first * 24 + second - 10 : first * 34 + second - 100;
  return (Number(siren) + 1 + Math.floor(key / 11)) % 11 === key % 11;
}

function ireland(n: string): boolean {
  const isOld = /^\d[A-Z]/.test(n);
  const digits = isOld ? `0${n.slice(2, 7)}${n[0] ?? ''}` : n.slice(0, 7);
  const second = isOld ? undefined : n[8];
  const extra = second === undefined ? 0 : 9 * 'WABCDEFGHI'.indexOf(second);
  return 'WABCDEFGHIJKLMNOPQRSTUV'[(weighted(digits, descending(8, 7)) + extra) % 23] === n[7];
}

function lithuania(n: string): boolean {
  const own = digitsOf(n.slice(0, -1));
  const first = own.reduce((sum, digit, i) => sum + (1 + (i % 9)) * digit, 0) % 11;
  const second = own.reduce((sum, digit, i) => sum + (1 + ((i + 2) % 9)) * digit, 0) % 11;
  return (first === 10 ? second % 10 : first) === last(n);
}

function latvia(n: string): boolean {
  // Numbers of persons begin with 0 to 3 and are checked by their form alone.
  if (/^[0-3]/.test(n)) return true;
  return weighted(n, [9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 === 3;
}

function netherlands(n: string): boolean {
  const eleven = weighted(n, [9, 8, 7, 6, 5, 4, 3, 2]) - Number(n[8]);
  return eleven % 11 === 0 || mod97(`NL${n}`) === 1;
}

function romania(n: string): boolean {
  if (n.length === 13) return true;
  const sum = weighted(n.slice(0, -1).padStart(9, '0'), [7, 5, 3, 2, 1, 7, 5, 3, 2]);
  return ((10 * sum) % 11) % 10 === last(n);
}

function slovenia(n: string): boolean {
  const check = 11 - (weighted(n, descending(8, 7)) % 11);
  return (check === 10 ? 0 : check) === last(n);
}

function britain(n: string): boolean {
  if (!/^\d{9}/.test(n)) return true;
  const sum = weighted(n, descending(8, 7)) + Number(n.slice(7, 9));
  return [0, 42, 55].includes(sum % 97);
}
