/** How a document is written. `cn-einvoice`: 数电票 XML; `cn-ofd`: e-invoice taken out of an OFD. */
export type Syntax = 'ubl' | 'cii' | 'cn-einvoice' | 'cn-ofd';

/** `red-letter`: a Chinese invoice that takes back all or a part of an earlier one. */
export type InvoiceKind = 'invoice' | 'credit-note' | 'red-letter';

/**
 * What an identifier is. `uscc`: 统一社会信用代码; `vat`: VAT number with its country prefix; `tax`: any other
 * tax number; `register`: entry in a register of companies; `assigned`: given by the other party or by
 * somebody unnamed; `address`: an electronic address.
 */
export type PartyIdScheme =
  | 'uscc'
  | 'vat'
  | 'lei'
  | 'gln'
  | 'duns'
  | 'tax'
  | 'register'
  | 'assigned'
  | 'address';

/** One identifier of a party. */
export type PartyId = {
  readonly scheme: PartyIdScheme;
  /** Normalised: upper case, letters and digits only; an electronic address as written. */
  readonly value: string;
  /** Register or scheme the document names, normalised: an ICD of ISO 6523 or a word. */
  readonly register: string | undefined;
  readonly written: string;
  readonly path: string;
};

/** Seller or buyer. */
export type Party = {
  readonly name: string | undefined;
  readonly tradingName: string | undefined;
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string | undefined;
  readonly ids: readonly PartyId[];
  readonly path: string;
};

/** Amounts of an invoice; `lines`: sum of the lines, `gross`: with tax, `payable`: still due. */
export type AmountName =
  | 'lines'
  | 'allowances'
  | 'charges'
  | 'net'
  | 'tax'
  | 'gross'
  | 'prepaid'
  | 'rounding'
  | 'payable';

/** Amounts in the minor unit of the invoice's currency; undefined: the document does not give it. */
export type Amounts = { readonly [Name in AmountName]: bigint | undefined };

/** Another invoice that this one names. */
export type InvoiceReference = {
  readonly number: string;
  /** `YYYY-MM-DD`. */
  readonly issueDate: string | undefined;
};

/** Numbers of documents that the invoice names. */
export type References = {
  /** Earlier invoices: the credited, corrected or prepaid ones. */
  readonly invoices: readonly InvoiceReference[];
  readonly orders: readonly string[];
  readonly contracts: readonly string[];
  readonly despatches: readonly string[];
  readonly receipts: readonly string[];
};

/** One line. */
export type InvoiceLine = {
  readonly id: string | undefined;
  readonly description: string | undefined;
  /** Decimal text as written. */
  readonly quantity: string | undefined;
  readonly unit: string | undefined;
  /** Decimal text as written; prices may have more decimals than amounts. */
  readonly price: string | undefined;
  /** Amount without tax, in minor units. */
  readonly net: bigint | undefined;
  /** Amount of tax where lines carry one (数电票), in minor units. */
  readonly tax: bigint | undefined;
  /** Tax rate as written. */
  readonly taxRate: string | undefined;
};

/**
 * One invoice, whatever it was written in. A field the document does not give, or gives in a way
 * that cannot be read, is undefined and has a finding.
 */
export type Invoice = {
  readonly syntax: Syntax;
  readonly kind: InvoiceKind;
  /** Type code of the document: UNTDID 1001, or the kind of 数电票. */
  readonly typeCode: string | undefined;
  /** Specification the document claims to follow. */
  readonly profile: string | undefined;
  /** For Chinese invoices before 数电票: code and number joined, which only together are unique. */
  readonly number: string | undefined;
  readonly issueDate: string | undefined;
  readonly dueDate: string | undefined;
  readonly currency: string | undefined;
  readonly seller: Party;
  readonly buyer: Party;
  readonly amounts: Amounts;
  readonly references: References;
  readonly lines: readonly InvoiceLine[];
  readonly isSigned: boolean;
};

/** An invoice as a reader of one syntax leaves it, with the places of its amounts. */
export type Draft = {
  readonly invoice: Invoice;
  readonly places: { readonly [Name in AmountName]?: string | undefined };
  /** What third parties are owed through this invoice: due with it, yet no part of its total. */
  readonly thirdPartyDue: bigint;
  /** Sums off by this much, in minor units, are accepted. */
  readonly toleranceMinor: bigint;
};

/**
 * What the invoice claims: the amount due, else the total with tax where nothing says that a part
 * of it was paid or rounded; undefined otherwise.
 */
export function claimAmount({ amounts }: Invoice): bigint | undefined {
  if (amounts.payable !== undefined) return amounts.payable;
  if (amounts.prepaid !== undefined || amounts.rounding !== undefined) return undefined;
  return amounts.gross;
}
