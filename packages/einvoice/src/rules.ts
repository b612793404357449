import type { Findings } from './finding.ts';

/**
 * A set of rules an operator installed, such as EN 16931. `name` begins with the word its rule ids
 * are reported under, then a space and its version: `EN16931 1.3.16`.
 */
export type RulePack = {
  readonly name: string;
  /** Ids of the rules a document breaks, each once. Throws when a rule could not be evaluated. */
  check(bytes: Uint8Array, syntax: RuleSyntax): RuleHits;
};
/** Syntaxes that rule packs are written for; ids of the rules a document breaks. */
export type RuleSyntax = 'ubl' | 'cii';
export type RuleHits = { readonly fatal: readonly string[]; readonly warning: readonly string[] };

/** Whether rules were checked, and what they found. Nothing else may be called valid. */
export type RulesOutcome =
  | 'not-checked'
  | {
      readonly pack: string;
      readonly fatal: readonly string[];
      readonly warnings: readonly string[];
    };

/** Run a pack over a document; one that throws counts as not run. */
export function checkRules(
  pack: RulePack | undefined,
  bytes: Uint8Array,
  syntax: RuleSyntax,
  findings: Findings,
): RulesOutcome {
  if (pack === undefined) {
    findings.add('RULES_NOT_CHECKED', '/');
    return 'not-checked';
  }
  const hits = run(pack, bytes, syntax);
  if (hits === undefined) {
    findings.add('RULE_PACK_FAILED', '/', { pack: pack.name });
    return 'not-checked';
  }
  const prefix = pack.name.split(' ')[0] ?? pack.name;
  for (const id of hits.fatal) {
    findings.push({
      severity: 'error',
      code: `${prefix}:${id}`,
      path: '/',
      en: `Rule ${id} of ${pack.name} is broken.`,
      zh: `违反规则 ${id}（${pack.name}）。`,
    });
  }
  for (const id of hits.warning) {
    findings.push({
      severity: 'warning',
      code: `${prefix}:${id}`,
      path: '/',
      en: `Rule ${id} of ${pack.name} gives a warning.`,
      zh: `规则 ${id}（${pack.name}）给出警告。`,
    });
  }
  return { pack: pack.name, fatal: hits.fatal, warnings: hits.warning };
}

function run(pack: RulePack, bytes: Uint8Array, syntax: RuleSyntax): RuleHits | undefined {
  try {
    return pack.check(bytes, syntax);
  } catch {
    return undefined;
  }
}
