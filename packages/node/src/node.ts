import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createServer, type ApiServer, type NodeFacade } from '@hanse/api';
import type { Block, Executed } from '@hanse/model';
import { PeerNet } from '@hanse/net';
import { Validator, type Execution } from '@hanse/replica';
import { readSecretFile } from '@hanse/signer';
import { BlockTxReader } from './blocktxs.ts';
import type { NodeConfig } from './config.ts';
import { createFacade, type ExecutedNews } from './facade.ts';
import { countStart, stopOnDamage } from './damage.ts';
import { Feed } from './feed.ts';
import { initialFacts, noteFinal, observe, type Streams } from './observe.ts';
import { markForRebuild, prepare, type Parts } from './prepare.ts';
import { QueryThread } from './queries.ts';
import type { WorkerClient } from './rpc.ts';
import { lostUpTo, openSigner } from './signing.ts';
import type { StateMethods } from './state.ts';
import { startScrub } from './scrub.ts';
import { openState, openStorage, rebuildIfMarked, stateRequest, type Storage } from './storage.ts';
import { Timers } from './timers.ts';
import { Waiters } from './waiters.ts';
import { startQueryWorker, startStateWorker, VerifyPool } from './workers.ts';

const FEED_BUFFER = 10_000;
const TXID_BYTES = 32;

/** A validator that runs in this process. */
export type RunningNode = { readonly url: string; readonly stop: () => Promise<void> };

/** Threads beside the main one. */
type Workers = { readonly verify: VerifyPool; readonly state: WorkerClient<StateMethods> };

/**
 * Start a validator: storage, workers, consensus, links and HTTP interface. `fatal` is called at most
 * once, when the process must end. Throws HanseError when it cannot start.
 */
export async function runNode(
  config: NodeConfig,
  fatal: (error: unknown) => void,
): Promise<RunningNode> {
  const parts = await prepare(config, fatal);
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const starts = countStart(config.dataDir);
  if (starts.isSuspect) markForRebuild(config.dataDir);
  rebuildIfMarked(config.dataDir, parts.log);
  try {
    const { url, stop } = await start(parts);
    return {
      url,
      stop: async () => {
        parts.mute();
        await stop();
        starts.stopped();
      },
    };
  } catch (error) {
    parts.fatal(error);
    throw error;
  }
}

async function start(parts: Parts): Promise<RunningNode> {
  const state = startStateWorker(parts.fatal);
  const chain = { suite: parts.suite.id, chainId: parts.chainId };
  const [verify, opened, storage] = await Promise.all([
    VerifyPool.start(chain, parts.fatal),
    openState(parts, state),
    openStorage(parts),
  ]);
  const { executed } = opened;
  const queries = new QueryThread({ open: stateRequest(parts), start: startQueryWorker });
  queries.open().catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    parts.log('warn', 'queries cannot be answered', { reason });
  });
  const workers: Workers = { verify, state };
  const streams: Streams = {
    facts: initialFacts(parts),
    waiters: new Waiters(),
    executedFeed: new Feed<ExecutedNews>({ bufferMax: FEED_BUFFER }),
    provedFeed: new Feed<number>({ bufferMax: FEED_BUFFER }),
  };
  await recallTip(streams, storage, executed);
  const running = await startValidator(parts, { workers, storage, streams, executed });
  const facade = createFacade({
    ...parts,
    ...streams,
    ...workers,
    queries,
    validator: running.validator,
    blockTxs: new BlockTxReader({ ...parts, archive: storage.archive }),
  });
  const api = await listen(parts, stopOnDamage(facade, parts.fatal));
  const scrub = startScrub(parts, storage, state);
  const { tip } = streams.facts;
  parts.log('info', 'node started', {
    api: api.url,
    height: tip.header.height,
    executed: executed.height,
  });
  return {
    url: api.url,
    stop: async () => {
      scrub.stop();
      await Promise.all([api.close(), running.stop()]);
      await Promise.all([storage.close(), queries.close()]);
      await state.call('close', {});
      await opened.close();
      await Promise.all([state.close(), verify.close()]);
    },
  };
}

type ValidatorParts = {
  readonly workers: Workers;
  readonly storage: Storage;
  readonly streams: Streams;
  readonly executed: Executed;
};

