import { encode } from '@hanse/codec';
import { concatBytes, toBase32, utf8 } from '@hanse/kit';
import { describe, expect, test } from 'vitest';
import { keyOf, suite } from '../test/fixtures.ts';
import {
  chainIdOf,
  coSignatureKeyBytes,
  didKeyBytes,
  didOf,
  evidenceKeyBytes,
  genesisBlock,
  genesisSchema,
  genesisValidators,
  inceptionRecord,
  inceptionSchema,
  isEmptyPayload,
  linkKeyBytes,
  openBlock,
  parseDid,
  parseGenesis,
  ZERO_HASH,
  emptyPayload,
  type Genesis,
  type Inception,
} from './index.ts';

const inception: Inception = {
  kind: 'organisation',
  name: 'Bank',
  controllers: [],
  keys: [
    {
      kid: 'main',
      alg: 'ed25519',
      publicKey: keyOf(0).publicKey,
      purposes: ['invoke', 'delegate'],
    },
  ],
  salt: new Uint8Array(16).fill(1),
};
type Validator = Genesis['validators'][number];
const did = didOf(suite, 'test', inception);

const genesis: Genesis = {
  protocolVersion: 1,
  network: 'test',
  suite: 'intl',
  sigRule: 1,
  time: 1_700_000_000_000,
  parameters: {
    deltaMs: 500,
    minBlockIntervalMs: 10,
    heartbeatMs: 60_000,
    blockBytesMax: 8_000_000,
    blockGasMax: 2_000_000_000,
    executionLagBlocksMax: 8,
  },
  identities: [inception],
  validators: [0, 1, 2, 3].map((i) => ({
    did: `did:hanse:test:${i}`,
    organisation: did,
    alg: 'ed25519' as const,
    publicKey: keyOf(i).publicKey,
    tlsPublicKey: new Uint8Array(44).fill(i),
  })),
};

describe('a DID', () => {
  test('is the network and the first 20 bytes of the hash of its inception', () => {
    const parsed = parseDid(did);
    expect(parsed?.network).toBe('test');
    expect(did).toMatch(/^did:hanse:test:[a-z2-7]{32}$/);
    const hash = suite.hash(concatBytes(utf8('hanse-did/1\0'), encode(inceptionSchema, inception)));
    expect(parsed?.id).toBe(didOf(suite, 'elsewhere', inception).split(':')[3]);
    expect(parsed?.id).toBe(toBase32(hash.subarray(0, 20)));
    const others: readonly Inception[] = [
      { ...inception, name: 'Bank 2' },
      { ...inception, kind: 'person' },
      { ...inception, salt: new Uint8Array(16) },
      { ...inception, controllers: [did] },
      { ...inception, keys: [] as never },
    ];
    for (const other of others.slice(0, 4)) expect(didOf(suite, 'test', other)).not.toBe(did);
    expect(() => didOf(suite, 'test', others[4] as Inception)).toThrow(/0 items/);
  });

  test.each([
    '',
    'did:hanse:test',
    `${did} `,
    ` ${did}`,
    `${did}\n`,
    did.toUpperCase(),
    did.slice(0, -1),
    `${did}a`,
    did.replace('hanse', 'web'),
    did.replace('test', ''),
    did.replace('test', 'a'.repeat(21)),
    did.replace('test', 'Test'),
    did.replace(/.$/, '1'),
    did.replace(/.$/, '0'),
    `x${did}`,
    did.replace('test', 'te:st'),
  ])('is not "%s"', (text) => {
    expect(parseDid(text)).toBeUndefined();
  });

  test('begins as a record of its inception', () => {
    expect(inceptionRecord(did, inception, 7)).toEqual({
      did,
      kind: 'organisation',
      name: 'Bank',
      version: 1,
      controllers: [],
      nextKeys: [],
      createdHeight: 7,
      updatedHeight: 7,
      deactivatedHeight: undefined,
      keys: [
        {
          kid: 'main',
          alg: 'ed25519',
          publicKey: keyOf(0).publicKey,
          purposes: ['invoke', 'delegate'],
          fromHeight: 7,
          untilHeight: undefined,
        },
      ],
    });
  });
});

test('state keys name contract, table and record, and never meet', () => {
  const [a, b] = [suite.hash(utf8('a')), suite.hash(utf8('b'))];
  const keys = [
    didKeyBytes(did),
    evidenceKeyBytes(a),
    evidenceKeyBytes(b),
    coSignatureKeyBytes(a, did),
    coSignatureKeyBytes(b, did),
    linkKeyBytes(a, b, 'refers-to'),
    linkKeyBytes(b, a, 'refers-to'),
    linkKeyBytes(a, b, 'derived-from'),
  ];
  expect(new Set(keys.map((key) => key.join())).size).toBe(keys.length);
  expect(didKeyBytes(did)).toEqual(utf8(`identity/did/${did.split(':')[3]}`));
});

