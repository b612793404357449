import { limits } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import { MemoryState } from '../test/memory.ts';
import { GasMeter, gasTable } from './gas.ts';
import { HostRefusal } from './ports.ts';
import { Records } from './records.ts';

const key = Uint8Array.of(1);

describe('records', () => {
  it('cost what the table of prices says, present or not', () => {
    const meter = new GasMeter(1_000_000);
    const records = new Records(new MemoryState(), meter);
    const costOf = (run: () => unknown): number => {
      const before = meter.used;
      run();
      return meter.used - before;
    };
    const { read, readByte, write, writeByte } = gasTable;
    expect(costOf(() => records.get(key))).toBe(read);
    expect(costOf(() => records.set(key, new Uint8Array(10)))).toBe(write + 10 * writeByte);
    expect(costOf(() => records.get(key))).toBe(read + 10 * readByte);
    expect(costOf(() => records.delete(key))).toBe(write);
  });

  it('are not touched when there is not enough gas', () => {
    const state = new MemoryState();
    const tryWith = (gas: number, run: (records: Records) => unknown): unknown => {
      const meter = new GasMeter(gas);
      try {
        return run(new Records(state, meter));
      } catch (error) {
        expect(meter.left).toBe(0);
        return error;
      }
    };
    expect(tryWith(gasTable.read - 1, (records) => records.get(key))).toBeInstanceOf(HostRefusal);
    expect(state.reads).toBe(0);
    const value = new Uint8Array(10);
    const cost = gasTable.write + 10 * gasTable.writeByte;
    expect(tryWith(cost - 1, (records) => records.set(key, value))).toBeInstanceOf(HostRefusal);
    expect(state.size).toBe(0);
    expect(tryWith(cost, (records) => records.set(key, value))).toBeUndefined();
    expect(tryWith(gasTable.write - 1, (records) => records.delete(key))).toBeInstanceOf(
      HostRefusal,
    );
    expect(state.size).toBe(1);
  });

  it('have a bound', () => {
    const records = new Records(new MemoryState(), new GasMeter(10_000_000));
    records.set(key, new Uint8Array(limits.valueBytesMax));
    const tooLarge = new Uint8Array(limits.valueBytesMax + 1);
    expect(() => records.set(key, tooLarge)).toThrow('OverLimit');
  });
});
