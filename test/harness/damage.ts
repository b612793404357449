import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { isErrorName, nameOf } from '@hanse/kit';
import type { Head } from '@hanse/model';
import type { Acknowledged } from './load.ts';
import type { NodeFiles } from './make.ts';
import { freePorts } from './ports.ts';
import { NodeProcess, StartFailed } from './process.ts';
import { digestsAt, heightOf, outcomesAt } from './truth.ts';
import { sleep, waitFor } from './wait.ts';

/** What is known to be true of a chain, to compare a damaged validator's answers with. */
export type Truth = {
  readonly acknowledged: readonly Acknowledged[];
  /** Digest per height. */
  readonly digests: ReadonlyMap<number, string>;
  readonly height: number;
};

/** One bit of one file. */
export type Flip = { readonly file: string; readonly offset: number; readonly bit: number };

/**
 * How a validator took a flipped bit:
 * - `unaffected`: it serves everything, and all of it is right;
 * - `repaired`: likewise, after it said what it repaired;
 * - `shorter`: it serves a shorter chain, all of it right, and would catch up from the others;
 * - `refused`: it does not start, says why, and names the command to run;
 * - `WRONG`: anything else.
 */
export type Verdict = {
  readonly flip: Flip;
  readonly kind: 'unaffected' | 'repaired' | 'shorter' | 'refused' | 'WRONG';
  readonly detail: string;
};

// Damage that ends the process inside LevelDB is noticed by the number of short starts.
const STARTS_MAX = 7;
const CATCH_UP_MS = 10_000;
const SCRUB_MS = 30_000;
const COMMAND = /hanse [a-z]+ [a-z]+|Start the node again|Restore/;

