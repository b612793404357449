import { equalBytes, limits, toHex } from '@hanse/kit';
import type { Batch, BatchHeader, LaneTip } from '@hanse/model';
import type { Added, BatchWant } from './types.ts';

/** The way from one lane position to another: all batches between, or why there is none. */
export type LanePath =
  | { readonly kind: 'path'; readonly batches: readonly Batch[] }
  | { readonly kind: 'missing'; readonly seq: number; readonly digest: Uint8Array }
  | { readonly kind: 'invalid'; readonly reason: string };

/** What decides whether a batch may be kept. */
export type Placed = Pick<BatchHeader, 'seq' | 'sizeBytes'>;

/**
 * The batches of one author above its last final position. `#chain` is the held chain: gapless, by
 * hash, first come. Forks of it and batches that came before their predecessors lie aside, in as
 * much room again, and the oldest of them go first.
 */
export class Lane {
  readonly #lane: number;
  #base: LaneTip;
  #chain: Batch[] = [];
  #chainBytes = 0;
  /** Final batches that execution has not consumed yet, ascending. */
  #finals: Batch[] = [];
  readonly #aside = new Map<string, Batch>();
  #asideBytes = 0;
  /** Everything above by digest. */
  readonly #known = new Map<string, Batch>();
  #isForked = false;
  #want: BatchWant | undefined;

  constructor(lane: number, base: LaneTip) {
    this.#lane = lane;
    this.#base = base;
  }

  /** Position of the last final block. */
  get base(): LaneTip {
    return this.#base;
  }

  /** End of the held chain. */
  get tip(): LaneTip {
    const last = this.#chain.at(-1);
    return last === undefined ? this.#base : tipOf(last);
  }

