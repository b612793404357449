import { createPrng, decode, encode, sample, schemaOf, t, type Shape } from '@hanse/codec';
import { toHex } from '@hanse/kit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeOf, infoOf } from './contracts.ts';
import { isolate, mustLoad, rowHost, runBody, verdict } from './rig.ts';

// A shape of any kind that manifests can carry, a few levels deep.
const leaf: fc.Arbitrary<Shape> = fc.oneof(
  fc.constantFrom<Shape>({ kind: 'bool' }, { kind: 'amount' }, { kind: 'date' }, { kind: 'u64' }),
  fc
    .tuple(fc.maxSafeInteger(), fc.maxSafeInteger())
    .map(([a, b]): Shape => ({ kind: 'int', min: Math.min(a, b), max: Math.max(a, b) })),
  fc.integer({ min: 0, max: 200 }).map((bytesMax): Shape => ({ kind: 'text', bytesMax })),
  fc.integer({ min: 0, max: 200 }).map((bytesMax): Shape => ({ kind: 'bytes', bytesMax })),
  fc.integer({ min: 1, max: 64 }).map((sizeBytes): Shape => ({ kind: 'fixed', sizeBytes })),
  fc.constant<Shape>({ kind: 'oneOf', names: ['a', 'Größe', '北京', 'a b'] }),
);
const { shape: anyShape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'shape' },
    leaf,
    tie('shape').map((item): Shape => ({ kind: 'option', item: schemaOf(item) })),
    tie('shape')
      .filter(({ kind }) => kind !== 'option')
      .map((item): Shape => ({ kind: 'list', item: schemaOf(item), itemsMin: 0, itemsMax: 6 })),
    fc.array(tie('shape'), { minLength: 1, maxLength: 6 }).map(structOf),
    fc.array(tie('shape'), { minLength: 1, maxLength: 3 }).map(unionOf),
  ),
}));

function structOf(fields: readonly Shape[]): Shape {
  return {
    kind: 'struct',
    fields: Object.fromEntries(fields.map((one, i) => [`f${i}`, schemaOf(one)])),
  };
}

function unionOf(cases: readonly Shape[]): Shape {
  return {
    kind: 'union',
    cases: Object.fromEntries(cases.map((one, i) => [`c${i}`, schemaOf(one)])),
  };
}

// An option of an option has two ways to be missing, which guests cannot tell apart.
function isPlain(shape: Shape): boolean {
  switch (shape.kind) {
    case 'option':
      return shape.item.shape.kind !== 'option' && isPlain(shape.item.shape);
    case 'list':
      return isPlain(shape.item.shape);
    case 'struct':
      return Object.values(shape.fields).every((one) => isPlain(one.shape));
    case 'union':
      return Object.values(shape.cases).every((one) => isPlain(one.shape));
    default:
      return true;
  }
}

test('every value goes into the engine and comes out as the same canonical bytes', () => {
  fc.assert(
    fc.property(anyShape.filter(isPlain), fc.integer({ min: 1 }), (shape, seed) => {
      const args = t.struct({ value: schemaOf(shape) });
      const code = codeOf({ methods: { echo: { args, returns: args } } }, 'return args;');
      const program = mustLoad(code);
      const prng = createPrng(seed);
      for (let i = 0; i < 5; i++) {
        const bytes = encode(args, { value: sample(schemaOf(shape), prng) });
        const request = { method: 0, args: bytes, info: infoOf(), gasLimit: 5_000_000 };
        const outcome = isolate().run(program, request, rowHost().hostOf);
        expect(outcome.kind === 'returned' ? toHex(outcome.result) : outcome).toBe(toHex(bytes));
      }
    }),
    { numRuns: 40 },
  );
});

