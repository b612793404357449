import { assert } from '@hanse/kit';
import type { Batch, Block } from '@hanse/model';
import { sweep, type Lanes } from '@hanse/pool';
import type { Archive } from './archive.ts';
import type { Execution } from './ports.ts';

type Options = {
  readonly archive: Archive;
  readonly lanes: Lanes;
  /** The block executed last. */
  readonly start: Block;
  readonly execute: (block: Block, batches: readonly Uint8Array[]) => Promise<Execution>;
  readonly done: (block: Block, execution: Execution) => void;
  readonly fatal: (error: unknown) => void;
};

/** Executes final blocks one after another, in height order. */
export class ExecutionQueue {
  readonly #options: Options;
  readonly #waiting: Block[] = [];
  #last: Block;
  #running = false;
  #started = false;

  constructor(options: Options) {
    this.#options = options;
    this.#last = options.start;
  }

  /** Queue a final block. Its finality is durable already. */
  add(block: Block): void {
    this.#waiting.push(block);
    if (this.#started) this.start();
  }

  start(): void {
    this.#started = true;
    if (!this.#running) void this.#run().catch(this.#options.fatal);
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let block = this.#waiting.shift(); block !== undefined; block = this.#waiting.shift()) {
      if (block.header.height <= this.#last.header.height) continue;
      assert(
        block.header.height === this.#last.header.height + 1,
        `block ${block.header.height} follows ${this.#last.header.height}`,
      );
      const batches = await this.#batches(block);
      const execution = await this.#options.execute(
        block,
        batches.map((batch) => batch.bytes),
      );
      this.#last = block;
      this.#options.done(block, execution);
    }
    this.#running = false;
  }

  /** Batches of a block in execution order: from memory, or from the log after a restart. */
  async #batches(block: Block): Promise<readonly Batch[]> {
    const { archive, lanes } = this.#options;
    const parent = this.#last.payload;
    const held = lanes.batchesBetween(parent, block.payload, block.header.view);
    if (held !== undefined) return held;
    const perLane: (readonly Batch[])[] = [];
    for (const [lane, tip] of block.payload.entries()) {
      const fromSeq = parent[lane]?.seq ?? 0;
      const batches = await archive.laneBatches({ fromSeq, toSeq: tip.seq, digest: tip.digest });
      assert(
        batches !== undefined,
        `the batches of final block ${block.header.height} are in the log`,
      );
      perLane.push(batches);
    }
    return sweep(perLane, block.header.view);
  }
}
