import { encode, type Schema } from '@hanse/codec';
import {
  createSuite,
  merkleProof,
  merkleRoot,
  type KeyPair,
  type SignatureScheme,
  type Suite,
} from '@hanse/crypto';
import { compareBytes, concatBytes, equalBytes, must, utf8 } from '@hanse/kit';
import {
  bucketHash,
  bucketPlace,
  chainIdOf,
  depositSchema,
  didKeyBytes,
  didOf,
  didRecordSchema,
  entryLeaf,
  eventsRoot,
  evidenceKeyBytes,
  evidenceSchema,
  finalProofSchema,
  genesisBlock,
  genesisSchema,
  headerBytes,
  headerDigest,
  headerSchema,
  historyLeafSchema,
  inceptionRecord,
  keyHash,
  receiptSchema,
  receiptsRoot,
  sealTx,
  stateRootOf,
  valueHash,
  voteSignBytes,
  type Block,
  type Certificate,
  type Evidence,
  type Genesis,
  type Header,
  type HistoryLeaf,
  type HistoryProof,
  type Inception,
  type Receipt,
  type ReceiptProof,
  type RecordProof,
  type Sealed,
  type TreeShape,
  type Tx,
} from '@hanse/model';
import { commitFields, type Commitment } from '../src/evidence/commit.ts';
import { readFields } from '../src/evidence/fields.ts';

export const FILE = utf8(
  '{"invoice":{"number":"INV-7","total":1234.50,"buyer":"Org 2"},"lines":["a","b"]}',
);
export const NOW_MS = 1_800_000_000_000;
const SECRET = new Uint8Array(32).fill(9);
const SHAPE = { depth: 2, split: 1 } as const;
/** The height whose block holds the transactions. */
const TX_HEIGHT = 3;
/** The newest height; its header binds the one below. */
export const TOP = 6;

type Entry = { readonly key: Uint8Array; readonly keyHash: Uint8Array; readonly value: Uint8Array };

/** A whole chain in memory with the means to prove, and to forge, anything about it. */
export type TestChain = {
  readonly suite: Suite;
  readonly genesis: Genesis;
  readonly chainId: Uint8Array;
  readonly keys: readonly KeyPair[];
  readonly headers: readonly Header[];
  readonly leaves: readonly HistoryLeaf[];
  readonly receipts: readonly Receipt[];
  readonly txs: readonly Sealed<Tx>[];
  readonly evidence: Evidence;
  readonly commitment: Commitment;
  readonly depositor: string;
  readonly organisation: string;
  readonly tree: Tree;
};

/** Signatures that cost one hash: for thousands of checks, where the algorithm is not the matter. */
export function cheapSuite(): Suite {
  const plain = createSuite('intl');
  const tag = (publicKey: Uint8Array, message: Uint8Array) =>
    plain.hash(concatBytes(publicKey, message));
  const scheme: SignatureScheme = {
    publicKeyOf: (secretKey) => plain.hash(secretKey),
    sign: ({ publicKey }, message) => concatBytes(tag(publicKey, message), tag(message, publicKey)),
    verify: (publicKey, message, signature) =>
      equalBytes(signature, concatBytes(tag(publicKey, message), tag(message, publicKey))),
    checkPublicKey: () => true,
  };
  return createSuite('intl', { ed25519: scheme });
}

function keyOf(suite: Suite, seed: number): KeyPair {
  return suite.keyPairFromSeed(suite.defaultAlg, new Uint8Array(32).fill(seed));
}

function inception(
  suite: Suite,
  kind: Inception['kind'],
  name: string,
  seed: number,
  controllers: readonly string[],
): Inception {
  const { alg, publicKey } = keyOf(suite, seed);
  return {
    kind,
    name,
    controllers,
    keys: [{ kid: 'k1', alg, publicKey, purposes: ['invoke'] }],
    salt: new Uint8Array(16).fill(seed),
  };
}

/** Options that make one chain differ from another. */
export type ChainOptions = {
  readonly network?: string;
  readonly keySeed?: number;
  readonly evidence?: Partial<Evidence>;
  readonly signer?: string;
  readonly records?: readonly { readonly key: Uint8Array; readonly value: Uint8Array }[];
};

