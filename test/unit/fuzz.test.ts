import { DecodeError, t, type Schema } from '@hanse/codec';
import { describe, expect, test } from 'vitest';
import { allTargets, runFuzz, type AnyTarget } from '../fuzz/fuzz.ts';
import { schemaTarget } from '../fuzz/targets.ts';

describe('the fuzzer of everything that reads from strangers', () => {
  test('finds nothing in a short run, which is the same each time', () => {
    const targets = allTargets();
    const inputs = 64 * targets.length;
    const report = runFuzz({ inputs, seed: 7, targets });
    expect(report.inputs).toBe(inputs);
    expect(report.accepted).toBeGreaterThan(0.02 * inputs);
    expect(report.accepted).toBeLessThan(0.9 * inputs);
    const counts = ({ targets: reports }: typeof report): readonly unknown[] =>
      reports.map(({ name, accepted }) => [name, accepted]);
    expect(counts(runFuzz({ inputs, seed: 7, targets }))).toEqual(counts(report));
    expect(counts(runFuzz({ inputs, seed: 8, targets }))).not.toEqual(counts(report));
  });

  test('knows every reader by name', () => {
    const names = allTargets().map(({ target }) => target.name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of [
      'schema message',
      'json genesis',
      'openEnvelope',
      'openBatch',
      'openBlock',
      'verifyFinal',
      'verifyRecordProof',
    ])
      expect(names).toContain(name);
    expect(() => runFuzz({ inputs: 1, seed: 1, only: 'nothing is called so' })).toThrow(
      /no target/,
    );
    expect(
      runFuzz({ inputs: 300, seed: 1, only: 'schema vote' }).targets.map(({ name }) => name),
    ).toEqual(['schema vote', 'schema voteKind']);
  });

  /** A schema with a fault planted into its reader. */
  function faulty(read: (plain: Schema<Uint8Array>) => Schema<Uint8Array>['read']): AnyTarget {
    const plain = t.bytes(64);
    return {
      kind: 'bytes',
      target: schemaTarget('faulty', { ...plain, read: read(plain) }, [
        Uint8Array.of(3, 1, 2, 3),
        Uint8Array.of(0),
      ]),
    };
  }

  test.each<[string, AnyTarget]>([
    [
      'accepts a second form',
      faulty(() => (reader) => {
        const sizeBytes = reader.u8();
        // A length with its top bit set is read as if it were not.
        return reader.raw(sizeBytes & 0x7f).slice();
      }),
    ],
    [
      'crashes',
      faulty((plain) => (reader) => {
        const value = plain.read(reader);
        if (value.length > 5) throw new RangeError('out of range');
        return value;
      }),
    ],
    [
      'reads beyond the end',
      faulty(() => (reader) => reader.raw(Math.min(reader.u8(), reader.left)).slice()),
    ],
  ])('notices a reader that %s', (_, target) => {
    expect(() => runFuzz({ inputs: 20_000, seed: 1, targets: [target] })).toThrow(
      /faulty broke on [0-9a-f]*/,
    );
  });

  test('notices a reader that refuses its own samples', () => {
    const target = faulty(() => () => {
      throw new DecodeError('no');
    });
    expect(() => runFuzz({ inputs: 10, seed: 1, targets: [target] })).toThrow(
      /refuses its own sample/,
    );
  });

  test('stops when its time is over', () => {
    expect(runFuzz({ inputs: 1_000_000, seed: 1, seconds: 0, only: 'schema vote' }).inputs).toBe(0);
  });
});