describe('a genesis', () => {
  test('is read from its JSON view and from nothing else', () => {
    const json = genesisSchema.toJson(genesis);
    expect(parseGenesis(JSON.parse(JSON.stringify(json)) as never)).toEqual({
      ok: true,
      value: genesis,
    });
    const view = json as Readonly<Record<string, never>>;
    const { network: _, ...without } = view;
    for (const wrong of [
      null,
      1,
      'x',
      [],
      without,
      { ...view, more: 1 },
      { ...view, suite: 'other' },
      { ...view, time: -1 },
      { ...view, time: '1' },
      { ...view, validators: [] },
      { ...view, network: 'a'.repeat(21) },
      { ...view, network: '\ud800' },
    ]) {
      expect(parseGenesis(wrong as never).ok).toBe(false);
    }
  });

  test('is refused when no chain can start from it, with the reason', () => {
    const { validators, parameters } = genesis;
    const [first, second] = validators as [Validator, Validator];
    const withParameters = (changes: Partial<Genesis['parameters']>): Genesis => ({
      ...genesis,
      parameters: { ...parameters, ...changes },
    });
    const withSecond = (changes: Partial<Validator>): Genesis => ({
      ...genesis,
      validators: [first, { ...second, ...changes }],
    });
    for (const [reason, wrong] of [
      ['protocol version 2', { ...genesis, protocolVersion: 2 }],
      ['signature rule 2', { ...genesis, sigRule: 2 }],
      ['network "Test"', { ...genesis, network: 'Test' }],
      ['network ""', { ...genesis, network: '' }],
      ['key is ed25519, the suite is sm', { ...genesis, suite: 'sm' }],
      ['key is sm2, the suite is intl', withSecond({ alg: 'sm2' })],
      ['same DID', withSecond({ did: first.did })],
      ['same key', withSecond({ publicKey: first.publicKey })],
      ['same TLS key', withSecond({ tlsPublicKey: first.tlsPublicKey })],
      ['deltaMs', withParameters({ deltaMs: 0 })],
      ['heartbeatMs', withParameters({ heartbeatMs: 10 })],
      ['executionLagBlocksMax', withParameters({ executionLagBlocksMax: 0 })],
      ['blockBytesMax', withParameters({ blockBytesMax: 1_000 })],
      ['blockGasMax', withParameters({ blockGasMax: 1_000 })],
    ] as const) {
      const parsed = parseGenesis(genesisSchema.toJson(wrong));
      expect(parsed).toEqual({ ok: false, error: expect.stringContaining(reason) });
    }
  });

  test('gives the chain its id: any other agreement is another chain', () => {
    const id = chainIdOf(suite, genesis);
    expect(id).toEqual(
      suite.hash(concatBytes(utf8('hanse-genesis/1\0'), encode(genesisSchema, genesis))),
    );
    const others: readonly Genesis[] = [
      { ...genesis, time: genesis.time + 1 },
      { ...genesis, sigRule: 2 },
      { ...genesis, validators: genesis.validators.slice(1) },
      { ...genesis, identities: [] },
      { ...genesis, parameters: { ...genesis.parameters, deltaMs: 501 } },
    ];
    for (const other of others) expect(chainIdOf(suite, other)).not.toEqual(id);
  });

  test('gives the block everything begins with', () => {
    const block = genesisBlock(suite, genesis);
    expect(block).toEqual(genesisBlock(suite, { ...genesis }));
    expect(openBlock(suite, block.bytes)).toEqual({ ok: true, value: block });
    expect(block.header).toMatchObject({
      height: 0,
      view: 0,
      epoch: 0,
      time: genesis.time,
      chainId: chainIdOf(suite, genesis),
      parentDigest: ZERO_HASH,
    });
    expect(isEmptyPayload(block.payload, emptyPayload(4))).toBe(true);
  });

  test('names the validators of the first epoch in order', () => {
    const set = genesisValidators(genesis);
    expect(set.epoch).toBe(0);
    expect(set.validators.map((one) => one.did)).toEqual(genesis.validators.map((one) => one.did));
    expect(Object.keys(set.validators[0] ?? {})).toEqual([
      'did',
      'organisation',
      'alg',
      'publicKey',
    ]);
  });
});
