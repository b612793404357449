import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { makeBundle, type Bundle } from '@hanse/client';
import { isHanseError } from '@hanse/kit';
import type { Json } from '@hanse/codec';
import type { Context } from '../context.ts';
import { formatBundle } from '../deposits/bundles.ts';
import { resolveDeposit } from '../deposits/reference.ts';
import { prettyJson, writeFileWhole } from '../files.ts';
import { mustArgument, textOption, type Input } from '../input.ts';
import { makeReceiptDocument } from '../receipts.ts';

/** Export the bundle of a deposit; for a transaction, its receipt with proof. */
export async function run(context: Context, input: Input): Promise<void> {
  const text = mustArgument(input, 0, 'id');
  const { id, idHex } = await resolveDeposit(context, text);
  const client = await context.client();
  const output = textOption(input, 'output');
  try {
    const bundle = await makeBundle(client, id, { signal: context.signal });
    writeBundleOut(context, bundle, output);
  } catch (error) {
    const isNoDeposit = isHanseError(error) && error.codeName === 'RecordUnknown';
    if (!isNoDeposit || existsSync(resolve(context.cwd, text))) throw error;
    const document = await receiptDocument(context, idHex, error);
    writeOut(context, document, prettyJson(document), output);
  }
}

/** Write a bundle to a file or to stdout. */
export function writeBundleOut(context: Context, bundle: Bundle, output: string | undefined): void {
  writeOut(context, { ...bundle }, formatBundle(bundle), output);
}

/** The receipt of a transaction as a document. Throws `otherwise` when there is none. */
async function receiptDocument(context: Context, txid: string, otherwise: unknown): Promise<Json> {
  try {
    return await makeReceiptDocument(await context.client(), txid, context.signal);
  } catch (error) {
    throw isHanseError(error) && error.codeName === 'TxUnknown' ? otherwise : error;
  }
}

function writeOut(
  { out, cwd }: Context,
  json: Json,
  text: string,
  output: string | undefined,
): void {
  if (output === undefined) {
    out.result(json, () => text.trimEnd());
    return;
  }
  writeFileWhole(resolve(cwd, output), text);
  out.note(`${out.noteStyle.green('✓')} ${out.words.bundleWritten(output)}`);
}
