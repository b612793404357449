import type { Context } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { choiceOption, integerOption, type Input } from '../input.ts';
import { formatDuration } from '../render/values.ts';
import { runSeed, SEED_MAX, TIERS, type SeedOutcome, type Tier } from '../simulate.ts';

const SEEDS = 20;

/** Run seeds of the simulator and report each that breaks a rule. Exit code 1 when one does. */
export async function run(context: Context, input: Input): Promise<number> {
  const { out, command } = context;
  const { words, style } = out;
  const only = integerOption(input, 'seed', { min: 0, max: SEED_MAX });
  const from = only ?? integerOption(input, 'from', { min: 0, max: SEED_MAX }) ?? 1;
  const count =
    only === undefined ? (integerOption(input, 'seeds', { min: 1, max: SEED_MAX }) ?? SEEDS) : 1;
  const chosen = choiceOption(input, 'tier', TIERS);
  const tiers: readonly Tier[] = chosen === undefined ? TIERS : [chosen];
  const startedMs = context.nowMs();
  const progress = out.progress('seeds', count * tiers.length);
  let done = 0;
  let broken = 0;
  for (const tier of tiers) {
    for (let seed = from; seed < from + count; seed++) {
      const outcome = await runSeed(tier, seed);
      progress.update(++done);
      if (!outcome.ok) broken += 1;
      if (out.isJson || !outcome.ok || only !== undefined) printOutcome(context, outcome);
    }
  }
  progress.end();
  if (broken === 0) {
    const elapsed = formatDuration(context.nowMs() - startedMs);
    if (!out.isJson) out.result({}, () => `${style.green('✓')} ${words.seedsHold(done, elapsed)}`);
    return exitCodes.ok;
  }
  out.note(`  ${words.replayWith(`${command} sim --seed <seed> --tier <tier>`)}`);
  return exitCodes.failed;
}

/** Print what became of a seed. */
export function printOutcome({ out }: Context, outcome: SeedOutcome): void {
  const { tier, seed, ok, reasons, timeline, ...figures } = outcome;
  const json = { tier, seed, ok, ...figures, ...(ok ? {} : { reason: reasons.join('; ') }) };
  out.row(json, () => {
    const { words, style } = out;
    if (ok) return `${style.green('✓')} ${words.seedHolds(tier, seed)}  ${figures.eventHash}`;
    const lines = reasons.map((reason) => `  ${reason}`);
    const told = `${style.red('✗')} ${words.seedBreaks(tier, seed, reasons[0] ?? '')}`;
    return [told, ...lines.slice(1), ...timeline].join('\n');
  });
}
