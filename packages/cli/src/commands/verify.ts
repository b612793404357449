import { resolve } from 'node:path';
import {
  readBundle,
  readGenesis,
  verifyBundle,
  type Anchor,
  type BundleReport,
} from '@hanse/client';
import type { Json } from '@hanse/codec';
import { toHex } from '@hanse/kit';
import { captureSchema, didOf } from '@hanse/model';
import { createNativeSuite } from '@hanse/native';
import type { Context } from '../context.ts';
import { hashFile } from '../deposits/prepare.ts';
import { readJsonFile } from '../files.ts';
import { argument, integerOption, mustArgument, usage, type Input } from '../input.ts';
import { checkReceiptDocument, isReceiptDocument } from '../receipts.ts';
import { renderFields } from '../render/table.ts';
import { formatBytes, formatTime } from '../render/values.ts';
import { offlineViews } from '../interfaces.ts';
import { receiptJson, renderReceipt } from './tx-show.ts';

/** Check a proof bundle without a network, and the file against it when one is given. */
export async function run(context: Context, input: Input): Promise<void> {
  const { cwd } = context;
  const file = argument(input, 1);
  const maxAge = integerOption(input, 'maxAge', { min: 1, max: 10 ** 10 });
  await checkBundle(context, {
    bundle: resolve(cwd, mustArgument(input, 0, 'bundle')),
    ...(file === undefined ? {} : { file: resolve(cwd, file) }),
    ...(maxAge === undefined ? {} : { maxAgeMs: maxAge * 1_000 }),
  });
}

/** Check the bundle of a path and print what it proves. Throws the first thing that does not hold. */
export async function checkBundle(
  context: Context,
  asked: { readonly bundle: string; readonly file?: string; readonly maxAgeMs?: number },
): Promise<void> {
  const { out, settings } = context;
  const document = readJsonFile(asked.bundle);
  if (isReceiptDocument(document)) return checkReceipt(context, document, asked);
  // An unanchored bundle is checked against the genesis it brings: consistent, but whose chain is open.
  const own = readGenesis(readBundle(document).genesis, createNativeSuite);
  const trusted = settings.genesis.value;
  const { maxAgeMs } = asked;
  const report = verifyBundle(document, {
    trustedGenesisHash: trusted ?? toHex(own.chainId),
    nowMs: context.nowMs(),
    suiteOf: createNativeSuite,
    ...(maxAgeMs === undefined ? {} : { maxAgeMs }),
    ...(asked.file === undefined ? {} : { fileHash: (await hashFile(own.suite, asked.file)).hash }),
  });
  if (trusted === undefined) out.warn(out.words.unanchoredBundle(report.genesisHash));
  const json = { verified: true, anchored: trusted !== undefined, report: reportJson(report) };
  out.result(json, () => renderReport(context, report, own));
}

/** Check an exported receipt and print it. */
function checkReceipt(
  context: Context,
  document: Json,
  { file, maxAgeMs }: { readonly file?: string; readonly maxAgeMs?: number },
): void {
  const { out, settings } = context;
  if (file !== undefined) {
    throw usage('A receipt is about a transaction, not a file.', '回执针对交易，而非文件。');
  }
  const trusted = settings.genesis.value;
  const nowMs = context.nowMs();
  const { receipt, genesisHash } = checkReceiptDocument(document, { trusted, nowMs, maxAgeMs });
  if (trusted === undefined) out.warn(out.words.unanchoredBundle(genesisHash));
  const views = offlineViews(context.project);
  const json = {
    verified: true,
    anchored: trusted !== undefined,
    receipt: receiptJson(views, receipt),
  };
  out.result(json, () => {
    const mark = out.style.green('✓');
    return `${mark} ${out.words.verified}\n${renderReceipt(context, views, receipt)}`;
  });
}

function reportJson(report: BundleReport): Json {
  const { depositor, organisation, state, fields, supersededBy } = report;
  const party = ({ did, name, kind }: BundleReport['depositor']): Json => ({
    did,
    name: name ?? null,
    kind: kind ?? null,
  });
  return {
    network: report.network,
    genesisHash: report.genesisHash,
    id: report.id,
    depositor: party(depositor),
    organisation: party(organisation),
    what: { ...report.what },
    when: { ...report.when },
    txid: report.txid,
    capture: captureSchema.toJson(report.capture),
    fields: fields.map(({ path, value }) => ({
      path,
      value:
        value.kind === 'text'
          ? value.value
          : { sizeBytes: value.value.sizeBytes, hash: toHex(value.value.hash) },
    })),
    file: report.file,
    supersededBy: supersededBy ?? null,
    state: { ...state, ageMs: state.ageMs ?? null, signers: [...state.signers] },
  };
}

/** Names of the validators that the genesis gives to their DIDs. */
function signerNames({ suite, genesis }: Anchor, signers: readonly string[]): string {
  const names = new Map(
    genesis.identities.map((one) => [didOf(suite, genesis.network, one), one.name]),
  );
  return signers.map((did) => names.get(did) ?? did).join(', ');
}

function renderReport({ out }: Context, report: BundleReport, anchor: Anchor): string {
  const { words, style } = out;
  const mark = style.green('✓');
  const { what, when, state, depositor, organisation, fields } = report;
  const party = ({ did, name }: BundleReport['depositor']): string =>
    name === undefined || name === '' ? did : `${name}  ${did}`;
  const rows: (readonly [string, string])[] = [
    [words.fieldId, report.id],
    [words.fieldMediaType, `${what.mediaType} · ${formatBytes(what.sizeBytes)}`],
    [words.fieldFields, words.fieldsHidden(what.fieldCount)],
    [words.fieldDepositor, party(depositor)],
    [words.fieldOrganisation, party(organisation)],
    [words.fieldBlock, `${when.height}  ${formatTime(when.time)}`],
    [words.fieldTransaction, report.txid],
    [words.fieldState, `${words.provedAt(state.height)}  ${formatTime(state.time)}`],
    [words.fieldSigners, words.signedBy(signerNames(anchor, state.signers), state.validators)],
    [words.fieldGenesis, `${report.network}  ${report.genesisHash}`],
  ];
  for (const { path, value } of fields) {
    const text = value.kind === 'text' ? value.value : toHex(value.value.hash);
    rows.push([words.disclosedFields, `${path} = ${text}`]);
  }
  if (report.supersededBy !== undefined) rows.push([words.fieldSuperseded, report.supersededBy]);
  const fileLine =
    report.file === 'matches' ? `${mark} ${words.fileMatches}` : `  ${words.fileNotGiven}`;
  return [`${mark} ${words.verified}`, fileLine, renderFields(rows, { style, indent: 2 })].join(
    '\n',
  );
}
