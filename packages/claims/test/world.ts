import {
  createSuite,
  createVoprf,
  type KeyPair,
  type Suite,
  type SuiteId,
  type VoprfName,
} from '@hanse/crypto';
import { err, must, ok, utf8, type Clock, type Random, type Result } from '@hanse/kit';
import {
  refusal,
  tagInputs,
  TagRegistry,
  type ClaimRefusal,
  type EpochKey,
  type RegistryKey,
  type TagClient,
  type TagGrant,
  type TagInput,
  type TagRegistryConfig,
} from '../src/index.ts';

/** DIDs have the form of the chain's, so that vectors can be read as such. */
export const REGISTRY = `did:hanse:spec:${'r'.repeat(32)}`;
export const BANK = `did:hanse:spec:${'b'.repeat(32)}`;
export const STRANGER = `did:hanse:spec:${'s'.repeat(32)}`;
export const START_MS = 1_780_000_000_000;

/** Bytes that look random and are the same in every run. */
export function countingRandom(suite: Suite, label: string): Random {
  let count = 0;
  return {
    bytes: (sizeBytes) => {
      const out = new Uint8Array(sizeBytes);
      for (let at = 0; at < sizeBytes; at += 32) {
        out.set(suite.hash(utf8(`${label}/${count++}`)).subarray(0, sizeBytes - at), at);
      }
      return out;
    },
  };
}

/** A key of an epoch; the same in every run. */
export function epochKey(epoch: number, group: VoprfName, fill = 1): EpochKey {
  const seed = new Uint8Array(32).fill(fill);
  return { epoch, group, key: createVoprf(group).deriveKeyPair(seed, utf8(`epoch ${epoch}`)) };
}

/** A registry, a member bank and what they need. */
export type World = {
  readonly suite: Suite;
  readonly chainId: Uint8Array;
  readonly bankKey: KeyPair;
  readonly clock: Clock & { nowMsIs: number };
  readonly grants: TagGrant[];
  readonly registry: TagRegistry;
  readonly config: TagRegistryConfig;
  /** The registry's key of an epoch as the chain has it. */
  readonly keyOf: (epoch: number) => RegistryKey;
  readonly client: (epoch: number, changes?: Partial<TagClient>) => TagClient;
};

export function createWorld(
  options: {
    readonly suiteId?: SuiteId;
    readonly keys?: readonly EpochKey[];
    readonly changes?: Partial<TagRegistryConfig>;
  } = {},
): World {
  const suite = createSuite(options.suiteId ?? 'intl');
  const chainId = suite.hash(utf8('a chain'));
  const bankKey = suite.keyPairFromSeed(suite.defaultAlg, new Uint8Array(32).fill(5));
  const clock = {
    nowMsIs: START_MS,
    nowMs: () => clock.nowMsIs,
  };
  const grants: TagGrant[] = [];
  const keys = options.keys ?? [epochKey(1, 'ristretto255-SHA512'), epochKey(2, 'P256-SHA256')];
  const config: TagRegistryConfig = {
    suite,
    chainId,
    did: REGISTRY,
    keys,
    members: (did, kid) => Promise.resolve(memberOf(did, kid, bankKey)),
    quota: { perMinute: 120, perDay: 20_000 },
    clock,
    random: countingRandom(suite, 'registry'),
    record: (grant) => {
      grants.push(grant);
      return Promise.resolve();
    },
    ...options.changes,
  };
  const registry = new TagRegistry(config);
  const keyOf = (epoch: number): RegistryKey =>
    must(
      registry.publicKeys.find((one) => one.epoch === epoch),
      'a key of the epoch',
    );
  return {
    suite,
    chainId,
    bankKey,
    clock,
    grants,
    registry,
    config,
    keyOf,
    client: (epoch, changes = {}) => ({
      suite,
      chainId,
      key: keyOf(epoch),
      requester: { did: BANK, kid: 'k1', sign: (message) => suite.sign(bankKey, message) },
      clock,
      random: countingRandom(suite, `client ${epoch} ${clientCount++}`),
      ...changes,
    }),
  };
}

let clientCount = 0;

function memberOf(
  did: string,
  kid: string,
  key: KeyPair,
): Result<
  { readonly alg: KeyPair['alg']; readonly publicKey: Uint8Array; readonly organisation: string },
  ClaimRefusal
> {
  if (did !== BANK) return err(refusal('DidUnknown', { did }));
  if (kid !== 'k1') return err(refusal('KeyUnknown', { did, kid }));
  return ok({ alg: key.alg, publicKey: key.publicKey, organisation: `${BANK}.org` });
}

/** A way to the registry without a network; throws what it refuses. */
export function direct(registry: TagRegistry): (bytes: Uint8Array) => Promise<Uint8Array> {
  return async (bytes) => {
    const answer = await registry.evaluate(bytes);
    if (!answer.ok) throw Object.assign(new Error(answer.error.code), answer.error);
    return answer.value;
  };
}

/** Business keys of made-up invoices: of one seller with a tax number and a name. */
export function invoiceKeys(number: number): readonly TagInput[] {
  const [seller, buyer] = ['uscc:91310000MA1FL0000X', 'uscc:91310000MA1FL1111X'];
  const key = (...parts: readonly (string | number)[]): string =>
    ['hanse-invoice-key/1', ...parts].join('|');
  return tagInputs({
    X: key('X', seller, `INV${number}`, '2026-11-25', 'CNY', number * 100),
    N: [key('N', seller, `INV${number}`), key('N', 'name:SELLER', `INV${number}`)],
    T: [key('T', seller, buyer, 'CNY', number * 100, '2026-11')],
  });
}
