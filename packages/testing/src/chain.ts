import { encode, type ShapeJson } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { HanseError, utf8 } from '@hanse/kit';
import { evidenceSchema, type Evidence } from '@hanse/model';
import { createThreadSuite } from '@hanse/native';
import type { Backend } from './backend.ts';
import { meteredBackend } from './metered/backend.ts';
import { errorOf, type Outcome, type PlainEvent } from './outcome.ts';
import { partyOf, type Party, type Who } from './parties.ts';
import { plainBackend } from './plain/backend.ts';
import type {
  Actor,
  Callers,
  DepositOf,
  TestChain,
  TestChainOptions,
  TestContracts,
} from './types.ts';

const FIRST_TIME_MS = Date.UTC(2027, 0, 1);
const BLOCK_MS = 1_000;
const RESERVED = ['id', 'organisation', 'deposit', 'then'];

/**
 * A chain in this process with some contracts, for tests.
 *
 * @example
 * const chain = testChain({ receivables }, { mode: 'plain' });
 * const acme = chain.as({ organisation: 'Acme', roles: ['supplier'] });
 * await acme.receivables.issue({ id: 'INV-1', amount: 100n });
 */
export function testChain<const T extends TestContracts>(
  contracts: T,
  options: TestChainOptions,
): TestChain<T> {
  for (const name of Object.keys(contracts)) {
    if (!RESERVED.includes(name)) continue;
    throw new HanseError('UsageError', {
      message: `a contract of a test cannot be called ${name}`,
    });
  }
  const suite = createThreadSuite(options.suite ?? 'intl');
  const make = options.mode === 'plain' ? plainBackend : meteredBackend;
  // Types of contracts and callers are known to the compiler only; what runs goes by the manifests.
  return new Chain(
    contracts,
    suite,
    make(contracts, suite, options),
    options,
  ) as unknown as TestChain<T>;
}

type AnyActor = Actor<TestContracts>;
type AnyEvent = PlainEvent & { readonly height: number };

class Chain {
  readonly events: AnyEvent[] = [];
  height = 1;
  time: number;
  lastGas = 0;
  readonly #contracts: TestContracts;
  readonly #suite: Suite;
  readonly #backend: Backend;
  readonly #parties = new Map<string, Party>();
  #count = 0;
  /** Calls run one after the other, in the order in which they were made. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    contracts: TestContracts,
    suite: Suite,
    backend: Backend,
    { timeMs = FIRST_TIME_MS }: TestChainOptions,
  ) {
    this.#contracts = contracts;
    this.#suite = suite;
    this.#backend = backend;
    this.time = timeMs;
  }

  as(who: Who): AnyActor {
    const party = partyOf(this.#suite, who);
    const { did } = party.self;
    this.#backend.admit(party);
    this.#parties.set(did, party);
    return {
      ...this.#callers([party]),
      id: did,
      organisation: party.organisation?.did ?? '',
      deposit: (deposit: DepositOf) => this.#deposit(party, deposit),
    } as unknown as AnyActor;
  }

  asAll(actors: readonly { readonly id: string }[]): Callers<TestContracts> {
    const parties = actors.map(({ id }) => {
      const party = this.#parties.get(id);
      if (party === undefined) {
        throw new HanseError('UsageError', { message: `${id} is no actor of this chain` });
      }
      return party;
    });
    return this.#callers(parties);
  }

  next({ afterMs = BLOCK_MS }: { readonly afterMs?: number } = {}): void {
    this.height += 1;
    this.time += afterMs;
  }

  hash(bytes: Uint8Array): Uint8Array {
    return this.#suite.hash(bytes);
  }

  async close(): Promise<void> {
    await this.#backend.close();
  }

  #callers(signers: readonly Party[]): Callers<TestContracts> {
    const entries = Object.entries(this.#contracts).map(([name, { manifest }]) => {
      const query: Record<string, unknown> = {};
      const caller: Record<string, unknown> = { query };
      for (const { name: method, kind, returns } of manifest.methods) {
        const asked = (args: unknown) => ({ contract: manifest.name, method, args: args ?? {} });
        const given = isNothing(returns) ? () => undefined : (result: unknown) => result;
        if (kind === 'command') {
          caller[method] = async (args: unknown) =>
            given(await this.#execute(signers, asked(args)));
        }
        if (kind === 'query') {
          query[method] = async (args: unknown) => given(await this.#query(asked(args)));
        }
      }
      return [name, caller];
    });
    return Object.fromEntries(entries) as Callers<TestContracts>;
  }

  async #execute(
    signers: readonly Party[],
    asked: Parameters<Backend['execute']>[1],
  ): Promise<unknown> {
    return this.#inTurn(async () => {
      this.#count += 1;
      const txid = this.#suite.hash(utf8(`hanse-test-tx/${this.#count}`));
      const at = { height: this.height, timeMs: this.time, txid };
      const outcome = await this.#backend.execute(signers, asked, at);
      this.lastGas = outcome.gas;
      return this.#settle(outcome);
    });
  }

  async #query(asked: Parameters<Backend['query']>[0]): Promise<unknown> {
    return this.#inTurn(async () => {
      const at = { height: this.height, timeMs: this.time };
      return this.#settle(await this.#backend.query(asked, at));
    });
  }

  #settle(outcome: Outcome): unknown {
    if (outcome.kind === 'refused') throw errorOf(outcome.refusal);
    for (const event of outcome.events) this.events.push({ ...event, height: this.height });
    return outcome.result;
  }

  async #inTurn<R>(run: () => Promise<R>): Promise<R> {
    const turn = this.#last.then(run, run);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #deposit({ self, organisation }: Party, deposit: DepositOf): void {
    const evidence: Evidence = {
      sizeBytes: 1,
      mediaType: 'application/octet-stream',
      fieldsRoot: new Uint8Array(32),
      fieldCount: 0,
      capture: {
        device: '',
        software: 'test',
        softwareVersion: '1',
        capturedAt: this.time,
        timeSource: 'unknown',
        method: 'file',
      },
      depositor: self.did,
      organisation: organisation?.did ?? self.did,
      txid: new Uint8Array(32),
      height: this.height,
      time: this.time,
      supersededBy: undefined,
      ...deposit,
    };
    // Throws when it is none that a chain could hold.
    encode(evidenceSchema, evidence);
    this.#backend.deposit(evidence);
  }
}

/** Whether a method declares no result: its canonical form is the empty struct. */
function isNothing({ kind, fields }: ShapeJson): boolean {
  return kind === 'struct' && Array.isArray(fields) && fields.length === 0;
}
