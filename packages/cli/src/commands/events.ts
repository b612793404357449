import type { Context } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { argument, flagOption, textOption, type Input } from '../input.ts';
import { inlineJson } from '../render/json.ts';
import { shortId } from '../render/values.ts';

/** Print events in order, each once; with `-f` go on until interrupted. */
export async function run(context: Context, input: Input): Promise<number> {
  const { out, signal } = context;
  const { style } = out;
  const [contract, name] = argument(input, 0)?.split('.') ?? [];
  const from = textOption(input, 'from');
  const client = await context.client();
  const events = client.events({
    signal,
    follow: flagOption(input, 'follow'),
    ...(from === undefined ? {} : { from }),
    ...(contract === undefined || contract === '' ? {} : { contract }),
    ...(name === undefined || name === '' ? {} : { name }),
  });
  for await (const event of events) {
    const { cursor, height, txid, data } = event;
    out.row({ cursor, height, txid, contract: event.contract, name: event.name, data }, () => {
      const what = style.bold(`${event.contract}.${event.name}`);
      return `${cursor.padStart(8)}  ${what}  ${inlineJson(data)}  ${style.dim(shortId(txid))}`;
    });
  }
  return signal.aborted ? exitCodes.interrupted : exitCodes.ok;
}
