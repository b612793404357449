import { decode, encode, t } from '@hanse/codec';
import { createSuite, type Suite } from '@hanse/crypto';
import { compareBytes, equalBytes, err, must, ok, utf8 } from '@hanse/kit';
import {
  chainIdOf,
  envelopeSchema,
  genesisBlock,
  sealBlock,
  sealTx,
  type Block,
  type Genesis,
  type Sealed,
  type Tx,
} from '@hanse/model';
import { keyText } from '../src/keys.ts';
import {
  Ledger,
  type Applied,
  type Executor,
  type Kv,
  type KvEntry,
  type KvRange,
  type KvWrite,
} from '../src/index.ts';

/** The suite of the tests: JavaScript, slow and the reference. */
export const suite: Suite = createSuite('intl');

/** A store in memory that remembers its batches, so that a crash can lose the last ones. */
export class MemoryKv implements Kv {
  readonly batches: (readonly KvWrite[])[] = [];
  #values = new Map<string, KvEntry>();

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#values.get(keyText(key))?.[1].slice();
  }

  list({ gte, lt, limit }: KvRange): readonly KvEntry[] {
    return this.entries()
      .filter(([key]) => compareBytes(key, gte) >= 0 && compareBytes(key, lt) < 0)
      .slice(0, limit);
  }

  entries(): readonly KvEntry[] {
    return [...this.#values.values()].sort((a, b) => compareBytes(a[0], b[0]));
  }

  write(batch: readonly KvWrite[]): void {
    this.batches.push(batch);
    this.#put(batch);
  }

  /** Change a value behind the ledger's back; undefined removes it. */
  damage(key: Uint8Array, value: Uint8Array | undefined): void {
    this.#put([[key, value]]);
  }

  /** The store as a crash leaves it: only the first batches were written. */
  after(batches: number): MemoryKv {
    const kv = new MemoryKv();
    for (const batch of this.batches.slice(0, batches)) kv.write(batch);
    return kv;
  }

  #put(batch: readonly KvWrite[]): void {
    for (const [key, value] of batch) {
      if (value === undefined) this.#values.delete(keyText(key));
      else this.#values.set(keyText(key), [key, value]);
    }
  }
}

/** Calls of the test contract: writes, each one event; `fail` refuses after writing. */
export const putSchema = t.list(
  t.struct({ key: t.bytes(256), value: t.option(t.bytes(65_536)) }),
  64,
);

export type Put = { readonly key: Uint8Array; readonly value: Uint8Array | undefined };

const keyOf = (did: string): Uint8Array => utf8(`key/${did}`);

/** A contract that writes what it is told; a signer's key is the record `key/<did>`. */
const testExecutor: Executor = {
  genesis: ({ identities }) =>
    identities.map(({ name }) => ({ key: keyOf(name), value: utf8(name) })),
  authorize: (before, { did }, _alg, publicKey) => {
    const registered = before.get(keyOf(did));
    if (registered === undefined) return { code: 'DidUnknown', params: { did } };
    if (equalBytes(registered, publicKey)) return undefined;
    return { code: 'KeyMismatch', params: { did, kid: 'k' } };
  },
  execute: (state, _context, tx) => {
    for (const { method, args } of tx.calls) {
      const puts = decode(putSchema, args);
      for (const { key, value } of puts.ok ? puts.value : []) {
        if (value === undefined) state.delete(key);
        else state.set(key, value);
      }
      if (method === 'fail') {
        const frames = [{ contract: 'test', at: 'fail 3:7' }];
        const status = { code: 'ContractRefused', params: { reason: 'asked to' }, frames } as const;
        return { status, gas: 1, results: [], events: [] };
      }
    }
    const events = tx.calls.map(({ args }) => ({
      contract: 'test',
      name: 'put',
      data: args.subarray(0, 40),
    }));
    return { status: 'ok', gas: 2, results: tx.calls.map(() => new Uint8Array(0)), events };
  },
  query: async (read, _contract, prefix, after) => {
    if (prefix === '') return err({ code: 'UnknownQuery', params: { query: prefix } });
    const start = after.length === 0 ? undefined : after;
    const rows = await read.list({ prefix: utf8(prefix), after: start, limit: 10 });
    return ok(
      encode(
        t.list(t.bytes(256), 100),
        rows.map(([key]) => key),
      ),
    );
  },
};

/** Who may sign in the tests; the public key of each is its name. */
export const names = ['alice', 'bob'] as const;

