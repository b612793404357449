import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Client } from '@hanse/client';
import { isJsonArray, isJsonObject } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { HanseError } from '@hanse/kit';
import { checkoutRoot } from '../checkout.ts';
import type { Context } from '../context.ts';
import { depositFiles, type FileResult } from '../deposits/flow.ts';
import { findFiles } from '../deposits/walk.ts';
import { readJsonFile } from '../files.ts';
import type { IdentityStore } from '../identities.ts';
import type { NetworkPaths } from '../project.ts';
import { viewError } from '../render/error.ts';
import { renderTable } from '../render/table.ts';
import { shortId } from '../render/values.ts';
import type { Ports } from './ports.ts';

/** A demo document, and who deposits it. */
type DemoDocument = {
  readonly file: string;
  readonly as: string;
  readonly method: 'file' | 'scan' | 'sensor' | 'export';
};

/** What depositing the demo needs. */
export type DemoParts = {
  readonly client: Client;
  readonly suite: Suite;
  readonly identities: IdentityStore;
  readonly paths: NetworkPaths;
  readonly ports: Ports;
};

const METHODS = ['file', 'scan', 'sensor', 'export'] as const;

/** Deposit the demo documents that are not deposited yet, each by the organisation it comes from. */
export async function depositDemo(context: Context, parts: DemoParts): Promise<void> {
  const { out, env, cwd } = context;
  const { words } = out;
  const dir = join(checkoutRoot(env) ?? cwd, 'demo');
  if (!existsSync(join(dir, 'manifest.json'))) {
    out.warn(words.demoMissing(dir));
    return;
  }
  const documents = readManifest(join(dir, 'manifest.json'));
  const results: { readonly as: string; readonly result: FileResult }[] = [];
  for (const document of documents) {
    const result = await depositOne(context, parts, join(dir, 'documents'), document);
    context.signal.throwIfAborted();
    if (result !== undefined) results.push({ as: document.as, result });
  }
  const count = (status: FileResult['status']): number =>
    results.filter((one) => one.result.status === status).length;
  if (out.isJson) return;
  const [base = 0] = parts.ports.api;
  const table = renderTable(
    [
      { title: words.fieldFile },
      { title: words.fieldDepositor },
      { title: words.fieldBlock, align: 'right' },
      { title: words.fieldId },
      { title: words.labelConsole },
    ],
    results.map(({ as, result }) => [
      relative(dir, result.file.path),
      as,
      result.status === 'failed'
        ? viewError(result.error, out.language).code
        : String(result.height),
      result.id === undefined ? '–' : shortId(result.id),
      result.id === undefined ? '–' : `http://localhost:${base}/#/evidence/${result.id}`,
    ]),
    { style: out.noteStyle, width: undefined },
  );
  const told =
    count('deposited') > 0
      ? words.demoDeposited(count('deposited'))
      : words.demoExisted(count('existed'));
  const failed = count('failed');
  const mark = failed > 0 ? out.noteStyle.red('✗') : out.noteStyle.green('✓');
  const failures = failed > 0 ? ` · ${words.failed}: ${failed}` : '';
  out.note(`\n  ${mark} ${told}${failures}\n${indent(table)}`);
}

async function depositOne(
  context: Context,
  { client, suite, identities, paths }: DemoParts,
  dir: string,
  { file, as, method }: DemoDocument,
): Promise<FileResult | undefined> {
  const { files } = findFiles(context.cwd, [join(dir, file)]);
  const [result] = await depositFiles(
    {
      client,
      signer: await identities.signer(suite, as),
      keptDir: paths.evidenceDir,
      options: { withFields: true, mediaType: undefined, device: '', method },
      until: 'proved',
      signal: context.signal,
      progress: { update: () => {}, end: () => {} },
    },
    files,
  );
  return result;
}

function readManifest(path: string): readonly DemoDocument[] {
  const json = readJsonFile(path);
  if (!isJsonArray(json)) throw new HanseError('FileCorrupt', { path, reason: 'it is no list' });
  return json.map((one) => {
    const document = isJsonObject(one) ? one : {};
    const { file, as } = document;
    const method = METHODS.find((name) => name === document['method']);
    if (typeof file !== 'string' || typeof as !== 'string' || method === undefined) {
      throw new HanseError('FileCorrupt', { path, reason: 'an entry lacks file, as or method' });
    }
    return { file, as, method };
  });
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}
