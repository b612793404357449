import { isHanseError, must, utf8 } from '@hanse/kit';
import { verifyHistory, verifyRecordProof } from '@hanse/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { suite, World } from '../test/world.ts';
import { Ledger, verifyAll } from './index.ts';

const pause = async (): Promise<void> => {};

/** A chain with writes, deletions, refusals, voids and empty blocks. */
function chain(heights: number): World {
  const world = new World();
  for (let height = 1; height <= heights; height++) {
    const puts = Array.from({ length: 6 }, (_, i) => ({
      key: utf8(`r/${(height * 7 + i * 3) % 40}`),
      value: (height + i) % 5 === 0 ? undefined : utf8(`${height}/${i}`),
    }));
    const txs = [world.tx({ puts }), world.tx({ puts, method: 'fail' })];
    const stolen = world.envelope([world.tx({ puts })], 'mallory');
    world.block(height % 4 === 0 ? [] : [world.envelope(txs), stolen]);
  }
  return world;
}

describe('crash', () => {
  it('comes up at an older height and gets the same roots from the same blocks', () => {
    const whole = chain(14);
    const roots = whole.blocks.map(({ block }) => whole.ledger.leaf(block.header.height));
    const newest = whole.ledger.executed;
    const batches = whole.kv.batches.length;
    for (let kept = 0; kept <= batches; kept++) {
      const world = chain(0);
      world.blocks.push(...whole.blocks);
      const ledger = world.open(whole.kv.after(kept));
      const from = Math.max(0, kept - 1);
      expect(ledger.executed.height).toBe(from);
      for (let height = from + 1; height <= 14; height++) {
        world.apply(height);
        expect(ledger.leaf(height)).toEqual(roots[height - 1]);
      }
      expect(ledger.executed).toEqual(newest);
      expect(world.kv.entries()).toEqual(whole.kv.entries());
    }
  });

  it('reads its own writes before they are stored, also over several heights', () => {
    const world = new World();
    const puts = [{ key: utf8('a'), value: utf8('1') }];
    const first = world.tx({ puts });
    world.block([world.envelope([first])], { store: false });
    world.block([world.envelope([world.tx({ puts: [{ key: utf8('b'), value: utf8('2') }] })])], {
      store: false,
    });
    world.block([], { store: false });
    expect(world.ledger.outcome(first.digest)?.kind).toBe('receipt');
    expect(world.ledger.record(utf8('a'))).toEqual(utf8('1'));
    expect(world.ledger.receipts(1)?.length).toBe(1);
    // Nothing was stored: a restart is back at the beginning.
    expect(world.open().executed.height).toBe(0);
  });

  it('rolls the tree forward from checkpoints of every age', () => {
    const world = new World();
    let n = 0;
    for (let height = 1; height <= 90; height++) {
      const txs = Array.from({ length: 2 }, () =>
        world.tx({
          puts: Array.from({ length: 60 }, () => ({
            key: utf8(`k/${n++ % 9_000}`),
            value: utf8(`${n}`),
          })),
        }),
      );
      world.block([world.envelope(txs)]);
      if (height % 15 === 0) {
        const executed = world.ledger.executed;
        expect(world.open().executed).toEqual(executed);
      }
    }
    const slices = world.kv.entries().filter(([key]) => key[0] === 't'.charCodeAt(0)).length;
    const deltas = world.kv.entries().filter(([key]) => key[0] === 'd'.charCodeAt(0)).length;
    expect(slices).toBeGreaterThan(1);
    expect(deltas).toBeLessThan(91);
  });

  it('refuses a store of another chain', () => {
    const world = chain(1);
    const genesis = { ...world.genesis, time: 5 };
    const open = (): unknown => Ledger.open({ ...parts(world), genesis });
    expect(codeOf(open)).toBe('GenesisMismatch');
  });
});

