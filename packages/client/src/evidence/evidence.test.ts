import fc from 'fast-check';
import { encode, decode, canonicalJson, type Json } from '@hanse/codec';
import { createSuite } from '@hanse/crypto';
import { isHanseError, must, toHex, utf8 } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import { buildChain, cheapSuite, FILE, NOW_MS } from '../../test/chain.ts';
import { bundleOf } from '../../test/forgeries.ts';
import { FakeChain, FakeNode, fakePlatform, FakeTime } from '../../test/node.ts';
import { createClient } from '../client.ts';
import { makeBundle } from './bundle.ts';
import { verifyBundle } from './check.ts';
import { commitFields, disclosureSchema, verifyDisclosure } from './commit.ts';
import { hashStream, prepareDeposit, prepareLargeDeposit } from './deposit.ts';

const suite = cheapSuite();
const secret = new Uint8Array(32).fill(9);
const capture = {
  device: '',
  software: 'test',
  softwareVersion: '1',
  capturedAt: 1,
  timeSource: 'system',
  method: 'file',
} as const;

describe('commitments', () => {
  const fields = fc.uniqueArray(
    fc.record({ path: fc.string({ maxLength: 12 }), value: fc.string({ maxLength: 12 }) }),
    { selector: (field) => field.path, minLength: 1, maxLength: 20 },
  );

  it('disclose each field, and nothing else passes for one', () => {
    fc.assert(
      fc.property(fields, fc.nat(), fc.nat(), (list, pick, at) => {
        const commitment = commitFields(suite, list, secret);
        const deposit = { fieldsRoot: commitment.root, fieldCount: commitment.count };
        const field = must(list[pick % list.length], 'field');
        const disclosure = commitment.disclose(field.path);
        expect(disclosure.leaf.value).toEqual({ kind: 'text', value: field.value });
        expect(verifyDisclosure(suite, deposit, disclosure)).toBe(true);
        const bytes = encode(disclosureSchema, disclosure);
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 + (at % 255));
        const changed = decode(disclosureSchema, bytes);
        if (changed.ok) expect(verifyDisclosure(suite, deposit, changed.value)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('do not depend on the order of the fields, and do on the secret', () => {
    const list = [
      { path: '/b', value: '1' },
      { path: '/a', value: '2' },
    ];
    const root = commitFields(suite, list, secret).root;
    expect(commitFields(suite, [...list].reverse(), secret).root).toEqual(root);
    expect(commitFields(suite, list, new Uint8Array(32)).root).not.toEqual(root);
    expect(() => commitFields(suite, list, secret).disclose('/c')).toThrow(
      expect.objectContaining({ codeName: 'FieldMismatch' }),
    );
    expect(() => commitFields(suite, [...list, { path: '/a', value: '' }], secret)).toThrow();
  });

  it('hold a long value by its hash', () => {
    const value = 'x'.repeat(100_000);
    const { leaf } = commitFields(suite, [{ path: '/a', value }], secret).disclose('/a');
    expect(leaf.value).toEqual({
      kind: 'digest',
      value: { sizeBytes: 100_000, hash: suite.hash(utf8(value)) },
    });
  });
});

describe('deposits', () => {
  it('are the same for the same file and secret', () => {
    const parts = { name: 'invoice.json', capture, secret };
    const { deposit, report, commitment } = prepareDeposit(suite, FILE, parts);
    expect(deposit).toMatchObject({
      byteHash: suite.hash(FILE),
      mediaType: 'application/json',
      fieldCount: 8,
    });
    expect(report.note).toBeUndefined();
    expect(commitment.paths).toContain('/invoice/total');
    expect(prepareDeposit(suite, FILE, parts).deposit).toEqual(deposit);
  });

  it.each(['intl', 'sm'] as const)('hash a stream like the whole (%s)', async (id) => {
    const real = createSuite(id);
    async function* pieces() {
      for (let i = 0; i < FILE.length; i += 7) yield FILE.subarray(i, i + 7);
    }
    const file = await hashStream(real, pieces());
    expect(file).toEqual({ hash: real.hash(FILE), sizeBytes: FILE.length });
    const { deposit } = prepareLargeDeposit(real, file, {
      name: 'a',
      mediaType: 'video/mp4',
      capture,
      secret,
    });
    expect(deposit).toMatchObject({ byteHash: file.hash, fieldCount: 3 });
    await expect(hashStream(real, huge())).rejects.toMatchObject({ codeName: 'OverLimit' });
  });
});

async function* huge(): AsyncGenerator<Uint8Array> {
  const piece = Object.defineProperty(new Uint8Array(0), 'length', { value: 2 ** 31 });
  yield piece;
}

describe('bundles', () => {
  const chain = buildChain(suite);
  const trust = { trustedGenesisHash: toHex(chain.chainId), suiteOf: () => suite, nowMs: NOW_MS };
  const time = new FakeTime();
  const node = new FakeNode(new FakeChain(chain, time));
  const client = createClient({
    urls: ['http://0.0.0.0'],
    suiteOf: () => suite,
    platform: fakePlatform([node], time),
  });
  const id = suite.hash(FILE);

  it('hold who, what, when and the disclosed fields, and check offline', async () => {
    const bundle = await makeBundle(client, id, {
      commitment: chain.commitment,
      disclose: ['/invoice/number', '#name'],
    });
    const text = JSON.stringify(bundle);
    expect(text).not.toContain('1234.50');
    const report = verifyBundle(JSON.parse(text) as Json, { ...trust, file: FILE });
    expect(report).toMatchObject({
      network: 'test',
      depositor: { did: chain.depositor, name: '', kind: 'person' },
      organisation: { did: chain.organisation, name: 'Org 0', kind: 'organisation' },
      what: { byteHash: toHex(id), sizeBytes: FILE.length, mediaType: 'application/json' },
      when: { height: 3, time: NOW_MS - 50_000 },
      file: 'matches',
      fields: [
        { path: '/invoice/number', value: { value: 'INV-7' } },
        { path: '#name', value: { value: 'invoice.json' } },
      ],
      state: { validators: 4 },
    });
    expect(report.state.signers.length).toBe(3);
    expect(verifyBundle(JSON.parse(text) as Json, trust).file).toBe('not given');
  });

  it('name an organisation of the genesis without its record', () => {
    const report = verifyBundle(bundleOf(chain, { identities: {} }), trust);
    expect(report.organisation.name).toBe('Org 0');
    expect(report.depositor.name).toBeUndefined();
  });

  it('are not made of what does not exist, nor disclose without a commitment', async () => {
    await expect(makeBundle(client, new Uint8Array(32))).rejects.toMatchObject({
      codeName: 'RecordUnknown',
    });
    await expect(makeBundle(client, id, { disclose: ['/a'] })).rejects.toMatchObject({
      codeName: 'UsageError',
    });
  });

  it('say the same or nothing when one byte is changed', () => {
    const text = canonicalJson(bundleOf(chain));
    const before = canonicalJson(plain(verifyBundle(JSON.parse(text) as Json, trust)));
    fc.assert(
      fc.property(
        fc.nat({ max: text.length - 1 }),
        fc.integer({ min: 32, max: 126 }),
        (at, code) => {
          const changed = text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
          if (changed === text) return;
          try {
            const report = verifyBundle(JSON.parse(changed) as Json, trust);
            expect(canonicalJson(plain(report))).toBe(before);
          } catch (error) {
            expect(isHanseError(error) || error instanceof SyntaxError, String(error)).toBe(true);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
