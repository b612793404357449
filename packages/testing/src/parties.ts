import type { Suite } from '@hanse/crypto';
import { HanseError, utf8 } from '@hanse/kit';
import { didOf, parseDid, taggedHash, type DidKind, type Inception } from '@hanse/model';

/** Network of the tests' identities. */
export const NETWORK = 'test';
/** Name of every party's key. */
export const KID = 'k1';

/** Who acts in a test. Names are any text; identifiers are made from them, the same in every run. */
export type Who = {
  /** A person or device, by name or DID. Without it the organisation itself acts. */
  readonly did?: string;
  /** The organisation that answers for it, by name or DID. */
  readonly organisation?: string;
  /** Roles that the organisation gets, if it has not got them. */
  readonly roles?: readonly string[];
  /** Duties that the person gets in the organisation, if it has not got them. */
  readonly duties?: readonly string[];
};

/** An identity of a test. */
export type Identity = {
  readonly did: string;
  /** What it began as; undefined when the test gave a DID. */
  readonly inception: Inception | undefined;
};

/** Somebody who acts, and the organisation behind; both are the same when an organisation acts itself. */
export type Party = {
  readonly self: Identity;
  readonly organisation: Identity | undefined;
  readonly roles: readonly string[];
  readonly duties: readonly string[];
};

/** The party that a test describes. Throws UsageError for descriptions that mean nothing. */
export function partyOf(suite: Suite, who: Who): Party {
  const { roles = [], duties = [] } = who;
  const organisation =
    who.organisation === undefined
      ? undefined
      : identityOf(suite, 'organisation', who.organisation, []);
  if (organisation === undefined && (roles.length > 0 || duties.length > 0)) {
    throw new HanseError('UsageError', {
      message: 'roles belong to an organisation and duties are given by one: name it',
    });
  }
  // An organisation has no duties in itself: somebody of it has.
  const name = who.did ?? (duties.length > 0 ? duties.join('+') : undefined);
  if (name === undefined) {
    if (organisation === undefined) {
      throw new HanseError('UsageError', { message: 'name a did, an organisation or both' });
    }
    return { self: organisation, organisation, roles, duties };
  }
  const controllers = organisation === undefined ? [] : [organisation.did];
  const self = identityOf(suite, 'person', name, controllers);
  return { self, organisation, roles, duties };
}

function identityOf(
  suite: Suite,
  kind: DidKind,
  name: string,
  controllers: readonly string[],
): Identity {
  if (name.startsWith('did:')) {
    if (parseDid(name) === undefined) {
      throw new HanseError('UsageError', { message: `${name} is no DID of a Hanse chain` });
    }
    return { did: name, inception: undefined };
  }
  const seed = taggedHash(suite, 'hanse-test/1', utf8([kind, name, ...controllers].join('/')));
  const { alg, publicKey } = suite.keyPairFromSeed(suite.defaultAlg, seed);
  const inception: Inception = {
    kind,
    name: kind === 'person' ? '' : name,
    controllers,
    keys: [{ kid: KID, alg, publicKey, purposes: ['invoke'] }],
    salt: seed.subarray(0, 16),
  };
  return { did: didOf(suite, NETWORK, inception), inception };
}
