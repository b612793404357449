import { createSuite, selfTest, type Suite, type SuiteId, type SuiteSlots } from '@hanse/crypto';
import { hashInto } from '@chainsafe/hashtree';
import { getCurves, getHashes } from 'node:crypto';
import { createOpensslGcm, createOpensslSm4Gcm } from './aead.ts';
import { createHashPairsSlot, createHashSlot, createHmacSlot } from './bytes.ts';
import { sodiumScheme } from './ed25519.ts';
import { opensslP256Scheme } from './p256.ts';
import { opensslSm2Scheme } from './sm2.ts';

/** Which slots of a suite this build of Node fills natively; the rest is JavaScript. */
export type NativeReport = Readonly<Partial<Record<keyof SuiteSlots, string>>>;

type Filled = { readonly slots: Partial<SuiteSlots>; readonly report: NativeReport };

/**
 * The suite `id` with every slot filled natively that this build of Node can fill, after its
 * known-answer tests. Throws `CryptoSelfTestFailed` on a wrong answer.
 */
export function createNativeSuite(id: SuiteId): Suite {
  const suite = createThreadSuite(id);
  selfTest(suite);
  return suite;
}

/**
 * The same suite for one more thread of a process whose main thread has tested it: the tests take a
 * quarter of a second of processor time, and every thread runs the same code.
 */
export function createThreadSuite(id: SuiteId): Suite {
  return createSuite(id, fill(id).slots);
}

/** The library behind each native slot, for a start-up log. A slot not named is JavaScript. */
export function nativeReport(id: SuiteId): NativeReport {
  return fill(id).report;
}

function fill(id: SuiteId): Filled {
  return id === 'intl' ? fillIntl() : fillSm();
}

function fillIntl(): Filled {
  return {
    slots: {
      hash: createHashSlot('sha256'),
      hashPairs: hashPairsSha256,
      hmac: createHmacSlot('sha256'),
      aead: createOpensslGcm('aes-256-gcm', 32),
      ed25519: sodiumScheme,
      p256: opensslP256Scheme,
    },
    report: {
      hash: 'node:crypto',
      hashPairs: 'hashtree',
      hmac: 'node:crypto',
      aead: 'node:crypto',
      ed25519: 'libsodium',
      p256: 'node:crypto',
    },
  };
}

function fillSm(): Filled {
  // Some distributions build OpenSSL without the Chinese algorithms.
  if (!getHashes().includes('sm3')) return { slots: {}, report: {} };
  const hashes: Partial<SuiteSlots> = {
    hash: createHashSlot('sm3'),
    hashPairs: createHashPairsSlot('sm3'),
    hmac: createHmacSlot('sm3'),
  };
  const aead = createOpensslSm4Gcm();
  const hasCurve = getCurves().includes('SM2');
  return {
    slots: {
      ...hashes,
      ...(aead === undefined ? {} : { aead }),
      ...(hasCurve ? { sm2: opensslSm2Scheme } : {}),
    },
    report: {
      hash: 'node:crypto',
      hashPairs: 'node:crypto',
      hmac: 'node:crypto',
      ...(aead === undefined ? {} : { aead: 'node:crypto sm4-ctr' }),
      ...(hasCurve ? { sm2: 'node:crypto' } : {}),
    },
  };
}

function hashPairsSha256(input: Uint8Array, output: Uint8Array, count: number): void {
  // The library hashes all it is given, so it is given the pairs and nothing more.
  hashInto(input.subarray(0, 64 * count), output.subarray(0, 32 * count));
}
