import { FastNode } from '../node.ts';
import type { World } from '../world.ts';
import { createEquivocator } from './equivocator.ts';
import { createRandomSigner } from './random-signer.ts';
import { createNullifier, createSilent, createWithholder } from './reticent.ts';

/** Byzantine validators by name. */
export const actorNames = [
  'silent',
  'equivocator',
  'twins',
  'random-signer',
  'withholder',
  'nullifier',
  'miscalculator',
  'skewed',
] as const;
export type ActorName = (typeof actorNames)[number];

const SKEW_MS = 10_000;

/** What runs under the index of a faulty validator. */
export function createActor(
  world: World,
  index: number,
  name: ActorName,
): readonly [FastNode, ...FastNode[]] {
  switch (name) {
    case 'silent':
      return [new FastNode(world, index, createSilent())];
    case 'equivocator':
      return [new FastNode(world, index, createEquivocator(world, index))];
    case 'twins':
      // Two honest nodes with one key, each talking to its own changing part of the others.
      return [new FastNode(world, index, {}), new FastNode(world, index, {})];
    case 'random-signer':
      return [new FastNode(world, index, createRandomSigner(world, index))];
    case 'withholder':
      return [new FastNode(world, index, createWithholder(world))];
    case 'nullifier':
      return [new FastNode(world, index, createNullifier(world, index))];
    case 'miscalculator':
      return [new FastNode(world, index, { miscalculatesFrom: 1 + world.rng.below(10) })];
    case 'skewed': {
      const node = new FastNode(world, index, {});
      node.skewMs = world.rng.between(-SKEW_MS, SKEW_MS);
      return [node];
    }
  }
}
