import { decode, encode, t } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import {
  assert,
  concatBytes,
  equalBytes,
  HanseError,
  isHanseError,
  must,
  toHex,
  utf8,
} from '@hanse/kit';
import {
  batchDigest,
  batchHeaderSchema,
  batchSchema,
  certificateSchema,
  openBatch,
  openBlock,
  u64Bytes,
  voteSchema,
  type Batch,
  type BatchHeader,
  type Block,
  type Certificate,
  type Vote,
} from '@hanse/model';
import {
  finalRecordSchema,
  positionSchema,
  recordKinds,
  type FinalRecord,
  type IndexPort,
  type KvWrite,
  type LogPort,
  type Position,
} from './records.ts';

const KIND_TAG = { notarize: 1, nullify: 2, finalize: 3 } as const;
const SCAN_ROWS_MAX = 4_096;
const FLUSH_WRITES = 512;

const finalEntrySchema = t.struct({
  view: t.u64,
  digest: t.hash,
  block: positionSchema,
  certificate: t.option(positionSchema),
});
const lastFinalSchema = t.struct({ height: t.u64, view: t.u64 });

const INDEXED = utf8('m/indexed');
const LAST_FINAL = utf8('m/final');
const blockKey = (digest: Uint8Array): Uint8Array => concatBytes(utf8('K'), digest);
const finalKey = (height: number): Uint8Array => concatBytes(utf8('H'), u64Bytes(height));
const batchKey = (lane: number, seq: number, digest?: Uint8Array): Uint8Array =>
  concatBytes(
    utf8('B'),
    Uint8Array.of(lane >> 8, lane & 0xff),
    u64Bytes(seq),
    digest ?? new Uint8Array(0),
  );
const batchDigestKey = (digest: Uint8Array): Uint8Array => concatBytes(utf8('D'), digest);
const certificateKey = (
  view: number,
  kind: keyof typeof KIND_TAG,
  digest: Uint8Array,
): Uint8Array => concatBytes(utf8('C'), u64Bytes(view), Uint8Array.of(KIND_TAG[kind]), digest);
const voteKey = (view: number, kind: keyof typeof KIND_TAG): Uint8Array =>
  concatBytes(utf8('V'), u64Bytes(view), Uint8Array.of(KIND_TAG[kind]));

type Layer = Map<string, KvWrite>;

/** Opens the log at a durable record (at its start without one) and hands over every record from there on. */
export type OpenLog = (
  from: Position | undefined,
  onRecord: (kind: number, payload: Uint8Array, position: Position) => void,
) => Promise<LogPort>;

/** A final block with the certificate that names it, if it has one of its own. */
export type ArchivedBlock = {
  readonly block: Block;
  readonly certificate: Certificate | undefined;
};

/** What lies in the log above the last final block. */
export type Unfinished = {
  readonly blocks: readonly Block[];
  readonly certificates: readonly Certificate[];
  readonly ownVotes: readonly Vote[];
};

/**
 * Finds records in the log. The index is derived: `m/indexed` says up to which position of the log
 * it is complete; opening reads the log from there and completes it.
 */
export class Archive {
  readonly #suite: Suite;
  readonly #index: IndexPort;
  #log: LogPort | undefined;
  /** Entries of records that no sync covers yet, that the running sync covers, and that are durable. */
  #fresh: Layer = new Map();
  #syncing: Layer = new Map();
  #durable: Layer = new Map();
  /** Durable entries on their way into the index. */
  #writing: Layer = new Map();
  #end: Position | undefined;
  #syncingEnd: Position | undefined;
  #durableEnd: Position | undefined;
  #isWriting = false;
  /** Keys of certificates and votes above the last final view, to remove once a later view is final. */
  readonly #perView = new Map<number, Uint8Array[]>();

  private constructor(suite: Suite, index: IndexPort) {
    this.#suite = suite;
    this.#index = index;
  }

