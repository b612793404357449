import type { Suite } from '@hanse/crypto';
import { assert, must, ok, silentLog } from '@hanse/kit';
import { Ledger, type Applied } from '@hanse/ledger';
import { openBatch, voteSignBytes, type Batch, type Block, type Certificate } from '@hanse/model';
import { createExecutor } from '@hanse/policy';
import { verifyBatchContents, verifyEnvelopes } from '@hanse/pool';
import { Archive, Validator, type Execution } from '@hanse/replica';
import { BlockLog, MemoryDisk, MemoryKv } from '@hanse/store';

import type { SimChain } from './chain.ts';
import { Durability } from './durability.ts';
import type { World } from './world.ts';

const SYNC_MS_MAX = 3;
const EXECUTE_MS_MAX = 3;
const VERIFY_MS_MAX = 2;

/** What a member tells the checks. */
export type MemberEvents = {
  readonly send: (member: Member, to: number, bytes: Uint8Array) => void;
  readonly final: (member: Member, block: Block, certificate: Certificate | undefined) => void;
  readonly executed: (member: Member, block: Block, applied: Applied) => void;
  readonly evidence: (member: Member, evidence: unknown) => void;
  readonly violation: (member: Member, what: string) => void;
};

/** What a simulated validator is made from. */
export type MemberOptions = {
  readonly world: World;
  readonly suite: Suite;
  readonly chain: SimChain;
  readonly index: number;
  /** Twins share an index; the second one is `b`. */
  readonly name: string;
  readonly isHonest: boolean;
  readonly events: MemberEvents;
};

/** One simulated validator: the production code of a node over a virtual disk, clock and network. */
export class Member {
  readonly index: number;
  readonly name: string;
  readonly isHonest: boolean;
  readonly #options: MemberOptions;
  #disk: MemoryDisk;
  #index = new MemoryKv();
  #state = new MemoryKv();
  #validator: Validator | undefined;
  #ledger: Ledger | undefined;
  #durability: Durability | undefined;
  /** Counts starts: what an earlier life left behind must not touch a later one. */
  #life = 0;
  /** What the signer's guard knows apart from the log. */
  #votedUpTo = 0;
  #lostUpTo = 0;
  restarts = 0;

