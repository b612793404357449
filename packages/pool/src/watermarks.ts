/** How far each validator says it holds each lane, and what a quorum of them holds. */
export class Watermarks {
  readonly #count: number;
  /** `#marks[lane][validator]` */
  readonly #marks: readonly Float64Array[];
  readonly #sorted: Float64Array;
  /** Cached answer of `quorum` per lane; reports change few lanes and are read often. */
  readonly #quorums: (number | undefined)[];

  constructor(count: number) {
    this.#count = count;
    this.#marks = Array.from({ length: count }, () => new Float64Array(count));
    this.#sorted = new Float64Array(count);
    this.#quorums = Array.from({ length: count }, () => undefined);
  }

  /**
   * What a validator holds of all lanes. A lower word is an older one that was overtaken on its way: were it
   * believed, a lane could rest with a batch that nobody orders.
   */
  report(validator: number, held: readonly number[]): void {
    for (let lane = 0; lane < Math.min(held.length, this.#count); lane++) {
      const seq = held[lane] ?? 0;
      if (seq > (this.#marks[lane]?.[validator] ?? 0)) this.set(validator, lane, seq);
    }
  }

  /** Forget what a validator said: it may have lost its disk. */
  forget(validator: number): void {
    for (let lane = 0; lane < this.#count; lane++) this.set(validator, lane, 0);
  }

  /** What a validator holds of one lane. */
  set(validator: number, lane: number, seq: number): void {
    const marks = this.#marks[lane];
    if (marks === undefined || marks[validator] === seq) return;
    marks[validator] = seq;
    this.#quorums[lane] = undefined;
  }

  /** Highest number that at least `quorum` validators hold. */
  quorum(lane: number, quorum: number): number {
    const cached = this.#quorums[lane];
    if (cached !== undefined) return cached;
    const marks = this.#marks[lane];
    if (marks === undefined) return 0;
    this.#sorted.set(marks);
    this.#sorted.sort();
    const seq = this.#sorted[this.#count - quorum] ?? 0;
    this.#quorums[lane] = seq;
    return seq;
  }

  /** Validators that hold more of a lane than up to `seq`, ascending. */
  above(lane: number, seq: number): readonly number[] {
    const found: number[] = [];
    for (const [validator, mark] of this.#marks[lane]?.entries() ?? [])
      if (mark > seq) found.push(validator);
    return found;
  }

  /** Highest number that one of these validators holds. */
  highest(lane: number, validators: readonly number[]): number {
    return Math.max(0, ...validators.map((validator) => this.#marks[lane]?.[validator] ?? 0));
  }
}
