import { isJsonObject, type Json } from '@hanse/codec';
import { decompressP256, type Suite } from '@hanse/crypto';
import { keySigner, type Signer } from '@hanse/client';
import { equalBytes, fromBase64Url, HanseError, toBase64Url, utf8 } from '@hanse/kit';

/** How a key lies in this page. */
export type Holding =
  /** WebCrypto has it and gives it to nobody, this page included. */
  | 'sealed'
  /** In the page's memory: the suite or the browser knows no better. */
  | 'memory';

/** A key that can sign, for as long as the page lives. */
export type OpenedKey = { readonly signer: Signer; readonly holding: Holding };

/** The part of WebCrypto that is used; a test may bring its own, or none. */
export type KeyCrypto = Pick<SubtleCrypto, 'importKey' | 'sign'>;

/** What is wrong with a file that is no key file; texts are in the catalogue. */
export type KeyFault = 'size' | 'json' | 'version' | 'purpose' | 'identity' | 'suite' | 'damaged';

const VERSION = 1;
/** A key file is a few hundred bytes. */
export const KEY_FILE_BYTES_MAX = 4_096;
const PROBE = utf8('hanse console: does this key sign as the chain verifies?');

/**
 * Open the key file of an identity, as `hanse` writes it. Where WebCrypto knows the algorithm the key is kept
 * there and cannot be read out again. Throws KeyFileInvalid; no message holds a byte of the file.
 */
export async function openKeyFile(
  suite: Suite,
  name: string,
  text: string,
  subtle: KeyCrypto | undefined,
): Promise<OpenedKey> {
  const refuse = (fault: KeyFault): HanseError => keyFileError(name, fault);
  const fields = parse(text);
  if (fields === undefined) throw refuse('json');
  const { version, purpose, did, kid, secretKey, publicKey } = fields;
  if (version !== VERSION) throw refuse('version');
  if (purpose !== 'identity') throw refuse('purpose');
  if (typeof did !== 'string' || typeof kid !== 'string') throw refuse('identity');
  const alg = suite.algs.find((one) => one === fields['alg']);
  if (alg === undefined) throw refuse('suite');
  const secret = bytesOf(secretKey);
  const key =
    secret === undefined ? undefined : restored(() => suite.keyPairFromSecret(alg, secret));
  const own = bytesOf(publicKey);
  if (key === undefined || own === undefined || !equalBytes(own, key.publicKey)) {
    throw refuse('damaged');
  }
  const holder = { did, kid, alg, publicKey: key.publicKey };
  const sealed = await seal(suite, holder, key.secretKey, subtle);
  return sealed === undefined
    ? { signer: keySigner(suite, { did, kid, key }), holding: 'memory' }
    : { signer: sealed, holding: 'sealed' };
}

/** A file that is no key file, with its fault in the place of the reason. */
export function keyFileError(path: string, fault: KeyFault): HanseError {
  return new HanseError('KeyFileInvalid', { path, reason: fault });
}

type Holder = Omit<Signer, 'sign'>;

/** A signer over a key that cannot be read out; undefined where the browser has no such thing. */
async function seal(
  suite: Suite,
  holder: Holder,
  secretKey: Uint8Array,
  subtle: KeyCrypto | undefined,
): Promise<Signer | undefined> {
  const jwk = jwkOf(holder, secretKey);
  if (jwk === undefined || subtle === undefined) return undefined;
  try {
    const { name, ...of } = jwk.algorithm;
    const key = await subtle.importKey('jwk', jwk.key, { name, ...of }, false, ['sign']);
    const sign = async (message: Uint8Array): Promise<Uint8Array> => {
      const bytes = await subtle.sign(jwk.algorithm, key, message.slice());
      const signature = new Uint8Array(bytes);
      return holder.alg === 'p256' ? lowS(signature) : signature;
    };
    // What the browser signs must be what the chain takes; otherwise the key is kept the other way.
    const { alg, publicKey } = holder;
    const isRight = suite.verify(alg, publicKey, PROBE, await sign(PROBE));
    return isRight ? { ...holder, sign } : undefined;
  } catch {
    // The cause may name the key.
    return undefined;
  }
}

type Jwk = {
  readonly key: JsonWebKey;
  readonly algorithm: {
    readonly name: string;
    readonly namedCurve?: string;
    readonly hash?: string;
  };
};

function jwkOf({ alg, publicKey }: Holder, secretKey: Uint8Array): Jwk | undefined {
  const d = toBase64Url(secretKey);
  if (alg === 'ed25519') {
    const key = { kty: 'OKP', crv: 'Ed25519', d, x: toBase64Url(publicKey), ext: false };
    return { key, algorithm: { name: 'Ed25519' } };
  }
  const point = alg === 'p256' ? decompressP256(publicKey) : undefined;
  if (point === undefined) return undefined;
  const [x, y] = [toBase64Url(point.subarray(1, 33)), toBase64Url(point.subarray(33))];
  return {
    key: { kty: 'EC', crv: 'P-256', d, x, y, ext: false },
    algorithm: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  };
}

/** Order of the P-256 group. */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const HALF_BYTES = 32;

/** The chain takes the smaller of the two values of s that verify; WebCrypto gives either. */
export function lowS(signature: Uint8Array): Uint8Array {
  const s = signature
    .subarray(HALF_BYTES)
    .reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  if (s <= P256_ORDER / 2n) return signature;
  const out = signature.slice();
  let rest = P256_ORDER - s;
  for (let i = out.length - 1; i >= HALF_BYTES; i--) {
    out[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return out;
}

/** Whether a text is a key file: pages that read documents say so instead of reading it. */
export function isKeyFile(text: string): boolean {
  const fields = text.length > KEY_FILE_BYTES_MAX ? undefined : parse(text);
  return fields !== undefined && 'secretKey' in fields && 'purpose' in fields;
}

function parse(text: string): Readonly<Record<string, Json>> | undefined {
  try {
    const json = JSON.parse(text) as Json;
    return isJsonObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function bytesOf(value: Json | undefined): Uint8Array | undefined {
  return typeof value === 'string' ? fromBase64Url(value) : undefined;
}

function restored<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    // The cause may name the value.
    return undefined;
  }
}