  constructor(options: MemberOptions) {
    this.#options = options;
    this.index = options.index;
    this.name = options.name;
    this.isHonest = options.isHonest;
    this.#disk = new MemoryDisk((complete) =>
      options.world.after(1 + options.world.below(SYNC_MS_MAX), complete),
    );
  }

  get isUp(): boolean {
    return this.#validator !== undefined;
  }

  get validator(): Validator {
    return must(this.#validator, `${this.name} is up`);
  }

  /** What the log of this life is known to have on disk. */
  get durability(): Durability {
    return must(this.#durability, `${this.name} is up`);
  }

  get ledger(): Ledger {
    return must(this.#ledger, `${this.name} is up`);
  }

  /** Start, or start again from what the last crash left. */
  async start(): Promise<void> {
    const { suite, chain, world, events } = this.#options;
    const life = ++this.#life;
    const isCurrent = (): boolean => this.#life === life;
    const executor = createExecutor(suite, chain.genesis);
    const opened = Ledger.open({ suite, kv: this.#state, executor, genesis: chain.genesis });
    await this.#state.write(opened.writes);
    const durability = new Durability(suite);
    const archive = await this.#openArchive(durability);
    const key = must(chain.consensusKeys[this.index], 'every member has a key');
    const validator = await Validator.open(
      {
        genesis: chain.genesis,
        self: this.index,
        executed: opened.ledger.executed,
        lostUpTo: this.#lostUpTo,
      },
      {
        suite,
        clock: { nowMs: () => world.nowMs },
        trace: silentLog,
        signer: {
          vote: (vote) => {
            this.#votedUpTo = Math.max(this.#votedUpTo, vote.view);
            return Promise.resolve(suite.sign(key, voteSignBytes(chain.chainId, vote)));
          },
          batch: (message) => suite.sign(key, message),
          logged: () => undefined,
        },
        observer: {
          final: (block, certificate) => events.final(this, block, certificate),
          executed: () => undefined,
          evidence: (evidence) => events.evidence(this, evidence),
          diverged: (height) => events.violation(this, `diverged at height ${height}`),
          fatal: (error) =>
            events.violation(
              this,
              `fatal: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
            ),
          misbehaved: () => undefined,
        },
        setTimer: (name, delayMs) => this.#setTimer(name, delayMs, isCurrent),
        send: (to, bytes) => events.send(this, to, bytes),
        verifyBatch: async (batch: Batch) => {
          await this.#pause(VERIFY_MS_MAX);
          const contents = verifyBatchContents(suite, chain.chainId, batch);
          return contents.ok ? ok(undefined) : contents;
        },
        execute: (block, batches) => this.#execute(opened.ledger, block, batches, isCurrent),
      },
      archive,
    );
    this.#timers.clear();
    this.#durability = durability;
    this.#validator = validator;
    this.#ledger = opened.ledger;
    validator.start();
  }

  /** Open the archive as a node does, with its log watched. */
  async #openArchive(durability: Durability): Promise<Archive> {
    const { suite, chain, world } = this.#options;
    return Archive.open({
      suite,
      index: this.#index,
      openLog: async (from, onRecord) => {
        const options = { chainId: chain.chainId, salt: () => world.bytes(16) };
        // The checks read all of it on a copy; the node begins where its index ends.
        await BlockLog.openOn(this.#disk.copy(), {
          chainId: chain.chainId,
          salt: () => new Uint8Array(16),
          onRecord: (kind, payload) => durability.found(kind, payload),
        });
        const log = await BlockLog.openOn(this.#disk, {
          ...options,
          onRecord,
          ...(from === undefined ? {} : { from }),
        });
        return durability.watch(log);
      },
    });
  }

  /** Cut the power: what was not synced may be lost, in whole sectors and writes. */
  crash(): void {
    const { world } = this.#options;
    this.#life++;
    this.#validator?.stop();
    this.#validator = undefined;
    this.#ledger = undefined;
    this.#disk = this.#disk.crash({ keepSector: () => world.chance(50) });
    const keepIndex = world.below(6);
    const keepState = world.below(6);
    this.#index = this.#index.crash({ keepWrite: (n) => n < keepIndex });
    this.#state = this.#state.crash({ keepWrite: (n) => n < keepState });
    this.restarts++;
  }

  /** Lose the whole data folder but for the signer's guard, as a repair does with a damaged log. */
  loseData(): void {
    const { world } = this.#options;
    this.crash();
    this.#disk = new MemoryDisk((complete) => world.after(1 + world.below(SYNC_MS_MAX), complete));
    this.#index = new MemoryKv();
    this.#state = new MemoryKv();
    this.#lostUpTo = this.#votedUpTo;
  }

  /** A frame arrived. */
  receive(from: number, bytes: Uint8Array): void {
    this.#validator?.frame(from, bytes);
  }

  /** A client posts an envelope; false when it is refused or nobody is here. */
  submit(bytes: Uint8Array): boolean {
    const { suite, chain } = this.#options;
    if (this.#validator === undefined) return false;
    const [admitted] = verifyEnvelopes(suite, chain.chainId, [bytes]);
    if (admitted?.ok !== true) return false;
    return this.#validator.submit([admitted.value])[0]?.status === 'taken';
  }

  async #execute(
    ledger: Ledger,
    block: Block,
    batches: readonly Uint8Array[],
    isCurrent: () => boolean,
  ): Promise<Execution> {
    const { suite, events } = this.#options;
    await this.#pause(EXECUTE_MS_MAX);
    if (!isCurrent()) return new Promise<never>(() => undefined);
    const envelopes = batches.flatMap((bytes) => {
      const batch = openBatch(suite, bytes);
      assert(batch.ok, 'a final batch opens');
      return batch.value.envelopes;
    });
    const applied = ledger.apply({ header: block.header, digest: block.digest, envelopes });
    await this.#state.write(applied.writes);
    ledger.committed(block.header.height);
    events.executed(this, block, applied);
    const refused = applied.receipts.filter((receipt) => receipt.status.kind === 'refused').length;
    return {
      executed: applied.executed,
      txids: applied.receipts.map((receipt) => receipt.txid),
      voids: applied.voids,
      refused,
    };
  }

  readonly #timers = new Map<string, number>();

  #setTimer(name: string, delayMs: number | undefined, isCurrent: () => boolean): void {
    const stamp = (this.#timers.get(name) ?? 0) + 1;
    this.#timers.set(name, stamp);
    if (delayMs === undefined) return;
    this.#options.world.after(delayMs, () => {
      if (isCurrent() && this.#timers.get(name) === stamp) this.#validator?.timer(name);
    });
  }

  #pause(msMax: number): Promise<void> {
    const { world } = this.#options;
    return new Promise((resolve) => world.after(world.below(msMax + 1), resolve));
  }
}
