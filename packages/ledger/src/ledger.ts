import { encode } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { assert, equalBytes, HanseError, toHex, type Result } from '@hanse/kit';
import {
  chainIdOf,
  genesisBlock,
  type Executed,
  type Genesis,
  type HistoryLeaf,
  type HistoryProof,
  type OpenEnvelope,
  type Receipt,
  type ReceiptProof,
  type RecordProof,
} from '@hanse/model';
import { WriteBuffer } from './buffer.ts';
import { advanceCheckpoint, noCheckpoint, openTree } from './checkpoint.ts';
import {
  executeBlock,
  markOf,
  saltReused,
  signerRefusal,
  timeRefusal,
  type BlockRun,
  type LedgerBlock,
} from './execution.ts';
import { History } from './history.ts';
import { keyText, META_KEY } from './keys.ts';
import { metaSchema, readMeta, type Meta } from './meta.ts';
import type {
  ErrorRefusal,
  Executor,
  Kv,
  KvEntry,
  KvWrite,
  StateQuery,
  StateRange,
} from './ports.ts';
import { proveRecord } from './proofs.ts';
import { Receipts } from './receipts.ts';
import { corrupt, sealValue } from './records.ts';
import { isKept, loadWindow, pruneSpent, readVoid, writeSpent, type VoidTx } from './spent.ts';
import { State, type StateChange } from './state.ts';
import { BucketTree } from './tree.ts';
import { UndoLog } from './undo.ts';
import { listRecords } from './view.ts';
import { SaltWindow } from './window.ts';

/** What a ledger is opened with. */
export type LedgerConfig = {
  readonly suite: Suite;
  readonly kv: Kv;
  readonly executor: Executor;
  readonly genesis: Genesis;
  /** Bound of the caches of records and buckets; 64 MiB unless given. */
  readonly cacheBytesMax?: number;
};

/** What applying a block came to. `writes` is one batch: stored whole or not at all. */
export type Applied = {
  readonly executed: Executed;
  readonly leaf: HistoryLeaf;
  readonly receipts: readonly Receipt[];
  readonly voids: readonly VoidTx[];
  /** Number of transactions skipped because they had been executed before. */
  readonly duplicates: number;
  readonly writes: readonly KvWrite[];
};

/** What became of a transaction. A receipt wins over a void: a stolen copy voids, the real one executes. */
export type LedgerOutcome =
  | {
      readonly kind: 'receipt';
      readonly height: number;
      readonly index: number;
      readonly bytes: Uint8Array;
    }
  | ({ readonly kind: 'void'; readonly height: number } & ErrorRefusal);

/** Whether an envelope is worth ordering. `executed`: each transaction has its receipt already. */
export type Admission =
  | { readonly status: 'admitted' | 'executed' }
  | { readonly status: 'refused'; readonly refusal: ErrorRefusal };

/** Answer of a query and the height of the state it was asked of. */
export type LedgerAnswer = {
  readonly height: number;
  readonly result: Result<Uint8Array, ErrorRefusal>;
};

const MIB = 1024 * 1024;
const CACHE_BYTES_MAX = 64 * MIB;
const UNDO_BOUNDS = { heightsMax: 64, heightsMin: 16, bytesMax: 128 * MIB } as const;

type Parts = {
  readonly suite: Suite;
  readonly executor: Executor;
  readonly chainId: Uint8Array;
  readonly buffer: WriteBuffer;
  readonly state: State;
  readonly history: History;
  readonly receipts: Receipts;
  readonly window: SaltWindow;
  readonly undo: UndoLog;
};

/**
 * The state of a chain at the newest executed height, and its past. Blocks are applied in order;
 * each one's writes are stored by the caller, who then says so with `committed`.
 */
export class Ledger {
  readonly #parts: Parts;
  #meta: Meta;
  /** Block time of `windowFrom`, once known. */
  #windowFromTime: number | undefined;
  /** Set while a block is applied: one that failed half way leaves nothing to go on with. */
  #broken = false;

