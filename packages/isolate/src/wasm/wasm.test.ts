import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { equalBytes } from '@hanse/kit';
import { describe, expect, test } from 'vitest';
import { buildEngine, ENGINE_HASH, isEngine } from '../engine.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { uncheckedRecursion } from './callgraph.ts';
import { instrument, GAS_PER_PAGE, TRAP_OUT_OF_MEMORY } from './instrument.ts';
import { parseModule, valueTypes, writeModule, type FuncType, type WasmModule } from './module.ts';
import { op, readInstruction } from './opcodes.ts';
import { addShims } from './shim.ts';

const { i32, i64, f64 } = valueTypes;
const quickjs = readFileSync(createRequire(import.meta.url).resolve('quickjs-wasi/quickjs.wasm'));

type Func = { readonly type: FuncType; readonly body: readonly number[]; readonly locals?: number };

const STACK_TOP = 65_536;
const STACK_LIMIT = 32_768;

/** A module of exported functions f0, f1 …, all in the table, with one page of memory and a stack pointer. */
function moduleOf(funcs: readonly Func[], imports: WasmModule['imports'] = []): WasmModule {
  const start = new ByteWriter().u8(op.i32Const).s32(STACK_TOP).u8(op.end).finish();
  const zero = new Uint8Array([op.i32Const, 0, op.end]);
  const indexes = funcs.map((_, i) => imports.length + i);
  return {
    types: [
      ...funcs.map(({ type }) => type),
      { params: [i32, i32, i32, i32, i32], results: [i32] },
    ],
    imports,
    functions: funcs.map((_, i) => i),
    tables: [{ min: funcs.length, max: undefined }],
    memory: { min: 1, max: undefined },
    globals: [{ type: i32, isMutable: true, init: start }],
    exports: [
      ...indexes.map((index, i) => ({ name: `f${i}`, kind: 0, index })),
      { name: '__stack_pointer', kind: 3, index: 0 },
      { name: 'memory', kind: 2, index: 0 },
    ],
    elements: [{ offset: zero, functions: indexes }],
    code: funcs.map(({ body, locals = 0 }) => ({
      locals: locals === 0 ? [] : [{ count: locals, type: i32 }],
      body: new Uint8Array([...body, op.end]),
    })),
    dataCount: undefined,
    data: undefined,
  };
}

const options = {
  pagesMax: 4,
  hostPages: 1,
  stackLimit: STACK_LIMIT,
  stackTop: STACK_TOP,
  outOfMemory: [],
};

type Running = {
  readonly call: (name: string, ...args: readonly unknown[]) => unknown;
  readonly global: (name: string) => WebAssembly.Global;
  readonly memory: Uint8Array;
};

function start(module: WasmModule, imports: object = {}): Running {
  const bytes = writeModule(module);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports as never);
  const { exports } = instance;
  const global = (name: string): WebAssembly.Global => exports[name] as WebAssembly.Global;
  global('gas').value = 1_000_000;
  return {
    call: (name, ...args) => (exports[name] as (...of: readonly unknown[]) => unknown)(...args),
    global,
    memory: new Uint8Array((exports['memory'] as WebAssembly.Memory).buffer),
  };
}

function used(running: Running, call: () => unknown): number {
  running.global('gas').value = 1_000_000;
  call();
  return 1_000_000 - running.global('gas').value;
}

const none: FuncType = { params: [], results: [] };
const unary: FuncType = { params: [i32], results: [i32] };
// loop: local 0 -= 1; again while it is not zero.
const countDown = [
  op.loop,
  0x40,
  op.localGet,
  0,
  op.i32Const,
  1,
  op.i32Sub,
  op.localTee,
  0,
  0x0d,
  0,
  op.end,
  op.localGet,
  0,
];

