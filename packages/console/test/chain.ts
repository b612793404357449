import { encode } from '@hanse/codec';
import { createSuite, merkleProof, merkleRoot, type KeyPair, type Suite } from '@hanse/crypto';
import { equalBytes, must, toHex, utf8 } from '@hanse/kit';
import {
  didKeyBytes,
  didOf,
  didRecordSchema,
  emptyPayload,
  eventsRoot,
  finalProofSchema,
  genesisBlock,
  genesisSchema,
  headerBytes,
  historyLeafSchema,
  historyProofSchema,
  inceptionRecord,
  receiptProofSchema,
  receiptSchema,
  receiptsRoot,
  recordProofSchema,
  sealBlock,
  voteSignBytes,
  ZERO_HASH,
  chainIdOf,
  type Block,
  type Genesis,
  type HistoryLeaf,
  type HistoryProof,
  type Inception,
  type Receipt,
  type Sealed,
  type Tx,
} from '@hanse/model';
import { StateTree, type Records } from './tree.ts';

/** A party of the chain with its key. */
export type PartyOf = {
  readonly did: string;
  readonly name: string;
  readonly key: KeyPair;
  readonly inception: Inception;
};

/** What a transaction of the script did. */
export type Executed = {
  readonly tx: Sealed<Tx>;
  readonly receipt: (height: number, index: number) => Receipt;
  readonly writes: readonly { readonly key: Uint8Array; readonly value: Uint8Array }[];
};

type Height = {
  readonly block: Block;
  readonly state: Records;
  readonly leaf: HistoryLeaf;
  readonly receipts: readonly Receipt[];
  readonly txs: readonly Sealed<Tx>[];
};

const NAMES = ['Bank of the East', '华东供应链', 'Harbour Logistics', 'Audit Office'] as const;

/**
 * A chain of four validators whose headers, certificates, roots and proofs are real, executed by a
 * script instead of contracts. Deterministic: the same arguments give the same bytes.
 */
export class ToyChain {
  readonly suite: Suite;
  readonly genesis: Genesis;
  readonly chainId: Uint8Array;
  readonly organisations: readonly PartyOf[];
  readonly validators: readonly PartyOf[];
  readonly #heights: Height[] = [];
  readonly #certificates = new Map<number, Uint8Array>();
  #lanes = emptyPayload(NAMES.length);

  constructor(suiteId: 'intl' | 'sm', startMs: number, network: string) {
    this.suite = createSuite(suiteId);
    this.organisations = NAMES.map((name) => this.party(network, 'organisation', name, []));
    this.validators = this.organisations.map(({ did, name }, index) =>
      this.party(network, 'node', `node-${index + 1} of ${name}`.slice(0, 60), [did]),
    );
    this.genesis = {
      protocolVersion: 1,
      network,
      suite: suiteId,
      sigRule: 1,
      time: startMs,
      parameters: {
        deltaMs: 200,
        minBlockIntervalMs: 10,
        heartbeatMs: 60_000,
        blockBytesMax: 8_000_000,
        blockGasMax: 2_000_000_000,
        executionLagBlocksMax: 8,
      },
      identities: [...this.organisations, ...this.validators].map((one) => one.inception),
      validators: this.validators.map(({ did, key }, index) => ({
        did,
        organisation: must(this.organisations[index], 'one each').did,
        alg: key.alg,
        publicKey: key.publicKey,
        tlsPublicKey: new Uint8Array(44).fill(index),
      })),
    };
    this.chainId = chainIdOf(this.suite, this.genesis);
    const state = new Map(
      [...this.organisations, ...this.validators].map((one) => recordOf(this.identity(one, 0))),
    );
    const block = genesisBlock(this.suite, this.genesis);
    this.#push(block, state, [], []);
  }

  get height(): number {
    return this.#heights.length - 1;
  }

  /** A party made from its name; register it with {@link identity}. */
  party(
    network: string,
    kind: 'organisation' | 'node' | 'person' | 'application',
    name: string,
    controllers: readonly string[],
    /** What the key is made from; two people have no name and are two nevertheless. */
    seed = name,
  ): PartyOf {
    const { suite } = this;
    const key = suite.keyPairFromSeed(suite.defaultAlg, suite.hash(utf8(`toy key of ${seed}`)));
    const inception: Inception = {
      kind,
      name,
      controllers,
      keys: [{ kid: 'key-1', alg: key.alg, publicKey: key.publicKey, purposes: ['invoke'] }],
      salt: suite.hash(utf8(`toy salt of ${seed}`)).slice(0, 16),
    };
    return { did: didOf(suite, network, inception), name, key, inception };
  }

  /** The identity record of a party. */
  identity({ did, inception }: PartyOf, height: number) {
    const record = inceptionRecord(did, inception, height);
    return { key: didKeyBytes(did), value: encode(didRecordSchema, record) };
  }

