import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonArray, isJsonObject, type Json } from '@hanse/codec';
import { fromUtf8, HanseError, utf8 } from '@hanse/kit';
import {
  readDeal,
  readTitle,
  STORY,
  tellStory,
  type Desk,
  type OrganisationName,
  type StoryFile,
  type StoryFileName,
  type StoryStage,
  type ToldStep,
} from '@hanse/trade-finance';
import { checkoutRoot } from '../checkout.ts';
import type { Context } from '../context.ts';
import { organisationIdentity } from '../dev/organisations.ts';
import { prettyJson, makePrivateDir, readJsonIfPresent, writePrivateFile } from '../files.ts';
import { CAST } from './cast.ts';
import { depositAs, keepFacts } from './importing.ts';
import type { Importer } from './importer.ts';
import { paymentMessage } from './payment.ts';
import type { Vault } from './vault.ts';

/** Files of the story below `demo/invoices`. */
const FILES: Readonly<Record<StoryFileName, string>> = {
  sale: 'meridian-MM-2026-1102.ubl.xml',
  twin: 'meridian-MM-2026-1102.cii.xml',
  credit: 'meridian-credit-MM-2026-1119.ubl.xml',
  trade2: 'kestrel-KS-88213.ubl.xml',
  trade3: 'fernwald-5507.cii.xml',
  'sale-cn': 'yuanfan-26990000000000000417.xml',
  'trade-cn': 'linjiang-26990000000000000882.xml',
  'red-cn': 'yuanfan-red-26990000000000000550.xml',
};

/** What telling the story on a local network needs; the context is that of the network. */
export type StoryParts = {
  readonly context: Context;
  readonly desk: Desk;
  readonly vault: Vault;
  readonly importer: Importer;
};

/** Folder of the invoices of the story. */
export function storyDir({ env, cwd }: Pick<Context, 'env' | 'cwd'>): string {
  return join(checkoutRoot(env) ?? cwd, 'demo', 'invoices');
}

/** Whether the invoices of the story are there. */
export function hasStory(context: Pick<Context, 'env' | 'cwd'>): boolean {
  return Object.values(FILES).every((name) => existsSync(join(storyDir(context), name)));
}

/** The steps that were told on this chain, as they are kept. */
export function toldSteps(vault: Vault, chainId: string): readonly ToldStep[] {
  const json = readJsonIfPresent(vault.storyFile);
  if (json === undefined || !isJsonObject(json) || json['chainId'] !== chainId) return [];
  const { steps } = json;
  if (steps === undefined || !isJsonArray(steps) || !steps.every(isTold)) {
    throw new HanseError('FileCorrupt', { path: vault.storyFile, reason: 'it is no story' });
  }
  // Written by `keepTold`, and nothing of it is sent anywhere.
  return steps as unknown as readonly ToldStep[];
}

function isTold(json: Json): boolean {
  if (!isJsonObject(json)) return false;
  const { id, txids, height, says, title, notes } = json;
  const isWhole =
    typeof id === 'string' && typeof height === 'number' && isJsonObject(says ?? null);
  return (
    isWhole &&
    isJsonObject(title ?? null) &&
    isJsonObject(notes ?? null) &&
    isJsonArray(txids ?? null)
  );
}

function keepTold(vault: Vault, chainId: string, steps: readonly ToldStep[]): void {
  makePrivateDir(vault.dir);
  writePrivateFile(vault.storyFile, prettyJson({ chainId, steps: steps as unknown as Json }));
}

/** Tell what was not told yet; each step is on disk as soon as it is done. */
export async function tellHere(
  parts: StoryParts,
  chainId: string,
  onTold: (step: ToldStep, index: number) => void,
): Promise<readonly ToldStep[]> {
  const { vault } = parts;
  const told = [...toldSteps(vault, chainId)];
  return tellStory(STORY, await stageOf(parts), told, (step) => {
    told.push(step);
    keepTold(vault, chainId, told);
    onTold(step, told.length);
  });
}

async function stageOf(parts: StoryParts): Promise<StoryStage> {
  const { context, desk, vault } = parts;
  const { identities } = context;
  const names = CAST.flatMap(({ people }) => people.map(({ name }) => name));
  const signers = await Promise.all(
    names.map(async (name) => [name, await context.signer(name)] as const),
  );
  const organisations = CAST.map(
    ({ name }) => [name, identities.info(organisationIdentity(name)).did] as const,
  );
  const files = await readFiles(parts);
  return {
    desk,
    signers: Object.fromEntries(signers) as StoryStage['signers'],
    organisations: Object.fromEntries(organisations) as Record<OrganisationName, string>,
    files,
    deposit: (file, as) => depositStory(parts, file, as),
    message: async (id) => {
      const deal = await readDeal(desk, id);
      const { currency } = (await readTitle(desk, deal.pack)).pack;
      const units = deal.to - deal.from + 1;
      return utf8(paymentMessage({ deal: id, units, currency, timeMs: desk.clock.nowMs() }));
    },
    keep: {
      terms: (terms) => void vault.keepTerms(terms),
      payment: (deal, message, payment) =>
        vault.keepPayment(deal, fromUtf8(message) ?? '', payment),
    },
  };
}

async function depositStory(parts: StoryParts, file: StoryFile, as: string) {
  const { context, vault, desk, importer } = parts;
  const path = join(storyDir(context), file.name);
  const trade = { context, desk, vault, importer };
  const done = await depositAs(trade, { path, name: file.name }, as);
  const kind = file.result.invoice?.kind === 'invoice' ? 'invoice' : 'credit-note';
  const input = { args: [], options: {} };
  keepFacts(trade, input, { ...file, path }, done.document, kind);
  return done;
}

async function readFiles({ context, importer }: StoryParts): Promise<StoryStage['files']> {
  const dir = storyDir(context);
  const read = Object.entries(FILES).map(async ([key, name]) => {
    const bytes = new Uint8Array(readFileSync(join(dir, name)));
    return [key, { name, bytes, result: await importer.import(bytes, name) }] as const;
  });
  return Object.fromEntries(await Promise.all(read)) as Record<StoryFileName, StoryFile>;
}