describe('integers', () => {
  test('are written as short as they can be and read back', () => {
    for (const value of [0, 1, 63, 64, 127, 128, 255, 16_383, 16_384, 2 ** 31, 2 ** 32 - 1]) {
      expect(new ByteReader(new ByteWriter().u32(value).finish()).u32()).toBe(value);
    }
    for (const value of [0, 63, 64, -1, -64, -65, 2 ** 31 - 1, -(2 ** 31), 123_456]) {
      const bytes = new ByteWriter().s32(value).finish();
      const reader = new ByteReader(bytes);
      expect(reader.s33() | 0).toBe(value);
      expect(reader.isAtEnd).toBe(true);
    }
  });

  test('that are too long or end early are refused', () => {
    expect(() => new ByteReader(new Uint8Array(6).fill(0x80)).u32()).toThrow('too long');
    expect(() => new ByteReader(new Uint8Array([0xff, 0xff, 0xff, 0xff, 0x7f])).u32()).toThrow();
    expect(() => new ByteReader(new Uint8Array([0x80])).u32()).toThrow('ends too early');
    expect(() => new ByteReader(new Uint8Array(2)).raw(3)).toThrow('ends too early');
  });
});

describe('modules', () => {
  test('keep everything but custom sections when they are parsed and written', () => {
    const module = parseModule(quickjs);
    const bytes = writeModule(module);
    const again = parseModule(bytes);
    // Comparing a megabyte item by item takes the test runner minutes.
    expect(equalBytes(writeModule(again), bytes)).toBe(true);
    expect(again.exports).toEqual(module.exports);
    expect(again.types).toEqual(module.types);
    expect(again.functions).toEqual(module.functions);
    expect(again.elements).toEqual(module.elements);
    expect(bytes.length).toBeGreaterThan(0.9 * quickjs.length);
    expect(() => new WebAssembly.Module(bytes)).not.toThrow();
  });

  test('that hold what the instrumenter does not know are refused', () => {
    expect(() => parseModule(new Uint8Array([0, 0x61, 0x73, 0x6d, 2, 0, 0, 0]))).toThrow();
    const withSection = (...section: readonly number[]): Uint8Array =>
      new Uint8Array([...writeModule(moduleOf([])), ...section]);
    expect(() => parseModule(withSection(8, 1, 0))).toThrow('start function');
    expect(() => parseModule(withSection(13, 0))).toThrow('unknown section');
    expect(() => parseModule(withSection(1, 1, 0))).toThrow('comes twice');
    expect(() => parseModule(writeModule(moduleOf([])).subarray(0, 20))).toThrow();
  });

  test.each([
    ['vector instruction', [0xfd, 0x0c]],
    ['atomic instruction', [0xfe, 0x00]],
    ['tail call', [0x12, 0x00]],
    ['try', [0x06, 0x40]],
    ['second memory', [0x28, 0x42, 0x00, 0x00]],
    ['unknown bulk operation', [0xfc, 0x12]],
    ['call through a second table', [0x11, 0x00, 0x01]],
  ])('with a %s are refused', (_name, body) => {
    expect(() => instrument(moduleOf([{ type: none, body }]), options)).toThrow('wasm:');
  });
});

describe('gas', () => {
  test('is one for a call and one for each round of a loop', () => {
    const running = start(instrument(moduleOf([{ type: unary, body: countDown }]), options));
    expect(used(running, () => running.call('f0', 1))).toBe(2);
    expect(used(running, () => running.call('f0', 1_000))).toBe(1_001);
  });

  test('below zero traps at once, and exactly enough is enough', () => {
    const running = start(instrument(moduleOf([{ type: unary, body: countDown }]), options));
    running.global('gas').value = 11;
    expect(running.call('f0', 10)).toBe(0);
    expect(running.global('gas').value).toBe(0);
    running.global('gas').value = 10;
    expect(() => running.call('f0', 10)).toThrow(WebAssembly.RuntimeError);
    expect(running.global('gas').value).toBe(-1);
  });

  test('of bulk operations is one for 64 bytes, before they work', () => {
    const fill = [op.i32Const, 0, op.i32Const, 7, op.localGet, 0, op.prefix, 11, 0, op.localGet, 0];
    const copy = [
      op.i32Const,
      1,
      op.i32Const,
      0,
      op.localGet,
      0,
      op.prefix,
      10,
      0,
      0,
      op.localGet,
      0,
    ];
    const running = start(
      instrument(
        moduleOf([
          { type: unary, body: fill },
          { type: unary, body: copy },
        ]),
        options,
      ),
    );
    expect(used(running, () => running.call('f0', 63))).toBe(1);
    expect(used(running, () => running.call('f0', 6_400))).toBe(101);
    expect(used(running, () => running.call('f1', 640))).toBe(11);
    running.memory.fill(0);
    running.global('gas').value = 100;
    expect(() => running.call('f0', 6_400)).toThrow(WebAssembly.RuntimeError);
    expect(running.memory[0]).toBe(0);
  });
});

