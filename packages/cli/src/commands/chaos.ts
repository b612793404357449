import type { Context } from '../context.ts';
import type { Input } from '../input.ts';
import { runProgram } from '../program.ts';

/** Run the fault tests with real validators of the checkout. */
export function run(context: Context, input: Input): Promise<number> {
  return runProgram(context, input, 'test/chaos/main.ts');
}
