import { callOf, type Client, type Signer, type Submission } from '@hanse/client';
import { fromHex, HanseError, isHanseError, limits, must, toHex } from '@hanse/kit';
import type { TxProof, Until } from '@hanse/model';
import type { Progress } from '../render/progress.ts';
import { KeptDeposits } from './kept.ts';
import { prepareFile, type Depositor, type Prepared, type PrepareOptions } from './prepare.ts';
import type { FoundFile } from './walk.ts';

/** What became of a file. */
export type FileResult = {
  readonly file: FoundFile;
  readonly id: string | undefined;
  readonly mediaType: string;
  readonly fieldCount: number;
  /** Why a document gave no fields. */
  readonly note: string | undefined;
} & (
  | {
      readonly status: 'deposited';
      readonly height: number;
      readonly txid: string;
      /** What proves the receipt; absent when nobody waited for a proof. */
      readonly proof?: TxProof;
    }
  | { readonly status: 'existed'; readonly height: number; readonly depositor: string }
  | { readonly status: 'failed'; readonly error: HanseError }
);

/** What depositing needs. */
export type FlowParts = {
  readonly client: Client;
  readonly signer: Signer;
  readonly keptDir: string;
  readonly options: PrepareOptions;
  readonly until: Until;
  readonly signal: AbortSignal;
  readonly progress: Progress;
};

/** Files prepared and submitted together; the next group is prepared while one is on its way. */
const GROUP = 512;
const LOOKUPS_AT_ONCE = 16;
/** An envelope waits for its outcome so long: 256 files take their time on a busy machine. */
const SUBMIT_MS = 120_000;
const SUBMIT_FEW_MS = 60_000;
const FEW = 16;

/** Deposit files, each once, in order. One that fails does not stop the others. */
export async function depositFiles(
  parts: FlowParts,
  files: readonly FoundFile[],
): Promise<readonly FileResult[]> {
  const chain = await parts.client.chain();
  const depositor: Depositor = {
    suite: chain.suite,
    chainId: toHex(chain.chainId),
    did: parts.signer.did,
    kept: new KeptDeposits(parts.keptDir),
  };
  const results: FileResult[] = [];
  const byId = new Map<string, FileResult>();
  let settled = 0;
  const count = (more: number): void => parts.progress.update((settled += more));
  let sending: Promise<readonly FileResult[]> = Promise.resolve([]);
  for (let from = 0; from < files.length; from += GROUP) {
    const prepared = await prepareGroup(depositor, files.slice(from, from + GROUP), parts.options);
    results.push(...(await sending));
    sending = sendGroup(parts, depositor, prepared, byId, count);
  }
  results.push(...(await sending));
  return results;
}

type Attempt = Prepared | { readonly file: FoundFile; readonly error: HanseError };

async function prepareGroup(
  depositor: Depositor,
  files: readonly FoundFile[],
  options: PrepareOptions,
): Promise<readonly Attempt[]> {
  const attempts: Attempt[] = [];
  for (const file of files) {
    try {
      attempts.push(await prepareFile(depositor, file, options));
    } catch (error) {
      if (!isHanseError(error)) throw error;
      attempts.push({ file, error });
    }
  }
  return attempts;
}

