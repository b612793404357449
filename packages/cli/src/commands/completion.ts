import type { Context } from '../context.ts';
import { completionScript, SHELLS } from '../completion.ts';
import { mustArgument, usage, type Input } from '../input.ts';

/** Print the completion script of a shell. */
export async function run({ out }: Context, input: Input): Promise<void> {
  const text = mustArgument(input, 0, 'shell');
  const shell = SHELLS.find((one) => one === text);
  if (shell === undefined) {
    throw usage(
      `There is no completion for "${text}": ${SHELLS.join(', ')}.`,
      `没有“${text}”的补全脚本：${SHELLS.join('、')}。`,
    );
  }
  const script = completionScript(shell, out.language);
  out.result({ shell, script }, () => script.trimEnd());
}
