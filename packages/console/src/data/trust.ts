import type { Json } from '@hanse/codec';
import { createSuite } from '@hanse/crypto';
import { HanseError, toHex } from '@hanse/kit';
import {
  advance,
  readGenesis,
  type Anchor,
  type FinalHeader,
  type Newest,
  type TrustStore,
} from '@hanse/client';
import { didOf } from '@hanse/model';
import { readStored, writeStored } from '../preferences.ts';

/** The genesis hash this browser trusts for this origin, and why. */
export type Trust = {
  /** 64 hexadecimal digits. */
  readonly hash: string;
  /** Believed from the node at the first visit, or entered by a person who got it elsewhere. */
  readonly how: 'first-use' | 'entered';
  readonly sinceMs: number;
};

/** A chain as this page verifies against it. */
export type TrustedChain = {
  readonly anchor: Anchor;
  readonly trust: Trust;
  /** Genesis hash of the node's chain; differs from the trusted one when `isChanged`. */
  readonly served: string;
  readonly isChanged: boolean;
  /** Names of the identities that the genesis registers, by DID. */
  readonly names: ReadonlyMap<string, string>;
  /** Names of the validators' organisations in index order. */
  readonly validatorNames: readonly string[];
};

const TRUST = 'hanse.trust';

/** Rule `first use`: what to trust when a node serves a chain. */
export function decideTrust(stored: Trust | undefined, served: string, nowMs: number): Trust {
  return stored ?? { hash: served, how: 'first-use', sinceMs: nowMs };
}

/** The trust kept for this origin; text that is none counts as absent. */
export function readTrust(): Trust | undefined {
  return parseTrust(readStored(TRUST));
}

/** The trust behind its stored text. */
export function parseTrust(text: string | undefined): Trust | undefined {
  if (text === undefined) return undefined;
  try {
    const { hash, how, sinceMs } = JSON.parse(text) as Partial<Trust>;
    if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) return undefined;
    if (typeof sinceMs !== 'number' || (how !== 'first-use' && how !== 'entered')) return undefined;
    return { hash, how, sinceMs };
  } catch {
    return undefined;
  }
}

/** Keep a trust for this origin. */
export function keepTrust(trust: Trust): void {
  writeStored(TRUST, JSON.stringify(trust));
}

/** The chain behind the genesis document a node serves, held against a trust. Throws ProofMalformed. */
export function openChain(document: Json, stored: Trust | undefined, nowMs: number): TrustedChain {
  const anchor = readGenesis(document);
  const served = toHex(anchor.chainId);
  const trust = decideTrust(stored, served, nowMs);
  const names = namesOf(anchor);
  const validatorNames = anchor.validators.validators.map(
    ({ did, organisation }) => names.get(organisation) ?? names.get(did) ?? did,
  );
  return { anchor, trust, served, isChanged: trust.hash !== served, names, validatorNames };
}

/** The same chain under another trust. */
export function withTrust(chain: TrustedChain, trust: Trust): TrustedChain {
  return { ...chain, trust, isChanged: trust.hash !== chain.served };
}

/** Rule `anchor` for this page: the chain's anchor, or ProofWrongChain while it is not the trusted one. */
export function mustAnchor(chain: TrustedChain): Anchor {
  if (!chain.isChanged) return chain.anchor;
  throw new HanseError('ProofWrongChain', { got: chain.served, expected: chain.trust.hash });
}

function namesOf({ genesis }: Anchor): ReadonlyMap<string, string> {
  const suite = createSuite(genesis.suite);
  return new Map(
    genesis.identities.map((inception) => [
      didOf(suite, genesis.network, inception),
      inception.name,
    ]),
  );
}

/** Rule `newest`, kept for this origin. Throws ProofBadCertificate for a fork or a past epoch. */
export function checkNewest(chainId: Uint8Array, final: FinalHeader): void {
  const name = newestName(toHex(chainId));
  const known = parseNewest(readStored(name));
  const next = advance(known, final);
  if (next !== known) writeStored(name, JSON.stringify(next));
}

/** The same for a client that this page makes. */
export const newestStore: TrustStore = {
  load: async (chainId) => parseNewest(readStored(newestName(chainId))),
  save: async (chainId, newest) => {
    writeStored(newestName(chainId), JSON.stringify(newest));
  },
};

function newestName(chainId: string): string {
  return `hanse.newest.${chainId}`;
}

function parseNewest(text: string | undefined): Newest | undefined {
  if (text === undefined) return undefined;
  try {
    const { epoch, height, digest } = JSON.parse(text) as Partial<Newest>;
    if (typeof epoch !== 'number' || typeof height !== 'number') return undefined;
    return typeof digest === 'string' ? { epoch, height, digest } : undefined;
  } catch {
    return undefined;
  }
}
