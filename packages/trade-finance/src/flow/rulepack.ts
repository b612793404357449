import { importDocument, type ImportResult, type RulePack } from '@hanse/einvoice';
import { checkLimits, type RuleSet } from '@hanse/schematron';

/** Rules that an operator has installed, compiled. */
export type NamedRules = {
  /** Begins with the word that rule ids are reported under: `EN16931 1.3.16`. */
  readonly name: string;
  readonly set: RuleSet;
};

/** Installed rules by the syntax that they are for. */
export type InstalledRules = Readonly<Partial<Record<'ubl' | 'cii', NamedRules>>>;

/** Import a document with the rules that are installed for its syntax; without any they count as not checked. */
export function importWithRules(
  bytes: Uint8Array,
  fileName: string,
  rules: InstalledRules | undefined,
): ImportResult {
  const plain = importDocument(bytes, { fileName });
  const { syntax } = plain;
  if (rules === undefined || (syntax !== 'ubl' && syntax !== 'cii')) return plain;
  const own = rules[syntax];
  return own === undefined ? plain : importDocument(bytes, { fileName, rulePack: packOf(own) });
}

function packOf({ name, set }: NamedRules): RulePack {
  return {
    name,
    check: (bytes) => {
      const verdict = set.check(bytes, checkLimits);
      if (!verdict.ok) throw new Error(verdict.error.message);
      const { fatal, warning, unevaluated } = verdict.value;
      // A check without a result is no check: the document must not count as checked.
      if (unevaluated.length > 0) throw new Error(`${unevaluated[0]?.id} has no result`);
      return { fatal, warning };
    },
  };
}

/** The syntax that a rule set is written for, by the elements that its rules begin at; undefined for neither. */
export function syntaxOfRules(text: string): 'ubl' | 'cii' | undefined {
  if (/urn:oasis:names:specification:ubl:schema:xsd:(Invoice|CreditNote)-2/.test(text))
    return 'ubl';
  return text.includes('urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100')
    ? 'cii'
    : undefined;
}