  private constructor(parts: Parts, meta: Meta) {
    this.#parts = parts;
    this.#meta = meta;
  }

  /**
   * Open the ledger of a chain where the store left it, or at height 0 of an empty store: then
   * `writes` is the first batch. Throws GenesisMismatch or StateCorrupt.
   */
  static open(config: LedgerConfig): {
    readonly ledger: Ledger;
    readonly writes: readonly KvWrite[];
  } {
    const { suite, kv, genesis } = config;
    const chainId = chainIdOf(suite, genesis);
    const meta = readMeta(suite, kv);
    if (meta === undefined) return Ledger.#begin(config, chainId);
    if (!equalBytes(meta.chainId, chainId)) {
      const params = { dir: '', found: toHex(meta.chainId), expected: toHex(chainId) };
      throw new HanseError('GenesisMismatch', params);
    }
    return { ledger: Ledger.#resume(config, meta), writes: [] };
  }

  static #begin(
    config: LedgerConfig,
    chainId: Uint8Array,
  ): { readonly ledger: Ledger; readonly writes: readonly KvWrite[] } {
    const { suite, executor, genesis } = config;
    const { digest, header } = genesisBlock(suite, genesis);
    const meta: Meta = {
      chainId,
      executed: { height: 0, stateRoot: digest, historyRoot: digest },
      time: header.time,
      digest,
      shape: { depth: 0, split: 0, records: 0 },
      checkpoint: noCheckpoint,
      windowFrom: 0,
    };
    const parts = makeParts(config, meta, new BucketTree(suite), { leaves: 0, floor: 0 });
    const ledger = new Ledger(parts, meta);
    const writes = executor
      .genesis(genesis)
      .map(({ key, value }) => ({ key, value, text: keyText(key) }));
    assert(new Set(writes.map(({ text }) => text)).size === writes.length, 'genesis keys differ');
    const nothing = { receipts: [], voids: [], salts: [], duplicates: 0 };
    const applied = ledger.#finish({ header, digest, envelopes: [] }, { ...nothing, writes });
    return { ledger, writes: applied.writes };
  }

