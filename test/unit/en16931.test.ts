import { afterAll, describe, expect, it } from 'vitest';
import { checkLimits, type RuleSet } from '@hanse/schematron';
import {
  ABSENT,
  compileRules,
  isPresent,
  readInvoices,
  readUnits,
  type Syntax,
  type UnitDocument,
} from '../schematron/samples.ts';

// A few seconds of work; the limit is for machines that are busy with other things.
const TIMEOUT_MS = 600_000;

describe.skipIf(!isPresent)(isPresent ? 'EN 16931 rules' : ABSENT, { timeout: TIMEOUT_MS }, () => {
  const lines: string[] = [];
  const compiled = new Map<Syntax, RuleSet>();
  const rules = (syntax: Syntax): RuleSet => {
    const known = compiled.get(syntax) ?? compileRules(syntax);
    compiled.set(syntax, known);
    return known;
  };
  afterAll(() => {
    process.stdout.write(`${lines.join('\n')}\n`);
  });

  it('compiles both published files whole', () => {
    expect(rules('ubl').rules.length).toBeGreaterThan(900);
    expect(rules('cii').rules.length).toBeGreaterThan(700);
  });

  it('agrees with every unit document', () => {
    const units = readUnits();
    const wrong = units.flatMap((unit) => disagreements(rules(unit.syntax), unit));
    lines.push(`EN 16931 unit documents agreeing: ${units.length - wrong.length}/${units.length}`);
    expect(wrong).toEqual([]);
    expect(units.length).toBeGreaterThan(500);
  });

  it('gives exactly the expected ids of whole invoices, as often as expected', () => {
    const invoices = readInvoices();
    const wrong = invoices.flatMap(({ file, syntax, bytes, fatal, warning }) => {
      const verdict = rules(syntax).check(bytes, checkLimits);
      const got = verdict.ok
        ? { ...verdict.value, findings: countIds(verdict.value.findings), stepsUsed: 0 }
        : verdict.error;
      const wanted = {
        fatal: Object.keys(fatal).sort(),
        warning: Object.keys(warning).sort(),
        unevaluated: [],
        findings: countIds(
          Object.entries({ ...fatal, ...warning }).flatMap(([id, count]) =>
            Array.from({ length: count }, () => ({ id })),
          ),
        ),
        stepsUsed: 0,
      };
      return JSON.stringify(got) === JSON.stringify(wanted) ? [] : [{ file, got, wanted }];
    });
    lines.push(
      `EN 16931 whole invoices agreeing: ${invoices.length - wrong.length}/${invoices.length}`,
    );
    expect(wrong).toEqual([]);
    expect(invoices.length).toBeGreaterThan(150);
  });

  it('needs few steps, so that the budget bounds the attack and not the invoice', () => {
    const steps = readInvoices().map(({ syntax, bytes }) => {
      const verdict = rules(syntax).check(bytes, checkLimits);
      return verdict.ok ? verdict.value.stepsUsed : Infinity;
    });
    expect(Math.max(...steps)).toBeLessThan(checkLimits.stepsMax / 20);
  });
});

function countIds(findings: readonly { readonly id: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const id of findings.map((finding) => finding.id).sort()) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}

/** What a unit document expects and the rules do not do. */
function disagreements(ruleSet: RuleSet, unit: UnitDocument): readonly string[] {
  const verdict = ruleSet.check(unit.bytes, checkLimits);
  if (!verdict.ok) return [`${unit.name}: ${verdict.error.message}`];
  const { findings, unevaluated } = verdict.value;
  const wrong = unit.expected.filter(({ rule, fires, count }) => {
    if (unevaluated.some(({ id }) => id === rule)) return true;
    const fired = findings.filter(({ id }) => id === rule).length;
    return fires ? fired === 0 || (count !== undefined && fired !== count) : fired > 0;
  });
  if (unit.expected.length === 0) return [`${unit.name}: expects nothing`];
  return wrong.length === 0
    ? []
    : [
        `${unit.name}: ${wrong.map(({ rule, fires }) => `${rule} ${fires ? '' : 'not '}expected`).join(', ')}`,
      ];
}
