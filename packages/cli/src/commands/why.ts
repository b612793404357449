import type { Context } from '../context.ts';
import { exitCodes } from '../exit.ts';

const ASK_MS = 5_000;

/** Say in one sentence whether blocks are being made. Exit code 1 when they are not. */
export async function run(context: Context): Promise<number> {
  const { out, signal } = context;
  const client = await context.client();
  const why = await client.why({ signal, timeoutMs: ASK_MS });
  out.result({ ...why, silent: [...why.silent] }, () => {
    const sentence = out.language === 'en' ? why.sentence : why.sentenceZh;
    const mark = why.healthy ? out.style.green('●') : out.style.red('○');
    return `${mark} ${sentence}`;
  });
  return why.healthy ? exitCodes.ok : exitCodes.failed;
}
