import { utf8 } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import { MemoryKv, suite, World } from '../test/world.ts';
import { readState } from './index.ts';

const key = utf8('q/1');
const put = (value: string | undefined) => ({
  key,
  value: value === undefined ? undefined : utf8(value),
});

describe('the state of a store that another ledger writes', () => {
  it('is that of the newest batch: height, time, records and pages', async () => {
    const world = new World();
    expect(readState(suite, new MemoryKv())).toBeUndefined();
    expect(readState(suite, world.kv)?.height).toBe(0);
    world.block([world.envelope([world.tx({ puts: [put('one')] })])]);
    world.block([world.envelope([world.tx({ puts: [put('two')] })])], { store: false });
    const state = readState(suite, world.kv);
    expect(state?.height).toBe(1);
    expect(state?.time).toBe(world.blocks[0]?.block.header.time);
    expect(state?.get(key)).toEqual(utf8('one'));
    expect(state?.get(utf8('q/2'))).toBeUndefined();
    const page = { prefix: utf8('q/'), after: undefined, limit: 5 };
    expect(await state?.list(page)).toEqual([[key, utf8('one')]]);
    expect(await state?.list({ ...page, after: key })).toEqual([]);
  });

  it('names a record that is damaged', () => {
    const world = new World();
    world.block([world.envelope([world.tx({ puts: [put('one')] })])]);
    const stored = utf8('rq/1');
    const bytes = world.kv.get(stored) ?? new Uint8Array();
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    world.kv.damage(stored, bytes);
    expect(() => readState(suite, world.kv)?.get(key)).toThrow(/q\/1/);
  });
});