  static #resume(config: LedgerConfig, meta: Meta): Ledger {
    const { suite, kv } = config;
    const { height, stateRoot, historyRoot } = meta.executed;
    const at = { height, shape: meta.shape, checkpoint: meta.checkpoint };
    const tree = openTree(suite, new WriteBuffer(kv), at);
    const history = new History(suite, new WriteBuffer(kv), height + 1);
    const leaf = history.leaf(height);
    if (leaf === undefined || !equalBytes(leaf.headerDigest, meta.digest)) {
      throw corrupt(`history leaf of height ${height}`);
    }
    const floor = oldestSame(history, leaf);
    const parts = makeParts(config, meta, tree, { leaves: height + 1, floor });
    const roots = [parts.state.root(), leaf.stateRoot].every((root) => equalBytes(root, stateRoot));
    if (!roots) throw corrupt(`state tree of height ${height}`);
    if (!equalBytes(parts.history.root(), historyRoot)) throw corrupt('history range');
    loadWindow(suite, parts.buffer, parts.window, { from: meta.windowFrom, to: height });
    parts.window.expire(meta.time);
    return new Ledger(parts, meta);
  }

  /** Results at the newest executed height, as later headers bind them. */
  get executed(): Executed {
    return this.#meta.executed;
  }

  /** Time of the newest executed block. */
  get time(): number {
    return this.#meta.time;
  }

  /** Header digest of the newest executed block. */
  get digest(): Uint8Array {
    return this.#meta.digest;
  }

  /** Lowest height at which records can be proved. */
  get provableFrom(): number {
    return this.#parts.undo.floor;
  }

  get chainId(): Uint8Array {
    return this.#parts.chainId;
  }

  /** The state itself, for the scrub. */
  get state(): State {
    return this.#parts.state;
  }

  /** Execute the next final block. Throws StateCorrupt; the ledger must not be used after that. */
  apply(block: LedgerBlock): Applied {
    const { height, time } = block.header;
    assert(!this.#broken, 'a ledger that failed is not used again');
    assert(height === this.#meta.executed.height + 1, `block ${height} is not the next one`);
    assert(time > this.#meta.time, `block ${height} is not later than the one before`);
    this.#broken = true;
    const applied = this.#finish(block, executeBlock(this.#parts, block));
    this.#broken = false;
    return applied;
  }

  /** The batches up to a height are stored. */
  committed(height: number): void {
    assert(height <= this.#meta.executed.height, `height ${height} is not applied`);
    this.#parts.buffer.committed(height);
  }

  /** Judge an envelope by the newest executed state and a time, before it is ordered. */
  admit(envelope: OpenEnvelope, nowMs: number): Admission {
    const { suite, executor, window, receipts, state } = this.#parts;
    const time = Math.max(nowMs, this.#meta.time);
    const before = { height: this.#meta.executed.height, get: (key: Uint8Array) => state.get(key) };
    let executed = 0;
    let refusal: ErrorRefusal | undefined;
    for (const { value: tx, digest } of envelope.txs) {
      const used = window.find(markOf(suite, tx), this.#meta.time);
      const first = used === undefined ? undefined : receipts.txidAt(used);
      if (first === undefined) refusal ??= timeRefusal(tx, time);
      else if (equalBytes(first, digest)) executed++;
      else refusal ??= saltReused(first);
    }
    if (executed === envelope.txs.length) return { status: 'executed' };
    refusal ??= signerRefusal(executor, before, envelope);
    return refusal === undefined ? { status: 'admitted' } : { status: 'refused', refusal };
  }

  /** What became of a transaction, as far as this node has executed. */
  outcome(txid: Uint8Array): LedgerOutcome | undefined {
    const { suite, buffer, receipts } = this.#parts;
    const found = receipts.find(txid);
    if (found !== undefined) return { kind: 'receipt', ...found.place, bytes: found.bytes };
    const why = readVoid(suite, buffer, txid);
    return why === undefined ? undefined : { kind: 'void', ...why };
  }

  /** Bytes of the receipts of a height, in order; undefined above the newest executed one. */
  receipts(height: number): readonly Uint8Array[] | undefined {
    const leaf = this.leaf(height);
    return leaf === undefined ? undefined : this.#parts.receipts.list(height, leaf.receiptsRoot);
  }

  /** The history leaf of a height; undefined above the newest executed one. */
  leaf(height: number): HistoryLeaf | undefined {
    return this.#parts.history.leaf(height);
  }

  /** Value of a record in the newest executed state. */
  record(key: Uint8Array): Uint8Array | undefined {
    return this.#parts.state.get(key);
  }

  /** Proof of a record, or its absence, at a height from `provableFrom` on; undefined for others. */
  proveRecord(key: Uint8Array, height: number): RecordProof | undefined {
    const { executed } = this.#meta;
    if (height < this.provableFrom || height > executed.height) return undefined;
    return proveRecord(this.#parts, key, height);
  }

  /** Proof of a transaction's receipt under the history root bound with `boundHeight`. */
  proveReceipt(txid: Uint8Array, boundHeight: number): ReceiptProof | undefined {
    const { receipts, history } = this.#parts;
    const place = receipts.find(txid)?.place;
    const path = place === undefined ? undefined : history.prove(place.height, boundHeight);
    if (place === undefined || path === undefined) return undefined;
    return { ...receipts.prove(place, path.leaf.receiptsRoot), history: path };
  }

  /** Proof of the block of a height under the history root bound with `boundHeight`. */
  proveHistory(height: number, boundHeight: number): HistoryProof | undefined {
    return this.#parts.history.prove(height, boundHeight);
  }

  /** Ask a contract something about the newest executed state. */
  async query(contract: string, query: string, args: Uint8Array): Promise<LedgerAnswer> {
    const { height } = this.#meta.executed;
    const read: StateQuery = {
      height,
      time: this.#meta.time,
      get: (key) => this.record(key),
      list: (range) => this.list(range),
    };
    return { height, result: await this.#parts.executor.query(read, contract, query, args) };
  }

  /** A page of records of the newest executed state, in order of key. */
  list(range: StateRange): Promise<readonly KvEntry[]> {
    return listRecords(this.#parts.suite, this.#parts.buffer, range);
  }

  #finish(block: LedgerBlock, run: BlockRun): Applied {
    const { suite, state, receipts, history, buffer, undo, window } = this.#parts;
    const { header, digest } = block;
    const { height, time } = header;
    const change = state.commit(height, run.writes);
    const sealed = receipts.seal(height, run.receipts);
    const leaf: HistoryLeaf = {
      height,
      headerDigest: digest,
      stateRoot: change.stateRoot,
      receiptsRoot: sealed.receiptsRoot,
      eventsRoot: sealed.eventsRoot,
    };
    const past = history.append(leaf);
    const executed = { height, stateRoot: change.stateRoot, historyRoot: history.root() };
    const checkpoint = this.#advance(height, change);
    const spent = writeSpent(suite, height, { time, salts: run.salts, voids: run.voids });
    const pruned = this.#prune(height, time);
    const after = { executed, time, digest, shape: state.shape };
    const windowFrom = pruned.from;
    this.#meta = { ...this.#meta, ...after, checkpoint: checkpoint.checkpoint, windowFrom };
    const meta: KvWrite = [META_KEY, sealValue(suite, META_KEY, encode(metaSchema, this.#meta))];
    // A transaction voided long ago may be voided again here: forget first, then write.
    const batches = [change.writes, sealed.writes, past, checkpoint.writes, pruned.writes, spent];
    const writes = [...batches.flat(), meta];
    buffer.add(height, writes);
    undo.add(change.undo);
    window.expire(time);
    const { voids, duplicates } = run;
    return { executed, leaf, receipts: run.receipts, voids, duplicates, writes };
  }

  #advance(height: number, change: StateChange): ReturnType<typeof advanceCheckpoint> {
    const { suite, state } = this.#parts;
    const { tree, shape } = state;
    const block = { height, shape, tree, leaves: change.leaves };
    return advanceCheckpoint(suite, this.#meta.checkpoint, block);
  }

  #prune(
    height: number,
    time: number,
  ): { readonly from: number; readonly writes: readonly KvWrite[] } {
    const from = this.#meta.windowFrom;
    const fromTime = this.#windowFromTime;
    if (fromTime !== undefined && isKept(fromTime, time)) return { from, writes: [] };
    const pruned = pruneSpent(this.#parts.suite, this.#parts.buffer, { from, height, time });
    this.#windowFromTime = pruned.fromTime;
    return pruned;
  }
}

function makeParts(
  config: LedgerConfig,
  meta: Meta,
  tree: BucketTree,
  past: { readonly leaves: number; readonly floor: number },
): Parts {
  const { suite, kv, executor, cacheBytesMax = CACHE_BYTES_MAX } = config;
  const buffer = new WriteBuffer(kv);
  return {
    suite,
    executor,
    chainId: meta.chainId,
    buffer,
    state: new State({ suite, buffer, tree, shape: meta.shape, cacheBytesMax }),
    history: new History(suite, buffer, past.leaves),
    receipts: new Receipts(suite, buffer),
    window: new SaltWindow(),
    undo: new UndoLog(UNDO_BOUNDS, past.floor),
  };
}

/** Lowest height with the same state: a restarted node proves what its last empty blocks left alone. */
function oldestSame(history: History, newest: HistoryLeaf): number {
  let { height } = newest;
  const lowest = Math.max(0, height - UNDO_BOUNDS.heightsMax);
  while (height > lowest) {
    const before = history.leaf(height - 1);
    if (before === undefined || !equalBytes(before.stateRoot, newest.stateRoot)) break;
    height--;
  }
  return height;
}
