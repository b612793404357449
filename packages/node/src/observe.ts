import { toHex } from '@hanse/kit';
import { didOf, genesisBlock, type Block, type Certificate } from '@hanse/model';
import type { ObserverPort } from '@hanse/replica';
import type { ExecutedNews, NodeFacts } from './facade.ts';
import type { Feed } from './feed.ts';
import type { Parts } from './prepare.ts';
import type { Waiters } from './waiters.ts';

/** What a node knows before it has read anything. */
export function initialFacts({ genesis, suite, self }: Parts): NodeFacts {
  const names = new Map(
    genesis.identities.map((inception) => [
      didOf(suite, genesis.network, inception),
      inception.name,
    ]),
  );
  return {
    tip: genesisBlock(suite, genesis),
    proved: undefined,
    executedHeight: 0,
    diverged: false,
    peers: genesis.validators.map((validator, index) => ({
      name: names.get(validator.did) ?? `validator ${index}`,
      self: index === self,
      connected: index === self,
      heardAtMs: undefined,
    })),
  };
}

/** Where news goes. */
export type Streams = {
  readonly facts: NodeFacts;
  readonly waiters: Waiters;
  readonly executedFeed: Feed<ExecutedNews>;
  readonly provedFeed: Feed<number>;
};

/** What the node does as things become known. */
export function observe(
  parts: Parts,
  { facts, waiters, executedFeed, provedFeed }: Streams,
): ObserverPort {
  return {
    final: (block, certificate) =>
      noteFinal(facts, block, certificate, (height) => {
        waiters.proved(height);
        provedFeed.publish(height);
      }),
    executed: (block, execution) => {
      facts.executedHeight = block.header.height;
      waiters.executed(block.header.height, execution.txids, execution.voids);
      executedFeed.publish({ block, txids: execution.txids, refused: execution.refused });
    },
    evidence: (evidence) =>
      parts.log('warn', 'a validator broke the protocol', { evidence: describeEvidence(evidence) }),
    diverged: (height) => {
      facts.diverged = true;
      parts.log('error', 'this node diverged and stopped', { height });
    },
    fatal: parts.fatal,
    misbehaved: (peer, reason) =>
      parts.log('warn', 'a message of a peer was dropped', { peer, reason }),
  };
}

/** A block became final: results up to the height it binds are proved by its certificate. */
export function noteFinal(
  facts: NodeFacts,
  block: Block,
  certificate: Certificate | undefined,
  proved: (height: number) => void,
): void {
  facts.tip = block;
  if (certificate === undefined) return;
  const before = facts.proved?.block.header.executed.height ?? 0;
  facts.proved = { block, certificate };
  if (block.header.executed.height > before) proved(block.header.executed.height);
}

function describeEvidence(evidence: unknown): string {
  return JSON.stringify(evidence, (_, value: unknown) =>
    value instanceof Uint8Array ? toHex(value).slice(0, 16) : value,
  ).slice(0, 500);
}
