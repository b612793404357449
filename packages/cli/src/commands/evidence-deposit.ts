import { relative, resolve } from 'node:path';
import { isJsonObject, type Json } from '@hanse/codec';
import { formatCount, formatBytes, formatDuration, shortId } from '../render/values.ts';
import type { Context } from '../context.ts';
import { writeBundles, type BundleWish } from '../deposits/bundles.ts';
import { depositFiles, type FileResult } from '../deposits/flow.ts';
import { findFiles, type Found } from '../deposits/walk.ts';
import { exitCodeOf, exitCodes } from '../exit.ts';
import { argumentList, choiceOption, isOff, textOption, usage, type Input } from '../input.ts';
import { renderFields, renderTable } from '../render/table.ts';
import { errorJson, viewError } from '../render/error.ts';
import { nameOfDid } from '../identities.ts';
import { untilOption } from '../submit.ts';

const METHODS = ['file', 'scan', 'photo', 'sensor', 'export', 'api'] as const;
/** Up to so many files are listed one by one. */
const LISTED_MAX = 50;

type Summary = {
  readonly results: readonly FileResult[];
  readonly bundles: ReadonlyMap<string, string>;
  readonly bundlesDir: string | undefined;
  readonly elapsedMs: number;
  readonly isProved: boolean;
};

/** Deposit files and folders, and write a proof bundle for each. */
export async function run(context: Context, input: Input): Promise<number> {
  const { out, cwd, project } = context;
  const found = findFiles(cwd, argumentList(input, 0));
  reportSkipped(context, found);
  if (found.files.length === 0) {
    throw usage(out.words.nothingToDeposit, out.words.nothingToDeposit);
  }
  const until = untilOption(input);
  const startedMs = context.nowMs();
  const signer = await context.signer();
  const client = await context.client();
  const progress = out.progress(out.words.depositing, found.files.length);
  let results: readonly FileResult[];
  try {
    results = await depositFiles(
      {
        client,
        signer,
        keptDir: context.network.evidenceDir,
        options: {
          withFields: !isOff(input, 'fields'),
          mediaType: textOption(input, 'mediaType'),
          device: textOption(input, 'device') ?? '',
          method: choiceOption(input, 'method', METHODS) ?? 'file',
        },
        until,
        signal: context.signal,
        progress,
      },
      found.files,
    );
  } finally {
    progress.end();
  }
  const elapsedMs = context.nowMs() - startedMs;
  const [only] = results;
  if (results.length === 1 && only?.status === 'failed' && !out.isJson) throw only.error;
  const bundlesDir =
    isOff(input, 'bundles') || until === 'final'
      ? undefined
      : resolve(cwd, textOption(input, 'bundles') ?? project.bundlesDir);
  const bundles = await bundlesOf(context, results, bundlesDir);
  const summary = { results, bundles, bundlesDir, elapsedMs, isProved: until === 'proved' };
  out.result(summaryJson(summary), () => renderSummary(context, summary));
  const failed = results.find((one) => one.status === 'failed');
  return failed?.status === 'failed' ? exitCodeOf(failed.error) : exitCodes.ok;
}

function reportSkipped({ out }: Context, { skipped }: Found): void {
  for (const { shown, why } of skipped) out.warn(out.words.skippedEntry(shown, out.words[why]));
}

async function bundlesOf(
  context: Context,
  results: readonly FileResult[],
  dir: string | undefined,
): Promise<ReadonlyMap<string, string>> {
  if (dir === undefined) return new Map();
  const { out, signal } = context;
  const wishes = new Map<string, BundleWish>();
  for (const result of results) {
    if (result.status === 'failed' || result.id === undefined) continue;
    const { id, height } = result;
    const receipt = result.status === 'deposited' ? result.proof : undefined;
    if (!wishes.has(id) || receipt !== undefined) wishes.set(id, { id, height, receipt });
  }
  const progress = out.progress(out.words.writingBundles, wishes.size);
  try {
    const client = await context.client();
    const written = await writeBundles(client, dir, [...wishes.values()], { progress, signal });
    for (const [id, error] of written.failures) {
      out.warn(`${shortId(id)}: ${viewError(error, out.language).what}`);
    }
    return written.paths;
  } finally {
    progress.end();
  }
}

/** The documented shape of `--json`. */
export function summaryJson({ results, bundles }: Summary): Json {
  return {
    total: results.length,
    ...countsOf(results),
    files: results.map((one): Json => {
      const bundle = one.id === undefined ? undefined : bundles.get(one.id);
      return {
        path: one.file.shown,
        id: one.id ?? null,
        status: one.status,
        ...(one.status === 'failed' ? {} : { height: one.height }),
        ...(one.status === 'deposited' ? { txid: one.txid } : {}),
        ...(one.status === 'existed' ? { depositor: one.depositor } : {}),
        ...(one.status === 'failed' ? { error: errorOf(one.error) } : {}),
        mediaType: one.mediaType,
        fieldCount: one.fieldCount,
        ...(one.note === undefined ? {} : { note: one.note }),
        ...(bundle === undefined ? {} : { bundle }),
      };
    }),
  };
}

