import { HanseError } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import { isForgery, Trail, verdictOf, type Step } from './trail.ts';

const found = { facts: { height: 1 }, value: 'value' };
const forged = (): never => {
  throw new HanseError('ProofMismatch', { object: 'record', root: 'state root' });
};
const states = (steps: readonly Step[]): readonly string[] => steps.map(({ state }) => state);

describe('a trail', () => {
  it('gives the value of a check that holds', () => {
    const trail = new Trail();
    expect(trail.check('record', () => found)).toBe('value');
    expect(verdictOf(trail.steps)).toBe('verified');
  });

  it('ends at the first step that does not hold, and runs nothing after it', () => {
    const trail = new Trail();
    trail.check('record', forged);
    let ran = false;
    trail.check('absence', () => {
      ran = true;
      return found;
    });
    expect(ran).toBe(false);
    expect(states(trail.steps)).toEqual(['forged', 'unverified']);
    expect(verdictOf(trail.steps)).toBe('forged');
  });

  it('tells a missing answer from a forged one', () => {
    const trail = new Trail();
    trail.check('record', () => {
      throw new HanseError('NodeUnreachable', { urls: '', reason: 'gone' });
    });
    expect(states(trail.steps)).toEqual(['unverified']);
    expect(isForgery(new HanseError('ProofStale', { ageMs: 1, limit: 0 }))).toBe(false);
    expect(isForgery(new HanseError('FileMismatch', { got: '', expected: '' }))).toBe(true);
    expect(isForgery(new Error('x'))).toBe(false);
  });

  it('takes a verified step back when what it holds cannot be read', () => {
    const trail = new Trail();
    trail.check('record', () => found);
    expect(trail.read('record', forged)).toBeUndefined();
    expect(states(trail.steps)).toEqual(['forged']);
  });

  it('goes on from another only while that one holds', () => {
    const first = new Trail();
    first.check('record', forged);
    const second = new Trail(first.steps);
    expect(second.check('absence', () => found)).toBeUndefined();
  });

  it('has no verdict without steps, and lets the owner withhold', () => {
    expect(verdictOf([])).toBe('unverified');
    const trail = new Trail();
    trail.check('record', () => found);
    trail.miss('file', { why: 'withheld' });
    expect(verdictOf(trail.steps)).toBe('verified');
    trail.miss('header', { why: 'old', ageMs: 1 });
    expect(verdictOf(trail.steps)).toBe('unverified');
  });
});