/** A genesis whose identities are known by name. */
export function testGenesis(): Genesis {
  const key = { kid: 'k', alg: 'ed25519', publicKey: new Uint8Array(32) } as const;
  return {
    protocolVersion: 1,
    network: 'test',
    suite: 'intl',
    sigRule: 1,
    time: 1_000_000,
    parameters: {
      deltaMs: 100,
      minBlockIntervalMs: 10,
      heartbeatMs: 60_000,
      blockBytesMax: 1_000_000,
      blockGasMax: 1_000_000_000,
      executionLagBlocksMax: 8,
    },
    identities: names.map((name) => ({
      kind: 'organisation',
      name,
      controllers: [],
      keys: [{ ...key, purposes: ['invoke'] }],
      salt: new Uint8Array(16),
    })),
    validators: [
      {
        did: 'did:hanse:test:v',
        organisation: 'did:hanse:test:v',
        alg: 'ed25519',
        publicKey: new Uint8Array(32),
        tlsPublicKey: new Uint8Array(1),
      },
    ],
  };
}

/** What a test says about a transaction; the rest is filled in. */
export type TxSpec = {
  readonly puts?: readonly Put[];
  readonly method?: 'put' | 'fail';
  readonly signer?: string;
  readonly salt?: Uint8Array;
  readonly validUntil?: number;
};

/** A chain of test blocks over one ledger and store. */
export class World {
  readonly genesis: Genesis = testGenesis();
  readonly chainId: Uint8Array = chainIdOf(suite, this.genesis);
  readonly blocks: { readonly block: Block; readonly envelopes: readonly Uint8Array[] }[] = [];
  readonly executor: Executor = testExecutor;
  kv = new MemoryKv();
  ledger: Ledger;
  #salts = 0;

  constructor() {
    this.ledger = this.open();
  }

  /** Open the ledger where the store is. */
  open(kv: MemoryKv = this.kv): Ledger {
    const { executor, genesis } = this;
    const { ledger, writes } = Ledger.open({ suite, kv, executor, genesis });
    if (writes.length > 0) kv.write(writes);
    ledger.committed(ledger.executed.height);
    this.kv = kv;
    this.ledger = ledger;
    return ledger;
  }

  /** Block time that the next block gets by default. */
  get nextTime(): number {
    return (this.blocks.at(-1)?.block.header.time ?? this.genesis.time) + 1_000;
  }

  tx(spec: TxSpec): Sealed<Tx> {
    const salt = spec.salt ?? utf8(String(this.#salts++).padStart(16, '0'));
    return sealTx(suite, {
      protocolVersion: 1,
      chainId: this.chainId,
      salt,
      validUntil: spec.validUntil ?? this.nextTime + 60_000,
      gasLimit: 10,
      signers: [{ did: spec.signer ?? 'alice', kid: 'k' }],
      calls: [
        {
          contract: 'test',
          method: spec.method ?? 'put',
          args: encode(putSchema, spec.puts ?? []),
        },
      ],
    });
  }

  /** An envelope whose raw key is `key`: by default the one that its signer registered. */
  envelope(txs: readonly Sealed<Tx>[], key?: string): Uint8Array {
    const signer = must(txs[0]?.value.signers[0], 'an envelope has a transaction').did;
    return encode(envelopeSchema, {
      txs: txs.map(({ bytes }) => bytes),
      signatures: [
        { alg: 'ed25519', publicKey: utf8(key ?? signer), signature: new Uint8Array(64) },
      ],
    });
  }

  /** Make the next block and apply it; its writes are stored unless `store` is false. */
  block(
    envelopes: readonly Uint8Array[],
    options: { readonly time?: number; readonly store?: boolean } = {},
  ): Applied {
    const genesisOf = genesisBlock(suite, this.genesis);
    const parent = this.blocks.at(-1)?.block ?? genesisOf;
    const block = sealBlock(
      suite,
      {
        ...parent.header,
        height: parent.header.height + 1,
        view: parent.header.view + 1,
        time: options.time ?? this.nextTime,
        parentDigest: parent.digest,
      },
      genesisOf.payload,
    );
    this.blocks.push({ block, envelopes });
    return this.apply(block.header.height, options);
  }

  /** Apply a block that was made before. */
  apply(height: number, options: { readonly store?: boolean } = {}): Applied {
    const { block, envelopes } = must(this.blocks[height - 1], `block ${height}`);
    const applied = this.ledger.apply({ header: block.header, digest: block.digest, envelopes });
    if (options.store !== false) {
      this.kv.write(applied.writes);
      this.ledger.committed(height);
    }
    return applied;
  }
}
