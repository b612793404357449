import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochKey } from '@hanse/claims';
import { createVoprf, type VoprfName } from '@hanse/crypto';
import { assert, equalBytes, fromBase64Url, HanseError, toBase64Url, utf8 } from '@hanse/kit';
import { createSecretFile, readSecretFile } from '@hanse/signer';

const VERSION = 1;
const PURPOSE = 'claim-tags';
const FILE = /^epoch-([1-9]\d{0,8})\.json$/;
const GROUPS: readonly VoprfName[] = ['ristretto255-SHA512', 'P256-SHA256'];

/** The function of keys that name none. */
export const DEFAULT_GROUP: VoprfName = 'ristretto255-SHA512';

/**
 * Make the key of an epoch from 32 fresh random bytes in a new file of the folder, mode 600. Throws
 * KeyFileInvalid when the epoch has one: tags of an epoch that changed its key would be worth nothing.
 */
export async function createEpochKey(
  dir: string,
  parts: { readonly epoch: number; readonly seed: Uint8Array; readonly group?: VoprfName },
): Promise<EpochKey> {
  const { epoch, seed, group = DEFAULT_GROUP } = parts;
  assert(Number.isSafeInteger(epoch) && epoch > 0 && epoch < 2 ** 32, 'epochs count from 1');
  const key = createVoprf(group).deriveKeyPair(seed, utf8(`hanse-claim-tags/1 epoch ${epoch}`));
  const json = {
    version: VERSION,
    purpose: PURPOSE,
    epoch,
    group,
    publicKey: toBase64Url(key.publicKey),
    secretKey: toBase64Url(key.secretKey),
  };
  await createSecretFile(
    join(dir, `epoch-${epoch}.json`),
    `${JSON.stringify(json, undefined, 2)}\n`,
  );
  return { epoch, group, key };
}

/**
 * The keys of a folder, oldest epoch first. Throws KeyFileMode when others could read one, KeyFileInvalid
 * for a damaged one, and FileUnreadable when there is none.
 */
export async function readEpochKeys(dir: string): Promise<readonly EpochKey[]> {
  const keys: EpochKey[] = [];
  for (const name of await namesIn(dir)) {
    const epoch = Number(FILE.exec(name)?.[1] ?? 0);
    if (epoch > 0) keys.push(await readEpochKey(join(dir, name), epoch));
  }
  if (keys.length === 0)
    throw new HanseError('FileUnreadable', { path: dir, reason: 'It holds no key of an epoch.' });
  return keys.toSorted((a, b) => a.epoch - b.epoch);
}

async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir);
  } catch (cause) {
    const reason = cause instanceof Error ? `${cause.message}.` : String(cause);
    throw new HanseError('FileUnreadable', { path: dir, reason }, cause);
  }
}

async function readEpochKey(path: string, epoch: number): Promise<EpochKey> {
  const fields = parse(await readSecretFile(path));
  // Nothing of the file goes into a message: it could be the secret.
  const refuse = (reason: string): HanseError => new HanseError('KeyFileInvalid', { path, reason });
  if (fields === undefined) throw refuse('It is not JSON.');
  if (fields['version'] !== VERSION) throw refuse(`It is not a key file of version ${VERSION}.`);
  if (fields['purpose'] !== PURPOSE) throw refuse(`It is not a key for ${PURPOSE}.`);
  if (fields['epoch'] !== epoch) throw refuse('It is the key of another epoch than its name says.');
  const group = GROUPS.find((one) => one === fields['group']);
  if (group === undefined) throw refuse('Its group is unknown.');
  const secretKey = bytesOf(fields['secretKey']);
  const key = secretKey && createVoprf(group).keyPairFromSecret(secretKey);
  if (key === undefined) throw refuse('Its secret key is damaged.');
  const publicKey = bytesOf(fields['publicKey']);
  if (publicKey === undefined || !equalBytes(publicKey, key.publicKey))
    throw refuse('Its public and secret keys do not belong together.');
  return { epoch, group, key };
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function bytesOf(value: unknown): Uint8Array | undefined {
  return typeof value === 'string' ? fromBase64Url(value) : undefined;
}
