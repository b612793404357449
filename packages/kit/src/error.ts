import { catalogue, type ErrorName } from './catalogue.ts';

/** Values that fill the `{placeholders}` of a message. */
export type ErrorParams = Readonly<Record<string, string | number | bigint | boolean>>;

/** What a caller may do after a failure: nothing, repeat with the same idempotency key, or wait. */
export type Retry = 'never' | 'same-key' | 'later';
export type Blame = 'caller' | 'operator' | 'peer' | 'hanse';
export type Language = 'en' | 'zh-CN';

/** The four sentences of an error: what failed, why, how to fix it. */
export type ErrorText = { readonly what: string; readonly why: string; readonly fix: string };

/** Where in a contract something was refused: its name and the place in its code, such as `pay 12:7`. */
export type ErrorFrame = { readonly contract: string; readonly at: string };

const HANSE_ERROR = Symbol.for('hanse.error');

/** The one error class: a catalogue code, its parameters and the real cause. */
export class HanseError extends Error {
  readonly code: string;
  readonly codeName: ErrorName;
  readonly params: ErrorParams;
  readonly retry: Retry;
  readonly blame: Blame;
  readonly httpStatus: number;
  /** Where in a contract it happened, innermost first; empty for everything else. */
  readonly frames: readonly ErrorFrame[];
  readonly [HANSE_ERROR] = true;

  constructor(
    name: ErrorName,
    params: ErrorParams = {},
    cause?: unknown,
    frames: readonly ErrorFrame[] = [],
  ) {
    const entry = catalogue[name];
    const text = formatText(name, params, 'en');
    super(
      `${codeOf(name)} ${text.what} ${text.why} ${text.fix}`,
      cause === undefined ? {} : { cause },
    );
    this.name = 'HanseError';
    this.code = codeOf(name);
    this.codeName = name;
    this.params = params;
    this.retry = entry.retry;
    this.blame = entry.blame;
    this.httpStatus = entry.http;
    this.frames = frames;
  }
}

/** Whether a thrown value is a HanseError, across bundles and realms (by symbol, not instanceof). */
export function isHanseError(value: unknown): value is HanseError {
  return typeof value === 'object' && value !== null && HANSE_ERROR in value;
}

/** The printed code of a catalogue entry, such as `HANSE-3107`. */
export function codeOf(name: ErrorName): string {
  return `HANSE-${catalogue[name].code}`;
}

/** The catalogue name behind a printed code, or undefined. */
export function nameOf(code: string): ErrorName | undefined {
  for (const name of Object.keys(catalogue)) {
    if (isErrorName(name) && codeOf(name) === code) return name;
  }
  return undefined;
}

/** Whether text is a name in the catalogue. */
export function isErrorName(name: string): name is ErrorName {
  return Object.hasOwn(catalogue, name);
}

/** What, why and fix of an error in a language, with the parameters filled in. */
export function formatText(name: ErrorName, params: ErrorParams, language: Language): ErrorText {
  const entry = catalogue[name];
  const text = language === 'en' ? entry.en : entry.zh;
  return {
    what: fill(text.what, params),
    why: fill(text.why, params),
    fix: fill(text.fix, params),
  };
}

function fill(template: string, params: ErrorParams): string {
  return template.replace(/\{(\w+)\}/g, (whole, key: string) => {
    const value = params[key];
    return value === undefined ? whole : String(value);
  });
}