/** Bring the validator up from its log and connect it to its peers. */
async function startValidator(
  parts: Parts,
  { workers, storage, streams, executed }: ValidatorParts,
): Promise<{ readonly validator: Validator; readonly stop: () => Promise<void> }> {
  const { genesis, suite, self, clock, log } = parts;
  const lost = lostUpTo(parts.config, parts.key);
  if (lost > 0)
    log('warn', 'the log of earlier votes is lost: this validator follows the others', {
      abstainUpToView: lost,
    });
  const signer = await openSigner({ ...parts, archive: storage.archive, lostUpTo: lost });
  const timers = new Timers((name) => validator.timer(name));
  const keyPem = await readSecretFile(parts.config.tlsKeyFile);
  const net = createNet(parts, { streams, keyPem, validator: () => validator });
  const validator = await Validator.open(
    { genesis, self, executed, lostUpTo: lost },
    {
      suite,
      clock,
      trace: log,
      signer,
      observer: observe(parts, streams),
      setTimer: (name, delayMs) => timers.set(name, delayMs),
      send: (peer, bytes, priority) => net.send(peer, bytes, priority),
      verifyBatch: (batch) => workers.verify.call('batch', { bytes: batch.bytes }),
      execute: (block, batches) => execute(workers.state, block, batches),
    },
    storage.archive,
  );
  await net.start();
  validator.start();
  return {
    validator,
    stop: async () => {
      validator.stop();
      timers.clear();
      await net.stop();
      signer.close();
    },
  };
}

/** Links to the other validators; their frames go to the validator, their silence into the facts. */
function createNet(
  parts: Parts,
  options: {
    readonly streams: Streams;
    readonly keyPem: string;
    readonly validator: () => Validator;
  },
): PeerNet {
  const { keyPem, validator } = options;
  const { facts } = options.streams;
  const { config, genesis, self, chainId, clock, log } = parts;
  return new PeerNet({
    self,
    peers: config.peers.flatMap(({ index, host, port }) => {
      const tlsPublicKey = genesis.validators[index]?.tlsPublicKey;
      return tlsPublicKey === undefined || index === self
        ? []
        : [{ index, host, port, tlsPublicKey }];
    }),
    listen: config.listen,
    keyPem,
    certPem: readFileSync(config.tlsCertFile, 'utf8'),
    chainId,
    log,
    onMessage: (from, bytes) => {
      const peer = facts.peers[from];
      if (peer !== undefined) peer.heardAtMs = clock.nowMs();
      validator().frame(from, bytes);
    },
    onLink: (index, connected) => {
      const peer = facts.peers[index];
      if (peer !== undefined) peer.connected = connected;
      if (connected) validator().connected(index);
    },
  });
}

/** Begin the facts where the archive left them. */
async function recallTip(
  { facts, waiters }: Streams,
  { archive }: Storage,
  executed: Executed,
): Promise<void> {
  facts.executedHeight = executed.height;
  const last = archive.lastFinal();
  const tip = last === undefined ? undefined : await archive.finalBlock(last.height);
  if (tip !== undefined)
    noteFinal(facts, tip.block, tip.certificate, (height) => waiters.proved(height));
}

/** Execute in the state worker; 32 bytes per transaction come back, not an object each. */
async function execute(
  state: WorkerClient<StateMethods>,
  block: Block,
  batches: readonly Uint8Array[],
): Promise<Execution> {
  const { executed, txids, voids, refused } = await state.call('execute', {
    block: block.bytes,
    batches,
  });
  const ids: Uint8Array[] = [];
  for (let offset = 0; offset < txids.length; offset += TXID_BYTES)
    ids.push(txids.subarray(offset, offset + TXID_BYTES));
  return { executed, txids: ids, voids, refused };
}

async function listen(parts: Parts, facade: NodeFacade): Promise<ApiServer> {
  const { host, port } = parts.config.api;
  const consoleDir = new URL('./console/', import.meta.url);
  return createServer(facade, {
    host,
    port,
    log: parts.log,
    ...(existsSync(consoleDir) ? { consoleDir: fileURLToPath(consoleDir) } : {}),
  });
}
