import { openBlock, sealBlock, ZERO_HASH, type Message, type Vote } from '@hanse/model';
import type { Faults } from '../node.ts';
import { toyVote } from '../toysuite.ts';
import type { World } from '../world.ts';

type Value<K extends Message['kind']> = Extract<Message, { readonly kind: K }>['value'];

/**
 * Tells two stories: as a leader it proposes two blocks to two halves, as a voter it votes for whichever
 * block the other side voted for, and against the view it finalizes.
 */
export function createEquivocator(world: World, index: number): Faults {
  const twins = new Map<number, Value<'proposal'>>();
  const digests = new Map<number, Uint8Array[]>();
  const sign = (intent: Pick<Vote, 'kind' | 'view' | 'digest'>): Vote =>
    toyVote(world.set, world.chainId, index, { ...intent, epoch: 0 });
  const other = (value: Value<'proposal'>): Value<'proposal'> => {
    const known = twins.get(value.vote.view);
    const opened = openBlock(world.suite, value.block);
    if (known !== undefined || !opened.ok) return known ?? value;
    const { header, payload } = opened.value;
    const block = sealBlock(world.suite, { ...header, time: header.time + 1 }, payload);
    const vote = sign({ kind: 'notarize', view: header.view, digest: block.digest });
    const twin = { ...value, block: block.bytes, vote };
    twins.set(header.view, twin);
    return twin;
  };
  const learn = (view: number, digest: Uint8Array): void => {
    const known = digests.get(view) ?? [];
    if (known.length < 4) digests.set(view, [...known, digest]);
  };
  return {
    observe: (_node, _from, message) => {
      if (
        message.kind === 'proposal' ||
        (message.kind === 'vote' && message.value.vote.kind === 'notarize')
      ) {
        learn(message.value.vote.view, message.value.vote.digest);
      }
    },
    tamper: (_node, to, message) => {
      if (message.kind === 'proposal') {
        const twin = other(message.value);
        learn(twin.vote.view, twin.vote.digest);
        if (world.rng.chance(0.1)) return [message, { kind: 'proposal', value: twin }];
        return [to % 2 === 0 ? message : { kind: 'proposal', value: twin }];
      }
      if (message.kind !== 'vote') return [message];
      const { vote, progress } = message.value;
      const said: Vote[] = [vote];
      if (vote.kind === 'finalize' && world.rng.chance(0.5))
        said.push(sign({ kind: 'nullify', view: vote.view, digest: ZERO_HASH }));
      const lies = vote.kind === 'nullify' ? [] : (digests.get(vote.view) ?? []);
      for (const digest of lies)
        if (world.rng.chance(0.5)) said.push(sign({ kind: vote.kind, view: vote.view, digest }));
      return world.rng
        .shuffle(said)
        .map((one) => ({ kind: 'vote', value: { vote: one, progress } }));
    },
  };
}
