import { decode, encode, type Json } from '@hanse/codec';
import { fromHex, toHex } from '@hanse/kit';
import {
  certificateError,
  finalProofSchema,
  historyProofSchema,
  openBatch,
  openBlock,
  openEnvelope,
  recordProofSchema,
  signatureChecks,
  verifyFinal,
  verifyHistory,
  verifyRecordProof,
  type Certificate,
  type ValidatorSet,
  type Vote,
  verifyVote,
} from '@hanse/model';
import { createNativeSuite } from '@hanse/native';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { allSchemas } from '../../packages/model/test/sampler.ts';
import { makeLayouts } from '../vectors/layouts.ts';
import { makeVectors } from '../vectors/make.ts';

/*
 * The public vectors are read here as a stranger would read them: hashes are computed by the
 * platform over what docs/spec/wire.md says, not by the functions under test.
 */
type Row = { readonly [key: string]: Json };

const folder = new URL('../../docs/spec/vectors/', import.meta.url);
const schemas = allSchemas();
const suites = { intl: createNativeSuite('intl'), sm: createNativeSuite('sm') };

function read(name: string): readonly Row[] {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as readonly Row[];
}

function text(row: Row, key: string): string {
  const value = row[key];
  if (typeof value !== 'string') throw new Error(`${key} is not text`);
  return value;
}

function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes === undefined) throw new Error('not hexadecimal');
  return bytes;
}

const suiteOf = (row: Row): (typeof suites)['intl'] =>
  row['suite'] === 'sm' ? suites.sm : suites.intl;