  /** Add a block that executes these; returns its height. Results are bound by the next block. */
  add(time: number, executed: readonly Executed[]): number {
    const parent = must(this.#heights.at(-1), 'a chain has its genesis');
    const height = this.height + 1;
    const view = parent.block.header.view + (height % 11 === 0 ? 2 : 1);
    if (executed.length > 0) this.#advanceLane(view % NAMES.length, height);
    const block = sealBlock(
      this.suite,
      {
        ...parent.block.header,
        view,
        height,
        parentView: parent.block.header.view,
        parentDigest: parent.block.digest,
        time,
        proposer: view % NAMES.length,
        executed: this.#executed(height - 1),
        justRoot: this.suite.hash(utf8(`toy justification ${height}`)),
      },
      this.#lanes,
    );
    const receipts = executed.map((one, index) => one.receipt(height, index));
    const state = new Map(parent.state);
    for (const one of executed.flatMap(({ writes }) => writes)) {
      const [name, record] = recordOf(one);
      state.set(name, record);
    }
    const isSame = executed.length === 0;
    this.#push(
      block,
      isSame ? parent.state : state,
      receipts,
      executed.map(({ tx }) => tx),
    );
    return height;
  }

  block(height: number): Height {
    return must(this.#heights[height], `height ${height}`);
  }

  /** Whether a record of this key is in the state of the last bound height. */
  value(key: Uint8Array, height = this.height - 1): Uint8Array | undefined {
    return this.block(height).state.get(toHex(key))?.value;
  }

  /** Validators that signed the finality of a height; three or four of them. */
  signers(height: number): readonly number[] {
    const missing = height % 3 === 0 ? -1 : height % NAMES.length;
    return NAMES.map((_, index) => index).filter((index) => index !== missing);
  }

  /** Canonical bytes of the final header of a height with its certificate. */
  final(height = this.height): Uint8Array {
    const known = this.#certificates.get(height);
    if (known !== undefined) return known;
    const { block } = this.block(height);
    const { view, epoch } = block.header;
    const vote = { kind: 'finalize', epoch, view, digest: block.digest } as const;
    const message = voteSignBytes(this.chainId, vote);
    const votes = this.signers(height).map((signer) => ({
      signer,
      signature: this.suite.sign(must(this.validators[signer], 'an index').key, message),
    }));
    const certificate = { ...vote, votes };
    const bytes = encode(finalProofSchema, { header: headerBytes(block), certificate });
    this.#certificates.set(height, bytes);
    return bytes;
  }

  /** Canonical bytes of the proof of a record or its absence, under the newest header. */
  recordProof(key: Uint8Array): Uint8Array {
    const { state } = this.block(this.height - 1);
    const tree = new StateTree(this.suite, state);
    return encode(recordProofSchema, tree.prove(key, state.get(toHex(key))?.value));
  }

  /** The path from a height to the newest header. */
  history(height: number): HistoryProof {
    const leaves = this.#leaves(this.height - 1);
    const { leaf } = this.block(height);
    return { leaf, count: leaves.length, path: merkleProof(this.suite, leaves, height) };
  }

  historyBytes(height: number): Uint8Array {
    return encode(historyProofSchema, this.history(height));
  }

  /** Where a transaction was executed. */
  find(txid: Uint8Array): { readonly height: number; readonly index: number } | undefined {
    for (let height = this.height; height >= 0; height--) {
      const index = this.block(height).receipts.findIndex((one) => equalBytes(one.txid, txid));
      if (index >= 0) return { height, index };
    }
    return undefined;
  }

  /** Canonical bytes of a receipt's proof under the newest header. */
  receiptProof({ height, index }: { readonly height: number; readonly index: number }): Uint8Array {
    const leaves = this.block(height).receipts.map((one) => encode(receiptSchema, one));
    return encode(receiptProofSchema, {
      receipt: must(leaves[index], 'a receipt'),
      index,
      count: leaves.length,
      path: merkleProof(this.suite, leaves, index),
      history: this.history(height),
    });
  }

  genesisJson() {
    return genesisSchema.toJson(this.genesis);
  }

  #advanceLane(lane: number, height: number): void {
    this.#lanes = this.#lanes.map((tip, index) =>
      index === lane
        ? { seq: tip.seq + 1, digest: this.suite.hash(utf8(`toy batch ${height}`)) }
        : tip,
    );
  }

  #push(block: Block, state: Records, receipts: readonly Receipt[], txs: Sealed<Tx>[]): void {
    const before = this.#heights.at(-1);
    const stateRoot =
      before !== undefined && before.state === state
        ? before.leaf.stateRoot
        : new StateTree(this.suite, state).root;
    const leaf: HistoryLeaf = {
      height: block.header.height,
      headerDigest: block.digest,
      stateRoot,
      receiptsRoot: receipts.length === 0 ? ZERO_HASH : receiptsRoot(this.suite, receipts),
      eventsRoot: receipts.length === 0 ? ZERO_HASH : eventsRoot(this.suite, receipts),
    };
    this.#heights.push({ block, state, leaf, receipts, txs });
  }

  #leaves(height: number): Uint8Array[] {
    return this.#heights.slice(0, height + 1).map(({ leaf }) => encode(historyLeafSchema, leaf));
  }

  #executed(height: number) {
    const historyRoot = merkleRoot(this.suite, this.#leaves(height));
    return { height, stateRoot: this.block(height).leaf.stateRoot, historyRoot };
  }
}

function recordOf(one: { readonly key: Uint8Array; readonly value: Uint8Array }) {
  return [toHex(one.key), one] as const;
}
