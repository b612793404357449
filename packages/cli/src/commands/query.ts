import type { Context } from '../context.ts';
import { argument, integerOption, mustArgument, type Input } from '../input.ts';
import { findQuery, readArgs, readResult } from '../interfaces.ts';
import { readJsonArgument } from '../jsonarg.ts';
import { renderJson } from '../render/json.ts';

/** Ask a query of a contract; the answer is the word of one node. */
export async function run(context: Context, input: Input): Promise<void> {
  const { out, signal } = context;
  const target = await findQuery(context, mustArgument(input, 0, 'contract.query'));
  const json = await readJsonArgument(context, target, argument(input, 1));
  const args = readArgs(target, json);
  const minHeight = integerOption(input, 'minHeight', { min: 0, max: Number.MAX_SAFE_INTEGER });
  const client = await context.client();
  const { value, height, ageMs } = await client.queryTyped(
    {
      contract: target.contract,
      query: target.name,
      args,
      argsSchema: target.args,
      readResult: (bytes) => readResult(target, bytes),
    },
    { signal, ...(minHeight === undefined ? {} : { minHeight }) },
  );
  const result = target.result.toJson(value);
  out.result({ result, height, ageMs }, () => {
    out.note(out.noteStyle.dim(out.words.wordOfOneNode(height)));
    return renderJson(result);
  });
}