/** Build a chain: genesis, some blocks, one with transactions, every root as a node computes it. */
export function buildChain(suite: Suite, options: ChainOptions = {}): TestChain {
  const network = options.network ?? 'test';
  const keys = [0, 1, 2, 3].map((i) => keyOf(suite, (options.keySeed ?? 100) + i));
  const orgs = [0, 1, 2, 3].map((i) => inception(suite, 'organisation', `Org ${i}`, i + 1, []));
  const orgDids = orgs.map((one) => didOf(suite, network, one));
  const organisation = must(orgDids[0], 'org');
  const person = inception(suite, 'person', '', 50, [organisation]);
  const depositor = didOf(suite, network, person);
  const genesis: Genesis = {
    protocolVersion: 1,
    network,
    suite: suite.id,
    sigRule: 1,
    time: NOW_MS - 100_000,
    parameters: {
      deltaMs: 500,
      minBlockIntervalMs: 10,
      heartbeatMs: 60_000,
      blockBytesMax: 8_000_000,
      blockGasMax: 1_000_000_000,
      executionLagBlocksMax: 8,
    },
    identities: orgs,
    validators: keys.map((key, i) => ({
      did: must(orgDids[i], 'did'),
      organisation: must(orgDids[i], 'did'),
      alg: key.alg,
      publicKey: key.publicKey,
      tlsPublicKey: new Uint8Array(44).fill(i),
    })),
  };
  const chainId = chainIdOf(suite, genesis);
  const commitment = commitFields(
    suite,
    readFields(
      { name: 'invoice.json', sizeBytes: FILE.length, mediaType: 'application/json' },
      FILE,
    ).fields,
    SECRET,
  );
  const capture = {
    device: '',
    software: 'test',
    softwareVersion: '1',
    capturedAt: 1,
    timeSource: 'system',
    method: 'file',
  } as const;
  const deposit = {
    byteHash: suite.hash(FILE),
    sizeBytes: FILE.length,
    mediaType: 'application/json',
    fieldsRoot: commitment.root,
    fieldCount: commitment.count,
    capture,
  };
  const txs = [0, 1, 2].map((i) =>
    sealTx(suite, {
      protocolVersion: 1,
      chainId,
      salt: new Uint8Array(16).fill(i),
      validUntil: NOW_MS,
      gasLimit: 1_000,
      signers: [{ did: options.signer ?? depositor, kid: 'k1' }],
      calls: [
        {
          contract: 'evidence',
          method: 'deposit',
          args: encode(
            depositSchema,
            i === 1 ? deposit : { ...deposit, byteHash: new Uint8Array(32).fill(i) },
          ),
        },
      ],
    }),
  );
  const receipts = txs.map((tx, index): Receipt => ({
    txid: tx.digest,
    height: TX_HEIGHT,
    index,
    gas: 10,
    results: [],
    events: [],
    status:
      index === 2
        ? {
            kind: 'refused',
            value: { code: 'EvidenceExists', message: '', params: [], frames: [] },
          }
        : { kind: 'ok', value: {} },
  }));
  const evidence: Evidence = {
    ...deposit,
    depositor,
    organisation,
    txid: must(txs[1], 'tx').digest,
    height: TX_HEIGHT,
    time: NOW_MS - 50_000,
    supersededBy: undefined,
    ...options.evidence,
  };
  const put = <T>(key: Uint8Array, schema: Schema<T>, value: T): Entry => ({
    key,
    keyHash: keyHash(suite, key),
    value: encode(schema, value),
  });
  const tree = new Tree(suite, [
    put(didKeyBytes(depositor), didRecordSchema, inceptionRecord(depositor, person, 1)),
    put(
      didKeyBytes(organisation),
      didRecordSchema,
      inceptionRecord(organisation, must(orgs[0], 'org'), 0),
    ),
    put(evidenceKeyBytes(suite.hash(FILE)), evidenceSchema, evidence),
    ...(options.records ?? []).map((one) => ({ ...one, keyHash: keyHash(suite, one.key) })),
    ...Array.from({ length: 33 }, (_, i): Entry => {
      const key = utf8(`filler/${i}`);
      return { key, keyHash: keyHash(suite, key), value: utf8(`value ${i}`) };
    }),
  ]);
  const { headers, leaves } = buildBlocks(suite, genesisBlock(suite, genesis), receipts, tree.root);
  return {
    suite,
    genesis,
    chainId,
    keys,
    headers,
    leaves,
    receipts,
    txs,
    evidence,
    commitment,
    depositor,
    organisation,
    tree,
  };
}

