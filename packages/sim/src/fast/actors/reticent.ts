import { ZERO_HASH, type Message } from '@hanse/model';
import type { Faults } from '../node.ts';
import { toyVote } from '../toysuite.ts';
import type { World } from '../world.ts';

/** Says nothing at all. */
export function createSilent(): Faults {
  return { tamper: () => [], isSilentServer: true };
}

/** Keeps every second message to itself, its batches from half of the validators, and answers nobody. */
export function createWithholder(world: World): Faults {
  const favoured = Array.from({ length: world.n }, () => world.rng.chance(0.5));
  return {
    isSilentServer: true,
    tamper: (_node, to, message) => {
      if (message.kind === 'batch') return favoured[to] === true ? [message] : [];
      return world.rng.chance(0.5) ? [message] : [];
    },
  };
}

/** Gives up every view it could vote in. */
export function createNullifier(world: World, index: number): Faults {
  return {
    tamper: (_node, _to, message): readonly Message[] => {
      if (message.kind !== 'vote' && message.kind !== 'proposal') return [message];
      const { epoch, view, kind } = message.value.vote;
      if (kind !== 'notarize') return [message];
      const vote = toyVote(world.set, world.chainId, index, {
        kind: 'nullify',
        epoch,
        view,
        digest: ZERO_HASH,
      });
      return [{ kind: 'vote', value: { vote, progress: message.value.progress } }];
    },
  };
}
