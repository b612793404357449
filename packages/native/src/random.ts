import { assert } from '@hanse/kit';
import { randomFillSync } from 'node:crypto';

/** Random bytes of the operating system, in memory of their own. */
export function randomBytes(sizeBytes: number): Uint8Array {
  assert(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0, 'a whole number of random bytes');
  return randomFillSync(new Uint8Array(sizeBytes));
}
