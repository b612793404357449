import { fromMinor, isDecimal, toMinor } from '../decimal.ts';
import type { Findings, Words } from '../finding.ts';
import { pathOf, trimmed, type XmlElement } from '../xml.ts';

/** A missing field as a finding names it. */
export type FieldName =
  | 'number'
  | 'issueDate'
  | 'currency'
  | 'payable'
  | 'seller'
  | 'buyer'
  | 'lines';

/** Fields an invoice must have, as findings name them. */
export const fieldWords: Readonly<Record<FieldName, Words>> = {
  number: { en: 'its number', zh: '发票号码' },
  issueDate: { en: 'its issue date', zh: '开票日期' },
  currency: { en: 'its currency', zh: '货币' },
  payable: { en: 'the amount due', zh: '应付金额' },
  seller: { en: 'the seller', zh: '销售方' },
  buyer: { en: 'the buyer', zh: '购买方' },
  lines: { en: 'a single line', zh: '任何明细行' },
};

/**
 * Reads elements of one namespace. What must stand once and stands twice is a finding: two readers
 * could take two different ones.
 */
export class Fields {
  readonly findings: Findings;
  readonly #uri: string;

  constructor(uri: string, findings: Findings) {
    this.#uri = uri;
    this.findings = findings;
  }

  /** All children of the name. */
  all(parent: XmlElement | undefined, name: string): readonly XmlElement[] {
    return parent?.children.filter((one) => one.name === name && one.uri === this.#uri) ?? [];
  }

  /** The child of the name. */
  one(parent: XmlElement | undefined, name: string): XmlElement | undefined {
    const [first, second] = this.all(parent, name);
    if (second !== undefined) {
      const reason = { en: `${name} stands twice`, zh: `${name} 出现两次` };
      this.findings.add('SCHEMA_INVALID', pathOf(second), { reason });
    }
    return first;
  }

  /** The element down a path of names, each standing once. */
  at(parent: XmlElement | undefined, ...names: readonly string[]): XmlElement | undefined {
    let element = parent;
    for (const name of names) element = this.one(element, name);
    return element;
  }

  /** Text of the element down a path of names; undefined when absent or empty. */
  text(parent: XmlElement | undefined, ...names: readonly string[]): string | undefined {
    return textOf(this.at(parent, ...names));
  }

  /** Texts of the elements of a last name below all elements of a first. */
  texts(parent: XmlElement | undefined, name: string, inner: string): readonly string[] {
    return this.all(parent, name)
      .map((one) => this.text(one, inner))
      .filter((text) => text !== undefined);
  }
}

/** Text of an element; undefined when it is absent or empty. */
export function textOf(element: XmlElement | undefined): string | undefined {
  const text = element === undefined ? '' : trimmed(element);
  return text === '' ? undefined : text;
}

/** Amount of an element in minor units; a text that is no amount is a finding. */
export function amountOf(
  element: XmlElement | undefined,
  minorDigits: number | undefined,
  findings: Findings,
): bigint | undefined {
  if (element === undefined || minorDigits === undefined) return undefined;
  const text = trimmed(element);
  const minor = toMinor(text, minorDigits);
  if (minor === undefined) findings.add('AMOUNT_FORMAT', pathOf(element), { value: text });
  return minor;
}

/** Decimal text of an element as written; anything else is a finding. */
export function decimalOf(element: XmlElement | undefined, findings: Findings): string | undefined {
  const text = textOf(element);
  if (element === undefined || text === undefined) return undefined;
  if (isDecimal(text)) return text;
  findings.add('AMOUNT_FORMAT', pathOf(element), { value: text });
  return undefined;
}

/** Amounts as findings show them. */
export function shown(minor: bigint | undefined, minorDigits: number): string {
  return minor === undefined ? '–' : fromMinor(minor, minorDigits);
}

/** Sum of amounts, or undefined when one is missing. */
export function sumOf(amounts: readonly (bigint | undefined)[]): bigint | undefined {
  let sum = 0n;
  for (const amount of amounts) {
    if (amount === undefined) return undefined;
    sum += amount;
  }
  return sum;
}
