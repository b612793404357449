import type { Inception, KeySpec } from '@hanse/model';
import type { Chain } from './call.ts';
import { didRefusal } from './dids.ts';
import type { ErrorRefusal } from './ports.ts';
import { refusal } from './refuse.ts';

const KID = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Why an inception cannot become an identity, if it cannot: its form, keys and controllers. */
export function inceptionRefusal(
  chain: Chain,
  did: string,
  inception: Inception,
  isActiveOrganisation: (did: string) => boolean,
): ErrorRefusal | undefined {
  return (
    nameRefusal(inception) ??
    keysRefusal(chain, did, inception) ??
    controllersRefusal(chain, inception, isActiveOrganisation)
  );
}

/** Why a key cannot be registered under an identity, if it cannot. */
export function keyRefusal(chain: Chain, key: KeySpec): ErrorRefusal | undefined {
  const { kid, alg, publicKey, purposes } = key;
  if (!KID.test(kid)) return badKey(key, 'a key name has letters, digits, dot, dash, underscore');
  if (new Set(purposes).size < purposes.length) return badKey(key, 'a purpose is named twice');
  if (purposes.includes('consensus') && purposes.length > 1) {
    return badKey(key, 'the purpose consensus stands alone');
  }
  if (chain.suite.checkPublicKey(alg, publicKey)) return undefined;
  return refusal('BadPublicKey', { kid, alg, reason: 'it is no such key of this suite' });
}

function badKey({ kid, alg }: KeySpec, reason: string): ErrorRefusal {
  return refusal('BadPublicKey', { kid, alg, reason });
}

function nameRefusal({ kind, name }: Inception): ErrorRefusal | undefined {
  if (kind === 'person' && name !== '') return badInception('a person has no public name');
  if (kind === 'organisation' && name === '') return badInception('an organisation has a name');
  return undefined;
}

function keysRefusal(chain: Chain, did: string, inception: Inception): ErrorRefusal | undefined {
  for (const [i, key] of inception.keys.entries()) {
    const earlier = inception.keys.slice(0, i);
    const reason = keyRefusal(chain, key) ?? reuseRefusal(did, earlier, key);
    if (reason !== undefined) return reason;
  }
  if (inception.controllers.length > 0) return undefined;
  const canAct = inception.keys.some(({ purposes }) => purposes.includes('invoke'));
  return canAct ? undefined : badInception('without controllers it needs a key that can invoke');
}

/** Rule key names: why a key repeats an earlier one of the identity, if it does. */
export function reuseRefusal(
  did: string,
  earlier: readonly Pick<KeySpec, 'kid' | 'publicKey'>[],
  key: KeySpec,
): ErrorRefusal | undefined {
  if (earlier.some(({ kid }) => kid === key.kid)) {
    return refusal('KeyExists', { did, kid: key.kid });
  }
  const same = earlier.find(({ publicKey }) => publicKey.join() === key.publicKey.join());
  return same && badKey(key, `it was registered as ${same.kid} before`);
}

function controllersRefusal(
  chain: Chain,
  { kind, controllers }: Inception,
  isActiveOrganisation: (did: string) => boolean,
): ErrorRefusal | undefined {
  if (controllers.length === 0 && kind !== 'organisation') {
    return refusal('BadController', { reason: `A ${kind} needs a controller.` });
  }
  if (new Set(controllers).size < controllers.length) {
    return refusal('BadController', { reason: 'A controller is named twice.' });
  }
  for (const did of controllers) {
    const reason = didRefusal(chain.network, did);
    if (reason !== undefined) return reason;
    if (!isActiveOrganisation(did)) {
      return refusal('BadController', { reason: `${did} is no active organisation.` });
    }
  }
  return undefined;
}

function badInception(reason: string): ErrorRefusal {
  return refusal('BadArguments', { contract: 'identity', method: 'register', reason });
}
