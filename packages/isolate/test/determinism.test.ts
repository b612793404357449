import { describe, expect, test } from 'vitest';
import { createDigester, programs, totalOf } from './corpus/corpus.ts';
import { PINNED_DIGEST } from './corpus/digest.ts';

// The whole corpus on other versions and with other flags of Node: test/determinism/main.ts.
describe('outcomes, gas and memory', () => {
  test('of the whole corpus are those that are pinned', () => {
    const digester = createDigester();
    const names = Object.keys(programs);
    expect(names.length).toBeGreaterThanOrEqual(120);
    const digests = new Map(names.map((name) => [name, digester.of(name)]));
    expect(totalOf(digests)).toBe(PINNED_DIGEST);
  });

  test('do not depend on what an instance ran before, nor on the instance', () => {
    const names = Object.keys(programs).filter((_, i) => i % 7 === 0);
    const forward = createDigester();
    const first = names.map((name) => forward.of(name));
    const again = names.toReversed().map((name) => forward.of(name));
    expect(again.toReversed()).toEqual(first);
    const other = createDigester();
    expect(names.toReversed().map((name) => other.of(name))).toEqual(again);
  });
});
