import type { Mutant } from '../mutants.ts';

const validator = 'packages/replica/src/validator.ts';
const SEEDS_MAX = 60;

/** Faults of the parts around the reducer: each breaks one rule of durability, recovery or order. */
export const wholeMutants: readonly Mutant[] = [
  fault('vote told before it is durable', 'W1', validator, {
    find: "this.#afterSync(() => { this.#ports.signer.logged(vote.view); this.#perform(this.consensus.step({ kind: 'voted', vote }, this.#ports.clock.nowMs())); });",
    replace:
      "this.#perform(this.consensus.step({ kind: 'voted', vote }, this.#ports.clock.nowMs()));",
  }),
  fault('finality told before it is durable', 'W4', validator, {
    find: 'this.#afterSync(() => { this.#ports.observer.final(block, certificate); this.#execution.add(block); });',
    replace: 'this.#ports.observer.final(block, certificate); this.#execution.add(block);',
  }),
  fault('own batch sent before it is durable', 'W6', validator, {
    find: "this.#afterSync(() => { this.#addToLane(batch); this.#broadcast({ kind: 'batch', value: { batch: batch.bytes } }); });",
    replace:
      "this.#addToLane(batch); this.#broadcast({ kind: 'batch', value: { batch: batch.bytes } });",
  }),
  fault('own batches forgotten at restart', 'W6', 'packages/replica/src/recover.ts', {
    find: 'batches: await batchesAbove(archive, lastFinal.block.payload),',
    replace: 'batches: [],',
  }),
  fault('own votes forgotten at restart', 'W1', 'packages/replica/src/archive.ts', {
    find: 'return { blocks: [...blocks.values()], certificates, ownVotes };',
    replace: 'return { blocks: [...blocks.values()], certificates, ownVotes: [] };',
  }),
  fault(
    'order of execution depends on where batches come from',
    'sweep',
    'packages/replica/src/execution.ts',
    {
      find: 'if (held !== undefined) return held;',
      replace: 'if (held !== undefined) return [...held].reverse();',
    },
  ),
  fault('a node that lost its log votes again', 'amnesia', 'packages/consensus/src/cast.ts', {
    find: 'return view <= (s.config.abstainUpTo ?? 0);',
    replace: 'return view < 0 && s.view < 0;',
  }),
  fault('a node that lost its log reopens its lane', 'amnesia', validator, {
    find: 'this.#isLaneClosed = config.lostUpTo > 0;',
    replace: 'this.#isLaneClosed = false;',
  }),
];

function fault(
  name: string,
  rule: string,
  file: string,
  edit: { readonly find: string; readonly replace: string },
): Mutant {
  return { name, rule, edits: [{ file, ...edit }], tier: 'whole', seedsMax: SEEDS_MAX };
}