describe('damage', () => {
  const whole = chain(10);
  const { executed } = whole.ledger;
  const txids = whole.blocks.flatMap(({ block }) =>
    (whole.ledger.receipts(block.header.height) ?? []).map((bytes) => bytes.subarray(0, 32)),
  );
  const outcomes = txids.map((txid) => whole.ledger.outcome(txid));
  const values = Array.from({ length: 41 }, (_, i) => whole.ledger.record(utf8(`r/${i}`)));

  /** Everything a node can be asked, compared with what the undamaged one answers. */
  const ask = (ledger: Ledger): void => {
    expect(ledger.executed).toEqual(executed);
    values.forEach((value, i) => {
      const key = utf8(`r/${i}`);
      expect(ledger.record(key)).toEqual(value);
      const proof = must(ledger.proveRecord(key, 10), 'a proof');
      expect(verifyRecordProof(suite, executed.stateRoot, proof)).toBe(true);
    });
    txids.forEach((txid, i) => {
      expect(ledger.outcome(txid)).toEqual(outcomes[i]);
      const proof = must(ledger.proveReceipt(txid, 10), 'a proof');
      expect(verifyHistory(suite, executed, proof.history)).toBe(true);
    });
  };

  it('of any one bit is found or does not matter', () => {
    const entries = whole.kv.entries();
    let found = 0;
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (entryAt, bitAt) => {
        const [key, value] = must(entries[entryAt % entries.length], 'an entry');
        if (value.length === 0) return;
        const kv = whole.kv.after(whole.kv.batches.length);
        const bit = bitAt % (8 * value.length);
        const flipped = value.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        kv.damage(key, flipped);
        const code = codeOf(() => ask(Ledger.open({ ...parts(whole), kv }).ledger));
        if (code !== undefined) {
          expect(code).toBe('StateCorrupt');
          found++;
        }
      }),
      { numRuns: 150 },
    );
    expect(found).toBeGreaterThan(50);
  });

  it('of a lost or older record is found by its bucket', () => {
    const versions = new Map<string, Uint8Array[]>();
    for (const [key, value] of whole.kv.batches.flat()) {
      if (value === undefined) versions.delete(String(key));
      else versions.set(String(key), [...(versions.get(String(key)) ?? []), value]);
    }
    const key = must(
      whole.kv
        .entries()
        .map(([one]) => one)
        .find((one) => one[1] === 0x72 && (versions.get(String(one)) ?? []).length > 1),
      'a record written twice',
    );
    const older = must(versions.get(String(key))?.[0], 'its first version');
    for (const value of [undefined, older]) {
      const kv = whole.kv.after(whole.kv.batches.length);
      kv.damage(key, value);
      const { ledger } = Ledger.open({ ...parts(whole), kv });
      expect(codeOf(() => ledger.record(key.slice(1)))).toBe('StateCorrupt');
    }
  });

  it('of a lost entry of any kind is found or does not matter', () => {
    for (const [key] of whole.kv.entries()) {
      // Without its marker a store counts as empty; a transaction whose place is lost as unknown.
      if (key[0] === 'm'.charCodeAt(0) || key[0] === 'x'.charCodeAt(0)) continue;
      const kv = whole.kv.after(whole.kv.batches.length);
      kv.damage(key, undefined);
      const code = codeOf(() => ask(Ledger.open({ ...parts(whole), kv }).ledger));
      if (code !== undefined) expect(code).toBe('StateCorrupt');
    }
  });

  it('is found by a scrub wherever it is in buckets and records', async () => {
    await expect(verifyAll(suite, whole.ledger, pause)).resolves.toEqual({
      buckets: 2 ** whole.ledger.state.shape.depth + whole.ledger.state.shape.split,
      records: whole.ledger.state.shape.records,
      fromHeight: 10,
      toHeight: 10,
    });
    for (const [key, value] of whole.kv.entries()) {
      if (key[0] !== 'r'.charCodeAt(0) && key[0] !== 'b'.charCodeAt(0)) continue;
      for (const damaged of [undefined, value.map((byte, i) => (i === 3 ? byte ^ 8 : byte))]) {
        const kv = whole.kv.after(whole.kv.batches.length);
        const { ledger } = Ledger.open({ ...parts(whole), kv });
        kv.damage(key, damaged);
        await expect(verifyAll(suite, ledger, pause)).rejects.toMatchObject({
          codeName: 'StateCorrupt',
        });
      }
    }
    const kv = whole.kv.after(whole.kv.batches.length);
    const { ledger } = Ledger.open({ ...parts(whole), kv });
    kv.damage(utf8('rorphan'), must(kv.get(utf8('rr/1')), 'a record'));
    await expect(verifyAll(suite, ledger, pause)).rejects.toMatchObject({
      codeName: 'StateCorrupt',
    });
  });

  it('cannot be answered around: a ledger that failed is not used again', () => {
    const world = chain(3);
    const kv = world.kv.after(world.kv.batches.length);
    world.open(kv);
    for (const [key] of kv.entries()) {
      if (key[0] === 'b'.charCodeAt(0)) kv.damage(key, utf8('no bucket'));
    }
    const puts = [{ key: utf8('r/1'), value: utf8('new') }];
    const tx = world.tx({ puts });
    expect(codeOf(() => world.block([world.envelope([tx])]))).toBe('StateCorrupt');
    world.blocks.pop();
    expect(codeOf(() => world.block([]))).toBe('InvariantBroken');
  });
});

function parts(world: World): Parameters<typeof Ledger.open>[0] {
  return { suite, kv: world.kv, executor: world.executor, genesis: world.genesis };
}

function codeOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (isHanseError(error)) return error.codeName;
    throw error;
  }
}
