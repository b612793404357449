import { encode, t, type Json } from '@hanse/codec';
import {
  leafHash,
  merkleProof,
  merkleRoot,
  nodeHash,
  verifyMerkleProof,
  type Suite,
} from '@hanse/crypto';
import { concatBytes, HanseError, isHanseError, must, toBase64Url, toHex, utf8 } from '@hanse/kit';
import {
  didKeyBytes,
  evidenceKeyBytes,
  finalProofSchema,
  headerSchema,
  historyProofSchema,
  keyHash,
  receiptProofSchema,
  recordProofSchema,
  sealTx,
  signatureSchema,
  valueHash,
  voteKindSchema,
  type Certificate,
  type HistoryProof,
  type ReceiptProof,
  type RecordProof,
} from '@hanse/model';
import { disclosureSchema, type Disclosure } from '../src/evidence/commit.ts';
import { verifyBundle } from '../src/evidence/check.ts';
import { advance } from '../src/newest.ts';
import {
  checkAge,
  verifyBlock,
  verifyBlockHeader,
  verifyGenesis,
  verifyHeader,
  verifyReceipt,
  verifyRecord,
} from '../src/verify.ts';
import {
  buildChain,
  FILE,
  finalBytes,
  finalParts,
  genesisJson,
  historyProof,
  NOW_MS,
  receiptProof,
  TOP,
  Tree,
  type Forged,
  type TestChain,
} from './chain.ts';

/** A claim a verifier must judge: honest ones pass, forged ones fail with their code. */
export type Claim = {
  readonly name: string;
  readonly code: string | undefined;
  readonly run: () => unknown;
};

const looseFinalSchema = t.struct({
  header: t.bytes(1_024),
  certificate: t.struct({
    kind: voteKindSchema,
    epoch: t.u64,
    view: t.u64,
    digest: t.hash,
    votes: t.list(t.struct({ signer: t.u16, signature: signatureSchema }), 100),
  }),
});

/** Final bytes that may hold what the strict schema would not write. */
function loose(parts: {
  readonly header: Uint8Array;
  readonly certificate: Certificate;
}): Uint8Array {
  return encode(looseFinalSchema, parts);
}

/** Every claim about one suite's chain. */
export function allClaims(suite: Suite): readonly Claim[] {
  const chain = buildChain(suite);
  return [
    ...headerClaims(chain),
    ...recordClaims(chain),
    ...historyClaims(chain),
    ...treeClaims(suite),
    ...bundleClaims(chain),
  ];
}

/** Code that each claim met, or `accepted`. */
export function judge(claim: Claim): string {
  try {
    claim.run();
    return 'accepted';
  } catch (error) {
    return isHanseError(error) ? error.codeName : `crash: ${String(error)}`;
  }
}

