import { equalBytes, fromHex, HanseError, must, utf8 } from '@hanse/kit';
import type { SignatureAlg } from './slots.ts';
import type { Suite } from './suite.ts';

type SchemeAnswer = {
  readonly alg: SignatureAlg;
  readonly secretKey: string;
  readonly publicKey: string;
  readonly message: string;
  /** What `sign` gives: signing is deterministic. */
  readonly signed: string;
  /** Further valid signatures of the message. */
  readonly valid: readonly string[];
  /** [key, message, signature] that another rule accepts and ours refuses. */
  readonly refused: readonly (readonly [string, string, string])[];
};

type SuiteAnswers = {
  readonly hash: string;
  readonly hmac: string;
  readonly aead: Readonly<Record<'key' | 'nonce' | 'aad' | 'plaintext' | 'sealed', string>>;
  readonly schemes: readonly SchemeAnswer[];
};

const ED25519_KEY = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
const P256_KEY = '0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6';
const P256_R = 'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716';
const SM2_KEY = '0309f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020';

const ED25519: SchemeAnswer = {
  alg: 'ed25519',
  // RFC 8032 7.1, test 1.
  secretKey: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
  publicKey: ED25519_KEY,
  message: '',
  signed:
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  valid: [],
  refused: [
    // R with a part of order 8: valid when multiplied by the cofactor.
    [
      ED25519_KEY,
      'hanse',
      '40a4cf5c611d737a2f1c6fcca84d9cabfed80987f186a5a6c57e629bff1af27fbdb12bc0d0232e4d584886f894c0f00c976c17f059d3153fd118f2fbdbdf4902',
    ],
    // The neutral element as the key: R = B, S = 1 satisfies the equation for every message.
    [`01${'00'.repeat(31)}`, 'hanse', `58${'66'.repeat(31)}01${'00'.repeat(31)}`],
  ],
};

const P256: SchemeAnswer = {
  alg: 'p256',
  // RFC 6979 A.2.5, with s in its low form.
  secretKey: 'c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721',
  publicKey: P256_KEY,
  message: 'sample',
  signed: `${P256_R}0834e36ad29a83bf2bc9385e491d6099c8fdf9d1ed67aa7ea5f51f93782857a9`,
  valid: [],
  // The same signature as the RFC prints it, with the high s.
  refused: [
    [
      P256_KEY,
      'sample',
      `${P256_R}f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8`,
    ],
  ],
};

const SM2: SchemeAnswer = {
  alg: 'sm2',
  // GM/T 0003.5-2012 A.2: key, message and the printed signature, made with a printed nonce.
  secretKey: '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8',
  publicKey: SM2_KEY,
  message: 'message digest',
  signed:
    '24858ee71d63e687feefe41f5af80a59f0791eb1dabc2bbe71daf0e57f06c3673d15550de52785a435004c937256ac715c0e04176ac57062c6722fa692f7a491',
  valid: [
    'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
  ],
  refused: [],
};

const ANSWERS: Readonly<Record<'intl' | 'sm', SuiteAnswers>> = {
  intl: {
    // FIPS 180-4, RFC 4231 case 2, and test case 14 of the GCM specification.
    hash: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    hmac: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    aead: {
      key: '00'.repeat(32),
      nonce: '00'.repeat(12),
      aad: '',
      plaintext: '00'.repeat(16),
      sealed: 'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919',
    },
    schemes: [ED25519, P256],
  },
  sm: {
    // GM/T 0004-2012 A.1, the same HMAC message over SM3, and RFC 8998 A.1.
    hash: '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0',
    hmac: '2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882',
    aead: {
      key: '0123456789abcdeffedcba9876543210',
      nonce: '00001234567800000000abcd',
      aad: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
      plaintext: 'abcdefea'.replace(/./g, (digit) => digit.repeat(16)),
      sealed:
        '17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d83de3541e4c2b58177e065a9bf7b62ec',
    },
    schemes: [SM2],
  },
};

/**
 * Known-answer test of every function of a suite; run it at start, before anything is signed or
 * believed. Throws `CryptoSelfTestFailed` on the first wrong answer.
 */
export function selfTest(suite: Suite): void {
  const answers = ANSWERS[suite.id];
  testHashes(suite, answers);
  testAead(suite, answers.aead);
  for (const answer of answers.schemes) testScheme(suite, answer);
}

function testHashes(suite: Suite, answers: SuiteAnswers): void {
  expectBytes(suite.hash(utf8('abc')), answers.hash, `${suite.id} hash`);
  const mac = suite.hmac(utf8('Jefe'), utf8('what do ya want for nothing?'));
  expectBytes(mac, answers.hmac, `${suite.id} HMAC`);
  const input = Uint8Array.from({ length: 3 * 64 }, (_, i) => i);
  const output = new Uint8Array(3 * 32);
  suite.hashPairs(input, output, 3);
  for (let i = 0; i < 3; i++) {
    const pair = suite.hash(input.subarray(64 * i, 64 * i + 64));
    expect(equalBytes(pair, output.subarray(32 * i, 32 * i + 32)), `${suite.id} hash of pairs`);
  }
}

function testAead(suite: Suite, answer: SuiteAnswers['aead']): void {
  const key = hex(answer.key);
  const nonce = hex(answer.nonce);
  const aad = hex(answer.aad);
  const plaintext = hex(answer.plaintext);
  const name = `${suite.id} authenticated cipher`;
  const sealed = suite.seal(key, nonce, aad, plaintext);
  expectBytes(sealed, answer.sealed, name);
  const opened = suite.open(key, nonce, aad, sealed);
  expect(opened !== undefined && equalBytes(opened, plaintext), name);
  expect(suite.open(key, nonce, aad, flipped(sealed)) === undefined, name);
}

function testScheme(suite: Suite, answer: SchemeAnswer): void {
  const { alg } = answer;
  const key = suite.keyPairFromSecret(alg, hex(answer.secretKey));
  const message = utf8(answer.message);
  expectBytes(key.publicKey, answer.publicKey, alg);
  expect(suite.checkPublicKey(alg, key.publicKey), alg);
  const signature = suite.sign(key, message);
  expectBytes(signature, answer.signed, alg);
  for (const valid of [answer.signed, ...answer.valid]) {
    expect(suite.verify(alg, key.publicKey, message, hex(valid)), alg);
    expect(!suite.verify(alg, key.publicKey, message, flipped(hex(valid))), alg);
    expect(!suite.verify(alg, key.publicKey, utf8('another message'), hex(valid)), alg);
  }
  for (const [publicKey, text, refused] of answer.refused) {
    expect(!suite.verify(alg, hex(publicKey), utf8(text), hex(refused)), alg);
  }
}

function expectBytes(actual: Uint8Array, expected: string, algorithm: string): void {
  expect(equalBytes(actual, hex(expected)), algorithm);
}

function expect(condition: boolean, algorithm: string): void {
  if (!condition) throw new HanseError('CryptoSelfTestFailed', { algorithm });
}

function flipped(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes, (byte, i) => (i === 10 ? byte ^ 1 : byte));
}

function hex(text: string): Uint8Array {
  return must(fromHex(text), 'known answers are written in hexadecimal');
}