function buildBlocks(
  suite: Suite,
  first: Block,
  receipts: readonly Receipt[],
  stateRoot: Uint8Array,
) {
  const headers: Header[] = [];
  const leaves: HistoryLeaf[] = [];
  let bytes = headerBytes(first);
  for (let height = 0; height <= TOP; height++) {
    const here = height === TX_HEIGHT ? receipts : [];
    const header: Header =
      height === 0
        ? first.header
        : {
            ...first.header,
            height,
            view: height + 10,
            parentView: height + 9,
            parentDigest: headerDigest(suite, bytes),
            time: NOW_MS - 1_000 * (TOP - height) - 1_000,
            executed: { height: height - 1, stateRoot, historyRoot: historyRoot(suite, leaves) },
          };
    bytes = encode(headerSchema, header);
    headers.push(header);
    leaves.push({
      height,
      headerDigest: headerDigest(suite, bytes),
      stateRoot,
      receiptsRoot: receiptsRoot(suite, here),
      eventsRoot: eventsRoot(suite, here),
    });
  }
  return { headers, leaves };
}

function historyRoot(suite: Suite, leaves: readonly HistoryLeaf[]): Uint8Array {
  return merkleRoot(
    suite,
    leaves.map((leaf) => encode(historyLeafSchema, leaf)),
  );
}

/** Path of a height's leaf in the history that the header at `TOP` binds. */
export function historyProof(chain: TestChain, height: number, count = TOP): HistoryProof {
  const leaves = chain.leaves.slice(0, count);
  const path = merkleProof(
    chain.suite,
    leaves.map((leaf) => encode(historyLeafSchema, leaf)),
    height,
  );
  return { leaf: must(leaves[height], 'leaf'), count, path };
}

/** Proof of the receipt with an index in the block of transactions. */
export function receiptProof(chain: TestChain, index: number): ReceiptProof {
  const encoded = chain.receipts.map((receipt) => encode(receiptSchema, receipt));
  return {
    receipt: must(encoded[index], 'receipt'),
    index,
    count: encoded.length,
    path: merkleProof(chain.suite, encoded, index),
    history: historyProof(chain, TX_HEIGHT),
  };
}

/** What a forger may change about a certificate. Everything is signed as it then stands. */
export type Forged = {
  readonly header?: Partial<Header>;
  readonly certificate?: Partial<Pick<Certificate, 'kind' | 'epoch' | 'view' | 'digest'>>;
  readonly signers?: readonly number[];
  readonly keys?: readonly KeyPair[];
  /** Chain the votes are signed for. */
  readonly signChain?: Uint8Array;
};

/** The newest header and its certificate, after a forger's changes. */
export function finalParts(
  chain: TestChain,
  forged: Forged = {},
): { header: Uint8Array; certificate: Certificate } {
  const header: Header = { ...must(chain.headers[TOP], 'top'), ...forged.header };
  const bytes = encode(headerSchema, header);
  const vote = {
    kind: 'finalize',
    epoch: 0,
    view: header.view,
    digest: headerDigest(chain.suite, bytes),
    ...forged.certificate,
  } as const;
  const keys = forged.keys ?? chain.keys;
  const votes = (forged.signers ?? [0, 1, 2]).map((signer) => ({
    signer,
    signature: chain.suite.sign(
      must(keys[signer % keys.length], 'key'),
      voteSignBytes(forged.signChain ?? chain.chainId, vote),
    ),
  }));
  return { header: bytes, certificate: { ...vote, votes } };
}

/** Canonical bytes of a final proof. */
export function finalBytes(chain: TestChain, forged: Forged = {}): Uint8Array {
  return encode(finalProofSchema, finalParts(chain, forged));
}

