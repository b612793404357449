import { emptyRoot, HASH_BYTES, type Hasher } from '@hanse/crypto';

/*
 * RFC 9162 trees over packed hashes, in place. The same roots as the general functions of crypto,
 * without an array and two allocations for every node: a block has tens of thousands of them. Hash
 * functions do not keep their input and nothing here is re-entrant, so inputs share memory.
 */

const leafInput = new Uint8Array(4_096);
const nodeInput = new Uint8Array(1 + 2 * HASH_BYTES);
nodeInput[0] = 1;

/** Hash of a leaf, H(0x00 || leaf), into packed hashes at a byte offset. */
export function putLeafHash(
  hasher: Hasher,
  leaf: Uint8Array,
  out: Uint8Array,
  offset: number,
): void {
  const size = 1 + leaf.length;
  const input = size <= leafInput.length ? leafInput.subarray(0, size) : new Uint8Array(size);
  input[0] = 0;
  input.set(leaf, 1);
  out.set(hasher.hash(input), offset);
}

/** Root over the first `count` packed leaf hashes, which are used up. */
export function foldRoot(hasher: Hasher, hashes: Uint8Array, count: number): Uint8Array {
  if (count === 0) return emptyRoot(hasher);
  for (let size = count; size > 1; size = (size + 1) >> 1) foldLevel(hasher, hashes, size);
  return hashes.slice(0, HASH_BYTES);
}

/** Siblings of leaf `index`, from the leaf upwards, in a tree of `count`; the hashes are used up. */
export function foldProof(
  hasher: Hasher,
  hashes: Uint8Array,
  { index, count }: { readonly index: number; readonly count: number },
): Uint8Array[] {
  const path: Uint8Array[] = [];
  let at = index;
  for (let size = count; size > 1; size = (size + 1) >> 1) {
    const sibling = at ^ 1;
    if (sibling < size) {
      path.push(hashes.slice(sibling * HASH_BYTES, (sibling + 1) * HASH_BYTES));
    }
    foldLevel(hasher, hashes, size);
    at >>= 1;
  }
  return path;
}

/** One level up: the last node of an odd level moves up alone. */
function foldLevel(hasher: Hasher, hashes: Uint8Array, size: number): void {
  for (let i = 0; i + 1 < size; i += 2) {
    nodeInput.set(hashes.subarray(i * HASH_BYTES, (i + 2) * HASH_BYTES), 1);
    hashes.set(hasher.hash(nodeInput), (i >> 1) * HASH_BYTES);
  }
  if (size % 2 === 0) return;
  hashes.copyWithin((size >> 1) * HASH_BYTES, (size - 1) * HASH_BYTES, size * HASH_BYTES);
}