  /** Open the log from where the index ends, and complete the index from it. */
  static async open(options: {
    readonly suite: Suite;
    readonly index: IndexPort;
    readonly openLog: OpenLog;
  }): Promise<Archive> {
    const archive = new Archive(options.suite, options.index);
    archive.#log = await options.openLog(
      Archive.indexedUpTo(options.index),
      (kind, payload, position) => archive.#note(kind, payload, position),
    );
    archive.beginSync();
    archive.synced();
    return archive;
  }

  /** Position up to which the index is complete; undefined when it is empty. */
  static indexedUpTo(index: IndexPort): Position | undefined {
    const bytes = index.get(INDEXED);
    const position = bytes === undefined ? undefined : decode(positionSchema, bytes);
    return position?.ok === true ? position.value : undefined;
  }

  /** Append a block. */
  appendBlock(block: Block): void {
    this.#indexBlock(block.digest, this.#append(recordKinds.block, block.bytes));
  }

  /** Append a certificate. */
  appendCertificate(certificate: Certificate): void {
    this.#indexCertificate(
      certificate,
      this.#append(recordKinds.certificate, encode(certificateSchema, certificate)),
    );
  }

  /** Append an own vote. */
  appendVote(vote: Vote): void {
    this.#indexVote(vote, this.#append(recordKinds.vote, encode(voteSchema, vote)));
  }

  /** Append a batch, unless it is stored already. */
  appendBatch(batch: Pick<Batch, 'header' | 'digest' | 'bytes'>): void {
    if (this.#get(batchDigestKey(batch.digest)) !== undefined) return;
    this.#indexBatch(batch.header, batch.digest, this.#append(recordKinds.batch, batch.bytes));
  }

  /** Mark a block as final. */
  appendFinal(block: Block): void {
    const { height, view } = block.header;
    this.#append(
      recordKinds.final,
      encode(finalRecordSchema, { height, view, digest: block.digest }),
    );
    this.#indexFinal({ height, view, digest: block.digest });
  }

  /** Index a record that the log holds already, while it is read at start. */
  #note(kind: number, payload: Uint8Array, position: Position): void {
    this.#end = position;
    switch (kind) {
      case recordKinds.block:
        return this.#indexBlock(expect(openBlock(this.#suite, payload)).digest, position);
      case recordKinds.certificate:
        return this.#indexCertificate(expect(decode(certificateSchema, payload)), position);
      case recordKinds.vote:
        return this.#indexVote(expect(decode(voteSchema, payload)), position);
      case recordKinds.batch: {
        const { header } = expect(decode(batchSchema, payload));
        return this.#indexBatch(
          expect(decode(batchHeaderSchema, header)),
          batchDigest(this.#suite, header),
          position,
        );
      }
      case recordKinds.final:
        return this.#indexFinal(expect(decode(finalRecordSchema, payload)));
      default:
        return unreachableKind(kind);
    }
  }

  /** A sync begins: it covers what was appended up to now. */
  beginSync(): void {
    for (const [key, write] of this.#fresh) this.#syncing.set(key, write);
    this.#fresh = new Map();
    this.#syncingEnd = this.#end;
  }

  /** The sync that began last is complete. */
  synced(): void {
    for (const [key, write] of this.#syncing) this.#durable.set(key, write);
    this.#syncing = new Map();
    this.#durableEnd = this.#syncingEnd;
  }

  /** Make everything appended so far durable. */
  async sync(): Promise<void> {
    this.beginSync();
    await this.#port.sync();
    this.synced();
    if (this.#durable.size >= FLUSH_WRITES && !this.#isWriting) await this.flush();
  }

  /** Write what is durable into the index. The index never names what the log may lose. */
  async flush(): Promise<void> {
    if (this.#isWriting || this.#durable.size === 0) return;
    const end = must(this.#durableEnd, 'entries come from records');
    this.#isWriting = true;
    this.#writing = this.#durable;
    this.#durable = new Map();
    await this.#index.write([...this.#writing.values(), [INDEXED, encode(positionSchema, end)]]);
    this.#writing = new Map();
    this.#isWriting = false;
  }

  /** Height and view of the last block marked final. */
  lastFinal(): { readonly height: number; readonly view: number } | undefined {
    const bytes = this.#get(LAST_FINAL);
    return bytes === undefined ? undefined : expect(decode(lastFinalSchema, bytes));
  }

  /** The final block of a height. */
  async finalBlock(height: number): Promise<ArchivedBlock | undefined> {
    const bytes = this.#get(finalKey(height));
    if (bytes === undefined) {
      if (height > 0 && height <= (this.lastFinal()?.height ?? 0)) throw indexCorrupt();
      return undefined;
    }
    const entry = expect(decode(finalEntrySchema, bytes));
    const block = expect(openBlock(this.#suite, await this.#record(entry.block)));
    if (block.header.height !== height || !equalBytes(block.digest, entry.digest))
      throw indexCorrupt();
    if (entry.certificate === undefined) return { block, certificate: undefined };
    const record = await this.#record(entry.certificate);
    const certificate = expect(decode(certificateSchema, record));
    if (!equalBytes(certificate.digest, block.digest)) throw indexCorrupt();
    return { block, certificate };
  }

  /** Any block by its digest. */
  async block(digest: Uint8Array): Promise<Block | undefined> {
    const position = this.#position(blockKey(digest));
    return position === undefined
      ? undefined
      : expect(openBlock(this.#suite, await this.#record(position)));
  }

  /** Bytes of a batch by its digest. */
  async batchBytes(digest: Uint8Array): Promise<Uint8Array | undefined> {
    const position = this.#position(batchDigestKey(digest));
    if (position === undefined) return undefined;
    const bytes = await this.#record(position);
    const { header } = expect(decode(batchSchema, bytes));
    if (!equalBytes(batchDigest(this.#suite, header), digest)) throw indexCorrupt();
    return bytes;
  }

  /** Digests of the batches stored at a place of a lane: one, or more where the lane was forked. */
  async batchDigests(lane: number, seq: number): Promise<readonly Uint8Array[]> {
    const found = new Map<string, Uint8Array>();
    const prefix = batchKey(lane, seq);
    const add = (key: Uint8Array): void => {
      const digest = key.slice(prefix.length);
      found.set(toHex(digest), digest);
    };
    for (const [key] of await this.#index.list({
      gte: prefix,
      lt: batchKey(lane, seq + 1),
      limit: 16,
    }))
      add(key);
    const prefixHex = toHex(prefix);
    for (const layer of this.#layers()) {
      for (const [hex, [key]] of layer) if (hex.startsWith(prefixHex)) add(key);
    }
    return [...found.values()];
  }

  /**
   * The batches of a lane from the one after `fromSeq` up to the one with `digest`, walked back by
   * hash, or undefined when one is not stored.
   */
  async laneBatches(range: {
    readonly fromSeq: number;
    readonly toSeq: number;
    readonly digest: Uint8Array;
  }): Promise<readonly Batch[] | undefined> {
    const batches: Batch[] = [];
    let { digest } = range;
    for (let seq = range.toSeq; seq > range.fromSeq; seq--) {
      const bytes = await this.batchBytes(digest);
      if (bytes === undefined) return undefined;
      const batch = expect(openBatch(this.#suite, bytes));
      assert(batch.header.seq === seq, `batch ${batch.header.seq} stored where ${seq} belongs`);
      batches.push(batch);
      digest = batch.header.prevDigest;
    }
    return batches.reverse();
  }

  /** Blocks, certificates and own votes above the last final view. */
  async unfinished(): Promise<Unfinished> {
    const floor = this.lastFinal()?.view ?? 0;
    const certificates: Certificate[] = [];
    const ownVotes: Vote[] = [];
    const blocks = new Map<string, Block>();
    for (const position of await this.#above('C', floor)) {
      const certificate = expect(decode(certificateSchema, await this.#record(position)));
      certificates.push(certificate);
    }
    for (const position of await this.#above('V', floor))
      ownVotes.push(expect(decode(voteSchema, await this.#record(position))));
    for (const { kind, digest } of [...certificates, ...ownVotes]) {
      if (kind === 'nullify' || blocks.has(toHex(digest))) continue;
      const block = await this.block(digest);
      if (block !== undefined) blocks.set(toHex(digest), block);
    }
    return { blocks: [...blocks.values()], certificates, ownVotes };
  }

  /**
   * A record the index names. When it cannot be read, the index is what is doubted first: rebuilding
   * it reads the whole log, which tells which of the two is damaged.
   */
  async #record(position: Position): Promise<Uint8Array> {
    try {
      return await this.#port.read(position);
    } catch (error) {
      if (isHanseError(error) && error.codeName === 'LogCorrupt') throw indexCorrupt(error);
      throw error;
    }
  }

  #append(kind: number, payload: Uint8Array): Position {
    const position = this.#port.append(kind, payload);
    this.#end = position;
    return position;
  }

  #indexBlock(digest: Uint8Array, position: Position): void {
    this.#put(blockKey(digest), encode(positionSchema, position));
  }

  #indexCertificate({ kind, view, digest }: Certificate, position: Position): void {
    this.#putPerView(view, certificateKey(view, kind, digest), position);
  }

  #indexVote({ kind, view }: Vote, position: Position): void {
    this.#putPerView(view, voteKey(view, kind), position);
  }

  #indexBatch({ lane, seq }: BatchHeader, digest: Uint8Array, position: Position): void {
    const where = encode(positionSchema, position);
    this.#put(batchKey(lane, seq, digest), where);
    this.#put(batchDigestKey(digest), where);
  }

  #indexFinal({ height, view, digest }: FinalRecord): void {
    const block = must(
      this.#position(blockKey(digest)),
      `block ${height} is in the log before it is final`,
    );
    const certificate = this.#position(certificateKey(view, 'finalize', digest));
    // The log is read again from the last indexed record on, itself included: when that is this one,
    // its entry is complete, and its certificate is among the entries per view no more.
    if (certificate === undefined && this.#get(finalKey(height)) !== undefined) return;
    this.#put(finalKey(height), encode(finalEntrySchema, { view, digest, block, certificate }));
    // Recovery starts from a block with a certificate of its own. The blocks before it became final
    // in the same sync, so nothing after that sync can have been executed or told.
    if (certificate === undefined) return;
    this.#put(LAST_FINAL, encode(lastFinalSchema, { height, view }));
    for (const [old, keys] of this.#perView) {
      if (old > view) continue;
      for (const key of keys) this.#remove(key);
      this.#perView.delete(old);
    }
  }

  async #above(prefix: 'C' | 'V', floor: number): Promise<readonly Position[]> {
    const gte = concatBytes(utf8(prefix), u64Bytes(floor + 1));
    const lt = utf8(String.fromCharCode(prefix.charCodeAt(0) + 1));
    const found = new Map<string, Uint8Array>();
    for (const [key, value] of await this.#index.list({ gte, lt, limit: SCAN_ROWS_MAX })) {
      found.set(toHex(key), value);
      this.#rememberView(key);
    }
    const low = toHex(gte);
    const high = toHex(lt);
    for (const layer of this.#layers()) {
      for (const [hex, [, value]] of layer) {
        if (hex < low || hex >= high) continue;
        if (value === undefined) found.delete(hex);
        else found.set(hex, value);
      }
    }
    return [...found.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, value]) => expect(decode(positionSchema, value)));
  }

  /** After a restart, entries of the index are per-view entries too. */
  #rememberView(key: Uint8Array): void {
    const view = new DataView(key.buffer, key.byteOffset + 1, 8);
    const number = view.getUint32(0) * 2 ** 32 + view.getUint32(4);
    const keys = this.#perView.get(number) ?? [];
    keys.push(key);
    this.#perView.set(number, keys);
  }

  #putPerView(view: number, key: Uint8Array, position: Position): void {
    this.#put(key, encode(positionSchema, position));
    const keys = this.#perView.get(view) ?? [];
    keys.push(key);
    this.#perView.set(view, keys);
  }

  #position(key: Uint8Array): Position | undefined {
    const bytes = this.#get(key);
    return bytes === undefined ? undefined : expect(decode(positionSchema, bytes));
  }

  get #port(): LogPort {
    return must(this.#log, 'the log is open');
  }

  /** Entries that are not in the index yet, oldest layer first. */
  #layers(): readonly Layer[] {
    return [this.#writing, this.#durable, this.#syncing, this.#fresh];
  }

  #get(key: Uint8Array): Uint8Array | undefined {
    const hex = toHex(key);
    const write =
      this.#fresh.get(hex) ??
      this.#syncing.get(hex) ??
      this.#durable.get(hex) ??
      this.#writing.get(hex);
    return write === undefined ? this.#index.get(key) : write[1];
  }

  #put(key: Uint8Array, value: Uint8Array): void {
    this.#fresh.set(toHex(key), [key, value]);
  }

  #remove(key: Uint8Array): void {
    this.#fresh.set(toHex(key), [key, undefined]);
  }
}

function unreachableKind(kind: number): never {
  throw new HanseError('InvariantBroken', {
    message: `the log holds a record of unknown kind ${kind}`,
  });
}

/** What this validator wrote decodes; otherwise the index does not name what it should. */
function expect<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string },
): T {
  if (!result.ok) throw indexCorrupt();
  return result.value;
}

function indexCorrupt(cause?: unknown): HanseError {
  return new HanseError('StateCorrupt', { object: 'index of the block log' }, cause);
}