/** The JSON view of the genesis. */
export function genesisJson(chain: TestChain) {
  return genesisSchema.toJson(chain.genesis);
}

/** A state tree built as its definition reads, with no thought of speed. */
export class Tree {
  readonly shape: TreeShape;
  readonly root: Uint8Array;
  readonly #suite: Suite;
  readonly #entries: readonly Entry[];
  readonly #nodes = new Map<string, Uint8Array>();

  constructor(suite: Suite, entries: readonly Entry[]) {
    this.#suite = suite;
    this.#entries = [...entries].sort((a, b) => compareBytes(a.keyHash, b.keyHash));
    this.shape = { ...SHAPE, records: entries.length };
    this.root = stateRootOf(suite, this.shape, this.#node(0, 0));
  }

  /** Entries of the bucket of a key hash, in order. */
  bucketOf(hash: Uint8Array): readonly Entry[] {
    const place = bucketPlace(this.shape, hash);
    return this.#bucket(place.level, place.index);
  }

  /** The bucket with the most entries. */
  largest(): readonly Entry[] {
    return (
      [...this.#entries]
        .map((one) => this.bucketOf(one.keyHash))
        .sort((a, b) => b.length - a.length)[0] ?? []
    );
  }

  /** Honest proof of a key's record or absence. */
  prove(key: Uint8Array): RecordProof {
    const hash = keyHash(this.#suite, key);
    const bucket = this.bucketOf(hash);
    const at = bucket.findIndex((one) => equalBytes(one.keyHash, hash));
    if (at >= 0) return this.proofOf(key, hash, must(bucket[at], 'entry').value, [at]);
    const after = bucket.findIndex((one) => compareBytes(one.keyHash, hash) > 0);
    const around =
      bucket.length === 0
        ? []
        : after === 0
          ? [0]
          : after < 0
            ? [bucket.length - 1]
            : [after - 1, after];
    return this.proofOf(key, hash, undefined, around);
  }

  /** A proof with the entries at `indexes` of the bucket of `hash`, whatever it is worth. */
  proofOf(
    key: Uint8Array,
    hash: Uint8Array,
    value: Uint8Array | undefined,
    indexes: readonly number[],
  ): RecordProof {
    const bucket = this.bucketOf(hash);
    const leaves = bucket.map((one) => entryLeaf(one.keyHash, valueHash(this.#suite, one.value)));
    return {
      key,
      value,
      shape: this.shape,
      entries: bucket.length,
      siblings: this.#siblings(hash),
      neighbours: indexes.map((index) => {
        const entry = must(bucket[index], 'entry');
        return {
          index,
          keyHash: entry.keyHash,
          valueHash: valueHash(this.#suite, entry.value),
          path: merkleProof(this.#suite, leaves, index),
        };
      }),
    };
  }

  #bucket(level: number, index: number): readonly Entry[] {
    return this.#entries.filter(({ keyHash: hash }) => {
      const place = bucketPlace(this.shape, hash);
      return place.level === level && place.index === index;
    });
  }

  #isBucket(level: number, index: number): boolean {
    return level === SHAPE.depth + 1 || (level === SHAPE.depth && index >= SHAPE.split);
  }

  #node(level: number, index: number): Uint8Array {
    const name = `${level}/${index}`;
    const known = this.#nodes.get(name) ?? this.#compute(level, index);
    this.#nodes.set(name, known);
    return known;
  }

  #compute(level: number, index: number): Uint8Array {
    if (this.#isBucket(level, index)) {
      return bucketHash(
        this.#suite,
        this.#bucket(level, index).map(
          (one) => [one.keyHash, valueHash(this.#suite, one.value)] as const,
        ),
      );
    }
    return this.#suite.hash(
      concatBytes(this.#node(level + 1, 2 * index), this.#node(level + 1, 2 * index + 1)),
    );
  }

  #siblings(hash: Uint8Array): readonly Uint8Array[] {
    let { level, index } = bucketPlace(this.shape, hash);
    const siblings: Uint8Array[] = [];
    for (; level > 0; level--, index = Math.floor(index / 2))
      siblings.push(this.#node(level, index ^ 1));
    return siblings;
  }
}