describe('memory', () => {
  const growing = (): Running =>
    start(
      instrument(
        moduleOf([
          { type: unary, body: [op.localGet, 0, op.memoryGrow, 0] },
          { type: { params: [], results: [i32] }, body: [op.memorySize, 0] },
        ]),
        options,
      ),
    );

  test('has its full size from the start and grows in name only, for gas', () => {
    const running = growing();
    expect(running.memory.length).toBe(5 * 65_536);
    expect(running.call('f1')).toBe(1);
    expect(used(running, () => expect(running.call('f0', 2)).toBe(1))).toBe(1 + 2 * GAS_PER_PAGE);
    expect(running.call('f1')).toBe(3);
    expect(running.call('f0', 0)).toBe(3);
  });

  test('that runs out traps and says so', () => {
    for (const wanted of [4, 65_536, -1, 2 ** 31 - 1]) {
      const running = growing();
      expect(() => running.call('f0', wanted)).toThrow(WebAssembly.RuntimeError);
      expect(running.global('trap').value).toBe(TRAP_OUT_OF_MEMORY);
      expect(running.global('pages').value).toBe(1);
    }
  });

  test('that an exported function reports as exhausted traps as well', () => {
    const module = moduleOf([{ type: unary, body: [op.localGet, 0] }]);
    const running = start(instrument(module, { ...options, outOfMemory: ['f0'] }));
    expect(() => running.call('f0', 1)).toThrow(WebAssembly.RuntimeError);
    expect(running.global('trap').value).toBe(TRAP_OUT_OF_MEMORY);
  });
});

describe('the stack', () => {
  test('traps below its limit, below zero too, and keeps its low mark', () => {
    const setPointer = [op.localGet, 0, op.globalSet, 0, op.localGet, 0];
    const module = instrument(moduleOf([{ type: unary, body: setPointer }]), options);
    const running = start(module);
    running.call('f0', STACK_LIMIT + 16);
    running.call('f0', STACK_TOP);
    expect(running.global('stackLow').value).toBe(STACK_LIMIT + 16);
    expect(() => running.call('f0', STACK_LIMIT - 16)).toThrow(WebAssembly.RuntimeError);
    expect(() => start(module).call('f0', -16)).toThrow(WebAssembly.RuntimeError);
  });

  test('is used by recursion that would not use it, direct or through the table', () => {
    const direct = [op.localGet, 0, op.call, 0];
    const indirect = [op.localGet, 0, op.i32Const, 1, op.callIndirect, 1, 0];
    const leaf = [op.localGet, 0];
    const module = moduleOf([
      { type: unary, body: direct },
      { type: unary, body: indirect },
      { type: unary, body: leaf },
    ]);
    expect(uncheckedRecursion(module, 0)).toEqual([0, 1]);
    const running = start(instrument(module, options));
    for (const name of ['f0', 'f1']) {
      expect(() => running.call(name, 1)).toThrow(WebAssembly.RuntimeError);
      expect(running.global('stackLow').value).toBeLessThan(STACK_LIMIT);
      running.global('stackLow').value = STACK_TOP;
      running.global('__stack_pointer').value = STACK_TOP;
    }
    expect(running.call('f2', 5)).toBe(5);
    expect(running.global('stackLow').value).toBe(STACK_TOP);
  });

  test('is given back by recursion that ends', () => {
    // n == 0 ? 0 : f(n - 1)
    const body = [
      op.localGet,
      0,
      op.i32Eqz,
      op.if,
      0x7f,
      op.i32Const,
      0,
      0x05,
      op.localGet,
      0,
      op.i32Const,
      1,
      op.i32Sub,
      op.call,
      0,
      op.end,
    ];
    const running = start(instrument(moduleOf([{ type: unary, body }]), options));
    expect(running.call('f0', 50)).toBe(0);
    expect(running.global('__stack_pointer').value).toBe(STACK_TOP);
    expect(running.global('stackLow').value).toBe(STACK_TOP - 51 * 256);
  });

  test('of cycles that pass a function which uses it needs no wrapper', () => {
    const first = [op.localGet, 0, op.globalSet, 0, op.localGet, 0, op.call, 1];
    const second = [op.localGet, 0, op.call, 0];
    const module = moduleOf([
      { type: unary, body: first },
      { type: unary, body: second },
    ]);
    expect(uncheckedRecursion(module, 0)).toEqual([]);
  });
});

