import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Announcer } from './announce.ts';

describe('rule calm', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('says one sentence in five seconds, and then the newest that waits', () => {
    const announcer = new Announcer();
    const said: string[] = [];
    announcer.subscribe(() => said.push(announcer.snapshot()));
    announcer.say('a');
    announcer.say('b');
    announcer.say('c');
    expect(said).toEqual(['a']);
    vi.advanceTimersByTime(4_999);
    expect(said).toEqual(['a']);
    vi.advanceTimersByTime(1);
    expect(said).toEqual(['a', 'c']);
    vi.advanceTimersByTime(60_000);
    announcer.say('d');
    expect(said).toEqual(['a', 'c', 'd']);
  });
});
