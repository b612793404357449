import type { Context } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { choiceOption, mustArgument, parseInteger, type Input } from '../input.ts';
import { runSeed, SEED_MAX, TIERS } from '../simulate.ts';
import { printOutcome } from './sim.ts';

/** Replay one seed with its timeline. */
export async function run(context: Context, input: Input): Promise<number> {
  const seed = parseInteger(mustArgument(input, 0, 'seed'), '<seed>', { min: 0, max: SEED_MAX });
  const tier = choiceOption(input, 'tier', TIERS) ?? 'fast';
  const outcome = await runSeed(tier, seed, { timeline: true });
  if (!context.out.isJson) for (const line of outcome.timeline) context.out.note(line);
  printOutcome(context, { ...outcome, timeline: [] });
  return outcome.ok ? exitCodes.ok : exitCodes.failed;
}