function headerClaims(chain: TestChain): readonly Claim[] {
  const { suite, chainId } = chain;
  const anchor = verifyGenesis(genesisJson(chain), chainId, () => suite);
  const other = buildChain(suite, { network: 'other' });
  const strangers = buildChain(suite, { keySeed: 200 });
  const forge = (name: string, code: string | undefined, forged: Forged): Claim => ({
    name,
    code,
    run: () => verifyHeader(anchor, finalBytes(chain, forged)),
  });
  const honest = finalParts(chain);
  const final = verifyHeader(anchor, finalBytes(chain));
  const newest = { epoch: 0, height: TOP, digest: toHex(final.digest) };
  const another = verifyHeader(anchor, finalBytes(chain, { header: { proposer: 3 } }));
  return [
    {
      name: 'genesis',
      code: undefined,
      run: () => verifyGenesis(genesisJson(chain), chainId, () => suite),
    },
    {
      name: 'genesis of another chain',
      code: 'ProofWrongChain',
      run: () => verifyGenesis(genesisJson(other), chainId, () => suite),
    },
    {
      name: 'genesis that is none',
      code: 'ProofMalformed',
      run: () => verifyGenesis({ network: 'test' }, chainId, () => suite),
    },
    forge('final header', undefined, {}),
    forge('final header with all signers', undefined, { signers: [0, 1, 2, 3] }),
    {
      name: 'final of another chain',
      code: 'ProofWrongChain',
      run: () => verifyHeader(anchor, finalBytes(other)),
    },
    forge('header naming another chain, signed for this one', 'ProofWrongChain', {
      header: { chainId: other.chainId },
    }),
    forge('votes signed for another chain', 'ProofBadCertificate', { signChain: other.chainId }),
    forge('header of another epoch', 'ProofBadCertificate', { header: { epoch: 1 } }),
    forge('certificate of another epoch', 'ProofBadCertificate', { certificate: { epoch: 1 } }),
    forge('header and certificate of another epoch', 'ProofBadCertificate', {
      header: { epoch: 1 },
      certificate: { epoch: 1 },
    }),
    forge('header of another protocol version', 'ProofMalformed', {
      header: { protocolVersion: 2 },
    }),
    forge('certificate of notarization', 'ProofBadCertificate', {
      certificate: { kind: 'notarize' },
    }),
    forge('certificate of nullification', 'ProofBadCertificate', {
      certificate: { kind: 'nullify' },
    }),
    forge('certificate of another view', 'ProofBadCertificate', { certificate: { view: 99 } }),
    forge('certificate of another block', 'ProofBadCertificate', {
      certificate: { digest: must(chain.leaves[2], 'leaf').headerDigest },
    }),
    {
      name: 'header swapped under a certificate',
      code: 'ProofBadCertificate',
      run: () =>
        verifyHeader(
          anchor,
          encode(finalProofSchema, {
            header: encode(headerSchema, {
              ...must(chain.headers[TOP], 'top'),
              executed: {
                height: 5,
                stateRoot: new Uint8Array(32),
                historyRoot: new Uint8Array(32),
              },
            }),
            certificate: honest.certificate,
          }),
        ),
    },
    forge('too few signers', 'ProofBadCertificate', { signers: [0, 1] }),
    forge('no quorum without one more', 'ProofBadCertificate', { signers: [3] }),
    {
      name: 'one signer twice',
      code: 'ProofMalformed',
      run: () => verifyHeader(anchor, loose(finalParts(chain, { signers: [0, 0, 1] }))),
    },
    {
      name: 'signers out of order',
      code: 'ProofMalformed',
      run: () => verifyHeader(anchor, loose(finalParts(chain, { signers: [1, 0, 2] }))),
    },
    forge('a signer outside the set', 'ProofBadCertificate', { signers: [0, 1, 7] }),
    forge('other validators', 'ProofBadCertificate', { keys: strangers.keys }),
    forge('one vote of another key', 'ProofBadCertificate', {
      keys: [
        must(chain.keys[0], 'key'),
        must(chain.keys[1], 'key'),
        must(strangers.keys[2], 'key'),
      ],
    }),
    {
      name: 'signatures of swapped signers',
      code: 'ProofBadCertificate',
      run: () => verifyHeader(anchor, encode(finalProofSchema, swapSignatures(honest))),
    },
    {
      name: 'trailing byte',
      code: 'ProofMalformed',
      run: () => verifyHeader(anchor, concatBytes(finalBytes(chain), Uint8Array.of(0))),
    },
    {
      name: 'truncated',
      code: 'ProofMalformed',
      run: () => verifyHeader(anchor, finalBytes(chain).subarray(0, -1)),
    },
    {
      name: 'young header',
      code: undefined,
      run: () => checkAge(final.header, { nowMs: NOW_MS, maxAgeMs: 1_000 }),
    },
    {
      name: 'old header',
      code: 'ProofStale',
      run: () => checkAge(final.header, { nowMs: NOW_MS + 1, maxAgeMs: 1_000 }),
    },
    { name: 'newest again', code: undefined, run: () => advance(newest, final) },
    { name: 'first header', code: undefined, run: () => advance(undefined, final) },
    {
      name: 'header of an ended epoch',
      code: 'ProofBadCertificate',
      run: () => advance({ ...newest, epoch: 1, height: TOP - 3 }, final),
    },
    {
      name: 'second block at a height',
      code: 'ProofBadCertificate',
      run: () => advance(newest, another),
    },
  ];
}