  /** Room that un-finalized batches of the held chain take. */
  get window(): { readonly batches: number; readonly bytes: number } {
    return { batches: this.#chain.length, bytes: this.#chainBytes };
  }

  /** Highest final number that execution has consumed. */
  get releasedSeq(): number {
    const first = this.#finals[0];
    return first === undefined ? this.#base.seq : first.header.seq - 1;
  }

  /** Whether there may be room for a batch; what is refused here would not be kept. */
  inWindow({ seq, sizeBytes }: Placed): boolean {
    if (seq <= this.#base.seq || seq > this.#base.seq + limits.laneWindowBatchesMax) return false;
    return seq <= this.tip.seq || this.#chainBytes + sizeBytes <= limits.laneWindowBytes;
  }

  /** Position on the held chain or of the final base with this number. */
  tipAt(seq: number): LaneTip | undefined {
    if (seq === this.#base.seq) return this.#base;
    const batch = this.#chain[seq - this.#base.seq - 1];
    return batch === undefined ? undefined : tipOf(batch);
  }

  /** Batch of the held chain, or final and not released, with this number. */
  get(seq: number): Batch | undefined {
    if (seq > this.#base.seq) return this.#chain[seq - this.#base.seq - 1];
    return this.#finals.find((batch) => batch.header.seq === seq);
  }

  /** Batch with this digest (hexadecimal), wherever it lies. */
  byDigest(digest: string): Batch | undefined {
    return this.#known.get(digest);
  }

  /**
   * Rule *fork*: of two batches with one number the first that came is held and both are evidence; the other
   * is fetched by its digest once a proposal needs it, and is no reason to nullify.
   *
   * Takes a batch whose signatures were verified.
   */
  add(batch: Batch): Added {
    const { seq } = batch.header;
    const key = toHex(batch.digest);
    if (this.#known.has(key)) return { kind: 'known' };
    if (!this.inWindow(batch.header) || this.#contradictsBase(batch)) return { kind: 'outside' };
    const rival = this.#rivalOf(seq);
    const path = this.#place(batch, key);
    if (path.kind === 'invalid') return { kind: 'outside' };
    if (rival !== undefined && !this.#isForked) {
      this.#isForked = true;
      return { kind: 'fork', evidence: { kind: 'lane-fork', first: rival, second: batch } };
    }
    return path.kind === 'missing'
      ? { kind: 'gap', want: this.#wantTo(path, this.#base) }
      : { kind: 'added' };
  }

  /** Put a batch on the chain or aside; gives its path from the final position, without keeping a dead one. */
  #place(batch: Batch, key: string): LanePath {
    if (this.#extendsTip(batch)) {
      this.#push(batch, key);
      this.#connect();
      return { kind: 'path', batches: [] };
    }
    const { seq, prevDigest } = batch.header;
    if (this.#isForked && !this.#isWanted(seq))
      return { kind: 'invalid', reason: 'nobody asked for it' };
    const path = this.path(this.#base, { seq: seq - 1, digest: prevDigest });
    if (path.kind !== 'invalid') this.#putAside(batch, key);
    return path;
  }

  /** The batches after `parent` up to `tip`, by hash. */
  path(parent: LaneTip, tip: LaneTip): LanePath {
    const batches: Batch[] = [];
    let { seq, digest } = tip;
    for (; seq > parent.seq; seq--) {
      const batch = this.#known.get(toHex(digest));
      if (batch === undefined) return { kind: 'missing', seq, digest };
      if (batch.header.seq !== seq)
        return {
          kind: 'invalid',
          reason: `lane ${this.#lane}: the digest of ${seq} is that of ${batch.header.seq}`,
        };
      batches.push(batch);
      digest = batch.header.prevDigest;
    }
    if (!equalBytes(digest, parent.digest))
      return { kind: 'invalid', reason: `lane ${this.#lane} does not extend the parent's` };
    return { kind: 'path', batches: batches.reverse() };
  }

  /** What to fetch so that a payload with this position can be voted for; kept in mind while it is missing. */
  want(missing: { readonly seq: number; readonly digest: Uint8Array }, parent: LaneTip): BatchWant {
    this.#want = this.#wantTo(missing, parent);
    return this.#want;
  }

  /** A final block names this position. Its chain becomes the held one, whichever it was. */
  finalized(tip: LaneTip): void {
    if (tip.seq <= this.#base.seq) return;
    const path = this.path(this.#base, tip);
    const isOnChain = equalBytes(this.tipAt(tip.seq)?.digest ?? new Uint8Array(0), tip.digest);
    const rest = isOnChain ? this.#chain.slice(tip.seq - this.#base.seq) : [];
    const batches = path.kind === 'path' ? path.batches : [];
    for (const batch of this.#chain) this.#known.delete(toHex(batch.digest));
    this.#chain = [];
    this.#chainBytes = 0;
    this.#base = tip;
    for (const [key, batch] of this.#aside)
      if (batch.header.seq <= tip.seq) this.#dropAside(key, batch);
    for (const batch of batches) this.#known.set(toHex(batch.digest), batch);
    this.#finals.push(...batches);
    for (const batch of rest) this.#push(batch, toHex(batch.digest));
    if (this.#want !== undefined && this.#want.toSeq <= tip.seq) this.#want = undefined;
    this.#connect();
  }

  /** Forget final batches up to a number: they were executed. */
  release(seq: number): void {
    const kept = this.#finals.findIndex((batch) => batch.header.seq > seq);
    const gone = this.#finals.splice(0, kept < 0 ? this.#finals.length : kept);
    for (const batch of gone) this.#known.delete(toHex(batch.digest));
  }

  /** Every other first-come batch of this number; two of them prove a fork. */
  #rivalOf(seq: number): Batch | undefined {
    const held = this.get(seq);
    if (held !== undefined) return held;
    for (const batch of this.#aside.values()) if (batch.header.seq === seq) return batch;
    return undefined;
  }

  /** The successor of the final position has one possible predecessor. */
  #contradictsBase({ header }: Batch): boolean {
    return header.seq === this.#base.seq + 1 && !equalBytes(header.prevDigest, this.#base.digest);
  }

  #extendsTip({ header }: Batch): boolean {
    const { seq, digest } = this.tip;
    return header.seq === seq + 1 && equalBytes(header.prevDigest, digest);
  }

  /** In a forked lane only what some proposal needs is worth the room. */
  #isWanted(seq: number): boolean {
    return this.#want !== undefined && seq >= this.#want.fromSeq && seq <= this.#want.toSeq;
  }

  #push(batch: Batch, key: string): void {
    this.#known.set(key, batch);
    this.#chain.push(batch);
    this.#chainBytes += batch.header.sizeBytes;
  }

  #putAside(batch: Batch, key: string): void {
    this.#known.set(key, batch);
    this.#aside.set(key, batch);
    this.#asideBytes += batch.header.sizeBytes;
    const wanted = this.#want === undefined ? '' : toHex(this.#want.digest);
    for (const [other, old] of this.#aside) {
      if (
        this.#aside.size <= limits.laneWindowBatchesMax &&
        this.#asideBytes <= limits.laneWindowBytes
      )
        return;
      if (other !== wanted && other !== key) this.#dropAside(other, old);
    }
  }

  #dropAside(key: string, batch: Batch): void {
    this.#takeAside(key, batch);
    this.#known.delete(key);
  }

  #takeAside(key: string, batch: Batch): void {
    this.#aside.delete(key);
    this.#asideBytes -= batch.header.sizeBytes;
  }

  /** Move batches that waited for their predecessor onto the chain, as far as the window allows. */
  #connect(): void {
    let isMoved = true;
    while (isMoved) {
      isMoved = false;
      for (const [key, batch] of this.#aside) {
        if (!this.#extendsTip(batch) || !this.inWindow(batch.header)) continue;
        this.#takeAside(key, batch);
        this.#push(batch, key);
        isMoved = true;
        break;
      }
    }
  }

  /** From behind the held chain, or as many as one request gives where the chain itself is in doubt. */
  #wantTo(
    { seq, digest }: { readonly seq: number; readonly digest: Uint8Array },
    parent: LaneTip,
  ): BatchWant {
    const first =
      this.tip.seq < seq ? this.tip.seq + 1 : seq - limits.fetchBatchesPerRequestMax + 1;
    return { lane: this.#lane, fromSeq: Math.max(first, parent.seq + 1), toSeq: seq, digest };
  }
}

function tipOf({ header, digest }: Batch): LaneTip {
  return { seq: header.seq, digest };
}
