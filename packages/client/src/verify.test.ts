import { createSuite } from '@hanse/crypto';
import { describe, expect, it } from 'vitest';
import { allClaims, evaluate, judge } from '../test/forgeries.ts';
import { cheapSuite } from '../test/chain.ts';

describe.each(['intl', 'sm'] as const)('proofs of suite %s', (id) => {
  it.each(allClaims(createSuite(id)))('judges $name: $code', (claim) => {
    expect(judge(claim)).toBe(claim.code ?? 'accepted');
  });
});

it('judges the same with signatures that cost nothing', () => {
  expect(evaluate(cheapSuite())).toEqual({ refusedHonest: [], accepted: [] });
});
