import type { Client } from '@hanse/client';
import type { Context } from '../context.ts';
import { argument, integerOption, mustArgument, type Input } from '../input.ts';
import { findQuery, readArgs } from '../interfaces.ts';
import { readJsonArgument } from '../jsonarg.ts';
import { renderJson } from '../render/json.ts';

type AnyQuery = (
  contract: string,
  query: string,
  args: unknown,
  options: { readonly minHeight?: number; readonly signal?: AbortSignal },
) => Promise<{ readonly value: unknown; readonly height: number; readonly ageMs: number }>;

/** Ask a query of a contract; the answer is the word of one node. */
export async function run(context: Context, input: Input): Promise<void> {
  const { out, signal } = context;
  const target = findQuery(mustArgument(input, 0, 'contract.query'));
  const json = await readJsonArgument(context, target, argument(input, 1));
  const args = readArgs(target, json);
  const minHeight = integerOption(input, 'minHeight', { min: 0, max: Number.MAX_SAFE_INTEGER });
  const query = untyped(await context.client());
  const options = { signal, ...(minHeight === undefined ? {} : { minHeight }) };
  const { value, height, ageMs } = await query(target.contract, target.name, args, options);
  const result = target.result.toJson(value);
  out.result({ result, height, ageMs }, () => {
    out.note(out.noteStyle.dim(out.words.wordOfOneNode(height)));
    return renderJson(result);
  });
}

// The names were found in the same table that the client's types are made from.
function untyped(client: Client): AnyQuery {
  const query: unknown = client.query;
  return query as AnyQuery;
}
