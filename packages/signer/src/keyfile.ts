import type { KeyPair, SignatureAlg, Suite } from '@hanse/crypto';
import { equalBytes, fromBase64Url, HanseError, toBase64Url } from '@hanse/kit';
import { createSecretFile, readSecretFile } from './secretfile.ts';

const VERSION = 1;
const PURPOSES = ['consensus', 'identity'] as const;

/** What a key is for; a key serves one purpose only. */
export type KeyPurpose = (typeof PURPOSES)[number];

/** A key with what is known about it. */
export type KeyFile = {
  readonly purpose: KeyPurpose;
  readonly key: KeyPair;
  /** DID and name of the key within it, where it has them. */
  readonly did?: string;
  readonly kid?: string;
};

/** Write a key to a new file, mode 600. Throws KeyFileInvalid when the file exists. */
export async function createKeyFile(path: string, file: KeyFile): Promise<void> {
  const { purpose, key, did, kid } = file;
  const json = {
    version: VERSION,
    purpose,
    alg: key.alg,
    ...(did === undefined ? {} : { did }),
    ...(kid === undefined ? {} : { kid }),
    publicKey: toBase64Url(key.publicKey),
    secretKey: toBase64Url(key.secretKey),
  };
  await createSecretFile(path, `${JSON.stringify(json, undefined, 2)}\n`);
}

/**
 * Read a key file. Throws KeyFileMode when others could read it, KeyFileInvalid when it is damaged,
 * for another purpose or not of the suite, and FileUnreadable when it is not there.
 */
export async function readKeyFile(
  suite: Suite,
  path: string,
  purpose: KeyPurpose,
): Promise<KeyFile> {
  const text = await readSecretFile(path);
  const fields = parseObject(text);
  // Nothing of the file goes into a message: it could be the secret.
  const refuse = (reason: string): HanseError => new HanseError('KeyFileInvalid', { path, reason });
  if (fields === undefined) throw refuse('It is not JSON.');
  if (fields['version'] !== VERSION) throw refuse(`It is not a key file of version ${VERSION}.`);
  if (fields['purpose'] !== purpose) throw refuse(`It is not a key for ${purpose}.`);
  const alg = suite.algs.find((one) => one === fields['alg']);
  if (alg === undefined) throw refuse(`Its algorithm is none of the suite ${suite.id}.`);
  const key = restoreKey(suite, alg, fields['secretKey']);
  if (key === undefined) throw refuse('Its secret key is damaged.');
  const publicKey = bytesOf(fields['publicKey']);
  if (publicKey === undefined || !equalBytes(publicKey, key.publicKey))
    throw refuse('Its public and secret keys do not belong together.');
  const { did, kid } = fields;
  return {
    purpose,
    key,
    ...(typeof did === 'string' ? { did } : {}),
    ...(typeof kid === 'string' ? { kid } : {}),
  };
}

function restoreKey(suite: Suite, alg: SignatureAlg, value: unknown): KeyPair | undefined {
  const secretKey = bytesOf(value);
  if (secretKey === undefined) return undefined;
  try {
    return suite.keyPairFromSecret(alg, secretKey);
  } catch {
    // The cause may name the value.
    return undefined;
  }
}

function bytesOf(value: unknown): Uint8Array | undefined {
  return typeof value === 'string' ? fromBase64Url(value) : undefined;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
