import { limits, must, utf8 } from '@hanse/kit';
import { openEnvelope } from '@hanse/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { suite, World } from '../test/world.ts';
import { saltMark, SaltWindow } from './window.ts';

const salt = utf8('the same salt 16');
const put = (text: string): { readonly puts: { key: Uint8Array; value: Uint8Array }[] } => ({
  puts: [{ key: utf8('k'), value: utf8(text) }],
});

describe('duplicate window', () => {
  it('skips the same bytes and voids another transaction with their salt', () => {
    const world = new World();
    const first = world.tx({ ...put('1'), salt });
    const other = world.tx({ ...put('2'), salt });
    const applied = world.block([world.envelope([first]), world.envelope([first, other])]);
    expect(applied.receipts.length).toBe(1);
    expect(applied.duplicates).toBe(1);
    const params = { first: Buffer.from(first.digest).toString('hex') };
    expect(applied.voids).toEqual([{ code: 'SaltReused', params, txid: other.digest }]);
    // Blocks later and after a restart it is the same.
    world.block([]);
    world.open();
    const again = world.block([world.envelope([first, other])]);
    expect([again.receipts.length, again.duplicates, again.voids.length]).toEqual([0, 1, 1]);
    expect(world.ledger.record(utf8('k'))).toEqual(utf8('1'));
    expect(world.ledger.outcome(first.digest)).toMatchObject({ kind: 'receipt', height: 1 });
    expect(world.ledger.outcome(other.digest)).toMatchObject({ kind: 'void', code: 'SaltReused' });
  });

  it('keeps the salts of different signers apart', () => {
    const world = new World();
    const txs = ['alice', 'bob'].map((signer) => world.tx({ ...put(signer), salt, signer }));
    const applied = world.block(txs.map((tx) => world.envelope([tx])));
    expect(applied.receipts.length).toBe(2);
  });

  it('consumes the salt of a refused transaction, and rolls its writes back', () => {
    const world = new World();
    const refused = world.tx({ ...put('1'), salt, method: 'fail' });
    world.block([world.envelope([refused])]);
    expect(world.ledger.record(utf8('k'))).toBeUndefined();
    const retried = world.block([world.envelope([world.tx({ ...put('2'), salt })])]);
    expect(retried.voids.map(({ code }) => code)).toEqual(['SaltReused']);
  });

  it('frees a salt in the first block later than its time, not before, restarted or not', () => {
    for (const restart of [false, true]) {
      const world = new World();
      const validUntil = world.nextTime + 61_234;
      world.block([world.envelope([world.tx({ ...put('1'), salt, validUntil })])]);
      if (restart) world.open();
      const reuse = (time: number): readonly string[] => {
        const tx = world.tx({ ...put('2'), salt, validUntil: time + 5 });
        return world.block([world.envelope([tx])], { time }).voids.map(({ code }) => code);
      };
      expect(reuse(validUntil)).toEqual(['SaltReused']);
      if (restart) world.open();
      expect(reuse(validUntil + 1)).toEqual([]);
      expect(reuse(validUntil + 2)).toEqual(['SaltReused']);
    }
  });

  it('voids what is expired or too far ahead, exactly at the bounds', () => {
    const world = new World();
    const time = world.nextTime;
    const codes = [time - 1, time, time + limits.txLifetimeMsMax, time + limits.txLifetimeMsMax + 1]
      .map((validUntil) => world.tx({ validUntil }))
      .map((tx) => world.envelope([tx]));
    const { receipts, voids } = world.block(codes, { time });
    expect(receipts.length).toBe(2);
    expect(voids.map(({ code }) => code)).toEqual(['Expired', 'TooFarAhead']);
  });

  it('lets the real transaction execute after stolen copies of it were void', () => {
    const world = new World();
    const tx = world.tx({ ...put('real'), salt });
    const stolen = world.envelope([tx], 'mallory');
    const first = world.block([stolen, stolen]);
    expect(first.voids.map(({ code }) => code)).toEqual(['KeyMismatch', 'KeyMismatch']);
    expect(world.ledger.outcome(tx.digest)).toMatchObject({ kind: 'void', code: 'KeyMismatch' });
    const second = world.block([stolen, world.envelope([tx]), stolen]);
    expect(second.receipts.length).toBe(1);
    expect(world.ledger.outcome(tx.digest)).toMatchObject({ kind: 'receipt', height: 2 });
    expect(world.ledger.record(utf8('k'))).toEqual(utf8('real'));
  });

  it('judges keys by the state before the block', () => {
    const world = new World();
    const change = { puts: [{ key: utf8('key/alice'), value: utf8('new') }] };
    const txs = [world.tx(change), world.tx(put('still the old key'))];
    const early = world.envelope([world.tx(put('too early'))], 'new');
    const applied = world.block([...txs.map((tx) => world.envelope([tx])), early]);
    expect(applied.receipts.length).toBe(2);
    expect(applied.voids.map(({ code }) => code)).toEqual(['KeyMismatch']);
    const late = world.block([
      world.envelope([world.tx(put('late'))]),
      world.envelope([world.tx(put('right'))], 'new'),
    ]);
    expect(late.receipts.length).toBe(1);
    expect(late.voids.map(({ code }) => code)).toEqual(['KeyMismatch']);
  });

  it('forgets voids and salts once their time is over', () => {
    const world = new World();
    const tx = world.tx(put('1'));
    world.block([world.envelope([tx], 'mallory'), world.envelope([world.tx(put('2'))])]);
    const over = world.nextTime + limits.txLifetimeMsMax;
    world.block([], { time: over });
    world.block([], { time: over + 10 });
    expect(world.ledger.outcome(tx.digest)).toBeUndefined();
    const kept = world.kv.entries().filter(([key]) => 'wv'.includes(String.fromCharCode(key[0]!)));
    expect(kept.length).toBe(2);
    world.open();
  });

  it('finds a mark among many exactly while it is used', () => {
    const spec = fc.record({
      name: fc.integer({ min: 0, max: 3_000 }),
      validUntil: fc.integer({ min: 1, max: 700_000 }),
      timeMs: fc.integer({ min: 0, max: 700_000 }),
    });
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1_000, maxLength: 3_000 }), (all) => {
        const window = new SaltWindow();
        const model = new Map<number, { readonly validUntil: number; readonly index: number }>();
        const sorted = [...all].sort((a, b) => a.timeMs - b.timeMs);
        for (const [index, { name, validUntil, timeMs }] of sorted.entries()) {
          const mark = saltMark(suite, `signer ${name}`, salt);
          const known = model.get(name);
          const expected = known !== undefined && known.validUntil >= timeMs ? known : undefined;
          expect(window.find(mark, timeMs)?.index).toBe(expected?.index);
          if (expected === undefined && validUntil >= timeMs) {
            window.add({ mark, validUntil, index }, 7);
            model.set(name, { validUntil, index });
          }
          if (index % 50 === 0) window.expire(timeMs);
        }
      }),
      { numRuns: 10 },
    );
  });
});