function swapSignatures(parts: { readonly header: Uint8Array; readonly certificate: Certificate }) {
  const [a, b, ...rest] = parts.certificate.votes;
  const first = must(a, 'vote');
  const second = must(b, 'vote');
  const votes = [
    { ...first, signature: second.signature },
    { ...second, signature: first.signature },
    ...rest,
  ];
  return { ...parts, certificate: { ...parts.certificate, votes } };
}

function recordClaims(chain: TestChain): readonly Claim[] {
  const { suite, tree } = chain;
  const anchor = verifyGenesis(genesisJson(chain), chain.chainId, () => suite);
  const final = finalBytes(chain);
  const check = (key: Uint8Array, proof: RecordProof): unknown =>
    verifyRecord(anchor, { key, final, record: encode(recordProofSchema, proof) });
  const forge = (name: string, key: Uint8Array, proof: RecordProof): Claim => ({
    name,
    code: 'ProofMismatch',
    run: () => check(key, proof),
  });
  const bucket = tree.largest();
  const entry = (index: number) => must(bucket.at(index), 'the largest bucket has many');
  const inside = entry(1);
  const absentOf = (index: number, indexes: readonly number[]): RecordProof => {
    const { key, keyHash: hash } = entry(index);
    return tree.proofOf(
      key,
      hash,
      undefined,
      indexes.map((one) => (one < 0 ? bucket.length + one : one)),
    );
  };
  const honest = tree.prove(inside.key);
  const absent = Array.from({ length: 12 }, (_, i) => utf8(`absent/${i}`));
  const lie = utf8('a lie');
  const liar = new Tree(suite, [{ key: inside.key, keyHash: inside.keyHash, value: lie }]);
  const elsewhere = must(
    absent.find((key) => tree.bucketOf(keyHash(suite, key))[0]?.keyHash !== bucket[0]?.keyHash),
    'another bucket',
  );
  const [sibling = new Uint8Array(32), ...siblings] = honest.siblings;
  const neighbour = must(honest.neighbours[0], 'neighbour');
  return [
    ...bucket.map(({ key }, i) => ({
      name: `record ${i}`,
      code: undefined,
      run: () => check(key, tree.prove(key)),
    })),
    ...absent.map((key, i) => ({
      name: `absence ${i}`,
      code: undefined,
      run: () => check(key, tree.prove(key)),
    })),
    forge('another key of the bucket', inside.key, {
      ...tree.prove(entry(2).key),
      key: inside.key,
    }),
    forge('proof of another key', inside.key, tree.prove(entry(2).key)),
    forge('changed value', inside.key, { ...honest, value: lie }),
    forge('changed value with its hash', inside.key, {
      ...honest,
      value: lie,
      neighbours: [{ ...neighbour, valueHash: valueHash(suite, lie) }],
    }),
    forge('record of another tree', inside.key, liar.prove(inside.key)),
    forge('record with a second neighbour', inside.key, {
      ...honest,
      neighbours: [neighbour, must(tree.prove(entry(2).key).neighbours[0], 'neighbour')],
    }),
    forge('swapped sibling side', inside.key, { ...honest, siblings: [...siblings, sibling] }),
    forge('truncated siblings', inside.key, { ...honest, siblings }),
    forge('extended siblings', inside.key, { ...honest, siblings: [...honest.siblings, sibling] }),
    forge('truncated entry path', inside.key, {
      ...honest,
      neighbours: [{ ...neighbour, path: neighbour.path.slice(1) }],
    }),
    forge('extended entry path', inside.key, {
      ...honest,
      neighbours: [{ ...neighbour, path: [...neighbour.path, sibling] }],
    }),
    forge('wrong entry count', inside.key, { ...honest, entries: honest.entries + 1 }),
    forge('wrong entry index', inside.key, { ...honest, neighbours: [{ ...neighbour, index: 0 }] }),
    forge('other tree shape', inside.key, {
      ...honest,
      shape: { ...honest.shape, records: honest.shape.records + 1 },
    }),
    forge('other split', inside.key, {
      ...honest,
      shape: { ...honest.shape, split: honest.shape.split + 1 },
    }),
    forge('absence for presence, no neighbour', inside.key, absentOf(1, [])),
    forge('absence for presence, empty bucket', inside.key, { ...absentOf(1, []), entries: 0 }),
    forge('absence for presence, the entry itself', inside.key, absentOf(1, [1])),
    forge('absence for presence, around it', inside.key, absentOf(1, [0, 2])),
    forge('absence for presence, from it on', inside.key, absentOf(1, [1, 2])),
    forge('absence for presence, up to it', inside.key, absentOf(1, [0, 1])),
    forge('absence for presence, later entries', inside.key, absentOf(1, [2, 3])),
    forge('absence for presence, earlier entries', entry(3).key, absentOf(3, [0, 1])),
    forge('absence of the first, from the second', entry(0).key, absentOf(0, [1])),
    forge('absence of the last, from the one before', entry(-1).key, absentOf(-1, [-2])),
    forge('absence of the last, from itself', entry(-1).key, absentOf(-1, [-1])),
    forge('absence of the first, from itself', entry(0).key, absentOf(0, [0])),
    forge('absence with an invented neighbour', inside.key, inventNeighbour(absentOf(1, [1, 2]))),
    forge('absence in another bucket', inside.key, foreignGap(tree, suite, inside, elsewhere)),
    {
      name: 'record under another certificate',
      code: 'ProofBadCertificate',
      run: () =>
        verifyRecord(anchor, {
          key: inside.key,
          final: finalBytes(chain, { signers: [0] }),
          record: encode(recordProofSchema, honest),
        }),
    },
    {
      name: 'record that does not decode',
      code: 'ProofMalformed',
      run: () => verifyRecord(anchor, { key: inside.key, final, record: Uint8Array.of(1) }),
    },
  ];
}

