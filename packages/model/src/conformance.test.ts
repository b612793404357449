import { createPrng, encode, type Schema } from '@hanse/codec';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { allSchemas, samplerOf, seedOf } from '../test/sampler.ts';

/*
 * conformance.json pins one hash per wire type, over the bytes of generated values. A change of it is
 * a change of the protocol. To pin on purpose: HANSE_PIN=1 npx vitest run packages/model/src/conformance.test.ts
 */
const VALUES = 65_536;
const PATH = new URL('../conformance.json', import.meta.url);
const isPinning = process.env['HANSE_PIN'] !== undefined;

type Pinned = { readonly values: number; readonly types: Readonly<Record<string, string>> };

const read = (): Pinned => JSON.parse(readFileSync(PATH, 'utf8')) as Pinned;
const pinned: Pinned = isPinning ? { values: VALUES, types: {} } : read();
const found: Record<string, string> = {};

/** SHA-256 over the bytes of the values, each behind its length in four bytes. */
function hashOf(name: string, schema: Schema<unknown>): string {
  const hash = createHash('sha256');
  const next = createPrng(seedOf(name));
  const sampler = samplerOf(schema);
  const chunk = new Uint8Array(1 << 20);
  const view = new DataView(chunk.buffer);
  let used = 0;
  for (let i = 0; i < VALUES; i++) {
    const bytes = encode(schema, sampler(next));
    if (used + 4 + bytes.length > chunk.length) {
      hash.update(chunk.subarray(0, used));
      used = 0;
    }
    view.setUint32(used, bytes.length);
    chunk.set(bytes, used + 4);
    used += 4 + bytes.length;
  }
  return hash.update(chunk.subarray(0, used)).digest('hex');
}

describe(`${VALUES} generated values of`, () => {
  const schemas = allSchemas();
  /** A schema with two names is sampled once, under the first. */
  const firstNames = new Map<unknown, string>();
  for (const [name, { shape }] of schemas) if (!firstNames.has(shape)) firstNames.set(shape, name);

  test.each([...schemas])('%s have the pinned bytes', (name, schema) => {
    const first = firstNames.get(schema.shape) ?? name;
    const hash = found[first] ?? hashOf(first, schema);
    found[name] = hash;
    if (!isPinning) expect(hash).toBe(pinned.types[name]);
  });

  test('nothing that is not a wire type any more', () => {
    expect(pinned.values).toBe(VALUES);
    if (!isPinning) expect(Object.keys(pinned.types)).toEqual([...schemas.keys()].toSorted());
  });

  afterAll(() => {
    if (!isPinning) return;
    const types = Object.fromEntries(
      Object.entries(found).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
    writeFileSync(PATH, `${JSON.stringify({ values: VALUES, types }, null, 2)}\n`);
  });
});