function errorOf(error: unknown): Json {
  const json = errorJson(error);
  return isJsonObject(json) ? (json['error'] ?? null) : json;
}

function countsOf(results: readonly FileResult[]) {
  const count = (status: FileResult['status']): number =>
    results.filter((one) => one.status === status).length;
  return { deposited: count('deposited'), existed: count('existed'), failed: count('failed') };
}

function renderSummary(context: Context, summary: Summary): string {
  const { words, style, language } = context.out;
  const { results, bundles, bundlesDir, elapsedMs } = summary;
  const [only] = results;
  if (results.length === 1 && only !== undefined) return renderOne(context, summary, only);
  const { deposited, existed, failed } = countsOf(results);
  const table =
    results.length <= LISTED_MAX ? listTable(context, results) : typeTable(context, results);
  const mark = failed > 0 ? style.red('✗') : style.green('✓');
  const elapsed = formatDuration(elapsedMs);
  const lines = [
    table,
    '',
    `${mark} ${words.depositSummary(results.length, deposited, existed, failed, elapsed)}`,
  ];
  for (const one of results) {
    if (one.status !== 'failed') continue;
    const { code, what, why } = viewError(one.error, language);
    lines.push(`  ${style.red('✗')} ${one.file.shown}  ${code} ${what} ${why}`);
  }
  if (bundlesDir !== undefined) {
    const dir = near(context, bundlesDir);
    lines.push(`  ${words.bundlesWritten(bundles.size, dir)}`);
  }
  return lines.join('\n');
}

function listTable({ out }: Context, results: readonly FileResult[]): string {
  const { words, style, width } = out;
  return renderTable(
    [
      { title: words.fieldFile, shrinks: true },
      { title: words.status },
      { title: words.fieldBlock, align: 'right' },
      { title: words.fieldFields, align: 'right' },
      { title: words.fieldId },
    ],
    results.map((one) => [
      one.file.shown,
      words[one.status],
      one.status === 'failed' ? '–' : String(one.height),
      String(one.fieldCount),
      one.id === undefined ? '–' : shortId(one.id),
    ]),
    { style, width },
  );
}

function typeTable({ out }: Context, results: readonly FileResult[]): string {
  const { words, style, width, language } = out;
  const types = [...new Set(results.map((one) => one.mediaType))].toSorted();
  const rows = types.map((type) => {
    const own = results.filter((one) => one.mediaType === type);
    const { deposited, existed, failed } = countsOf(own);
    const sizeBytes = own.reduce((sum, one) => sum + one.file.sizeBytes, 0);
    const fields = own.reduce((sum, one) => sum + one.fieldCount, 0);
    return [
      type === '' ? '–' : type,
      ...[own.length, deposited, existed, failed, fields].map((n) => formatCount(n, language)),
      formatBytes(sizeBytes),
    ];
  });
  const titles = [
    words.fieldFile,
    words.deposited,
    words.existed,
    words.failed,
    words.fieldFields,
    words.fieldSize,
  ];
  return renderTable(
    [
      { title: words.fieldMediaType, shrinks: true },
      ...titles.map((title) => ({ title, align: 'right' as const })),
    ],
    rows,
    { style, width },
  );
}

function renderOne(context: Context, summary: Summary, one: FileResult): string {
  const { out, command, identities } = context;
  const { words, style } = out;
  if (one.status === 'failed') return one.file.shown;
  const elapsed = formatDuration(summary.elapsedMs);
  const told =
    one.status === 'existed'
      ? words.depositFirst(one.height, nameOfDid(identities, one.depositor) ?? one.depositor)
      : summary.isProved
        ? words.depositDone(one.height, elapsed)
        : words.depositDoneFinal(one.height, elapsed);
  const rows: (readonly [string, string])[] = [
    [words.fieldId, one.id ?? ''],
    [words.fieldFields, `${words.fieldsHidden(one.fieldCount)} · ${one.mediaType}`],
  ];
  if (one.status === 'deposited') rows.push([words.fieldTransaction, one.txid]);
  if (one.note !== undefined) rows.push([words.fieldNote, one.note]);
  const bundle = one.id === undefined ? undefined : summary.bundles.get(one.id);
  if (bundle !== undefined) {
    const path = near(context, bundle);
    rows.push([words.fieldBundle, path]);
    rows.push([words.checkWith, `${command} verify ${path} ${one.file.shown}`]);
  }
  const mark = style.green('✓');
  return `${mark} ${one.file.shown}  ${told}\n${renderFields(rows, { style, indent: 2 })}`;
}

function near({ cwd }: Context, path: string): string {
  const short = relative(cwd, path);
  return short.startsWith('..') || short === '' ? path : short;
}
