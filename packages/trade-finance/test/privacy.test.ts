import type { Manifest } from '@hanse/contract';
import { expect, it } from 'vitest';
import { contract as claims } from '../src/claims.ts';
import { contract as packs } from '../src/packs.ts';

type Shape = Manifest['tables'][number]['row'];

/** Texts that are no DID: what they hold says nothing about a deal. */
const PUBLIC_TEXTS = [
  // Code of a currency, name of a rule set, identifier of the transaction.
  'currency',
  'ruleSet',
  'txid',
  // Key of the registry.
  'publicKey',
];

/** Paths of all texts and bytes of free form in a shape. */
function freeFields(shape: Shape, path: string): readonly string[] {
  if (shape.kind === 'text') return shape['bytesMax'] === 96 ? [] : [path];
  if (shape.kind === 'bytes' || shape.kind === 'amount') return [path];
  if (shape.kind === 'option') return freeFields(shape['item'] as Shape, path);
  if (shape.kind === 'list') return freeFields(shape['item'] as Shape, `${path}[]`);
  if (shape.kind !== 'struct') return [];
  const fields = shape['fields'] as readonly (readonly [string, Shape])[];
  return fields.flatMap(([name, field]) => freeFields(field, `${path}.${name}`));
}

it.each([packs, claims])(
  '$name has no field that a name, a number or a price would fit in: rows, events, arguments, results',
  ({ manifest }) => {
    const shapes = [
      ...manifest.tables.map(({ name, row }) => [name, row] as const),
      ...manifest.events.map(({ name, data }) => [name, data] as const),
      ...manifest.methods.flatMap(({ name, args, returns }) => [
        [name, args] as const,
        [name, returns] as const,
      ]),
    ];
    const free = shapes
      .flatMap(([name, shape]) => freeFields(shape, name))
      .filter((path) => !PUBLIC_TEXTS.includes(path.split('.').at(-1) ?? ''))
      // Cursors of pages are keys of the lists themselves.
      .filter((path) => !/\.(after|next)$/.test(path));
    expect(free).toEqual([]);
  },
);
