export { einvoiceBounds } from './bounds.ts';
export { codes, type FindingCode, type Severity } from './codes.ts';
export { minorDigitsOf } from './currency.ts';
export { fromMinor, toMinor } from './decimal.ts';
export type { Finding } from './finding.ts';
export {
  importDocument,
  type ImportOptions,
  type ImportResult,
  type ImportVerdict,
} from './import.ts';
export { claimAmount } from './invoice.ts';
export type {
  Amounts,
  Invoice,
  InvoiceKind,
  InvoiceLine,
  InvoiceReference,
  Party,
  PartyId,
  PartyIdScheme,
  References,
  Syntax,
} from './invoice.ts';
export { runImport, type ImportAnswer, type ImportJob } from './job.ts';
export {
  businessKeys,
  tagInputs,
  type BusinessKeys,
  type KeyInput,
  type KeyPart,
  type ReviewReason,
} from './keys.ts';
export { kindNames, type DocumentKind } from './kinds.ts';
export type { RuleHits, RulePack, RulesOutcome, RuleSyntax } from './rules.ts';
export { checkVat } from './party/vat.ts';
export { glnHolds, leiHolds, usccHolds } from './party/checkdigits.ts';
