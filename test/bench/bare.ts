import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, encode } from '@hanse/codec';
import { createIsolate } from '@hanse/isolate';
import { limits, must } from '@hanse/kit';
import { Ledger } from '@hanse/ledger';
import {
  chainIdOf,
  didOf,
  genesisBlock,
  openBatch,
  postSchema,
  sealBatch,
  sealBlock,
  systemContracts,
  ZERO_HASH,
  type Batch,
  type Block,
  type Call,
  type Genesis,
  type Receipt,
} from '@hanse/model';
import { createNativeSuite } from '@hanse/native';
import { createExecutor } from '@hanse/policy';
import { verifyBatchContents } from '@hanse/pool';
import { recordKinds } from '@hanse/replica';
import { BlockLog, LevelKv } from '@hanse/store';
import { createVm } from '@hanse/vm';
import type { Holder } from '../harness/make.ts';
import { envelopeOf, txOf } from '../harness/sample.ts';
import { openCalls, transfer } from './transfer.ts';
import { signPosts, type Kind } from './workload.ts';

/** What the bare loop works on. */
export type BareJob = {
  readonly genesis: Genesis;
  readonly holders: readonly Holder[];
  readonly txs: number;
  readonly txsPerEnvelope: number;
  readonly seconds: number;
  readonly kind: Kind;
  /** Code of the contract that transfers call; it is deployed first. */
  readonly code?: Uint8Array;
};

export type BareResult = {
  readonly txs: number;
  readonly seconds: number;
  readonly cpuUsPerTx: number;
  /** Microseconds per transaction by stage of the loop, on its one thread. */
  readonly stageUsPerTx: Readonly<Record<'verify' | 'log' | 'execute' | 'store', number>>;
};

const ENVELOPES_PER_BATCH = 100;
const BATCHES_PER_BLOCK = 4;
/** As validators open it. */
const STATE_BUFFER_BYTES = 16 * 1024 * 1024;

/**
 * What one validator has to do for every transaction, with nothing around it: check the batch, append
 * it to the log, sync, execute the block, store the state. The same code as in the validator, on one
 * thread, without network, consensus or clients.
 */