describe('guests see values as what they are', () => {
  const args = t.struct({
    int: t.int(),
    amount: t.amount,
    date: t.date,
    kind: t.oneOf('a', 'b'),
    bytes: t.bytes(10),
    hash: t.hash,
    list: t.list(t.text(10), 5),
    some: t.option(t.bool),
    none: t.option(t.bool),
  });
  const value = {
    int: -(2 ** 40),
    amount: 2n ** 100n,
    date: '0001-01-01',
    kind: 'b',
    bytes: new Uint8Array([1, 2]),
    hash: new Uint8Array(32),
    list: ['x', 'ÿ', '😀'],
    some: true,
    none: undefined,
  } as const;

  test.each([
    'args.int === -(2 ** 40)',
    'args.amount === 2n ** 100n',
    'args.date === "0001-01-01"',
    'args.kind === "b"',
    'args.bytes instanceof Uint8Array && args.bytes.join() === "1,2"',
    'args.hash.length === 32 && args.hash.buffer.byteLength === 32',
    'Array.isArray(args.list) && args.list.join() === "x,ÿ,😀"',
    'args.some === true && !("none" in args)',
    'Object.getPrototypeOf(args) === Object.prototype && Object.isExtensible(args)',
    'Object.keys(args).join() === "int,amount,date,kind,bytes,hash,list,some"',
    'delete args.int && (args.date = "") === ""',
    'info.height === 7 && info.time === 1700000000000 && info.roles[0] === "supplier"',
    'info.txid.length === 32 && info.signers[0].did === info.caller',
    'method === 0 && host === hanse.host',
  ])('%s', (expression) => {
    const offer = { methods: { run: { args } } };
    const body = `if (!(${expression})) reject("FALSE");`;
    expect(verdict(runBody(body, { offer, args: encode(args, value) }))).toBe('returned');
  });
});

describe('canonical bytes', () => {
  test('that are no value of the shape are refused before the code runs', () => {
    const args = t.struct({ n: t.int(0, 5), b: t.bool, a: t.amount });
    const offer = { methods: { run: { args } } };
    const good = encode(args, { n: 5, b: true, a: 256n });
    const run = (bytes: Uint8Array): string => verdict(runBody('', { offer, args: bytes }));
    expect(run(good)).toBe('returned');
    for (const bad of [
      good.subarray(0, -1),
      new Uint8Array([...good, 0]),
      good.map((byte, i) => (i === 7 ? 6 : byte)),
      good.map((byte, i) => (i === 8 ? 2 : byte)),
      good.map((byte, i) => (i === 9 ? 17 : byte)),
      good.map((byte, i) => (i === 10 ? 0 : byte)),
    ]) {
      expect(run(bad)).toMatch(/^BadValue: args:/);
    }
  });

  test('of rows may lack options that were added at the end', () => {
    const old = t.struct({ id: t.text(40) });
    const grown = t.struct({ id: t.text(40), a: t.option(t.bool), b: t.option(t.text(10)) });
    const host = rowHost();
    host.rows.set(`0/${toHex(encode(old, { id: 'x' }))}`, encode(old, { id: 'x' }));
    const offer = {
      tables: [{ name: 'row', row: grown, key: ['id'] }],
      methods: { run: { args: t.struct({}), returns: t.option(grown) } },
    };
    const outcome = runBody('return { ...host.get(0, { id: "x" }), b: "new" };', { offer, host });
    const bytes = outcome.kind === 'returned' ? outcome.result : new Uint8Array();
    expect(decode(t.option(grown), bytes)).toMatchObject({
      ok: true,
      value: { id: 'x', a: undefined, b: 'new' },
    });
  });
});

