import { toHex } from '@hanse/kit';
import type { Block } from '@hanse/model';

/** A block above the last final one, with what this node knows about it. */
export type TreeNode = {
  readonly block: Block;
  /** Appended to the log. */
  persisted: boolean;
  /** All its batches are here. */
  held: boolean;
};

/** Blocks from the last final one upwards, by digest. Who adds is bounded, see README. */
export class BlockTree {
  readonly #nodes = new Map<string, TreeNode>();

  get size(): number {
    return this.#nodes.size;
  }

  get(digest: Uint8Array): TreeNode | undefined {
    return this.#nodes.get(toHex(digest));
  }

  /** Keep a block; the node it already has otherwise. */
  add(block: Block, persisted: boolean): TreeNode {
    const key = toHex(block.digest);
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const node: TreeNode = { block, persisted, held: false };
    this.#nodes.set(key, node);
    return node;
  }

  /**
   * Blocks from the one above `base` up to `digest`, ascending, or the digest of the block that is
   * missing on the way. Undefined when the way leads past `base`.
   */
  pathFrom(
    base: Block,
    digest: Uint8Array,
  ): { path: readonly TreeNode[]; missing?: Uint8Array } | undefined {
    const path: TreeNode[] = [];
    const baseKey = toHex(base.digest);
    for (let key = toHex(digest), wanted = digest; key !== baseKey;) {
      const node = this.#nodes.get(key);
      if (node === undefined) return { path: path.reverse(), missing: wanted };
      if (node.block.header.height <= base.header.height) return undefined;
      path.push(node);
      wanted = node.block.header.parentDigest;
      key = toHex(wanted);
    }
    return { path: path.reverse() };
  }

  /** Forget blocks of views up to `view`, except the one that is the new base. */
  prune(view: number, base: Block): void {
    for (const [key, node] of this.#nodes) {
      if (node.block !== base && node.block.header.view <= view) this.#nodes.delete(key);
    }
  }
}
