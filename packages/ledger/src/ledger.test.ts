import { decode } from '@hanse/codec';
import { verifyMerkleProof } from '@hanse/crypto';
import { must, utf8 } from '@hanse/kit';
import {
  eventsRoot,
  receiptSchema,
  receiptsRoot,
  verifyHistory,
  verifyRecordProof,
  type HistoryLeaf,
  type RecordProof,
} from '@hanse/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { naiveHistoryRoot, NaiveState } from '../test/naive.ts';
import { names, suite, World, type Put } from '../test/world.ts';

const key = fc.integer({ min: 0, max: 60 }).map((n) => utf8(`record/${n}`));
const value = fc.option(fc.uint8Array({ minLength: 0, maxLength: 40 }), {
  nil: undefined,
  freq: 4,
});
const put: fc.Arbitrary<Put> = fc.record({ key, value });
const spec = fc.record({
  puts: fc.array(put, { maxLength: 8 }),
  method: fc.constantFrom('put', 'put', 'put', 'fail'),
  signer: fc.constantFrom(...names),
});
/** Blocks of envelopes of transactions. */
const blocks = fc.array(
  fc.array(fc.array(spec, { minLength: 1, maxLength: 3 }), { maxLength: 4 }),
  {
    minLength: 1,
    maxLength: 12,
  },
);

/** Runs blocks on a world and on the naive model; `each` sees both after every block. */
function run(
  history: readonly (readonly (readonly {
    readonly puts: readonly Put[];
    readonly method: 'put' | 'fail';
    readonly signer: string;
  }[])[])[],
  each: (world: World, states: readonly NaiveState[]) => void,
): void {
  const world = new World();
  const first = new NaiveState();
  for (const name of names) first.put({ key: utf8(`key/${name}`), value: utf8(name) });
  first.endBlock();
  const states = [first];
  each(world, states);
  for (const block of history) {
    const state = must(states.at(-1), 'a state').copy();
    const envelopes = block.map((envelope) => {
      // One envelope has one list of signers.
      const signer = must(envelope[0], 'a transaction').signer;
      return world.envelope(envelope.map((one) => world.tx({ ...one, signer })));
    });
    world.block(envelopes);
    for (const { puts, method } of block.flat()) {
      if (method === 'put') for (const one of puts) state.put(one);
    }
    state.endBlock();
    states.push(state);
    each(world, states);
  }
}

describe('ledger against the definition', () => {
  it('has the roots of the naive model after every block', () => {
    fc.assert(
      fc.property(blocks, (history) => {
        const leaves: HistoryLeaf[] = [];
        run(history, ({ ledger }, states) => {
          const { height, stateRoot, historyRoot } = ledger.executed;
          expect(height).toBe(states.length - 1);
          expect(stateRoot).toEqual(states.at(-1)?.root());
          const leaf = must(ledger.leaf(height), 'a leaf');
          leaves.push(leaf);
          expect(leaf.stateRoot).toEqual(stateRoot);
          expect(historyRoot).toEqual(naiveHistoryRoot(leaves));
          const receipts = (ledger.receipts(height) ?? []).map((bytes) => {
            const receipt = decode(receiptSchema, bytes);
            return must(receipt.ok ? receipt.value : undefined, 'a receipt');
          });
          expect(leaf.receiptsRoot).toEqual(receiptsRoot(suite, receipts));
          expect(leaf.eventsRoot).toEqual(eventsRoot(suite, receipts));
        });
      }),
      { numRuns: 40 },
    );
  });

  it('answers every key as the model does, now and by proof at every kept height', () => {
    fc.assert(
      fc.property(blocks, fc.array(key, { minLength: 1, maxLength: 6 }), (history, keys) => {
        run(history, ({ ledger }, states) => {
          for (const [height, state] of states.entries()) {
            const root = must(ledger.leaf(height), 'a leaf').stateRoot;
            for (const one of keys) {
              const expected = state.values.get(String.fromCharCode(...one));
              if (height === states.length - 1) expect(ledger.record(one)).toEqual(expected);
              const proof = must(ledger.proveRecord(one, height), 'a proof');
              expect(proof.value).toEqual(expected);
              expect(verifyRecordProof(suite, root, proof)).toBe(true);
            }
          }
        });
      }),
      { numRuns: 25 },
    );
  });

  it('grows over many doublings, a block of any size at a time', () => {
    const world = new World();
    const state = new NaiveState();
    for (const name of names) state.put({ key: utf8(`key/${name}`), value: utf8(name) });
    let records = 0;
    for (const size of [1, 40, 3, 300, 0, 64, 64, 500, 1]) {
      const puts = Array.from({ length: size }, () => ({
        key: utf8(`many/${records++}`),
        value: utf8(String(records)),
      }));
      const txs = [];
      for (let i = 0; i < puts.length; i += 60) txs.push(world.tx({ puts: puts.slice(i, i + 60) }));
      world.block(txs.map((tx) => world.envelope([tx])));
      for (const one of puts) state.put(one);
      state.endBlock();
      expect(world.ledger.executed.stateRoot).toEqual(state.root());
      expect(world.ledger.state.shape).toEqual(state.shape);
    }
    expect(world.ledger.state.shape.depth).toBe(7);
  });
});

describe('a receipt', () => {
  it('keeps what a refusal says: code, parameters, places in the contract', () => {
    const world = new World();
    const puts = [{ key: utf8('a'), value: utf8('b') }];
    const { receipts } = world.block([world.envelope([world.tx({ puts, method: 'fail' })])]);
    expect(receipts[0]).toMatchObject({ gas: 1, results: [], events: [] });
    expect(receipts[0]?.status).toEqual({
      kind: 'refused',
      value: {
        code: 'ContractRefused',
        message: '',
        params: [{ name: 'reason', value: 'asked to' }],
        frames: [{ contract: 'test', at: 'fail 3:7' }],
      },
    });
  });
});