export async function bareLoop(job: BareJob): Promise<BareResult> {
  const dir = mkdtempSync(join(tmpdir(), 'hanse-bare-'));
  try {
    return await loop(job, dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function loop(job: BareJob, dir: string): Promise<BareResult> {
  const { genesis, txs, txsPerEnvelope } = job;
  const suite = createNativeSuite(genesis.suite);
  const chainId = chainIdOf(suite, genesis);
  const batches = makeBatches(job);
  const setup = job.code === undefined ? [] : [setupBatch(job, job.code)];
  const kv = await LevelKv.open(join(dir, 'state'), {
    writeBufferBytes: STATE_BUFFER_BYTES,
  });
  const log = await BlockLog.open(join(dir, 'log'), { chainId });
  const isolate = createIsolate();
  const executor = createExecutor(suite, genesis, createVm({ suite, isolate, genesis }));
  const { ledger, writes } = Ledger.open({ suite, kv, executor, genesis });
  await kv.write(writes);
  ledger.committed(0);
  const times = { verify: 0, log: 0, execute: 0, store: 0 };
  const clock = <T>(stage: keyof typeof times, run: () => T): T => {
    const from = performance.now();
    const value = run();
    times[stage] += performance.now() - from;
    return value;
  };
  let parent = genesisBlock(suite, genesis);
  for (const batch of setup) {
    const block = nextBlock(job, parent, [batch]);
    const { header, digest } = block;
    const applied = ledger.apply({ header, digest, envelopes: batch.envelopes });
    checkReceipts(applied.receipts);
    await kv.write(applied.writes);
    ledger.committed(header.height);
    parent = block;
  }
  const startMs = performance.now();
  const cpu = process.cpuUsage();
  let stored: Promise<void> = Promise.resolve();
  let done = 0;
  for (let i = 0; i < batches.length; i += BATCHES_PER_BLOCK) {
    if (performance.now() - startMs > job.seconds * 1_000) break;
    const part = batches.slice(i, i + BATCHES_PER_BLOCK);
    const opened = clock('verify', () =>
      part.map(({ bytes }) => {
        const batch = openBatch(suite, bytes);
        if (!batch.ok) throw new Error(batch.error);
        const contents = verifyBatchContents(suite, chainId, batch.value);
        if (!contents.ok) throw new Error(contents.error);
        return batch.value;
      }),
    );
    const block = nextBlock(job, parent, opened);
    const synced = clock('log', () => {
      for (const batch of opened) log.append(recordKinds.batch, batch.bytes);
      log.append(recordKinds.block, block.bytes);
      return log.sync();
    });
    const { header, digest } = block;
    const envelopes = opened.flatMap((batch) => batch.envelopes);
    const applied = clock('execute', () => ledger.apply({ header, digest, envelopes }));
    if (applied.voids.length > 0) throw new Error(`void: ${JSON.stringify(applied.voids[0])}`);
    checkReceipts(applied.receipts);
    done += applied.receipts.length;
    const from = performance.now();
    await Promise.all([synced, stored]);
    stored = kv.write(applied.writes).then(() => ledger.committed(header.height));
    times.store += performance.now() - from;
    parent = block;
  }
  await stored;
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - startMs) / 1_000;
  await log.close();
  await kv.close();
  const perTx = (ms: number): number => (ms * 1_000) / Math.max(1, done);
  if (done === 0) throw new Error(`nothing done of ${txs} in envelopes of ${txsPerEnvelope}`);
  return {
    txs: done,
    seconds,
    cpuUsPerTx: (user + system) / done,
    stageUsPerTx: {
      verify: perTx(times.verify),
      log: perTx(times.log),
      execute: perTx(times.execute),
      store: perTx(times.store),
    },
  };
}

/** What deploys the contract of transfers and opens its accounts, in one batch. */
function setupBatch({ genesis, holders }: BareJob, code: Uint8Array): Batch {
  const suite = createNativeSuite(genesis.suite);
  const chainId = chainIdOf(suite, genesis);
  const holder = must(holders[0], 'holders');
  const person = genesis.identities.find(
    (one) => didOf(suite, genesis.network, one) === holder.did,
  );
  const organisations = [must(person?.controllers[0], 'its organisation')];
  const { upload, deploy } = systemContracts.contracts.methods;
  const owners = { organisations, threshold: 1 };
  const chunks = [suite.hash(code)];
  const calls: readonly (readonly Call[])[] = [
    [
      { contract: 'contracts', method: 'upload', args: encode(upload.args, { bytes: code }) },
      {
        contract: 'contracts',
        method: 'deploy',
        args: encode(deploy.args, { name: transfer.name, chunks, owners }),
      },
    ],
    ...openCalls().map((call) => [call]),
  ];
  const gasLimit = limits.gasPerTxMax;
  const envelopes = calls.map((one) => {
    const tx = txOf(suite, { chainId, holders: [holder], calls: one, gasLimit });
    return envelopeOf(suite, [tx], [holder]);
  });
  const header = {
    chainId,
    epoch: 0,
    lane: 1,
    seq: 1,
    prevDigest: ZERO_HASH,
    txCount: calls.length,
    gasSum: calls.length * gasLimit,
  };
  return sealBatch(suite, header, envelopes, (message) => suite.sign(holder.key, message));
}

/** A transaction that is refused is cheap: figures would be those of nothing. */
function checkReceipts(receipts: readonly Receipt[]): void {
  const refused = receipts.find(({ status }) => status.kind === 'refused');
  if (refused?.status.kind === 'refused') throw new Error(refused.status.value.code);
}

function makeBatches(job: BareJob): readonly Batch[] {
  const { genesis, holders, txs, txsPerEnvelope, seconds, kind } = job;
  const suite = createNativeSuite(genesis.suite);
  const chainId = chainIdOf(suite, genesis);
  const posts = signPosts({
    suite,
    chainId,
    holders,
    seconds,
    kind,
    label: `bare/${process.pid}`,
    txs,
    txsPerEnvelope,
    envelopesPerPost: Math.max(1, Math.floor(ENVELOPES_PER_BATCH / txsPerEnvelope)),
  });
  const key = must(holders[0], 'holders').key;
  const batches: Batch[] = [];
  for (const { body, txids } of posts) {
    const post = decode(postSchema, body);
    if (!post.ok) throw new Error(post.error);
    const txCount = txids.flat().length;
    const previous = batches.at(-1);
    const header = {
      chainId,
      epoch: 0,
      lane: 0,
      seq: batches.length + 1,
      prevDigest: previous?.digest ?? ZERO_HASH,
      txCount,
      gasSum: txCount * (kind === 'deposit' ? limits.gasPerTxDefault : transfer.gasLimit),
    };
    batches.push(sealBatch(suite, header, post.value.envelopes, (m) => suite.sign(key, m)));
  }
  return batches;
}

function nextBlock(job: BareJob, parent: Block, batches: readonly Batch[]): Block {
  const suite = createNativeSuite(job.genesis.suite);
  const last = must(batches.at(-1), 'a block has batches');
  const { payloadRoot: _, ...header } = parent.header;
  return sealBlock(
    suite,
    {
      ...header,
      height: header.height + 1,
      view: header.view + 1,
      parentView: header.view,
      parentDigest: parent.digest,
      time: Math.max(header.time + 1, Date.now()),
    },
    parent.payload.map((tip, lane) =>
      lane === last.header.lane ? { seq: last.header.seq, digest: last.digest } : tip,
    ),
  );
}