const digest = (row: Row, ...parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHash(row['suite'] === 'sm' ? 'sm3' : 'sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};
const u64 = (value: number): Uint8Array => bytesOf(value.toString(16).padStart(16, '0'));
const leaf = (row: Row, hex: string): string => digest(row, Uint8Array.of(0), bytesOf(hex));
const node = (row: Row, left: string, right: string): string =>
  digest(row, Uint8Array.of(1), bytesOf(left), bytesOf(right));

/** RFC 9162 2.1.1, as it stands there. */
function treeHash(row: Row, leaves: readonly string[]): string {
  if (leaves.length === 0) return digest(row);
  if (leaves.length === 1) return leaf(row, leaves[0] ?? '');
  let split = 1;
  while (2 * split < leaves.length) split *= 2;
  return node(row, treeHash(row, leaves.slice(0, split)), treeHash(row, leaves.slice(split)));
}

function setOf(row: Row): ValidatorSet {
  const keys = row['validators'] as readonly string[];
  return {
    epoch: 0,
    validators: keys.map((key) => ({
      did: '',
      organisation: '',
      alg: suiteOf(row).defaultAlg,
      publicKey: bytesOf(key),
    })),
  };
}

test('the files are what the generator makes', () => {
  const made = makeVectors();
  // Packages keep vectors of their own in the same folder, with tests of their own.
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(Object.keys(made)));
  for (const [name, vectors] of Object.entries(made))
    expect(read(name)).toEqual(JSON.parse(JSON.stringify(vectors)));
  expect(readFileSync(new URL('../layouts.md', folder), 'utf8')).toBe(makeLayouts());
  expect(
    Object.keys(made).reduce((sum, name) => sum + read(name).length, 0),
  ).toBeGreaterThanOrEqual(100);
});

describe('every vector', () => {
  const typed = {
    'genesis.json': 'genesis',
    'did.json': 'inception',
    'tx.json': 'tx',
    'envelope.json': 'envelope',
    'vote.json': 'vote',
    'certificate.json': 'certificate',
    'receipt.json': 'receipt',
    'message.json': 'message',
  };

  test.each(Object.entries(typed))('of %s is one value with one form', (file, type) => {
    const schema = schemas.get(type);
    if (schema === undefined) throw new Error(type);
    for (const row of read(file)) {
      const bytes = bytesOf(text(row, 'bytes'));
      const decoded = decode(schema, bytes);
      if (!decoded.ok) throw new Error(`${text(row, 'name')}: ${decoded.error}`);
      expect(schema.toJson(decoded.value)).toEqual(row['value']);
      expect(encode(schema, decoded.value)).toEqual(bytes);
    }
  });

  test('that is to be refused is', () => {
    for (const row of read('refused.json')) {
      const schema = schemas.get(text(row, 'type'));
      if (schema === undefined) throw new Error(text(row, 'type'));
      expect(decode(schema, bytesOf(text(row, 'bytes'))).ok).toBe(false);
    }
  });
});

describe('ids and sign bytes follow the specification:', () => {
  test('genesis', () => {
    for (const row of read('genesis.json')) {
      expect(digest(row, 'hanse-genesis/1\0', bytesOf(text(row, 'bytes')))).toBe(row['chainId']);
      const block = openBlock(suiteOf(row), bytesOf(text(row, 'blockBytes')));
      expect(block.ok && toHex(block.value.digest)).toBe(row['blockDigest']);
      expect(block.ok && toHex(block.value.header.chainId)).toBe(row['chainId']);
    }
  });

  test('identities', () => {
    const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
    for (const row of read('did.json')) {
      const id = BigInt(
        `0x${digest(row, 'hanse-did/1\0', bytesOf(text(row, 'bytes'))).slice(0, 40)}`,
      );
      const letters = Array.from(
        { length: 32 },
        (_, i) => alphabet[Number((id >> BigInt(155 - 5 * i)) & 31n)],
      ).join('');
      expect(row['did']).toBe(`did:hanse:spec:${letters}`);
      expect(new TextDecoder().decode(bytesOf(text(row, 'recordKey')))).toBe(
        `identity/did/${letters}`,
      );
    }
  });

  test('transactions and envelopes', () => {
    for (const row of read('tx.json'))
      expect(digest(row, 'hanse-tx/1\0', bytesOf(text(row, 'bytes')))).toBe(row['txid']);
    for (const row of read('envelope.json')) {
      const txids = row['txids'] as readonly string[];
      const message = `${toHex(new TextEncoder().encode('hanse-envelope/1\0'))}${text(row, 'chainId')}${toHex(u64(txids.length))}${treeHash(row, txids)}`;
      expect(row['signBytes']).toBe(message);
      const chainId = bytesOf(text(row, 'chainId'));
      const open = openEnvelope(suiteOf(row), chainId, bytesOf(text(row, 'bytes')));
      if (!open.ok) throw new Error(open.error);
      expect(open.value.txs.map((tx) => toHex(tx.digest))).toEqual(txids);
      for (const check of signatureChecks(suiteOf(row), chainId, open.value)) {
        expect(toHex(check.message)).toBe(message);
        expect(
          suiteOf(row).verify(check.alg, check.publicKey, check.message, check.signature),
        ).toBe(true);
      }
    }
  });

  test('batches', () => {
    for (const row of read('batch.json')) {
      const header = row['header'] as Row;
      expect(digest(row, 'hanse-batch/1\0', bytesOf(text(row, 'headerBytes')))).toBe(row['digest']);
      expect(header['envelopesRoot']).toBe(treeHash(row, row['envelopes'] as readonly string[]));
      const message = `${toHex(new TextEncoder().encode('hanse-batch-sig/1\0'))}${text(header, 'chainId')}${toHex(u64(Number(header['epoch'])))}${text(row, 'digest')}`;
      expect(row['signBytes']).toBe(message);
      const { defaultAlg, verify } = suiteOf(row);
      expect(
        verify(
          defaultAlg,
          bytesOf(text(row, 'author')),
          bytesOf(message),
          bytesOf(text(row, 'signature')),
        ),
      ).toBe(true);
      const opened = openBatch(suiteOf(row), bytesOf(text(row, 'bytes')));
      expect(opened.ok && toHex(opened.value.digest)).toBe(row['digest']);
    }
  });

  test('blocks', () => {
    for (const row of read('block.json')) {
      expect(digest(row, 'hanse-header/1\0', bytesOf(text(row, 'headerBytes')))).toBe(
        row['digest'],
      );
      expect(digest(row, 'hanse-payload/1\0', bytesOf(text(row, 'payloadBytes')))).toBe(
        (row['header'] as Row)['payloadRoot'],
      );
      const opened = openBlock(suiteOf(row), bytesOf(text(row, 'bytes')));
      expect(opened.ok && toHex(opened.value.digest)).toBe(row['digest']);
    }
  });

  test('votes and certificates', () => {
    const kinds = ['', 'notarize', 'nullify', 'finalize'];
    const name = ({
      kind,
      epoch,
      view,
      digest: block,
    }: {
      kind: string;
      epoch: number;
      view: number;
      digest: string;
    }): string => `0${kinds.indexOf(kind)}${toHex(u64(epoch))}${toHex(u64(view))}${block}`;
    for (const row of read('vote.json')) {
      const vote = row['value'] as {
        kind: string;
        epoch: number;
        view: number;
        digest: string;
        signature: string;
        signer: number;
      };
      const message = `${toHex(new TextEncoder().encode('CSX1'))}${text(row, 'chainId')}${toHex(u64(vote.epoch))}0${kinds.indexOf(vote.kind)}${toHex(u64(vote.view))}${vote.digest}`;
      expect(row['signBytes']).toBe(message);
      const { defaultAlg, verify } = suiteOf(row);
      expect(
        verify(
          defaultAlg,
          bytesOf(text(row, 'publicKey')),
          bytesOf(message),
          bytesOf(vote.signature),
        ),
      ).toBe(true);
      const decoded = decode(schemas.get('vote') as never, bytesOf(text(row, 'bytes')));
      const validators = Array.from({ length: vote.signer + 1 }, () => ({
        did: '',
        organisation: '',
        alg: defaultAlg,
        publicKey: bytesOf(text(row, 'publicKey')),
      }));
      expect(
        decoded.ok &&
          verifyVote(
            suiteOf(row),
            bytesOf(text(row, 'chainId')),
            { epoch: 0, validators },
            decoded.value as Vote,
          ),
      ).toBe(true);
    }
    let notarized = '';
    for (const row of read('certificate.json')) {
      const decoded = decode(schemas.get('certificate') as never, bytesOf(text(row, 'bytes')));
      if (!decoded.ok) throw new Error(decoded.error);
      expect(
        certificateError(
          suiteOf(row),
          bytesOf(text(row, 'chainId')),
          setOf(row),
          decoded.value as Certificate,
        ),
      ).toBeUndefined();
      const own = name(row['value'] as never);
      if (row['name'] === 'notarization') notarized = own;
      const names = row['name'] === 'notarization' ? own : notarized + own;
      if (row['justRoot'] !== undefined)
        expect(digest(row, 'hanse-just/1\0', bytesOf(names))).toBe(row['justRoot']);
    }
  });

  test('receipts', () => {
    for (const id of ['intl', 'sm']) {
      const rows = read('receipt.json').filter((row) => row['suite'] === id);
      for (const row of rows)
        expect(row['receiptsRoot']).toBe(
          treeHash(
            row,
            rows.map((one) => text(one, 'bytes')),
          ),
        );
    }
  });
});

describe('what is shown and what is forged:', () => {
  test('records', () => {
    for (const row of read('state.json')) {
      const proof = decode(recordProofSchema, bytesOf(text(row, 'bytes')));
      if (!proof.ok) throw new Error(proof.error);
      expect(verifyRecordProof(suiteOf(row), bytesOf(text(row, 'stateRoot')), proof.value)).toBe(
        row['holds'],
      );
    }
  });

  test('the state root, by the words of the specification', () => {
    for (const row of read('state.json').filter((one) => one['records'] !== undefined)) {
      const entries = (row['records'] as readonly Row[])
        .map(
          (one) =>
            [
              digest(row, 'hanse-key/1\0', bytesOf(text(one, 'key'))),
              digest(row, 'hanse-value/1\0', bytesOf(text(one, 'value'))),
            ] as const,
        )
        .toSorted(([a], [b]) => (a < b ? -1 : 1));
      const bucket = (bits: string): string => {
        const held = entries.filter(([key]) =>
          BigInt(`0x${key}`).toString(2).padStart(256, '0').startsWith(bits),
        );
        return held.length === 0
          ? '00'.repeat(32)
          : digest(
              row,
              'hanse-bucket/1\0',
              u64(held.length),
              bytesOf(
                treeHash(
                  row,
                  held.map(([key, value]) => key + value),
                ),
              ),
            );
      };
      // Depth 1, split 1: the bucket of 0 is split into those of 00 and 01.
      const left = digest(row, bytesOf(bucket('00')), bytesOf(bucket('01')));
      const root = digest(row, bytesOf(left), bytesOf(bucket('1')));
      expect(
        digest(
          row,
          'hanse-state/1\0',
          Uint8Array.of(1),
          u64(1),
          u64(entries.length),
          bytesOf(root),
        ),
      ).toBe(row['stateRoot']);
    }
  });

  test('final headers and history', () => {
    let shown = 0;
    for (const row of read('proof.json')) {
      const isHistory = row['historyRoot'] !== undefined;
      const proof = isHistory
        ? decode(historyProofSchema, bytesOf(text(row, 'bytes')))
        : decode(finalProofSchema, bytesOf(text(row, 'bytes')));
      if (!proof.ok) throw new Error(proof.error);
      const holds =
        'path' in proof.value
          ? verifyHistory(
              suiteOf(row),
              {
                height: Number(row['boundHeight']),
                historyRoot: bytesOf(text(row, 'historyRoot')),
              },
              proof.value,
            )
          : verifyFinal(suiteOf(row), bytesOf(text(row, 'chainId')), setOf(row), proof.value).ok;
      expect(holds).toBe(row['holds']);
      if (holds) shown++;
    }
    expect(shown).toBe(6);
  });
});