/** The first of two neighbours replaced by one just below the key, with a path to nowhere. */
function inventNeighbour(proof: RecordProof): RecordProof {
  const [first, second] = proof.neighbours;
  const invented = must(first, 'first').keyHash.slice();
  for (let i = invented.length - 1; i >= 0; i--) {
    const byte = invented[i] ?? 0;
    invented[i] = (byte + 255) % 256;
    if (byte > 0) break;
  }
  return {
    ...proof,
    neighbours: [{ ...must(first, 'first'), keyHash: invented }, must(second, 'second')],
  };
}

/** The gap of an absent key in another bucket, claimed for a key that is present in its own. */
function foreignGap(
  tree: Tree,
  suite: Suite,
  present: { readonly key: Uint8Array; readonly keyHash: Uint8Array },
  elsewhere: Uint8Array,
): RecordProof {
  const hash = keyHash(suite, elsewhere);
  const bucket = tree.bucketOf(hash);
  const isBelow = toHex(present.keyHash) < toHex(must(bucket[0], 'entry').keyHash);
  return {
    ...tree.proofOf(elsewhere, hash, undefined, [isBelow ? 0 : bucket.length - 1]),
    key: present.key,
  };
}

function historyClaims(chain: TestChain): readonly Claim[] {
  const { suite } = chain;
  const anchor = verifyGenesis(genesisJson(chain), chain.chainId, () => suite);
  const final = finalBytes(chain);
  const [firstTx, tx] = chain.txs.map((one) => must(one, 'tx'));
  const txid = must(tx, 'tx').digest;
  const receipt = (
    name: string,
    code: string | undefined,
    proof: ReceiptProof,
    bytes = must(tx, 'tx').bytes,
  ): Claim => ({
    name,
    code,
    run: () =>
      verifyReceipt(anchor, { txid, final, receipt: encode(receiptProofSchema, proof), tx: bytes }),
  });
  const block = (
    name: string,
    code: string | undefined,
    height: number,
    proof: HistoryProof,
  ): Claim => ({
    name,
    code,
    run: () => verifyBlock(anchor, { height, final, history: encode(historyProofSchema, proof) }),
  });
  const honest = receiptProof(chain, 1);
  const at3 = historyProof(chain, 3);
  const leaf2 = { ...historyProof(chain, 2), path: at3.path };
  const forgedLeaf = {
    ...at3,
    leaf: { ...at3.leaf, receiptsRoot: merkleRoot(suite, [honest.receipt]) },
  };
  const [first = new Uint8Array(32), second = new Uint8Array(32)] = at3.path;
  const blockAt5 = () =>
    verifyBlock(anchor, {
      height: 5,
      final,
      history: encode(historyProofSchema, historyProof(chain, 5)),
    });
  const headerOf = (height: number) => encode(headerSchema, must(chain.headers[height], 'header'));
  const otherTx = sealTx(suite, { ...must(tx, 'tx').value, gasLimit: 1 });
  return [
    receipt('receipt', undefined, honest),
    {
      name: 'receipt without its transaction',
      code: undefined,
      run: () =>
        verifyReceipt(anchor, { txid, final, receipt: encode(receiptProofSchema, honest) }),
    },
    receipt('receipt of another transaction', 'ProofMismatch', receiptProof(chain, 0)),
    receipt('bytes of another transaction', 'ProofMismatch', honest, must(firstTx, 'tx').bytes),
    receipt('changed transaction', 'ProofMismatch', honest, otherTx.bytes),
    receipt('transaction that does not decode', 'ProofMalformed', honest, Uint8Array.of(1)),
    receipt('changed receipt', 'ProofMismatch', { ...honest, receipt: flip(honest.receipt, 41) }),
    receipt('receipt at another index', 'ProofMismatch', { ...honest, index: 0 }),
    receipt('receipt with another count', 'ProofMismatch', { ...honest, count: 2 }),
    receipt('truncated receipt path', 'ProofMismatch', { ...honest, path: honest.path.slice(1) }),
    receipt('extended receipt path', 'ProofMismatch', { ...honest, path: [...honest.path, first] }),
    receipt('swapped receipt path', 'ProofMismatch', {
      ...honest,
      path: [...honest.path].reverse(),
    }),
    receipt('receipt under a forged block', 'ProofMismatch', {
      ...honest,
      index: 0,
      count: 1,
      path: [],
      history: forgedLeaf,
    }),
    receipt('receipt under another block', 'ProofMismatch', {
      ...honest,
      history: historyProof(chain, 2),
    }),
    block('block', undefined, 3, at3),
    block('first block', undefined, 0, historyProof(chain, 0)),
    block('newest bound block', undefined, TOP - 1, historyProof(chain, TOP - 1)),
    block('block of another height', 'ProofMismatch', 3, historyProof(chain, 2)),
    block('path of another block', 'ProofMismatch', 2, leaf2),
    block('forged block', 'ProofMismatch', 3, forgedLeaf),
    block('swapped sides', 'ProofMismatch', 3, {
      ...at3,
      path: [second, first, ...at3.path.slice(2)],
    }),
    block('truncated path', 'ProofMismatch', 3, { ...at3, path: at3.path.slice(1) }),
    block('extended path', 'ProofMismatch', 3, { ...at3, path: [...at3.path, first] }),
    block('history of another length', 'ProofMismatch', 0, {
      ...historyProof(chain, 0),
      count: TOP - 1,
    }),
    block('history before the bound one', 'ProofMismatch', 3, historyProof(chain, 3, TOP - 1)),
    {
      name: 'header of a block',
      code: undefined,
      run: () => verifyBlockHeader(suite, blockAt5(), headerOf(5)),
    },
    {
      name: 'header of another block',
      code: 'ProofMismatch',
      run: () => verifyBlockHeader(suite, blockAt5(), headerOf(4)),
    },
    {
      name: 'header that does not decode',
      code: 'ProofMalformed',
      run: () => verifyBlockHeader(suite, blockAt5(), Uint8Array.of(1)),
    },
  ];
}

