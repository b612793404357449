import { einvoiceBounds } from './bounds.ts';
import { codes, type FindingCode, type Severity } from './codes.ts';

/** A word that reads differently in each language. */
export type Words = { readonly en: string; readonly zh: string };
export type FindingParams = Readonly<Record<string, string | number | Words>>;

/** One thing noticed in a document. */
export type Finding = {
  readonly severity: Severity;
  /** A name of the catalogue, or `PACK:rule` for a rule of a rule pack. */
  readonly code: FindingCode | `${string}:${string}`;
  /** Element without prefixes, such as `/Invoice/LegalMonetaryTotal/PayableAmount`; `/` for the whole document. */
  readonly path: string;
  readonly en: string;
  readonly zh: string;
};

/** Build a finding of the catalogue; `severity` overrides the catalogue's. */
export function finding(
  code: FindingCode,
  path: string,
  params: FindingParams = {},
  severity: Severity = codes[code].severity,
): Finding {
  return {
    severity,
    code,
    path,
    en: fill(codes[code].en, params, 'en'),
    zh: fill(codes[code].zh, params, 'zh'),
  };
}

function fill(template: string, params: FindingParams, language: 'en' | 'zh'): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    if (value === undefined) return whole;
    return typeof value === 'object' ? value[language] : quote(String(value));
  });
}

/** Text of a document as a finding may show it: short, one line, no control characters. */
export function quote(text: string): string {
  const line = text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  const shown = Array.from(line.slice(0, 2 * einvoiceBounds.quoteCharsMax));
  if (shown.length <= einvoiceBounds.quoteCharsMax) return shown.join('');
  return `${shown.slice(0, einvoiceBounds.quoteCharsMax).join('')}…`;
}

/** Collects findings up to the bound; an error is never lost to it. */
export class Findings {
  readonly #list: Finding[] = [];
  #hasError = false;

  add(
    code: FindingCode,
    path: string,
    params: FindingParams = {},
    severity: Severity = codes[code].severity,
  ): void {
    if (this.#hasRoom(severity)) this.push(finding(code, path, params, severity));
  }

  push(one: Finding): void {
    if (!this.#hasRoom(one.severity)) return;
    if (this.#list.length >= einvoiceBounds.findingsMax) this.#list.pop();
    this.#hasError ||= one.severity === 'error';
    this.#list.push(one);
  }

  #hasRoom(severity: Severity): boolean {
    const isFirstError = severity === 'error' && !this.#hasError;
    return isFirstError || this.#list.length < einvoiceBounds.findingsMax;
  }

  /** Whether a finding of this code was added. */
  has(code: FindingCode): boolean {
    return this.#list.some((one) => one.code === code);
  }

  get hasError(): boolean {
    return this.#hasError;
  }

  get list(): readonly Finding[] {
    return this.#list;
  }
}

/** Ends the reading of a document; caught by `importDocument`, never thrown at callers. */
export class Refusal extends Error {
  readonly finding: Finding;

  constructor(code: FindingCode, path = '/', params: FindingParams = {}) {
    super(code);
    this.finding = finding(code, path, params);
  }
}
