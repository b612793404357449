import { createPrng, decode, encode, fromJson, type Json, type Schema } from '@hanse/codec';
import { merkleProof, merkleRoot, type KeyPair } from '@hanse/crypto';
import { assert, compareBytes, equalBytes, must, toHex, utf8 } from '@hanse/kit';
import {
  emptyPayload,
  finalProofSchema,
  headerBytes,
  historyLeafSchema,
  historyProofSchema,
  openBatch,
  openBlock,
  openEnvelope,
  openHeader,
  openTx,
  bucketHash,
  entryLeaf,
  keyHash,
  recordProofSchema,
  sealBatch,
  sealBlock,
  sealEnvelope,
  sealTx,
  stateRootOf,
  valueHash,
  verifyBatchAuthor,
  verifyFinal,
  verifyHistory,
  verifyRecordProof,
  verifyVote,
  voteSchema,
  voteSignBytes,
  ZERO_HASH,
  type HistoryLeaf,
  type RecordProof,
  type ValidatorSet,
} from '@hanse/model';
import { createNativeSuite } from '@hanse/native';
import { FrameParser, type Frame } from '@hanse/net';
import { verifyBatchContents, verifyEnvelopes } from '@hanse/pool';
import { allSchemas, samplerOf, seedOf } from '../../packages/model/test/sampler.ts';

/** Something that reads bytes from strangers. */
export type Target = {
  readonly name: string;
  /** Inputs that are accepted, to change. */
  readonly seeds: readonly Uint8Array[];
  /** Read an input: whether it was accepted. Throws when the reader breaks a promise. */
  readonly read: (input: Uint8Array) => boolean;
};

/** Something that reads JSON from strangers. */
export type JsonTarget = {
  readonly name: string;
  readonly seeds: readonly Json[];
  readonly read: (input: Json) => boolean;
};

const SEEDS = 64;
const suite = createNativeSuite('intl');
const chainId = suite.hash(utf8('fuzz'));
const keys = [0, 1, 2, 3].map((index) =>
  suite.keyPairFromSeed('ed25519', new Uint8Array(32).fill(index + 1)),
);
const set: ValidatorSet = {
  epoch: 0,
  validators: keys.map(({ alg, publicKey }, index) => ({
    did: `did:hanse:fuzz:${index}`,
    organisation: 'did:hanse:fuzz:org',
    alg,
    publicKey,
  })),
};

/** One schema: what it accepts is the one form of its value. */
export function schemaTarget<T>(
  name: string,
  schema: Schema<T>,
  seeds: readonly Uint8Array[],
): Target {
  return {
    name,
    seeds,
    read: (input) => {
      const decoded = decode(schema, input);
      if (!decoded.ok) return false;
      assert(equalBytes(encode(schema, decoded.value), input), 'a value has a second form');
      return true;
    },
  };
}

/** Every schema of the model by its bytes. */
export function schemaTargets(): readonly Target[] {
  return [...allSchemas()].map(([name, schema]) =>
    schemaTarget(
      `schema ${name}`,
      schema,
      samplesOf(name, schema).map((value) => encode(schema, value)),
    ),
  );
}

/** Every schema of the model by its JSON view. */
export function jsonTargets(): readonly JsonTarget[] {
  return [...allSchemas()].map(([name, schema]) => ({
    name: `json ${name}`,
    seeds: samplesOf(name, schema).map((value) => schema.toJson(value)),
    read: (input) => {
      const read = fromJson(schema, input);
      if (!read.ok) return false;
      const bytes = encode(schema, read.value);
      const again = fromJson(schema, JSON.parse(JSON.stringify(schema.toJson(read.value))) as Json);
      assert(
        again.ok && equalBytes(encode(schema, again.value), bytes),
        'a value changes in its JSON view',
      );
      return true;
    },
  }));
}

/** Readers that do more than decode, and verifiers with what they must never accept. */
export function readerTargets(): readonly Target[] {
  return [...openers(), ...verifiers(), frameTarget()];
}

