import { decode, encode, type Schema } from '@hanse/codec';
import { createSuite, type Suite } from '@hanse/crypto';
import { compareBytes, limits, must, toHex, utf8 } from '@hanse/kit';
import {
  didKeyBytes,
  didOf,
  didRecordSchema,
  inceptionRecord,
  systemContracts,
  type Call,
  type DidKind,
  type Event,
  type Inception,
} from '@hanse/model';
import { createVm, type ErrorRefusal, type StateQuery, type Vm } from '../src/index.ts';
import { FakeIsolate, schemaFrom, type FakeContract } from './fake.ts';

/** The suite of the tests. */
export const suite: Suite = createSuite('intl');

function inceptionOf(kind: DidKind, name: string, controllers: readonly string[]): Inception {
  const seed = suite.hash(utf8(name));
  const { publicKey } = suite.keyPairFromSeed('ed25519', seed);
  return {
    kind,
    name: kind === 'person' ? '' : name,
    controllers,
    keys: [{ kid: 'k1', alg: 'ed25519', publicKey, purposes: ['invoke'] }],
    salt: seed.subarray(0, 16),
  };
}

type Contracts = typeof systemContracts;
type ArgsOf<S> = S extends { readonly args: Schema<infer A> } ? A : never;
type Record = readonly [key: Uint8Array, value: Uint8Array];

/** What a transaction came to. */
export type Done = {
  readonly status: 'ok' | ErrorRefusal;
  readonly gas: number;
  readonly results: readonly Uint8Array[];
  readonly events: readonly Event[];
};

/** A chain of three organisations, and the vm alone on a state in memory. */
export class World {
  readonly isolate = new FakeIsolate();
  readonly vm: Vm;
  height = 1;
  time = 1_700_000_000_000;
  gasLimit: number = limits.gasPerTxMax;
  /** Number of records that each bucket pretends to hold. */
  crowd = 0;
  readonly harbour: string;
  readonly bank: string;
  readonly mill: string;
  readonly #genesis: Parameters<typeof createVm>[0]['genesis'];
  #records = new Map<string, Record>();

