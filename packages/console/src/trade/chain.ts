import { createClient, type Client, type ContractClient, type Platform } from '@hanse/client';
import type { claims, packs } from '@hanse/trade-finance';
import { newestStore, type TrustedChain } from '../data/trust.ts';

/** The chain as the pages of trade finance use it: its two contracts, typed by themselves. */
export type Trade = {
  readonly client: Client;
  readonly packs: ContractClient<typeof packs>;
  readonly claims: ContractClient<typeof claims>;
};

/** A client of the chain that this page trusts, over the node that served the page. */
export function createTrade(url: string, chain: TrustedChain, platform?: Partial<Platform>): Trade {
  const client = createClient({
    urls: [url],
    genesisHash: chain.trust.hash,
    trust: newestStore,
    ...(platform === undefined ? {} : { platform }),
  });
  return {
    client,
    packs: client.contract<typeof packs>('packs'),
    claims: client.contract<typeof claims>('claims'),
  };
}

const trades = new WeakMap<TrustedChain, Trade>();

/** {@link createTrade}, once for each trusted chain. */
export function tradeOf(chain: TrustedChain): Trade {
  const trade = trades.get(chain) ?? createTrade(globalThis.location.origin, chain);
  trades.set(chain, trade);
  return trade;
}
