import type { Language } from '@hanse/kit';

/** Numbers, sizes and times in one language. */
export type Formats = {
  readonly number: (value: number) => string;
  readonly size: (sizeBytes: number) => string;
  /** A length of time in its largest unit: `4 s`, `12 min`. */
  readonly span: (ms: number) => string;
  /** A list in words: `Bank, Buyer and Port`. */
  readonly list: (items: readonly string[]) => string;
  /** A point in time in the zone of the reader, for people. */
  readonly local: (ms: number) => string;
};

const KILO = 1_000;
const SIZE_UNITS = ['kB', 'MB', 'GB', 'TB'] as const;
const SPAN_UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** Formats of a language. */
export function createFormats(language: Language): Formats {
  const number = new Intl.NumberFormat(language);
  const decimal = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const list = new Intl.ListFormat(language, { style: 'long', type: 'conjunction' });
  const local = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'long' });
  const units = new Map(
    SPAN_UNITS.map(([unit]) => [
      unit,
      new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }),
    ]),
  );
  return {
    number: (value) => number.format(value),
    size: (sizeBytes) => formatSize(sizeBytes, number, decimal, language),
    span: (ms) => {
      const [unit, unitMs] = SPAN_UNITS.find(([, one]) => ms >= one) ?? SPAN_UNITS[3];
      return units.get(unit)?.format(Math.max(0, Math.floor(ms / unitMs))) ?? '';
    },
    list: (items) => list.format(items),
    local: (ms) => local.format(ms),
  };
}

function formatSize(
  sizeBytes: number,
  whole: Intl.NumberFormat,
  decimal: Intl.NumberFormat,
  language: Language,
): string {
  if (sizeBytes < KILO) {
    const bytes = language === 'en' ? (sizeBytes === 1 ? 'byte' : 'bytes') : '字节';
    return `${whole.format(sizeBytes)} ${bytes}`;
  }
  let value = sizeBytes / KILO;
  let unit = 0;
  while (value >= KILO && unit < SIZE_UNITS.length - 1) {
    value /= KILO;
    unit++;
  }
  return `${decimal.format(value)} ${SIZE_UNITS[unit] ?? ''}`;
}

/** A point in time as ISO 8601 in UTC to the second, or `?` for one no calendar holds. */
export function isoTime(ms: number): string {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return '?';
  return new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC');
}

/** The first and last digits of a long hash, enough to recognise it by. */
export function shortHash(hash: string): string {
  return hash.length <= 16 ? hash : `${hash.slice(0, 6)}…${hash.slice(-6)}`;
}

/** A name, or the DID of one who has none: persons are not named in public. */
export function nameOrDid(name: string | undefined, did: string): string {
  return name === undefined || name === '' ? shortDid(did) : name;
}

/** A DID without what all DIDs of a network share. */
export function shortDid(did: string): string {
  const id = did.split(':').at(-1) ?? did;
  return id.length <= 12 ? did : `did:…${id.slice(0, 8)}`;
}