function samplesOf(name: string, schema: Schema<unknown>): readonly unknown[] {
  const next = createPrng(seedOf(name));
  const sampler = samplerOf(schema);
  return Array.from({ length: SEEDS }, () => sampler(next));
}

const signed =
  (key: KeyPair | undefined) =>
  (message: Uint8Array): Uint8Array =>
    suite.sign(must(key, 'a key'), message);

function envelopes(): readonly Uint8Array[] {
  return Array.from({ length: SEEDS }, (_, i) => {
    const signers = keys.slice(0, 1 + (i % 3));
    const txs = Array.from({ length: 1 + (i % 4) }, (_unused, j) =>
      sealTx(suite, {
        protocolVersion: 1,
        chainId,
        salt: new Uint8Array(16).fill(16 * i + j),
        validUntil: 1_000 * i,
        gasLimit: 100 + j,
        signers: signers.map((_key, index) => ({ did: `did:hanse:fuzz:${index}`, kid: 'main' })),
        calls: [{ contract: 'evidence', method: 'link', args: new Uint8Array(i) }],
      }),
    );
    return sealEnvelope(suite, txs, signers);
  });
}

function openers(): readonly Target[] {
  const posted = envelopes();
  const signedTxs = new Set(posted.map(txidsOf));
  const batches = posted.slice(0, 16).map((_, i) => {
    const contents = posted.slice(i, i + 1 + (i % 3));
    const admitted = verifyEnvelopes(suite, chainId, contents).map((one) =>
      one.ok ? one.value : undefined,
    );
    const header = {
      chainId,
      epoch: 0,
      lane: i % 4,
      seq: 1 + i,
      prevDigest: ZERO_HASH,
      txCount: 0,
      gasSum: 0,
    };
    for (const one of admitted) {
      header.txCount += must(one, 'seed envelopes hold').txids.length;
      header.gasSum += must(one, 'seed envelopes hold').gasSum;
    }
    return sealBatch(suite, header, contents, signed(keys[header.lane]));
  });
  const digests = new Set(batches.map(({ digest }) => String(digest)));
  const blocks = Array.from({ length: SEEDS }, (_, i) =>
    sealBlock(suite, headerOf(i), emptyPayload(1 + (i % 5))),
  );
  return [
    {
      name: 'openTx',
      seeds: posted.flatMap((bytes) => {
        const open = openEnvelope(suite, chainId, bytes);
        return open.ok ? open.value.txs.map((tx) => tx.bytes) : [];
      }),
      read: (input) => openTx(suite, input).ok,
    },
    {
      name: 'openEnvelope',
      seeds: posted,
      read: (input) => openEnvelope(suite, chainId, input).ok,
    },
    {
      name: 'verifyEnvelopes',
      seeds: posted,
      read: (input) => {
        const [result] = verifyEnvelopes(suite, chainId, [input]);
        assert(
          result?.ok !== true || signedTxs.has(txidsOf(input)),
          'transactions nobody signed are admitted',
        );
        return result?.ok === true;
      },
    },
    {
      name: 'openBatch',
      seeds: batches.map(({ bytes }) => bytes),
      read: (input) => {
        const opened = openBatch(suite, input);
        if (!opened.ok) return false;
        if (verifyBatchAuthor(suite, chainId, set, opened.value)) {
          assert(digests.has(String(opened.value.digest)), 'a batch nobody signed has an author');
          assert(
            verifyBatchContents(suite, chainId, opened.value).ok,
            'a signed batch lost its contents',
          );
        }
        return true;
      },
    },
    {
      name: 'openBlock',
      seeds: blocks.map(({ bytes }) => bytes),
      read: (input) => {
        const opened = openBlock(suite, input);
        if (opened.ok)
          assert(
            equalBytes(sealBlock(suite, opened.value.header, opened.value.payload).bytes, input),
            'a block has a second form',
          );
        return opened.ok;
      },
    },
    {
      name: 'openHeader',
      seeds: blocks.map(headerBytes),
      read: (input) => openHeader(suite, input).ok,
    },
  ];
}