describe('proofs', () => {
  const world = new World();
  for (let i = 0; i < 20; i++) {
    const puts = Array.from({ length: 5 }, (_, n) => ({
      key: utf8(`p/${i * 5 + n}`),
      value: utf8(`value ${n}`),
    }));
    world.block([world.envelope([world.tx({ puts }), world.tx({ puts, method: 'fail' })])]);
  }
  const { ledger } = world;
  const rootAt = (height: number): Uint8Array => must(ledger.leaf(height), 'a leaf').stateRoot;

  it('refuses a record proof with anything changed', () => {
    for (const name of ['p/17', 'p/unknown', 'p/99']) {
      const proof = must(ledger.proveRecord(utf8(name), 12), 'a proof');
      const root = rootAt(12);
      expect(verifyRecordProof(suite, root, proof)).toBe(true);
      for (const forged of forgeries(proof)) {
        expect(verifyRecordProof(suite, root, forged)).toBe(false);
      }
      for (let height = 0; height <= 20; height++) {
        if (height !== 12) expect(verifyRecordProof(suite, rootAt(height), proof)).toBe(false);
      }
    }
  });

  it('proves each receipt and leaf under every root that binds it', () => {
    for (const boundHeight of [3, 4, 7, 8, 20]) {
      const count = boundHeight + 1;
      const leaves = Array.from({ length: count }, (_, i) => must(ledger.leaf(i), 'a leaf'));
      const bound = { height: boundHeight, historyRoot: naiveHistoryRoot(leaves) };
      for (let height = 0; height <= boundHeight; height++) {
        const proof = must(ledger.proveHistory(height, boundHeight), 'a proof');
        expect(verifyHistory(suite, bound, proof)).toBe(true);
        const other = { ...proof, leaf: { ...proof.leaf, headerDigest: new Uint8Array(32) } };
        expect(verifyHistory(suite, bound, other)).toBe(false);
        for (const bytes of ledger.receipts(height) ?? []) {
          const receipt = decode(receiptSchema, bytes);
          if (!receipt.ok) throw new Error(receipt.error);
          const { txid } = receipt.value;
          const found = must(ledger.proveReceipt(txid, boundHeight), 'a proof');
          expect(found.receipt).toEqual(bytes);
          expect(verifyHistory(suite, bound, found.history)).toBe(true);
          const root = found.history.leaf.receiptsRoot;
          const claim = { index: found.index, count: found.count, root, proof: found.path };
          expect(verifyMerkleProof(suite, { ...claim, leaf: found.receipt })).toBe(true);
          expect(verifyMerkleProof(suite, { ...claim, leaf: utf8('other') })).toBe(false);
        }
      }
    }
  });

  it('has no proof of what is not bound, not executed or not kept', () => {
    expect(ledger.proveHistory(5, 4)).toBeUndefined();
    expect(ledger.proveHistory(5, 21)).toBeUndefined();
    expect(ledger.proveRecord(utf8('p/1'), 21)).toBeUndefined();
    expect(ledger.proveReceipt(new Uint8Array(32), 20)).toBeUndefined();
  });

  it('keeps the last 64 heights, and the same state before them after a restart', () => {
    const old = new World();
    old.block([old.envelope([old.tx({ puts: [{ key: utf8('a'), value: utf8('1') }] })])]);
    for (let i = 0; i < 70; i++) {
      const puts = [{ key: utf8('a'), value: utf8(`x${i}`) }];
      old.block(i % 2 === 0 ? [old.envelope([old.tx({ puts })])] : []);
    }
    expect(old.ledger.provableFrom).toBe(71 - 64);
    expect(old.ledger.proveRecord(utf8('a'), 6)).toBeUndefined();
    for (let height = 7; height <= 71; height++) {
      const proof = must(old.ledger.proveRecord(utf8('a'), height), 'a proof');
      const root = must(old.ledger.leaf(height), 'a leaf').stateRoot;
      expect(verifyRecordProof(suite, root, proof)).toBe(true);
    }
    old.block([]);
    const again = old.open();
    // The last two blocks were empty.
    expect(again.provableFrom).toBe(70);
    const proof = must(again.proveRecord(utf8('a'), 70), 'a proof');
    const root = must(again.leaf(70), 'a leaf').stateRoot;
    expect(verifyRecordProof(suite, root, proof)).toBe(true);
  });
});

function forgeries(proof: RecordProof): readonly RecordProof[] {
  const flip = (bytes: Uint8Array): Uint8Array =>
    bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
  const { shape, neighbours, siblings } = proof;
  const [first] = neighbours;
  const all: RecordProof[] = [
    { ...proof, value: proof.value === undefined ? utf8('made up') : undefined },
    { ...proof, shape: { ...shape, records: shape.records + 1 } },
    { ...proof, shape: { ...shape, depth: shape.depth + 1 } },
    { ...proof, siblings: siblings.slice(1) },
    { ...proof, siblings: siblings.map((one, i) => (i === 0 ? flip(one) : one)) },
    { ...proof, entries: proof.entries + 1 },
  ];
  if (proof.value !== undefined) all.push({ ...proof, value: utf8('another value') });
  if (first !== undefined) {
    all.push({ ...proof, neighbours: [{ ...first, valueHash: flip(first.valueHash) }] });
    all.push({ ...proof, neighbours: [] });
  }
  return all;
}
