import { utf8 } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import { MemoryKv } from '../test/world.ts';
import { WriteBuffer } from './buffer.ts';

const [a, b, c] = [utf8('a'), utf8('b'), utf8('c')];

describe('write buffer', () => {
  it('answers from what is not stored yet, and from the store once it is', () => {
    const kv = new MemoryKv();
    kv.write([[a, utf8('old')]]);
    const buffer = new WriteBuffer(kv);
    buffer.add(1, [
      [a, utf8('1')],
      [b, utf8('1')],
    ]);
    buffer.add(2, [
      [a, undefined],
      [c, utf8('2')],
    ]);
    expect([a, b, c].map((key) => buffer.get(key))).toEqual([undefined, utf8('1'), utf8('2')]);
    buffer.committed(1);
    // `b` is read from the store now, which in this test was never written; height 2 still covers.
    expect([a, b, c].map((key) => buffer.get(key))).toEqual([undefined, undefined, utf8('2')]);
    buffer.committed(2);
    expect([a, b, c].map((key) => buffer.get(key))).toEqual([utf8('old'), undefined, undefined]);
  });

  it('takes batches in order of height only', () => {
    const buffer = new WriteBuffer(new MemoryKv());
    buffer.add(2, []);
    expect(() => buffer.add(2, [])).toThrowError(/order of height/);
  });
});
