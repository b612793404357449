/** Whether a code point belongs to a set. */
export type CharTest = (point: number) => boolean;

const ASCII = 128;
const NEWLINE = 10;

/** Every code point but the newline. */
export const notNewline: CharTest = (point) => point !== NEWLINE;

/** Every code point. */
export const anyPoint: CharTest = () => true;

/** The one code point. */
export function single(wanted: number): CharTest {
  return (point) => point === wanted;
}

/** From one code point to another, both included. */
export function range(first: number, last: number): CharTest {
  return (point) => point >= first && point <= last;
}

/** Belongs to none. */
export function not(test: CharTest): CharTest {
  return (point) => !test(point);
}

/** Belongs to one of the sets. */
export function anyOf(tests: readonly CharTest[]): CharTest {
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return only;
  return (point) => tests.some((test) => test(point));
}

/** Belongs to the first set but not to the second. */
export function except(test: CharTest, excluded: CharTest): CharTest {
  return (point) => test(point) && !excluded(point);
}

/** With the answers for ASCII looked up: most invoices hold little else. */
export function fast(test: CharTest): CharTest {
  const known = Uint8Array.from({ length: ASCII }, (_, point) => (test(point) ? 1 : 0));
  return (point) => (point < ASCII ? known[point] === 1 : test(point));
}

/** Also true for the other case of a member. */
export function caseless(test: CharTest): CharTest {
  return (point) => {
    if (test(point)) return true;
    const text = String.fromCodePoint(point);
    return isIn(test, text.toLowerCase()) || isIn(test, text.toUpperCase());
  };
}

function isIn(test: CharTest, text: string): boolean {
  const point = text.codePointAt(0) ?? 0;
  return String.fromCodePoint(point) === text && test(point);
}

/** Members of a class that the platform's Unicode tables know. */
function byPattern(pattern: RegExp): CharTest {
  return (point) => pattern.test(String.fromCodePoint(point));
}

const MULTI: Readonly<Record<string, CharTest>> = {
  s: byPattern(/^[ \t\n\r]$/),
  d: byPattern(/^\p{Nd}$/u),
  w: byPattern(/^[^\p{P}\p{Z}\p{C}]$/u),
  i: byPattern(/^[\p{L}\p{Nl}_:]$/u),
  c: byPattern(/^[\p{L}\p{Nl}\p{M}\p{Nd}._:\u00B7-]$/u),
};

/** The class of a multi-character escape such as `d` or `S`, or undefined. */
export function escapeClass(letter: string): CharTest | undefined {
  const lower = letter.toLowerCase();
  const known = Object.hasOwn(MULTI, lower) ? MULTI[lower] : undefined;
  return known === undefined || lower === letter ? known : not(known);
}

/** The class of a general category such as `Lu`, or undefined when Unicode has no such category. */
export function category(name: string): CharTest | undefined {
  return /^(?:L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?)$/.test(name)
    ? byPattern(new RegExp(`^\\p{${name}}$`, 'u'))
    : undefined;
}
