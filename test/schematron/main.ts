// Time of one check per whole invoice: node tools/run.mjs test/schematron/main.ts
import { checkLimits, type RuleSet } from '@hanse/schematron';
import { ABSENT, compileRules, isPresent, readInvoices, type Syntax } from './samples.ts';

const ROUNDS = 5;

if (isPresent) measure();
else process.stdout.write(`${ABSENT}\n`);

function measure(): void {
  const rules: Record<Syntax, RuleSet> = { ubl: timedCompile('ubl'), cii: timedCompile('cii') };
  const invoices = readInvoices();
  const check = ({ syntax, bytes }: (typeof invoices)[number]): number => {
    const started = performance.now();
    rules[syntax].check(bytes, checkLimits);
    return performance.now() - started;
  };
  report('first round', invoices.map(check));
  const warm = Array.from({ length: ROUNDS }, () => invoices.map(check)).flat();
  report('warm', warm);
}

function timedCompile(syntax: Syntax): RuleSet {
  const started = performance.now();
  const rules = compileRules(syntax);
  process.stdout.write(`compile ${syntax}: ${(performance.now() - started).toFixed(0)} ms\n`);
  return rules;
}

function report(name: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    `${(sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0).toFixed(1)} ms`;
  process.stdout.write(
    `${name}: ${times.length} checks, p50 ${at(0.5)}, p95 ${at(0.95)}, max ${at(1)}\n`,
  );
}
