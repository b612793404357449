import { sample, schemaOf, type AnySchema, type Schema, type Shape } from '@hanse/codec';
import * as model from '../src/index.ts';

type Next = () => number;
type Sampler = (next: Next) => unknown;

const LETTERS = ['a', 'Z', '0', '-', '/', ' ', 'é', '链', '\u{1f6a2}'];
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0xffff, 2 ** 32 - 1, 2 ** 32, 2 ** 48];

/**
 * A fast sampler of a schema's values: sizes stay small, edges are common, and every rule that a
 * schema of this package adds to its shape is met. Only integers are involved, so the same numbers
 * give the same values on every machine.
 */
export function samplerOf<T>(schema: Schema<T>): (next: Next) => T {
  return compile(schema) as (next: Next) => T;
}

const compiled = new Map<Shape, Sampler>();

function compile({ shape }: AnySchema): Sampler {
  const known = compiled.get(shape);
  if (known !== undefined) return known;
  const plain = compileShape(shape);
  const mend = mends.get(shape);
  const sampler: Sampler = mend === undefined ? plain : (next) => mend(plain(next));
  compiled.set(shape, sampler);
  return sampler;
}

/** Rules that a shape does not tell, by shape: `refine` keeps the shape of its base. */
const mends = new Map<Shape, (value: unknown) => unknown>();
const certificateShape = model.certificateSchema.shape;
const votesSchema =
  certificateShape.kind === 'struct' ? certificateShape.fields['votes'] : undefined;
if (votesSchema === undefined) throw new Error('a certificate has votes');
mends.set(votesSchema.shape, (value) => {
  const votes = value as { readonly signer: number }[];
  const ascending = votes.toSorted((a, b) => a.signer - b.signer);
  return ascending.filter((vote, i) => vote.signer !== ascending[i - 1]?.signer);
});

function compileShape(shape: Shape): Sampler {
  switch (shape.kind) {
    case 'u8':
      return integers(0xff);
    case 'u16':
      return integers(0xffff);
    case 'u32':
      return integers(0xffff_ffff);
    case 'u64':
      return integers(Number.MAX_SAFE_INTEGER);
    case 'bool':
      return (next) => next() % 2 === 1;
    case 'int':
    case 'amount':
    case 'date':
      return (next) => sample(schemaOf(shape), next);
    case 'text':
      return texts(shape.bytesMax);
    case 'bytes':
      return (next) => bytes(sizeOf(shape.bytesMax, next), next);
    case 'fixed':
      return (next) => bytes(shape.sizeBytes, next);
    case 'oneOf':
      return (next) => shape.names[next() % shape.names.length];
    case 'option': {
      const item = compile(shape.item);
      return (next) => (next() % 2 === 0 ? undefined : item(next));
    }
    case 'list': {
      const item = compile(shape.item);
      const spread = Math.min(shape.itemsMax - shape.itemsMin, 3) + 1;
      return (next) => {
        const out: unknown[] = [];
        for (let count = shape.itemsMin + (next() % spread); count > 0; count--)
          out.push(item(next));
        return out;
      };
    }
    case 'struct': {
      const fields = Object.entries(shape.fields).map(
        ([name, field]) => [name, compile(field)] as const,
      );
      return (next) => {
        const out: Record<string, unknown> = {};
        for (const [name, field] of fields) out[name] = field(next);
        return out;
      };
    }
    case 'union': {
      const cases = Object.entries(shape.cases).map(([kind, one]) => [kind, compile(one)] as const);
      return (next) => {
        const chosen = cases[next() % cases.length];
        return { kind: chosen?.[0], value: chosen?.[1](next) };
      };
    }
  }
}

function integers(valueMax: number): Sampler {
  const edges = [...EDGES.filter((edge) => edge < valueMax), valueMax];
  return (next) => {
    const choice = next();
    if (choice % 4 === 0) return edges[(choice >>> 8) % edges.length];
    return valueMax <= 0xffff_ffff ? next() % (valueMax + 1) : (choice >>> 11) * 2 ** 32 + next();
  };
}

/** Mostly small; now and then long enough that the length takes two bytes. */
function sizeOf(bytesMax: number, next: Next): number {
  const choice = next();
  const most = choice % 64 === 0 ? 400 : 40;
  return (choice >>> 8) % (Math.min(bytesMax, most) + 1);
}

function bytes(sizeBytes: number, next: Next): Uint8Array {
  const out = new Uint8Array(sizeBytes);
  for (let i = 0; i < sizeBytes; i += 4) {
    const word = next();
    out[i] = word;
    out[i + 1] = word >>> 8;
    out[i + 2] = word >>> 16;
    out[i + 3] = word >>> 24;
  }
  return out;
}

function texts(bytesMax: number): Sampler {
  return (next) => {
    const most = Math.min(bytesMax, next() % 20);
    let out = '';
    let left = most;
    while (left > 0) {
      const letter = LETTERS[next() % LETTERS.length] ?? 'a';
      left -= letter.length === 2 ? 4 : letter > '\u07ff' ? 3 : letter > '\u007f' ? 2 : 1;
      if (left >= 0) out += letter;
    }
    return out;
  };
}

/** Every schema this package exports, by name; those of the system contracts by contract and method. */
export function allSchemas(): ReadonlyMap<string, Schema<unknown>> {
  const out = new Map<string, Schema<unknown>>();
  for (const [name, value] of Object.entries(model)) {
    if (name.endsWith('Schema'))
      out.set(name.slice(0, -'Schema'.length), value as unknown as Schema<unknown>);
  }
  for (const [contract, { methods, queries, events }] of Object.entries(model.systemContracts)) {
    for (const [method, { args, result }] of Object.entries({ ...methods, ...queries })) {
      out.set(`${contract}.${method} args`, args as Schema<unknown>);
      out.set(`${contract}.${method} result`, result as Schema<unknown>);
    }
    for (const [event, data] of Object.entries(events))
      out.set(`${contract} event ${event}`, data as Schema<unknown>);
  }
  // Not in the order of exports, which bundlers change.
  return new Map([...out].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Seed of a name, so that a new type does not move the values of the others (FNV-1a). */
export function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const char of name) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}
