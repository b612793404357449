import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeFacade } from '@hanse/api';
import { isHanseError } from '@hanse/kit';

/** A start that lasts this long has shown that the derived data can be worked with. */
const LASTS_MS = 10_000;
/** Short starts in a row after which the derived data is rebuilt. */
const SHORT_STARTS_MAX = 4;
const STARTS = 'starts';

/**
 * Count starts that end before they last. Some damage of a LevelDB file ends the process inside the
 * library, where nothing can be caught: then this is the only trace. Returns whether derived data is
 * to be rebuilt, and how to say that the node stops in order.
 */
export function countStart(dataDir: string): {
  readonly isSuspect: boolean;
  readonly stopped: () => void;
} {
  const path = join(dataDir, STARTS);
  const before = readCount(path);
  const isSuspect = before >= SHORT_STARTS_MAX;
  writeFileSync(path, String(isSuspect ? 1 : before + 1));
  const clear = (): void => rmSync(path, { force: true });
  const timer = setTimeout(clear, LASTS_MS);
  timer.unref();
  return {
    isSuspect,
    stopped: () => {
      clearTimeout(timer);
      clear();
    },
  };
}

function readCount(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8')) || 0;
  } catch {
    return 0;
  }
}

/** Whether an error means that stored data cannot be believed. */
function isDamage(error: unknown): boolean {
  return isHanseError(error) && ['StateCorrupt', 'LogCorrupt'].includes(error.codeName);
}

/** The facade, but damage found while answering stops the node: nothing after it can be believed. */
export function stopOnDamage(facade: NodeFacade, fatal: (error: unknown) => void): NodeFacade {
  const judge = (error: unknown): never => {
    if (isDamage(error)) fatal(error);
    throw error;
  };
  async function* rows<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      yield* source;
    } catch (error) {
      judge(error);
    }
  }
  return {
    submit: (envelopes) => facade.submit(envelopes).catch(judge),
    outcome: (...request) => facade.outcome(...request).catch(judge),
    head: () => facade.head().catch(judge),
    genesis: () => facade.genesis().catch(judge),
    blocks: (before, limit) => facade.blocks(before, limit).catch(judge),
    block: (height) => facade.block(height).catch(judge),
    blockProof: (height) => facade.blockProof(height).catch(judge),
    query: (request) => facade.query(request).catch(judge),
    contract: (...request) => facade.contract(...request).catch(judge),
    record: (...request) => facade.record(...request).catch(judge),
    events: (...request) => rows(facade.events(...request)),
    watch: (...request) => rows(facade.watch(...request)),
    why: () => facade.why().catch(judge),
    status: () => facade.status().catch(judge),
  };
}
