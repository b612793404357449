import type { BatchWant, PayloadCheck, PayloadPort } from '@hanse/consensus';
import { equalBytes } from '@hanse/kit';
import { quorumOf, u64Bytes, ZERO_HASH, type Payload } from '@hanse/model';
import { hash } from 'node:crypto';

/** Batches an author may be ahead of the last final block. */
export const LANE_WINDOW = 8;
const BLOCK_BATCHES_PER_LANE_MAX = 4;

const digests = new Map<number, Uint8Array>();

/** Digest of the one batch that a lane has at a place. */
export function batchDigest(lane: number, seq: number): Uint8Array {
  if (seq === 0) return ZERO_HASH;
  const key = lane * 2 ** 32 + seq;
  const known = digests.get(key);
  if (known !== undefined) return known;
  const digest = new Uint8Array(hash('sha256', u64Bytes(key), 'buffer'));
  digests.set(key, digest);
  return digest;
}

/** Lanes without bytes: a batch is its lane and number. */
export class FakeLanes implements PayloadPort {
  readonly #n: number;
  readonly #has: readonly Set<number>[];
  readonly #held: number[];
  readonly #reports: number[][];
  readonly #self: number;
  /** Whether a peer has reported more than is held here; cleared by whoever has looked. */
  mayBeBehind = false;

  constructor(n: number, self: number) {
    this.#n = n;
    this.#self = self;
    this.#has = Array.from({ length: n }, () => new Set<number>());
    this.#held = Array.from({ length: n }, () => 0);
    this.#reports = Array.from({ length: n }, () => Array.from({ length: n }, () => 0));
  }

  /** Store a batch; whether it is new. */
  add(lane: number, seq: number): boolean {
    const has = this.#has[lane];
    if (has === undefined || has.has(seq)) return false;
    has.add(seq);
    let held = this.#held[lane] ?? 0;
    while (has.has(held + 1)) held++;
    this.#held[lane] = held;
    return true;
  }

  has(lane: number, seq: number): boolean {
    return this.#has[lane]?.has(seq) === true;
  }

  held = (): readonly number[] => this.#held;

  connected = (peer: number): void => {
    this.#reports[peer]?.fill(0);
  };

  reported = (from: number, held: readonly number[]): void => {
    this.#reports[from] = held.map((seq, lane) => Math.max(seq, this.#reports[from]?.[lane] ?? 0));
    if (held.some((seq, lane) => seq > (this.#held[lane] ?? 0))) this.mayBeBehind = true;
  };

  hasWork = (parent: Payload): boolean =>
    parent.some((tip, lane) => this.#target(lane, false) > tip.seq);

  build = (parent: Payload, optimistic: boolean): Payload =>
    parent.map((tip, lane) => {
      const seq = Math.min(
        tip.seq + BLOCK_BATCHES_PER_LANE_MAX,
        Math.max(tip.seq, this.#target(lane, optimistic)),
      );
      return seq === tip.seq ? tip : { seq, digest: batchDigest(lane, seq) };
    });

  check = (parent: Payload, payload: Payload): PayloadCheck => {
    if (payload.length !== this.#n) return { kind: 'invalid', reason: 'lanes' };
    const wants: BatchWant[] = [];
    for (const [lane, { seq, digest }] of payload.entries()) {
      const from = parent[lane]?.seq ?? 0;
      if (seq < from || seq > from + BLOCK_BATCHES_PER_LANE_MAX)
        return { kind: 'invalid', reason: `lane ${lane}` };
      if (!equalBytes(digest, batchDigest(lane, seq)))
        return { kind: 'invalid', reason: `digest of lane ${lane}` };
      let first = from + 1;
      while (first <= seq && this.has(lane, first)) first++;
      if (first <= seq) wants.push({ lane, fromSeq: first, toSeq: seq, digest });
    }
    return wants.length === 0 ? { kind: 'held' } : { kind: 'missing', wants };
  };

  /** What peers report of a lane beyond what is held here. Its author is asked for it. */
  behind(): readonly BatchWant[] {
    const found: BatchWant[] = [];
    for (let lane = 0; lane < this.#n; lane++) {
      const held = this.#held[lane] ?? 0;
      const reported = Math.max(...this.#reports.map((report) => report[lane] ?? 0));
      const toSeq = Math.min(held + LANE_WINDOW, reported);
      if (toSeq > held)
        found.push({ lane, fromSeq: held + 1, toSeq, digest: batchDigest(lane, toSeq) });
    }
    return found;
  }

  #target(lane: number, optimistic: boolean): number {
    const own = this.#held[lane] ?? 0;
    if (optimistic) return own;
    const marks = this.#reports
      .map((report, index) => (index === this.#self ? own : (report[lane] ?? 0)))
      .sort((a, b) => b - a);
    return Math.min(own, marks[quorumOf(this.#n) - 1] ?? 0);
  }
}
