import { decode, encode, type Schema } from '@hanse/codec';
import { createSuite, type KeyPair, type Suite } from '@hanse/crypto';
import { compareBytes, must, toHex, utf8 } from '@hanse/kit';
import {
  didKeyBytes,
  didOf,
  didRecordSchema,
  systemContracts,
  type DidKind,
  type DidRecord,
  type Inception,
  type KeySpec,
  type Purpose,
  type Tx,
} from '@hanse/model';
import {
  createExecutor,
  type ContractHost,
  type ErrorRefusal,
  type Execution,
  type PolicyExecutor,
  type StateQuery,
} from '../src/index.ts';

/** The suite of the tests. */
export const suite: Suite = createSuite('intl');

/** A key pair known by a name. */
export function pairOf(name: string): KeyPair {
  return suite.keyPairFromSeed('ed25519', suite.hash(utf8(name)));
}

/** The key of a name as it is registered. */
export function keyOf(kid: string, name = kid, purposes: readonly Purpose[] = ['invoke']): KeySpec {
  return { kid, alg: 'ed25519', publicKey: pairOf(name).publicKey, purposes };
}

/** An inception with one key named after the identity. */
export function inceptionOf(
  kind: DidKind,
  name: string,
  changes: Partial<Inception> = {},
): Inception {
  return {
    kind,
    name: kind === 'person' ? '' : name,
    controllers: [],
    keys: [keyOf('k1', name)],
    salt: suite.hash(utf8(name)).subarray(0, 16),
    ...changes,
  };
}

/** The identifier of an inception on the tests' network. */
export function idOf(inception: Inception): string {
  return didOf(suite, 'test', inception);
}

/** Two organisations of the genesis. */
export const harbour: Inception = inceptionOf('organisation', 'Harbour');
export const bank: Inception = inceptionOf('organisation', 'Bank');

type Contracts = typeof systemContracts;
type ArgsOf<S> = S extends { readonly args: Schema<infer A> } ? A : never;

/** Canonical arguments of a method. */
export function call<C extends keyof Contracts, M extends keyof Contracts[C]['methods'] & string>(
  contract: C,
  method: M,
  args: ArgsOf<Contracts[C]['methods'][M]>,
): Tx['calls'][number] {
  const { methods } = systemContracts[contract];
  const spec = Object.entries(methods).find(([name]) => name === method)?.[1];
  // The table's type ties arguments to the method; the lookup by name loses it.
  const schema = must(spec, 'a method').args as unknown as Schema<typeof args>;
  return { contract, method, args: encode(schema, args) };
}

/** A state of the executor alone: blocks of transactions, no envelopes. */
export class Chain {
  readonly executor: PolicyExecutor;
  height = 0;
  time = 1_000;
  gasLimit = 2_000_000;
  #records = new Map<string, readonly [Uint8Array, Uint8Array]>();
  /** The state before the block at hand: keys are judged on it. */
  #before = this.#records;

  constructor(identities: readonly Inception[] = [harbour, bank], host?: ContractHost) {
    this.executor = createExecutor(suite, { network: 'test' }, host);
    const genesis = { identities } as unknown as Parameters<Chain['executor']['genesis']>[0];
    for (const { key, value } of this.executor.genesis(genesis)) this.#set(key, value);
    this.next();
  }

  /** End the block and begin the next one. */
  next(): void {
    this.height++;
    this.time += 1_000;
    this.#before = new Map(this.#records);
  }

  /** Execute one transaction in the block at hand. */
  run(signers: string | readonly string[], ...calls: Tx['calls'][number][]): Execution {
    const list = typeof signers === 'string' ? [signers] : signers;
    const txid = suite.hash(utf8(`${this.height}/${this.#records.size}`));
    const named = list.map((did) => ({ did, kid: 'k1' }));
    const written = new Map(this.#records);
    const state = {
      height: this.height - 1,
      get: (key: Uint8Array) => written.get(toHex(key))?.[1],
      set: (key: Uint8Array, value: Uint8Array) => void written.set(toHex(key), [key, value]),
      delete: (key: Uint8Array) => void written.delete(toHex(key)),
      bucketEntries: () => this.crowd,
    };
    const tx = {
      protocolVersion: 1,
      chainId: new Uint8Array(32),
      salt: new Uint8Array(16),
      validUntil: this.time,
      gasLimit: this.gasLimit,
      signers: named,
      calls,
    };
    const context = { height: this.height, time: this.time, txid, signers: named };
    const done = this.executor.execute(state, context, tx);
    if (done.status === 'ok') this.#records = written;
    return done;
  }

  /** Number of records that each bucket pretends to hold. */
  crowd = 0;

  /** Execute what must succeed. */
  ok(signers: string | readonly string[], ...calls: Tx['calls'][number][]): Execution {
    const done = this.run(signers, ...calls);
    if (done.status !== 'ok') throw new Error(`${done.status.code} ${JSON.stringify(done.status)}`);
    return done;
  }

  /** The refusal of what must be refused. */
  refusal(signers: string | readonly string[], ...calls: Tx['calls'][number][]): ErrorRefusal {
    const done = this.run(signers, ...calls);
    if (done.status === 'ok') throw new Error('it was not refused');
    return done.status;
  }

  /** Why a key may not sign in the block at hand. */
  authorize(did: string, kid: string, name: string): ErrorRefusal | undefined {
    const get = (key: Uint8Array): Uint8Array | undefined => this.#before.get(toHex(key))?.[1];
    const before = { height: this.height - 1, get };
    const { alg, publicKey } = pairOf(name);
    return this.executor.authorize(before, { did, kid }, alg, publicKey);
  }

  /** The record of an identity. */
  did(did: string): DidRecord {
    const bytes = must(this.#records.get(toHex(didKeyBytes(did)))?.[1], 'a registered identity');
    const record = decode(didRecordSchema, bytes);
    return must(record.ok ? record.value : undefined, 'a record');
  }

  /** Ask a query; returns its bytes or its refusal. */
  async query(contract: string, query: string, args: Uint8Array): Promise<Uint8Array | string> {
    const rows = [...this.#records.values()].sort((a, b) => compareBytes(a[0], b[0]));
    const read: StateQuery = {
      height: this.height,
      time: this.time,
      get: (key) => this.#records.get(toHex(key))?.[1],
      list: async ({ prefix, after, limit }) =>
        rows
          .filter(([key]) => toHex(key).startsWith(toHex(prefix)))
          .filter(([key]) => after === undefined || compareBytes(key, after) > 0)
          .slice(0, limit),
    };
    const answer = await this.executor.query(read, contract, query, args);
    return answer.ok ? answer.value : answer.error.code;
  }

  #set(key: Uint8Array, value: Uint8Array): void {
    this.#records.set(toHex(key), [key, value]);
  }
}