/** The tree itself, where a leaf may be any bytes and so pass for a node. */
function treeClaims(suite: Suite): readonly Claim[] {
  const leaves = Array.from({ length: 4 }, (_, i) => utf8(`leaf ${i}`));
  const root = merkleRoot(suite, leaves);
  const [a, b, c, d] = leaves.map((leaf) => leafHash(suite, leaf));
  const left = concatBytes(must(a, 'a'), must(b, 'b'));
  const right = nodeHash(suite, must(c, 'c'), must(d, 'd'));
  const tell = (
    name: string,
    isHonest: boolean,
    leaf: Uint8Array,
    index: number,
    count: number,
    proof: readonly Uint8Array[],
  ): Claim => ({
    name,
    code: isHonest ? undefined : 'ProofMismatch',
    run: () => {
      if (!verifyMerkleProof(suite, { leaf, index, count, root, proof }))
        throw new HanseError('ProofMismatch', { object: 'leaf', root: 'root' });
    },
  });
  const path = merkleProof(suite, leaves, 1);
  const leaf = must(leaves[1], 'leaf');
  return [
    tell('leaf', true, leaf, 1, 4, path),
    tell('node as leaf', false, left, 0, 2, [right]),
    tell('leaf at the other side', false, leaf, 0, 4, path),
    tell('leaf outside the tree', false, leaf, 5, 4, path),
    tell('leaf of the other half', false, leaf, 3, 4, path),
    tell('short hash in a path', false, leaf, 1, 4, [
      must(path[0], 'hash').subarray(1),
      must(path[1], 'hash'),
    ]),
  ];
}

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const out = bytes.slice();
  out[at] = (out[at] ?? 0) ^ 1;
  return out;
}