/** Which transactions an envelope holds, in order. */
function txidsOf(bytes: Uint8Array): string {
  const open = openEnvelope(suite, chainId, bytes);
  return open.ok ? open.value.txs.map((tx) => toHex(tx.digest)).join() : '';
}

function headerOf(i: number): Parameters<typeof sealBlock>[1] {
  return {
    protocolVersion: 1,
    engineVersion: 1,
    chainId,
    epoch: 0,
    view: i + 1,
    height: i,
    parentView: i,
    parentDigest: ZERO_HASH,
    time: 1_000 * i,
    proposer: i % 4,
    executed: { height: 0, stateRoot: ZERO_HASH, historyRoot: ZERO_HASH },
    outboxRoot: ZERO_HASH,
    justRoot: ZERO_HASH,
    nextSetHash: ZERO_HASH,
  };
}

function verifiers(): readonly Target[] {
  return [voteTarget(), finalTarget(), historyTarget(), recordTarget()];
}

function voteTarget(): Target {
  const votes = [0, 1, 2, 3].map((signer) => {
    const what = {
      kind: 'notarize' as const,
      epoch: 0,
      view: signer + 1,
      digest: suite.hash(Uint8Array.of(signer)),
    };
    return encode(voteSchema, {
      ...what,
      signer,
      signature: signed(keys[signer])(voteSignBytes(chainId, what)),
    });
  });
  const genuine = new Set(votes.map(String));
  return verifierTarget('verifyVote', voteSchema, votes, (vote, input) => {
    const isValid = verifyVote(suite, chainId, set, vote);
    assert(!isValid || genuine.has(String(input)), 'a vote nobody cast verifies');
    return isValid;
  });
}

function finalTarget(): Target {
  const proofs = Array.from({ length: 8 }, (_, i) => {
    const block = sealBlock(suite, headerOf(i), emptyPayload(4));
    const what = { kind: 'finalize' as const, epoch: 0, view: i + 1, digest: block.digest };
    const votes = [0, 1, 2].map((signer) => ({
      signer,
      signature: signed(keys[signer])(voteSignBytes(chainId, what)),
    }));
    return { header: headerBytes(block), certificate: { ...what, votes } };
  });
  const genuine = new Set(proofs.map(({ header }) => String(header)));
  const seeds = proofs.map((proof) => encode(finalProofSchema, proof));
  return verifierTarget('verifyFinal', finalProofSchema, seeds, (proof) => {
    const verified = verifyFinal(suite, chainId, set, proof);
    assert(!verified.ok || genuine.has(String(proof.header)), 'a header nobody finalized is final');
    return verified.ok;
  });
}

function historyTarget(): Target {
  const leaves = Array.from({ length: 13 }, (_, height): HistoryLeaf => {
    const hash = (what: string): Uint8Array => suite.hash(utf8(`${what} ${height}`));
    return {
      height,
      headerDigest: hash('header'),
      stateRoot: hash('state'),
      receiptsRoot: hash('receipts'),
      eventsRoot: hash('events'),
    };
  });
  const encoded = leaves.map((leaf) => encode(historyLeafSchema, leaf));
  const bound = { height: 12, historyRoot: merkleRoot(suite, encoded) };
  const proofs = leaves.map((leaf, height) =>
    encode(historyProofSchema, { leaf, count: 13, path: merkleProof(suite, encoded, height) }),
  );
  const genuine = new Set(proofs.map(String));
  return verifierTarget('verifyHistory', historyProofSchema, proofs, (proof, input) => {
    const isValid = verifyHistory(suite, bound, proof);
    assert(!isValid || genuine.has(String(input)), 'a leaf that is not there is in the history');
    return isValid;
  });
}

