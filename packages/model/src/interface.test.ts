import { utf8 } from '@hanse/kit';
import { expect, it } from 'vitest';
import { interfaceOf } from './interface.ts';

const struct = { kind: 'struct', fields: [['id', { kind: 'text', bytesMax: 8 }]] };
const method = { name: 'place', kind: 'command', args: struct, returns: struct, allow: [] };
const manifest = {
  abi: 1,
  name: 'shop',
  tables: [],
  events: [{ name: 'Placed', data: struct }],
  methods: [
    method,
    { ...method, name: 'get', kind: 'query' },
    { ...method, name: 'in', kind: 'internal' },
  ],
};
const read = (json: unknown) => interfaceOf(utf8(JSON.stringify(json)));

it('reads what a contract offers, by kind', () => {
  const offers = read(manifest);
  expect(offers.ok && Object.keys(offers.value.methods)).toEqual(['place']);
  expect(offers.ok && Object.keys(offers.value.queries)).toEqual(['get']);
  expect(offers.ok && Object.keys(offers.value.internals)).toEqual(['in']);
  expect(offers.ok && offers.value.events['Placed']?.shape.kind).toBe('struct');
});

it.each([
  ['another version', { ...manifest, abi: 2 }],
  ['no methods', { ...manifest, methods: undefined }],
  ['a method of no kind', { ...manifest, methods: [{ ...method, kind: 'other' }] }],
  ['a shape that is none', { ...manifest, methods: [{ ...method, args: { kind: 'map' } }] }],
  ['an event without a name', { ...manifest, events: [{ data: struct }] }],
  ['no object', 7],
])('refuses %s', (_, json) => {
  expect(read(json).ok).toBe(false);
});

it('refuses what is no JSON or too large', () => {
  expect(interfaceOf(utf8('{')).ok).toBe(false);
  expect(interfaceOf(new Uint8Array(100_000).fill(32)).ok).toBe(false);
});
