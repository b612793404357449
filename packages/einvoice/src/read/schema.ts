import type { Findings } from '../finding.ts';
import { ublAggregateNames, ublBasicNames } from '../ubl-names.ts';
import { pathOf, walk, type XmlElement } from '../xml.ts';

/** Namespaces of UBL's common library: leaf elements, and elements with children. */
export const CBC = 'urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2';
export const CAC = 'urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2';

/** Orders of children that every version of the schemas keeps, by name of the parent. */
const SEQUENCES: Readonly<Record<string, readonly string[]>> = {
  LegalMonetaryTotal: [
    'LineExtensionAmount',
    'TaxExclusiveAmount',
    'TaxInclusiveAmount',
    'AllowanceTotalAmount',
    'ChargeTotalAmount',
    'PrepaidAmount',
    'PayableRoundingAmount',
    'PayableAmount',
  ],
  ExchangedDocument: ['ID', 'Name', 'TypeCode', 'IssueDateTime', 'IncludedNote'],
  SupplyChainTradeTransaction: [
    'IncludedSupplyChainTradeLineItem',
    'ApplicableHeaderTradeAgreement',
    'ApplicableHeaderTradeDelivery',
    'ApplicableHeaderTradeSettlement',
  ],
};

/** Check that every element of the UBL namespaces has a name UBL knows. */
export function checkUblNames(root: XmlElement, findings: Findings): void {
  for (const element of walk(root)) {
    const { uri, name } = element;
    const isKnown =
      (uri !== CBC || ublBasicNames.has(name)) && (uri !== CAC || ublAggregateNames.has(name));
    if (!isKnown) {
      const reason = { en: `UBL has no element ${name}`, zh: `UBL 中没有元素 ${name}` };
      findings.add('SCHEMA_INVALID', pathOf(element), { reason });
    }
  }
}

/** Check the order of an element's children where a sequence is known for it. */
export function checkSequence(parent: XmlElement | undefined, findings: Findings): void {
  const sequence = parent === undefined ? undefined : SEQUENCES[parent.name];
  let reached = 0;
  for (const child of parent?.children ?? []) {
    const place = sequence?.indexOf(child.name) ?? -1;
    if (place < 0) continue;
    if (place < reached) {
      const reason = { en: `${child.name} is out of order`, zh: `${child.name} 的顺序不正确` };
      findings.add('SCHEMA_INVALID', pathOf(child), { reason });
      return;
    }
    reached = place;
  }
}