describe('values that do not fit end the run, whatever the guest catches', () => {
  const returns = t.struct({
    n: t.int(-5, 5),
    a: t.amount,
    s: t.text(5),
    d: t.date,
    k: t.oneOf('x', 'y'),
    b: t.bytes(3),
    h: t.fixed(2),
    l: t.list(t.bool, 2, 1),
    o: t.option(t.bool),
    i: t.struct({ deep: t.list(t.struct({ z: t.bool }), 3) }),
  });
  const good =
    '{ n: 1, a: 1n, s: "12345", d: "2024-02-29", k: "x", b: new Uint8Array(3), h: new Uint8Array(2), l: [true], i: { deep: [{ z: true }] } }';
  const offer = { methods: { run: { args: t.struct({}), returns } } };
  const returned = (change: string): string =>
    verdict(runBody(`const v = ${good}; ${change}; return v;`, { offer }));

  test('a value that fits is returned', () => {
    expect(returned('')).toBe('returned');
    expect(returned('v.o = undefined; v.extra = () => 1')).toBe('returned');
    expect(returned('v.n = -0')).toBe('returned');
  });

  test.each([
    ['v.n = 6', 'the result.n is not an integer from -5 to 5'],
    ['v.n = 0.5', 'the result.n is not an integer'],
    ['v.n = NaN', 'the result.n is not an integer'],
    ['v.n = 1n', 'the result.n is not an integer'],
    ['v.n = "1"', 'the result.n is not an integer'],
    ['v.n = new Number(1)', 'the result.n is not an integer'],
    ['v.n = { valueOf: () => 1 }', 'the result.n is not an integer'],
    ['delete v.n', 'the result.n is not an integer'],
    ['v.a = -1n', 'the result.a is not an amount'],
    ['v.a = 2n ** 128n', 'the result.a is not an amount'],
    ['v.a = 2n ** 100000n', 'the result.a is not an amount'],
    ['v.a = -(2n ** 127n)', 'the result.a is not an amount'],
    ['v.a = 1', 'the result.a is not an amount'],
    ['v.a = Object(1n)', 'the result.a is not an amount'],
    ['v.s = "123456"', 'the result.s has 6 bytes of text, limit 5'],
    ['v.s = "北京"', 'the result.s has 6 bytes of text, limit 5'],
    ['v.s = "\\ud800"', 'the result.s has a lone surrogate'],
    ['v.s = "\\udc00x"', 'the result.s has a lone surrogate'],
    ['v.s = new String("x")', 'the result.s is not text'],
    ['v.s = Symbol("x")', 'the result.s is not text'],
    ['v.s = null', 'the result.s is not text'],
    ['v.d = "2023-02-29"', 'the result.d is not a date'],
    ['v.d = "2023-2-1"', 'the result.d is not a date'],
    ['v.d = "２０２３-01-1"', 'the result.d is not a date'],
    ['v.k = "z"', 'the result.k is not one of x, y'],
    ['v.k = 0', 'the result.k is not text'],
    ['v.b = new Uint8Array(4)', 'the result.b has 4 bytes, limit 3'],
    ['v.b = [1, 2, 3]', 'the result.b is not a Uint8Array'],
    ['v.b = new Uint8ClampedArray(2)', 'the result.b is not a Uint8Array'],
    ['v.b = new Int8Array(2)', 'the result.b is not a Uint8Array'],
    ['v.b = new Uint8Array(3).buffer', 'the result.b is not a Uint8Array'],
    ['v.b = new Proxy(new Uint8Array(3), {})', 'the result.b is not a Uint8Array'],
    ['v.b.buffer.transfer()', 'the result.b is not a Uint8Array'],
    ['v.h = new Uint8Array(1)', 'the result.h has 1 bytes, needs 2'],
    ['v.l = []', 'the result.l has 0 items, needs 1 to 2'],
    ['v.l = [true, true, true]', 'the result.l has 3 items'],
    ['v.l = { length: 1, 0: true }', 'the result.l is not an array'],
    ['v.l = new Proxy([true], {})', 'the result.l is not an array'],
    ['v.l = [, true]', 'the result.l[0] is missing'],
    ['v.l.length = 2 ** 32 - 1', 'the result.l has 4294967295 items'],
    ['v.l = [1]', 'the result.l[0] is not true or false'],
    ['v.o = null', 'the result.o is not true or false'],
    ['v.i = []', 'the result.i is not a plain object'],
    ['v.i = new Map()', 'the result.i is not a plain object'],
    ['v.i = new Proxy(v.i, {})', 'the result.i is not a plain object'],
    ['v.i = () => 1', 'the result.i is not a plain object'],
    ['v.i = Promise.resolve(v.i)', 'the result.i is not a plain object'],
    ['v.i.deep.push({ z: 0 })', 'the result.i.deep[1].z is not true or false'],
    ['Object.defineProperty(v, "n", { get: () => 1 })', 'the result.n is computed by a getter'],
    [
      'Object.defineProperty(v.l, 0, { get: () => true })',
      'the result.l[0] is computed by a getter',
    ],
    ['delete v.n; Object.prototype.n = 1', 'the result.n is not an integer'],
    ['delete v.n; Object.setPrototypeOf(v, { n: 1 })', 'the result.n is not an integer'],
    ['v.__proto__ = new Proxy({}, { get: () => 1 }); delete v.n', 'the result.n is not an integer'],
  ])('%s', (change, message) => {
    expect(returned(change)).toContain(`BadValue: ${message}`);
  });

  test('no getter of the guest runs while its values are read', () => {
    const host = rowHost();
    const body = `const trap = () => { host.emit(0, { id: "ran" }); return "x"; };
      host.put(0, { get id() { return trap(); }, amount: 1n }, "put");`;
    expect(verdict(runBody(body, { host }))).toBe('BadValue: row.id is computed by a getter');
    expect(host.calls).toEqual([]);
  });
});
