import type { Severity } from '../codes.ts';
import type { Findings, Words } from '../finding.ts';
import type { Party, PartyId } from '../invoice.ts';
import {
  glnHolds,
  isLeiForm,
  isUsccForm,
  leiHolds,
  residentHolds,
  usccHolds,
} from './checkdigits.ts';
import { checkVat } from './vat.ts';

type Verdict = 'ok' | 'form' | 'checksum';

const NAMES = {
  uscc: { en: 'a Chinese taxpayer number', zh: '纳税人识别号' },
  vat: { en: 'a VAT number', zh: '增值税号' },
  lei: { en: 'an LEI', zh: '法人识别编码（LEI）' },
  gln: { en: 'a GLN', zh: '全球位置码（GLN）' },
  duns: { en: 'a D-U-N-S number', zh: '邓白氏编码' },
} as const satisfies Readonly<Record<string, Words>>;

/** Check form and check digits of a party's identifiers. */
export function checkIds(party: Party, findings: Findings): void {
  for (const id of party.ids) {
    const { scheme } = id;
    if (scheme === 'uscc') report(id, NAMES.uscc, usccVerdict(id.value), 'error', findings);
    if (scheme === 'lei') report(id, NAMES.lei, leiVerdict(id.value), 'error', findings);
    if (scheme === 'gln') report(id, NAMES.gln, glnVerdict(id.value), 'warning', findings);
    if (scheme === 'duns') report(id, NAMES.duns, dunsVerdict(id.value), 'warning', findings);
    if (scheme === 'vat') report(id, NAMES.vat, vatVerdict(id.value), 'warning', findings);
  }
}

/**
 * Check the taxpayer number a Chinese invoice gives. Companies have a 统一社会信用代码; 15, 17 and 20
 * characters are older or personal numbers without a check character, 18 a resident's number.
 */
export function checkChineseTaxId(id: PartyId, findings: Findings): void {
  const { value } = id;
  if (id.scheme === 'uscc') {
    report(id, NAMES.uscc, usccVerdict(value), 'error', findings);
  } else if (!residentHolds(value)) {
    const isOld = /^[0-9A-Z]{15}(?:[0-9A-Z]{2}|[0-9A-Z]{5})?$/.test(value);
    report(id, NAMES.uscc, isOld ? 'ok' : 'form', 'error', findings);
  }
}

function report(
  id: PartyId,
  scheme: Words,
  verdict: Verdict,
  severity: Severity,
  findings: Findings,
): void {
  if (verdict === 'ok') return;
  const code = verdict === 'form' ? 'PARTY_ID_FORMAT' : 'PARTY_ID_CHECKSUM';
  findings.add(code, id.path, { scheme, value: id.written }, severity);
}

function usccVerdict(value: string): Verdict {
  if (!isUsccForm(value)) return 'form';
  return usccHolds(value) || residentHolds(value) ? 'ok' : 'checksum';
}

function leiVerdict(value: string): Verdict {
  if (!isLeiForm(value)) return 'form';
  return leiHolds(value) ? 'ok' : 'checksum';
}

function glnVerdict(value: string): Verdict {
  if (!/^\d{13}$/.test(value)) return 'form';
  return glnHolds(value) ? 'ok' : 'checksum';
}

function dunsVerdict(value: string): Verdict {
  return /^\d{9}$/.test(value) ? 'ok' : 'form';
}

function vatVerdict(value: string): Verdict {
  const verdict = checkVat(value);
  return verdict === 'unknown' ? 'ok' : verdict;
}
