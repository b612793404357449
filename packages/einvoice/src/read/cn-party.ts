import type { Findings, Words } from '../finding.ts';
import type { Party } from '../invoice.ts';
import { checkChineseTaxId } from '../party/checkids.ts';
import { classify } from '../party/classify.ts';

const TAXPAYER: Words = { en: 'a Chinese taxpayer number', zh: '纳税人识别号' };

/** A party of a Chinese invoice: a name and one taxpayer number, which is checked here. */
export function chineseParty(
  name: string | undefined,
  taxId: string | undefined,
  path: string,
  findings: Findings,
): Party {
  const id =
    taxId === undefined
      ? undefined
      : classify({ position: 'tax', text: taxId, scheme: undefined, country: 'CN', path });
  if (id !== undefined) checkChineseTaxId(id, findings);
  else if (taxId !== undefined) {
    findings.add('PARTY_ID_FORMAT', path, { scheme: TAXPAYER, value: taxId });
  }
  return {
    name,
    tradingName: undefined,
    country: 'CN',
    ids: id === undefined ? [] : [id],
    path,
  };
}
