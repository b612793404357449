import { resolve } from 'node:path';
import { HanseError } from '@hanse/kit';
import type { Context } from '../context.ts';
import { exitCodeOf, exitCodes } from '../exit.ts';
import { textOption, type Input } from '../input.ts';

/** Run one validator in this process until it is told to stop or fails. */
export async function run(context: Context, input: Input): Promise<number> {
  const { out, cwd, signal } = context;
  const path = textOption(input, 'config');
  if (path === undefined) {
    throw new HanseError('InputNeeded', { what: 'the configuration file', flag: '--config' });
  }
  const { readConfig, runNode } = await import('@hanse/node');
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<unknown>((tell) => (fail = tell));
  const node = await runNode(readConfig(resolve(cwd, path)), (error) => fail(error));
  out.result({ ready: true, api: node.url }, () => `${out.style.green('●')} ${node.url}`);
  const stopped = new Promise<undefined>((tell) => {
    if (signal.aborted) tell(undefined);
    signal.addEventListener('abort', () => tell(undefined));
  });
  const error = await Promise.race([failed, stopped]);
  if (error !== undefined) {
    // State in memory is not to be trusted any more: nothing is closed in good order.
    out.error(error);
    return exitCodeOf(error);
  }
  await node.stop();
  return signal.reason === 'SIGINT' ? exitCodes.interrupted : exitCodes.ok;
}