type BundleChanges = {
  readonly key?: Uint8Array;
  readonly id?: string;
  readonly receiptIndex?: number;
  readonly forged?: Forged;
  readonly disclosures?: readonly Disclosure[];
  readonly identities?: { readonly [did: string]: Json };
  readonly extra?: { readonly [name: string]: Json };
};

/** An evidence bundle of a chain, after a forger's changes. */
export function bundleOf(
  chain: TestChain,
  changes: BundleChanges = {},
): { readonly [name: string]: Json } {
  const { tree, evidence } = chain;
  const final = toBase64Url(finalBytes(chain, changes.forged ?? {}));
  const record = (key: Uint8Array): Json => ({
    final,
    record: toBase64Url(encode(recordProofSchema, tree.prove(key))),
  });
  const index = changes.receiptIndex ?? 1;
  const paths = ['/invoice/number', '/lines/0'];
  return {
    format: 'hanse-evidence/1',
    genesis: genesisJson(chain),
    id: changes.id ?? toHex(chain.suite.hash(FILE)),
    record: record(changes.key ?? evidenceKeyBytes(chain.suite.hash(FILE))),
    receipt: {
      final,
      receipt: toBase64Url(encode(receiptProofSchema, receiptProof(chain, index))),
      tx: toBase64Url(must(chain.txs[index], 'tx').bytes),
    },
    identities: changes.identities ?? {
      [evidence.depositor]: record(didKeyBytes(evidence.depositor)),
      [evidence.organisation]: record(didKeyBytes(evidence.organisation)),
    },
    disclosures: (changes.disclosures ?? paths.map(chain.commitment.disclose)).map((one) =>
      toBase64Url(encode(disclosureSchema, one)),
    ),
    ...changes.extra,
  };
}