  constructor() {
    const founders = ['Harbour', 'Bank', 'Mill'].map((name) =>
      inceptionOf('organisation', name, []),
    );
    this.#genesis = { network: 'test', identities: founders };
    const [harbour, bank, mill] = founders.map((one) => this.#register(one));
    this.harbour = must(harbour, 'an organisation');
    this.bank = must(bank, 'an organisation');
    this.mill = must(mill, 'an organisation');
    this.vm = this.freshVm();
  }

  /** Another vm over the same chain: nothing it keeps at hand is there yet. */
  freshVm(): Vm {
    return createVm({ suite, isolate: this.isolate, genesis: this.#genesis });
  }

  /** Register an identity. */
  identity(kind: DidKind, name: string, ...controllers: readonly string[]): string {
    return this.#register(inceptionOf(kind, name, controllers));
  }

  /** End an identity. */
  deactivate(did: string): void {
    const key = didKeyBytes(did);
    const bytes = must(this.#records.get(toHex(key))?.[1], 'a registered identity');
    const record = decode(didRecordSchema, bytes);
    if (!record.ok) throw new Error(record.error);
    const ended = { ...record.value, deactivatedHeight: this.height };
    this.#records.set(toHex(key), [key, encode(didRecordSchema, ended)]);
  }

  /** Execute one transaction; all of its calls are written or none. */
  run(signers: string | readonly string[], ...calls: readonly Call[]): Done {
    const list = typeof signers === 'string' ? [signers] : signers;
    const written = new Map(this.#records);
    const state = {
      height: this.height - 1,
      get: (key: Uint8Array) => written.get(toHex(key))?.[1],
      set: (key: Uint8Array, value: Uint8Array) => {
        if (key.length > limits.keyBytesMax) throw new Error(`a key has ${key.length} bytes`);
        if (value.length > limits.valueBytesMax) throw new Error(`${value.length} bytes`);
        written.set(toHex(key), [key, value]);
      },
      delete: (key: Uint8Array) => void written.delete(toHex(key)),
      bucketEntries: () => this.crowd,
    };
    const txid = suite.hash(utf8(`${this.height}/${this.#records.size}`));
    const named = list.map((did) => ({ did, kid: 'k1' }));
    const context = { height: this.height, time: this.time, txid, signers: named };
    const results: Uint8Array[] = [];
    const events: Event[] = [];
    let gas = 0;
    for (const call of calls) {
      const gasLeft = this.gasLimit - gas;
      const eventsLeft = limits.eventsPerTxMax - events.length;
      const done = this.vm.execute({ state, context, call, gasLeft, eventsLeft });
      gas += done.gas;
      if (!done.outcome.ok) return { status: done.outcome.error, gas, results: [], events: [] };
      results.push(done.outcome.value.result);
      events.push(...done.outcome.value.events);
    }
    this.#records = written;
    this.height++;
    this.time += 1_000;
    return { status: 'ok', gas, results, events };
  }

  /** Execute what must succeed. */
  ok(signers: string | readonly string[], ...calls: readonly Call[]): Done {
    const done = this.run(signers, ...calls);
    if (done.status !== 'ok') throw new Error(JSON.stringify(done.status));
    return done;
  }

  /** The refusal of what must be refused. */
  refusal(signers: string | readonly string[], ...calls: readonly Call[]): ErrorRefusal {
    const done = this.run(signers, ...calls);
    if (done.status === 'ok') throw new Error('it was not refused');
    return done.status;
  }

  /** Ask a query; returns its bytes or its refusal. */
  async query(
    contract: string,
    query: string,
    args: Uint8Array,
  ): Promise<Uint8Array | ErrorRefusal> {
    const answer = await this.vm.query(this.read(), contract, query, args);
    return answer.ok ? answer.value : answer.error;
  }

  /** The state as queries see it. */
  read(): StateQuery {
    const rows = [...this.#records.values()].sort((a, b) => compareBytes(a[0], b[0]));
    return {
      height: this.height - 1,
      time: this.time,
      get: (key) => this.#records.get(toHex(key))?.[1],
      list: async ({ prefix, after, limit }) =>
        rows
          .filter(([key]) => toHex(key).startsWith(toHex(prefix)))
          .filter(([key]) => after === undefined || compareBytes(key, after) > 0)
          .slice(0, limit),
    };
  }

  /** Put a record into the state. */
  set(key: Uint8Array, value: Uint8Array): void {
    this.#records.set(toHex(key), [key, value]);
  }

  /** Texts of the keys that begin with a prefix; bytes that are no text show as they do. */
  keys(prefix: string): readonly string[] {
    return [...this.#records.values()]
      .map(([key]) => new TextDecoder().decode(key))
      .filter((key) => key.startsWith(prefix));
  }

  /** Number of records. */
  get size(): number {
    return this.#records.size;
  }

  /** Upload and deploy a contract as the harbour, which owns it alone. */
  deploy(contract: FakeContract, signer: string = this.harbour): Done {
    const { name } = contract.manifest;
    const owners = { organisations: [this.harbour], threshold: 1 };
    return this.ok(
      signer,
      ...this.pieces(contract, (chunks) => native('contracts', 'deploy', { name, chunks, owners })),
    );
  }

  /** Calls that upload a contract's code and go on with the hashes of its pieces. */
  pieces(
    contract: FakeContract,
    then: (chunks: readonly Uint8Array[]) => Call,
    padding = 0,
  ): readonly Call[] {
    const code = this.isolate.add(contract, padding);
    const size = limits.codeChunkBytesMax;
    const parts = Array.from({ length: Math.ceil(code.length / size) }, (_, i) =>
      code.subarray(i * size, (i + 1) * size),
    );
    const uploads = parts.map((bytes) => native('contracts', 'upload', { bytes }));
    return [...uploads, then(parts.map((bytes) => suite.hash(bytes)))];
  }

  #register(inception: Inception): string {
    const did = didOf(suite, this.#genesis.network, inception);
    const key = didKeyBytes(did);
    this.set(key, encode(didRecordSchema, inceptionRecord(did, inception, 0)));
    return did;
  }
}

/** A call of a system contract. */
export function native<
  C extends 'contracts' | 'roles',
  M extends keyof Contracts[C]['methods'] & string,
>(contract: C, method: M, args: ArgsOf<Contracts[C]['methods'][M]>): Call {
  const methods: Readonly<globalThis.Record<string, { readonly args: unknown }>> =
    systemContracts[contract].methods;
  // The table's type ties arguments to the method; the look-up by name loses it.
  const schema = must(methods[method], 'a method').args as Schema<typeof args>;
  return { contract, method, args: encode(schema, args) };
}

/** A call of a fake contract. */
export function callOf(contract: FakeContract, method: string, args: object = {}): Call {
  const { name, methods } = contract.manifest;
  const spec = must(
    methods.find((one) => one.name === method),
    'a method',
  );
  return { contract: name, method, args: encode(schemaFrom(spec.args), args) };
}

/** The value of a result of a fake contract. */
export function resultOf(
  contract: FakeContract,
  method: string,
  bytes: Uint8Array | undefined,
): unknown {
  const spec = must(
    contract.manifest.methods.find((one) => one.name === method),
    'a method',
  );
  const value = decode(schemaFrom(spec.returns), must(bytes, 'a result'));
  if (!value.ok) throw new Error(value.error);
  return value.value;
}
