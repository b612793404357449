import type { Restored } from '@hanse/consensus';
import type { Suite } from '@hanse/crypto';
import { HanseError, must } from '@hanse/kit';
import { genesisBlock, isEmptyPayload, type Batch, type Block, type Payload } from '@hanse/model';
import type { Archive, ArchivedBlock } from './archive.ts';
import type { ValidatorConfig } from './ports.ts';

/** Everything a validator continues from. */
export type Recovered = {
  readonly restored: Restored;
  /** Batches above the last final block's positions, in lane order. */
  readonly batches: readonly Batch[];
  /** Final blocks above what the state has executed, in height order. */
  readonly unexecuted: readonly Block[];
  /** The block executed last; absent for the genesis block. */
  readonly executedBlock: Block | undefined;
};

/** Read from the archive what consensus, lanes and execution continue from. */
export async function recover(
  config: ValidatorConfig,
  suite: Suite,
  archive: Archive,
): Promise<Recovered> {
  const genesis: ArchivedBlock = {
    block: genesisBlock(suite, config.genesis),
    certificate: undefined,
  };
  const finalHeight = archive.lastFinal()?.height ?? 0;
  const blockAt = async (height: number): Promise<ArchivedBlock> =>
    height === 0
      ? genesis
      : must(await archive.finalBlock(height), `final block ${height} is in the log`);
  const { executed } = config;
  if (executed.height > finalHeight) {
    throw new HanseError('StateAheadOfLog', {
      stateHeight: executed.height,
      logHeight: finalHeight,
      dir: '<data folder>',
    });
  }
  const lastFinal = await blockAt(finalHeight);
  const unexecuted: Block[] = [];
  for (let height = executed.height + 1; height <= finalHeight; height++)
    unexecuted.push((await blockAt(height)).block);
  const unfinished = await archive.unfinished();
  return {
    restored: {
      lastFinal,
      ...unfinished,
      // The genesis block binds nothing, so height 0 counts as bound the way its header says.
      executed: executed.height === 0 ? genesis.block.header.executed : executed,
      unbound: await unboundHeight(lastFinal.block, blockAt),
    },
    batches: await batchesAbove(archive, lastFinal.block.payload),
    unexecuted,
    executedBlock: executed.height === 0 ? undefined : (await blockAt(executed.height)).block,
  };
}

/** Highest final height above the bound one whose payload is not empty, or 0. */
async function unboundHeight(
  lastFinal: Block,
  blockAt: (height: number) => Promise<ArchivedBlock>,
): Promise<number> {
  let block = lastFinal;
  while (block.header.height > lastFinal.header.executed.height && block.header.height > 0) {
    const parent = (await blockAt(block.header.height - 1)).block;
    if (!isEmptyPayload(block.payload, parent.payload)) return block.header.height;
    block = parent;
  }
  return 0;
}

/** Every stored batch above the given lane positions, forks included. */
async function batchesAbove(archive: Archive, base: Payload): Promise<readonly Batch[]> {
  const batches: Batch[] = [];
  for (const [lane, tip] of base.entries()) {
    for (let seq = tip.seq + 1; ; seq++) {
      const digests = await archive.batchDigests(lane, seq);
      if (digests.length === 0) break;
      for (const digest of digests) {
        const batch = (await archive.laneBatches({ fromSeq: seq - 1, toSeq: seq, digest }))?.[0];
        if (batch !== undefined) batches.push(batch);
      }
    }
  }
  return batches;
}
