import { isJsonArray, isJsonObject, type Json } from '@hanse/codec';
import type { Next } from './mutate.ts';

const LEAVES: readonly Json[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  1,
  0.5,
  255,
  65_536,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  1e300,
  '',
  'a',
  '00',
  'AA',
  'AB',
  '\ud800',
  'é',
  'x'.repeat(5_000),
  [],
  {},
  [null],
];
const NAMES = ['kind', 'value', '__proto__', 'constructor', 'toString', 'length', 'x'];

/** The JSON value with one node replaced, removed, doubled, renamed or exchanged for one of another value. */
export function mutateJson(json: Json, other: Json, next: Next): Json {
  if (next() % 4 === 0 || !isTree(json)) return leafOr(json, other, next);
  if (isJsonArray(json)) {
    const at = next() % (json.length + 1);
    const item = json[at];
    if (next() % 4 === 0)
      return [...json.slice(0, at), leafOr(item ?? null, other, next), ...json.slice(at)];
    if (next() % 4 === 0) return [...json.slice(0, at), ...json.slice(at + 1)];
    return json.map((one, i) => (i === at ? mutateJson(one, other, next) : one));
  }
  const entries = Object.entries(json);
  const at = next() % (entries.length + 1);
  const change = next() % 8;
  const out = entries.flatMap(([name, member], i): readonly (readonly [string, Json])[] => {
    if (i !== at) return [[name, member]];
    if (change === 0) return [];
    if (change === 1) return [[NAMES[next() % NAMES.length] ?? name, member]];
    return [[name, mutateJson(member, other, next)]];
  });
  if (at === entries.length)
    out.push([NAMES[next() % NAMES.length] ?? 'x', leafOr(null, other, next)]);
  return Object.fromEntries(out);
}

function isTree(json: Json): json is readonly Json[] | { readonly [key: string]: Json } {
  return isJsonArray(json) || isJsonObject(json);
}

function leafOr(json: Json, other: Json, next: Next): Json {
  const choice = next() % 8;
  if (choice === 0) return other;
  if (choice === 1 && typeof json === 'string') return json.slice(0, next() % (json.length + 1));
  if (choice === 2 && typeof json === 'string') return json + json;
  if (choice === 3 && typeof json === 'number') return json + (next() % 3) - 1;
  return LEAVES[next() % LEAVES.length] ?? null;
}
