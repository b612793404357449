import { createSuite, type SignatureAlg, type SuiteId } from '@hanse/crypto';
import { isHanseError, toBase64Url, utf8 } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import { isKeyFile, lowS, openKeyFile, type KeyCrypto } from './keyfile.ts';

const { subtle } = globalThis.crypto;

function fileOf(suiteId: SuiteId, alg: SignatureAlg, more: Readonly<Record<string, unknown>> = {}) {
  const suite = createSuite(suiteId);
  const key = suite.keyPairFromSeed(alg, suite.hash(utf8('a key of a test')));
  const json = {
    version: 1,
    purpose: 'identity',
    alg,
    did: 'did:hanse:test:a',
    kid: 'k1',
    publicKey: toBase64Url(key.publicKey),
    secretKey: toBase64Url(key.secretKey),
    ...more,
  };
  return { suite, key, text: JSON.stringify(json) };
}

const message = utf8('a message that is signed');

describe('a key file', () => {
  it.each(['ed25519', 'p256'] as const)(
    'of %s is sealed, and signs as the chain verifies',
    async (alg) => {
      const { suite, key, text } = fileOf('intl', alg);
      const { signer, holding } = await openKeyFile(suite, 'k.json', text, subtle);
      expect(holding).toBe('sealed');
      expect(signer).toMatchObject({ did: 'did:hanse:test:a', kid: 'k1', alg });
      // Sixteen, because ECDSA is random here: half of the signatures have the larger s at first.
      for (let i = 0; i < 16; i++) {
        const signature = await signer.sign(message);
        expect(suite.verify(alg, key.publicKey, message, signature)).toBe(true);
      }
    },
  );

  it('of a sealed key is imported so that nobody can read it out', async () => {
    const { suite, text } = fileOf('intl', 'ed25519');
    const asked: unknown[] = [];
    const spy: KeyCrypto = {
      importKey: ((...args: Parameters<typeof subtle.importKey>) => {
        asked.push(args[3], args[4]);
        return subtle.importKey(...args);
      }) as KeyCrypto['importKey'],
      sign: subtle.sign.bind(subtle),
    };
    const opened = await openKeyFile(suite, 'k.json', text, spy);
    expect(asked).toEqual([false, ['sign']]);
    expect(JSON.stringify(opened)).not.toContain('secretKey');
  });

  it('is kept in memory where the browser has no such algorithm', async () => {
    const { suite, key, text } = fileOf('sm', 'sm2');
    const { signer, holding } = await openKeyFile(suite, 'k.json', text, subtle);
    expect(holding).toBe('memory');
    const signature = await signer.sign(message);
    expect(suite.verify('sm2', key.publicKey, message, signature)).toBe(true);
  });

  it('is kept in memory where WebCrypto is missing, fails or signs otherwise', async () => {
    const { suite, text } = fileOf('intl', 'ed25519');
    const failing: KeyCrypto = {
      importKey: (() => Promise.reject(new Error('no Ed25519'))) as KeyCrypto['importKey'],
      sign: subtle.sign.bind(subtle),
    };
    const lying: KeyCrypto = {
      importKey: subtle.importKey.bind(subtle),
      sign: () => Promise.resolve(new ArrayBuffer(64)),
    };
    for (const one of [undefined, failing, lying]) {
      expect((await openKeyFile(suite, 'k.json', text, one)).holding).toBe('memory');
    }
  });

  it.each([
    ['json', 'ed25519', undefined],
    ['version', 'ed25519', { version: 2 }],
    ['purpose', 'ed25519', { purpose: 'consensus' }],
    ['identity', 'ed25519', { did: undefined }],
    ['suite', 'ed25519', { alg: 'sm2' }],
    ['damaged', 'ed25519', { publicKey: toBase64Url(new Uint8Array(32).fill(9)) }],
    ['damaged', 'ed25519', { secretKey: 'AAAA' }],
    ['damaged', 'p256', { secretKey: toBase64Url(new Uint8Array(32)) }],
  ] as const)('is refused for %s, and no byte of it is said', async (fault, alg, more) => {
    const { suite, text } = fileOf('intl', alg, more);
    const given = more === undefined ? `${text}}` : text;
    const error = await openKeyFile(suite, 'k.json', given, subtle).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(isHanseError(error) ? [error.codeName, error.params['reason']] : error).toEqual([
      'KeyFileInvalid',
      fault,
    ]);
    const secret = (JSON.parse(text) as { secretKey: string }).secretKey;
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(secret);
  });

  it('is told from other documents', () => {
    expect(isKeyFile(fileOf('intl', 'ed25519').text)).toBe(true);
    expect(isKeyFile('{"format":"hanse-evidence/1"}')).toBe(false);
    expect(isKeyFile('no JSON')).toBe(false);
    expect(isKeyFile(`{"secretKey":"","purpose":"","x":"${'x'.repeat(5_000)}"}`)).toBe(false);
  });
});

describe('the smaller s', () => {
  it('leaves small ones and turns over large ones', () => {
    const small = new Uint8Array(64).fill(1);
    expect(lowS(small)).toBe(small);
    const large = new Uint8Array(64).fill(1);
    large.set([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0], 32);
    const turned = lowS(large);
    expect(turned).not.toEqual(large);
    expect(turned.subarray(0, 32)).toEqual(large.subarray(0, 32));
    expect(lowS(turned)).toBe(turned);
  });
});