function bundleClaims(chain: TestChain): readonly Claim[] {
  const { suite, commitment, evidence } = chain;
  const trust = { trustedGenesisHash: toHex(chain.chainId), suiteOf: () => suite, nowMs: NOW_MS };
  const check = (
    name: string,
    code: string | undefined,
    bundle: Json,
    more: {
      file?: Uint8Array;
      fileHash?: Uint8Array;
      maxAgeMs?: number;
      trustedGenesisHash?: string;
    } = {},
  ): Claim => ({
    name: `bundle: ${name}`,
    code,
    run: () => verifyBundle(bundle, { ...trust, ...more }),
  });
  // A chain whose own quorum is false: its record says what its transactions do not.
  const faulty = (
    name: string,
    changes: Parameters<typeof buildChain>[1],
    build: (one: TestChain) => Json = bundleOf,
  ): Claim => {
    const one = buildChain(suite, changes);
    return check(name, 'ProofMismatch', build(one), { trustedGenesisHash: toHex(one.chainId) });
  };
  const honest = bundleOf(chain);
  const number = commitment.disclose('/invoice/number');
  const disclosed = (name: string, change: Partial<Disclosure>): Claim =>
    check(name, 'FieldMismatch', bundleOf(chain, { disclosures: [{ ...number, ...change }] }));
  const record = (key: Uint8Array): Json => ({
    final: toBase64Url(finalBytes(chain)),
    record: toBase64Url(encode(recordProofSchema, chain.tree.prove(key))),
  });
  const salted = { ...number.leaf, salt: flip(number.leaf.salt, 3) };
  const stranger = 'did:hanse:test:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
  return [
    check('honest', undefined, honest, { file: FILE, maxAgeMs: 1_000 }),
    check('honest with the hash', undefined, honest, { fileHash: suite.hash(FILE) }),
    check('one byte of the file changed', 'FileMismatch', honest, { file: flip(FILE, 9) }),
    check('another hash', 'FileMismatch', honest, { fileHash: new Uint8Array(32) }),
    check('another chain', 'ProofWrongChain', honest, { trustedGenesisHash: '00'.repeat(32) }),
    check('too old', 'ProofStale', honest, { maxAgeMs: 999 }),
    check(
      'too few signers',
      'ProofBadCertificate',
      bundleOf(chain, { forged: { signers: [0, 1] } }),
    ),
    check(
      'no such deposit',
      'ProofMismatch',
      bundleOf(chain, { key: evidenceKeyBytes(new Uint8Array(32)), id: '00'.repeat(32) }),
    ),
    check('record of something else', 'ProofMismatch', bundleOf(chain, { key: utf8('filler/1') })),
    check('receipt of another deposit', 'ProofMismatch', bundleOf(chain, { receiptIndex: 0 })),
    check('unknown member', 'ProofMalformed', bundleOf(chain, { extra: { note: 'checked' } })),
    check(
      'another format',
      'ProofMalformed',
      bundleOf(chain, { extra: { format: 'hanse-evidence/2' } }),
    ),
    check('no object', 'ProofMalformed', 'bundle'),
    disclosed('changed field value', {
      leaf: { ...number.leaf, value: { kind: 'text', value: 'INV-8' } },
    }),
    disclosed('changed field path', { leaf: { ...number.leaf, path: '/invoice/buyer' } }),
    disclosed('changed salt', { leaf: salted }),
    disclosed('another index', { index: number.index === 0 ? 1 : 0 }),
    disclosed('another count', {
      count: number.count - 1,
      index: 0,
      leaf: commitment.disclose(must(commitment.paths[0], 'path')).leaf,
      proof: commitment.disclose(must(commitment.paths[0], 'path')).proof,
    }),
    disclosed('truncated field path', { proof: number.proof.slice(1) }),
    check(
      'identity of a stranger',
      'ProofMismatch',
      bundleOf(chain, { identities: { [stranger]: record(didKeyBytes(stranger)) } }),
    ),
    check(
      'identity record of another',
      'ProofMismatch',
      bundleOf(chain, {
        identities: { [evidence.depositor]: record(didKeyBytes(evidence.organisation)) },
      }),
    ),
    faulty(
      'record under another id',
      { evidence: { byteHash: new Uint8Array(32), txid: must(chain.txs[0], 'tx').digest } },
      (one) => bundleOf(one, { receiptIndex: 0, disclosures: [] }),
    ),
    faulty('receipt was refused', { evidence: { txid: must(chain.txs[2], 'tx').digest } }, (one) =>
      bundleOf(one, { receiptIndex: 2 }),
    ),
    faulty('another height', { evidence: { height: 4 } }),
    faulty('another depositor', { evidence: { depositor: stranger } }, (one) =>
      bundleOf(one, { identities: {} }),
    ),
    faulty(
      'fields the transaction did not commit to',
      { evidence: { fieldsRoot: new Uint8Array(32) } },
      (one) => bundleOf(one, { disclosures: [] }),
    ),
    faulty(
      'a transaction that deposits something else',
      { evidence: { txid: must(chain.txs[0], 'tx').digest } },
      (one) => bundleOf(one, { receiptIndex: 0 }),
    ),
  ];
}

/** All that a mutated verifier is asked: did an honest claim fail, was a forged one accepted? */
export function evaluate(suite: Suite): {
  readonly refusedHonest: readonly string[];
  readonly accepted: readonly string[];
} {
  const claims = allClaims(suite).map((claim) => ({ ...claim, met: judge(claim) }));
  return {
    refusedHonest: claims
      .filter((one) => one.code === undefined && one.met !== 'accepted')
      .map((one) => one.name),
    accepted: claims
      .filter((one) => one.code !== undefined && one.met === 'accepted')
      .map((one) => one.name),
  };
}
