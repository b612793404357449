import { isJsonObject, type Json } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { fromBase64Url, fromHex, HanseError, toHex } from '@hanse/kit';
import type { Genesis } from '@hanse/model';
import { advance, type TrustStore } from './newest.ts';
import type { Platform } from './platform.ts';
import type { Transport, TransportRequest } from './transport.ts';
import {
  readGenesis,
  verifyGenesis,
  verifyHeader,
  type Anchor,
  type FinalHeader,
} from './verify.ts';

/** The chain a client works with. */
export type Chain = Anchor & {
  /** Whether the genesis hash was given; otherwise the first node that answered was believed. */
  readonly anchored: boolean;
};

/** What all parts of the client share: nodes, platform, the chain and what is known of it. */
export type Connection = {
  readonly platform: Platform;
  readonly transport: Transport;
  readonly chain: () => Promise<Chain>;
  /** Check a final header (base64url) and remember it. Checked once however often it comes. */
  readonly header: (final: string) => Promise<FinalHeader>;
  /** Highest height whose results this client has seen; queries ask for at least it. */
  readonly seen: { height: number };
};

/** What a connection is made of. */
export type ConnectionParts = {
  readonly platform: Platform;
  readonly transport: Transport;
  /** Trusted genesis hash in hexadecimal. */
  readonly genesisHash: string | undefined;
  readonly suiteOf: (id: Genesis['suite']) => Suite;
  readonly trust: TrustStore;
};

const HEADERS_KEPT = 64;
const GENESIS_MS = 15_000;

/** A connection; nothing is asked before it is needed. */
export function createConnection(parts: ConnectionParts): Connection {
  const { platform, transport, trust } = parts;
  let chain: Promise<Chain> | undefined;
  const headers = new Map<string, FinalHeader>();
  // One header after the other, so that two answers cannot both be the first at a height.
  let queue: Promise<unknown> = Promise.resolve();

  const loaded = (): Promise<Chain> => {
    chain ??= loadChain(parts).catch((error: unknown) => {
      chain = undefined;
      throw error;
    });
    return chain;
  };

  async function check(final: string): Promise<FinalHeader> {
    const known = headers.get(final);
    if (known !== undefined) return known;
    const anchor = await loaded();
    const checked = verifyHeader(anchor, bytesOf(final, 'final header'));
    const id = toHex(anchor.chainId);
    const newest = await trust.load(id);
    const next = advance(newest, checked);
    if (next !== newest) await trust.save(id, next);
    headers.set(final, checked);
    for (const old of headers.keys()) {
      if (headers.size <= HEADERS_KEPT) break;
      headers.delete(old);
    }
    return checked;
  }

  return {
    platform,
    transport,
    chain: loaded,
    seen: { height: 0 },
    header: (final) => {
      const turn = queue.then(() => check(final));
      queue = turn.catch(() => undefined);
      return turn;
    },
  };
}

async function loadChain(parts: ConnectionParts): Promise<Chain> {
  const { platform, transport, genesisHash, suiteOf } = parts;
  const deadlineMs = platform.nowMs() + GENESIS_MS;
  const { value } = await transport.request({ method: 'GET', path: '/v1/genesis', deadlineMs });
  if (genesisHash === undefined) return { ...readGenesis(value, suiteOf), anchored: false };
  const trusted = fromHex(genesisHash);
  if (trusted?.length !== 32) {
    const expected = '64 hexadecimal digits';
    throw new HanseError('ConfigInvalid', { key: 'genesisHash', value: genesisHash, expected });
  }
  return { ...verifyGenesis(value, trusted, suiteOf), anchored: true };
}

/** Ask for JSON. The members are the word of the node; what matters is checked where it is used. */
export async function askJson(
  { transport }: Connection,
  request: TransportRequest,
): Promise<{ readonly [key: string]: Json }> {
  const { value } = await transport.request(request);
  if (!isJsonObject(value)) throw badAnswer(`${request.path} is no object`);
  return value;
}

/** Bytes of base64url text that came from a node. */
export function bytesOf(text: Json | undefined, object: string): Uint8Array {
  const bytes = typeof text === 'string' ? fromBase64Url(text) : undefined;
  if (bytes === undefined)
    throw new HanseError('ProofMalformed', { reason: `${object}: no base64url` });
  return bytes;
}

/** A node answered something that is none of its answers. */
export function badAnswer(reason: string): HanseError {
  return new HanseError('Malformed', { object: 'answer of the node', reason });
}
