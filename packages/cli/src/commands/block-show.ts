import type { Json } from '@hanse/codec';
import { toHex } from '@hanse/kit';
import type { BlockDetail } from '@hanse/model';
import type { Context } from '../context.ts';
import { mustArgument, parseInteger, type Input } from '../input.ts';
import { nameOfDid } from '../identities.ts';
import { renderFields, renderTable } from '../render/table.ts';
import { formatBytes, formatTime, shortDid, shortId } from '../render/values.ts';

/** Show a block; its digest is checked against the validators' certificate where it is bound. */
export async function run(context: Context, input: Input): Promise<void> {
  const { out, signal } = context;
  const text = mustArgument(input, 0, 'height');
  const client = await context.client();
  const head = await client.head({ signal });
  const height =
    text === 'latest'
      ? head.height
      : parseInteger(text, '<height>', { min: 0, max: Number.MAX_SAFE_INTEGER });
  const block = await client.block(height, { signal });
  // The newest blocks are final, and bound by a header that is still to come.
  const isProved = height <= head.provedHeight && (await isDigestProved(context, block));
  const json: Json = {
    ...block,
    header: block.header,
    signers: [...block.signers],
    receipts: block.receipts.map((one) => ({ ...one })),
    proved: isProved,
  };
  out.result(json, () => renderBlock(context, block, isProved));
}

/** Whether the history that the validators signed holds this block at its height. */
async function isDigestProved(context: Context, block: BlockDetail): Promise<boolean> {
  const client = await context.client();
  const { leaf } = await client.provedBlock(block.height, { signal: context.signal });
  return toHex(leaf.headerDigest) === block.digest;
}

function renderBlock(context: Context, block: BlockDetail, isProved: boolean): string {
  const { out, identities } = context;
  const { words, style, width } = out;
  const fields = renderFields(
    [
      [words.time, formatTime(block.time)],
      [words.digest, block.digest],
      [words.view, String(block.view)],
      [words.proposer, String(block.proposer)],
      [
        words.votes,
        block.signers.length === 0 ? words.throughDescendant : block.signers.join(', '),
      ],
      [words.transactions, `${block.transactions} (${words.refusedTxs}: ${block.refused})`],
      [words.size, formatBytes(block.sizeBytes)],
      [words.fieldState, isProved ? words.proved : words.finalOnly],
    ],
    { style, indent: 2 },
  );
  const title = `${style.bold(`${words.fieldBlock} ${block.height}`)}\n${fields}`;
  if (block.receipts.length === 0) return title;
  const table = renderTable(
    [
      { title: words.fieldTransaction },
      { title: words.status },
      { title: words.calls, shrinks: true },
      { title: words.signers },
    ],
    block.receipts.map((one) => [
      shortId(one.txid),
      one.status === 'ok' ? words.statusOk : (one.code ?? words.statusRefused),
      one.calls.join(', '),
      one.signers.map((did) => nameOfDid(identities, did) ?? shortDid(did)).join(', '),
    ]),
    { style, width },
  );
  return `${title}\n\n${table}`;
}