describe('admission', () => {
  const world = new World();
  const known = world.tx({ ...put('1'), salt });
  world.block([world.envelope([known])]);
  const now = world.nextTime;
  const admit = (bytes: Uint8Array): unknown => {
    const open = openEnvelope(suite, world.chainId, bytes);
    const admission = world.ledger.admit(must(open.ok ? open.value : undefined, 'opens'), now);
    return admission.status === 'refused' ? admission.refusal.code : admission.status;
  };

  it('takes what is new, knows what was executed, refuses the rest', () => {
    const fresh = world.tx(put('2'));
    expect(admit(world.envelope([fresh]))).toBe('admitted');
    expect(admit(world.envelope([known]))).toBe('executed');
    expect(admit(world.envelope([known, fresh]))).toBe('admitted');
    expect(admit(world.envelope([fresh], 'mallory'))).toBe('KeyMismatch');
    expect(admit(world.envelope([world.tx({ signer: 'carol' })]))).toBe('DidUnknown');
    expect(admit(world.envelope([world.tx({ ...put('3'), salt })]))).toBe('SaltReused');
    expect(admit(world.envelope([world.tx({ validUntil: now - 1 })]))).toBe('Expired');
    const validUntil = now + limits.txLifetimeMsMax + 1;
    expect(admit(world.envelope([world.tx({ validUntil })]))).toBe('TooFarAhead');
  });
});

describe('queries', () => {
  it('page over stored and not yet stored records, in order', async () => {
    const world = new World();
    const write = (from: number, to: number, store: boolean): void => {
      const puts = Array.from({ length: to - from }, (_, i) => ({
        key: utf8(`q/${String(from + i).padStart(3, '0')}`),
        value: utf8('v'),
      }));
      world.block([world.envelope([world.tx({ puts })])], { store });
    };
    write(0, 30, true);
    write(15, 40, false);
    const gone = [3, 20, 39].map((n) => utf8(`q/${String(n).padStart(3, '0')}`));
    const puts = gone.map((key) => ({ key, value: undefined }));
    world.block([world.envelope([world.tx({ puts })])], { store: false });
    const all: string[] = [];
    for (let after: Uint8Array | undefined; ;) {
      const rows = await world.ledger.list({ prefix: utf8('q/'), after, limit: 7 });
      all.push(...rows.map(([key]) => Buffer.from(key).toString()));
      after = rows.at(-1)?.[0];
      if (after === undefined) break;
    }
    const expected = Array.from({ length: 40 }, (_, n) => `q/${String(n).padStart(3, '0')}`);
    expect(all).toEqual(expected.filter((_, n) => ![3, 20, 39].includes(n)));
    const answer = await world.ledger.query('test', 'q/', new Uint8Array(0));
    expect(answer.height).toBe(3);
    expect(answer.result.ok).toBe(true);
    expect((await world.ledger.query('test', '', new Uint8Array(0))).result.ok).toBe(false);
  });
});