async function sendGroup(
  parts: FlowParts,
  depositor: Depositor,
  attempts: readonly Attempt[],
  byId: Map<string, FileResult>,
  count: (more: number) => void,
): Promise<readonly FileResult[]> {
  const prepared = attempts.filter((one): one is Prepared => 'id' in one);
  const fresh = new Map<string, Prepared>();
  for (const one of prepared) {
    if (!byId.has(one.id) && !fresh.has(one.id)) fresh.set(one.id, one);
  }
  const maybe = [...fresh.values()].filter((one) => one.wasKept);
  await eachOf(maybe, LOOKUPS_AT_ONCE, async (one) => {
    const first = await firstDeposit(parts.client, one);
    if (first === undefined) return;
    byId.set(one.id, first);
    fresh.delete(one.id);
  });
  const toSend = [...fresh.values()];
  for (const one of toSend) depositor.kept.write(one.kept);
  for (const result of await submitGroup(parts, toSend, count)) {
    if (result.id !== undefined) byId.set(result.id, result);
  }
  count(attempts.length - toSend.length);
  const told = new Set<string>();
  return attempts.map((one) => {
    if (!('id' in one)) return failedResult(one.file, undefined, one.error);
    const result = must(byId.get(one.id), 'every prepared file has a result');
    // The second of two equal files finds what the first has just deposited.
    const isFirst = result.file.path === one.file.path && !told.has(one.id);
    told.add(one.id);
    return isFirst ? result : asExisting(result, one, depositor.did);
  });
}

function asExisting(result: FileResult, one: Prepared, did: string): FileResult {
  const { file, note } = one;
  if (result.status !== 'deposited') return { ...result, file, note };
  const { id, mediaType, fieldCount, height } = result;
  return { file, id, mediaType, fieldCount, note, status: 'existed', height, depositor: did };
}

async function submitGroup(
  parts: FlowParts,
  group: readonly Prepared[],
  count: (more: number) => void,
): Promise<readonly FileResult[]> {
  if (group.length === 0) return [];
  const { client, signer, until, signal } = parts;
  let counted = 0;
  const results = await client.submitMany(group.map(submissionOf), {
    signers: [signer],
    until,
    signal,
    keepProofs: true,
    validForMs: limits.txLifetimeMsMax,
    timeoutMs: group.length <= FEW ? SUBMIT_FEW_MS : SUBMIT_MS,
    onProgress: ({ executed, failed }) => {
      count(executed + failed - counted);
      counted = executed + failed;
    },
  });
  return Promise.all(
    results.map(async (result, index): Promise<FileResult> => {
      const one = must(group[index], 'one result for each file');
      if (result.kind === 'failed') return failedResult(one.file, one, result.error);
      const { refused, receipt, txid, proof } = result;
      if (refused === undefined) {
        const facts = {
          ...factsOf(one),
          status: 'deposited',
          height: receipt.height,
          txid,
        } as const;
        return proof === undefined ? facts : { ...facts, proof };
      }
      const exists = refused.codeName === 'EvidenceExists';
      const first = exists ? await firstDeposit(client, one) : undefined;
      return first ?? failedResult(one.file, one, refused);
    }),
  );
}

function submissionOf({ kept }: Prepared): Submission {
  const { call } = callOf('evidence', 'deposit', kept.deposit);
  // The root differs with every secret, so the key stands for exactly these arguments.
  const idempotencyKey = `evidence.deposit/${kept.depositor}/${toHex(kept.deposit.fieldsRoot)}`;
  return { calls: [call], idempotencyKey };
}

/** The deposit that stands already, proved; undefined when there is none. */
async function firstDeposit(client: Client, one: Prepared): Promise<FileResult | undefined> {
  const id = must(fromHex(one.id), 'an id is hexadecimal');
  const { value } = await client.evidence(id);
  if (value === undefined) return undefined;
  const { depositor, height, mediaType, fieldCount } = value;
  return { ...factsOf(one), mediaType, fieldCount, status: 'existed', height, depositor };
}

function factsOf({ file, id, kept, note }: Prepared) {
  const { mediaType, fieldCount } = kept.deposit;
  return { file, id, mediaType, fieldCount, note };
}

function failedResult(file: FoundFile, one: Prepared | undefined, error: HanseError): FileResult {
  const facts =
    one === undefined
      ? { file, id: undefined, mediaType: '', fieldCount: 0, note: undefined }
      : factsOf(one);
  return { ...facts, status: 'failed', error };
}

/** Do something for each of many, so many at a time. */
export async function eachOf<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (;;) {
      const item = items[next++];
      if (item === undefined) return;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}