/** One bucket of six records: presence and absence beside and between them. */
function recordTarget(): Target {
  const records = new Map<string, Uint8Array>(
    Array.from({ length: 6 }, (_, i) => [`record ${i}`, utf8(`value ${i}`)]),
  );
  const entries = [...records]
    .map(([key, value]) => [keyHash(suite, utf8(key)), valueHash(suite, value)] as const)
    .sort(([a], [b]) => compareBytes(a, b));
  const leaves = entries.map(([key, value]) => entryLeaf(key, value));
  const shape = { depth: 0, split: 0, records: records.size };
  const root = stateRootOf(suite, shape, bucketHash(suite, entries));
  const proofOf = (name: string): RecordProof => {
    const hash = keyHash(suite, utf8(name));
    const value = records.get(name);
    const at = entries.findIndex(([key]) => compareBytes(key, hash) >= 0);
    const around =
      value !== undefined
        ? [at]
        : at < 0
          ? [entries.length - 1]
          : [at - 1, at].filter((index) => index >= 0);
    const neighbours = around.map((index) => {
      const [key, hashed] = must(entries[index], 'an entry');
      return { index, keyHash: key, valueHash: hashed, path: merkleProof(suite, leaves, index) };
    });
    return { key: utf8(name), value, shape, entries: entries.length, neighbours, siblings: [] };
  };
  const names = [...records.keys(), ...Array.from({ length: 20 }, (_, i) => `absent ${i}`)];
  const seeds = names.map((name) => encode(recordProofSchema, proofOf(name)));
  const byHash = new Map(
    [...records].map(([key, value]) => [String(keyHash(suite, utf8(key))), value]),
  );
  return verifierTarget('verifyRecordProof', recordProofSchema, seeds, (proof) => {
    if (!verifyRecordProof(suite, root, proof)) return false;
    const known = byHash.get(String(keyHash(suite, proof.key)));
    const isTrue =
      proof.value === undefined
        ? known === undefined
        : known !== undefined && equalBytes(known, proof.value);
    assert(isTrue, 'the state is shown to hold what it does not');
    return true;
  });
}

function verifierTarget<T>(
  name: string,
  schema: Schema<T>,
  seeds: readonly Uint8Array[],
  verify: (value: T, input: Uint8Array) => boolean,
): Target {
  return {
    name,
    seeds,
    read: (input) => {
      const decoded = decode(schema, input);
      return decoded.ok && verify(decoded.value, input);
    },
  };
}

/** A stream of frames gives the same frames however it is cut, and they are the stream. */
function frameTarget(): Target {
  const bytesOf = (frame: Frame): readonly number[] => {
    const body = frame.kind === 'ping' ? [] : [...frame.body];
    const size = body.length + 1;
    const kind = { hello: 1, message: 2, ping: 3 }[frame.kind];
    return [size >>> 24, (size >>> 16) & 0xff, (size >>> 8) & 0xff, size & 0xff, kind, ...body];
  };
  const parse = (
    input: Uint8Array,
    chunkBytes: number,
  ): { readonly frames: string; readonly error: string | undefined } => {
    const parser = new FrameParser();
    const frames: number[] = [];
    for (let at = 0; at < input.length; at += chunkBytes) {
      for (const frame of parser.feed(input.subarray(at, at + chunkBytes)))
        frames.push(...bytesOf(frame));
    }
    return { frames: frames.join(), error: parser.error };
  };
  const seeds = Array.from({ length: SEEDS }, (_, i) => {
    const frames: readonly Frame[] = [
      { kind: 'hello', body: new Uint8Array(36).fill(i) },
      { kind: 'message', body: new Uint8Array(i).fill(7) },
      { kind: 'ping' },
    ];
    return Uint8Array.from(frames.slice(i % 3).flatMap(bytesOf));
  });
  return {
    name: 'frames',
    seeds,
    read: (input) => {
      const whole = parse(input, Math.max(1, input.length));
      const pieces = parse(input, 1 + (input.length % 7));
      assert(
        whole.frames === pieces.frames && whole.error === pieces.error,
        'frames depend on how the stream is cut',
      );
      const stream = input.join();
      assert(stream.startsWith(whole.frames), 'frames are not what was sent');
      return whole.error === undefined && stream === whole.frames;
    },
  };
}