/** Copy a validator that does not run, flip one bit of its data, start the copy and judge it. */
export async function judgeFlip(
  node: NodeFiles,
  truth: Truth,
  random: () => number,
): Promise<Verdict> {
  const dir = mkdtempSync(join(tmpdir(), 'hanse-flip-'));
  try {
    cpSync(node.dir, join(dir, 'node'), { recursive: true });
    cpSync(join(node.dir, '../genesis.json'), join(dir, 'genesis.json'));
    const flip = flipBit(join(dir, 'node/data'), random);
    const verdict = await judge(await moved(join(dir, 'node')), truth);
    return { flip, ...verdict };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The copy listens elsewhere and has no peers: what it says comes from its own disk. */
async function moved(dir: string): Promise<{ readonly configFile: string; readonly url: string }> {
  const configFile = join(dir, 'node.json');
  const config = JSON.parse(readFileSync(configFile, 'utf8')) as {
    scrub?: { delayMs: number; pauseMs: number };
    peers: { port: number }[];
    listen: { port: number };
    api: { port: number };
  };
  const [first, apiPort] = await freePorts(3).then((port) => [port, port + 1]);
  config.listen.port = first ?? 0;
  config.api.port = apiPort ?? 0;
  for (const peer of config.peers) peer.port = (first ?? 0) + 2;
  config.scrub = { delayMs: 0, pauseMs: 0 };
  writeFileSync(configFile, JSON.stringify(config));
  return { configFile, url: `http://127.0.0.1:${apiPort}` };
}

/** Flip one random bit of a data folder: of its log, its index or its state, one as often as another. */
function flipBit(dir: string, random: () => number): Flip {
  const pick = <T>(list: readonly T[]): T => {
    const one = list[Math.floor(random() * list.length)];
    if (one === undefined) throw new Error(`nothing to flip in ${dir}`);
    return one;
  };
  const folder = join(dir, pick(['log', 'index', 'state']));
  const path = pick(listFiles(folder).filter((file) => statSync(file).size > 0));
  const bytes = readFileSync(path);
  // Segments are allocated ahead: half of the flips go where something was written.
  const written = bytes.findLastIndex((byte) => byte !== 0) + 1;
  const bound = random() < 0.9 ? Math.max(1, written) : bytes.length;
  const offset = Math.floor(random() * bound);
  const bit = Math.floor(random() * 8);
  bytes[offset] = (bytes[offset] ?? 0) ^ (1 << bit);
  writeFileSync(path, bytes);
  return { file: relative(dir, path), offset, bit };
}

function listFiles(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

type Judged = Omit<Verdict, 'flip'>;

/** Start it, ask it everything; when it stops itself over what was asked, start it again. */
async function judge(
  config: { readonly configFile: string; readonly url: string },
  truth: Truth,
): Promise<Judged> {
  let said = '';
  for (let starts = 1; starts <= STARTS_MAX; starts++) {
    let node: NodeProcess;
    try {
      node = await NodeProcess.start(config);
    } catch (error) {
      if (!(error instanceof StartFailed)) throw error;
      return refusal(error);
    }
    try {
      const answers = await compare(node, truth);
      await scrubbed(node);
      said += node.output;
      if (answers.kind === 'WRONG') return { kind: 'WRONG', detail: answers.detail };
      if (!(await ends(node))) {
        if (answers.kind === 'error')
          return { kind: 'WRONG', detail: `it goes on, but answers ${answers.detail}` };
        const kind = answers.kind === 'right' ? rightKind(said) : 'shorter';
        return { kind, detail: warnings(said) };
      }
      const { failure, output } = node;
      if (failure === undefined || !isErrorName(failure.name) || failure.name === 'Internal')
        return {
          kind: 'WRONG',
          detail: `it ended without a named reason: ${output.slice(-1_500)}`,
        };
    } finally {
      await node.kill();
    }
  }
  return {
    kind: 'WRONG',
    detail: `it stopped at each of ${STARTS_MAX} starts: ${said.slice(-1_500)}`,
  };
}

const rightKind = (said: string): 'unaffected' | 'repaired' =>
  /rebuilding|damaged/.test(said) ? 'repaired' : 'unaffected';

function warnings(said: string): string {
  return said
    .split('\n')
    .filter((line) => /"level":(40|50)/.test(line))
    .join(' ')
    .slice(0, 300);
}

/** It has read everything stored once, or found something and ended. */
async function scrubbed(node: NodeProcess): Promise<void> {
  await waitFor('the copy checks everything stored', SCRUB_MS, async () => {
    const isDone = node.output.includes('everything stored was checked');
    return isDone || node.failure !== undefined || node.exit !== undefined ? true : undefined;
  });
}

/** A stop that was set off by a question needs a moment to happen. */
async function ends(node: NodeProcess): Promise<boolean> {
  if (node.failure === undefined && node.exit === undefined) await sleep(100);
  if (node.failure === undefined && node.exit === undefined) return false;
  await node.ended();
  return true;
}

function refusal({ failure, output, exit }: StartFailed): Judged {
  if (failure === undefined || !isErrorName(failure.name) || failure.name === 'Internal')
    return { kind: 'WRONG', detail: `no named reason (${exit?.code}): ${output.slice(-1_500)}` };
  const isHelpful = COMMAND.test(output);
  const detail = `${failure.name} ${JSON.stringify(failure.params).slice(0, 200)}`;
  return isHelpful
    ? { kind: 'refused', detail }
    : { kind: 'WRONG', detail: `${failure.name} without a command to run: ${output.slice(-500)}` };
}

type Answers = { readonly kind: 'right' | 'shorter' | 'WRONG' | 'error'; readonly detail: string };

/** Everything it says must be true; it may say less, or name an error. */
async function compare(node: NodeProcess, truth: Truth): Promise<Answers> {
  try {
    const head = await executedHead(node);
    const blocks = await digestsAt(node.url, head.height);
    for (const [height, { digest }] of blocks) {
      const expected = truth.digests.get(height);
      // A block that was final after the truth was taken is no lie.
      if (expected !== undefined && expected !== digest)
        return { kind: 'WRONG', detail: `block ${height} is ${digest}, truly ${expected}` };
    }
    const txids = truth.acknowledged.map(({ txid }) => txid);
    const outcomes = await outcomesAt(node.url, txids);
    let missing = 0;
    for (const { txid, height, id } of truth.acknowledged) {
      const outcome = outcomes.get(txid);
      const found = heightOf(outcome);
      if (found !== undefined && found !== height)
        return { kind: 'WRONG', detail: `${txid} at ${found}, truly ${height}` };
      if (found === undefined && height <= head.executedHeight)
        return { kind: 'WRONG', detail: `${txid} of ${height} unknown at ${head.executedHeight}` };
      if (found === undefined) missing++;
      else await checkRecord(node.url, id, txid);
    }
    if (missing > 0 || head.height < truth.height) return { kind: 'shorter', detail: '' };
    return { kind: 'right', detail: '' };
  } catch (error) {
    return { kind: 'error', detail: error instanceof Error ? error.message : String(error) };
  }
}

/** Its head, once it has executed again what a rebuilt state has to. */
async function executedHead(node: NodeProcess): Promise<Head> {
  return waitFor('the copy executes its chain', CATCH_UP_MS, async () => {
    const response = await fetch(`${node.url}/v1/head`);
    const head = (await response.json()) as Head;
    return head.executedHeight === head.height ? head : undefined;
  });
}

/** The record of a deposit, as a query answers it. */
async function checkRecord(url: string, id: string, txid: string): Promise<void> {
  const response = await fetch(`${url}/v1/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ contract: 'evidence', query: 'get', args: { id } }),
  });
  const answer = (await response.json()) as {
    readonly code?: string;
    readonly result?: { readonly txid?: string };
  };
  if (!response.ok) throw new Error(`record ${id}: ${nameOf(answer.code ?? '') ?? answer.code}`);
  if (answer.result?.txid !== txid)
    throw new Error(`record ${id} names ${answer.result?.txid}, truly ${txid}`);
}
