import type { Suite } from '@hanse/crypto';
import { concatBytes, utf8 } from '@hanse/kit';
import type { Block, Executed } from '@hanse/model';

/** Results of executing the next final block: a hash chain over the blocks executed so far. */
export function nextResult(
  suite: Suite,
  previous: Executed,
  block: Block,
  isWrong = false,
): Executed {
  const stateRoot = suite.hash(
    concatBytes(utf8(isWrong ? 'wrong' : 'state'), previous.stateRoot, block.digest),
  );
  const historyRoot = suite.hash(concatBytes(utf8('history'), previous.historyRoot, stateRoot));
  return { height: block.header.height, stateRoot, historyRoot };
}