test('every NaN that arithmetic makes has the same bits', () => {
  const divide: FuncType = { params: [f64, f64], results: [i64] };
  const body = [op.localGet, 0, op.localGet, 1, 0xa3, 0xbd];
  const add = [op.localGet, 0, op.localGet, 1, 0xa0, 0xbd];
  const module = moduleOf([
    { type: divide, body },
    { type: divide, body: add },
  ]);
  const running = start(instrument(module, options));
  const canonical = 0x7ff8_0000_0000_0000n;
  expect(running.call('f0', 0, 0)).toBe(canonical);
  expect(running.call('f0', -0, 0)).toBe(canonical);
  expect(running.call('f1', Infinity, -Infinity)).toBe(canonical);
  expect(running.call('f1', 1, 2)).toBe(0x4008_0000_0000_0000n);
});

test('shims take and give 64-bit values by address', () => {
  const type: FuncType = { params: [i64, i32, i64], results: [i64] };
  // a + extend(b) - c
  const body = [op.localGet, 0, op.localGet, 1, 0xac, 0x7c, op.localGet, 2, 0x7d];
  const imports = [{ module: 'env', name: 'host_call', type: 1 }];
  const module = addShims(instrument(moduleOf([{ type, body }], imports), options), ['f0'], 64);
  const seen: number[][] = [];
  const env = { host_call: (...args: number[]) => (seen.push(args), 0) };
  const running = start(module, { env });
  const view = new DataView(running.memory.buffer);
  view.setBigInt64(0, 2n ** 40n, true);
  view.setBigInt64(8, 3n, true);
  running.call('boxed_f0', 0, 5, 8, 16);
  expect(view.getBigInt64(16, true)).toBe(2n ** 40n + 2n);
  view.setBigInt64(64, -7n, true);
  expect(running.call('host_function', 1, 0n, 2, 3, 4)).toBe(-7n);
  expect(seen).toEqual([[4, 0, 0, 2, 3]]);
});

test('instructions are read to their last byte', () => {
  const reader = new ByteReader(parseModule(quickjs).code.at(-1)?.body ?? new Uint8Array());
  let last = -1;
  while (!reader.isAtEnd) last = readInstruction(reader).opcode;
  expect(last).toBe(op.end);
});

describe('the engine', () => {
  test('is the same bytes each time, those that are pinned', () => {
    const [first, second] = [buildEngine(quickjs), buildEngine(quickjs)];
    expect(equalBytes(first, second)).toBe(true);
    expect(isEngine(first)).toBe(true);
    expect(ENGINE_HASH).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is made from the pinned file only', () => {
    const other = quickjs.slice();
    other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
    expect(() => buildEngine(other)).toThrow('is not the one of quickjs-wasi');
  });
});
