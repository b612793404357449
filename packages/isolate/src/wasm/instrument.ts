import { assert, must } from '@hanse/kit';
import { ByteReader, ByteWriter } from './bytes.ts';
import { uncheckedRecursion } from './callgraph.ts';
import {
  exportedIndex,
  typeOf,
  valueTypes,
  type Code,
  type Export,
  type FuncType,
  type Global,
  type WasmModule,
} from './module.ts';
import { bulk, floatResult, op, readInstruction } from './opcodes.ts';

/** What the instrumenter is told about the module and its limits. */
export type InstrumentOptions = {
  /** Pages that the program may have in all, its stack and data included. */
  readonly pagesMax: number;
  /** Pages above these, for the host. */
  readonly hostPages: number;
  /** Lowest address that the stack may reach, and where it begins. */
  readonly stackLimit: number;
  readonly stackTop: number;
  /** Exported functions that report that memory ran out: entering one ends the run. */
  readonly outOfMemory: readonly string[];
};

/** Gas of one more page of memory. */
export const GAS_PER_PAGE = 4_096;
/** `memory.copy`, `fill` and `init` cost one gas for so many bytes: 2 ** 6. */
const BULK_SHIFT = 6;
/** What a function that never uses the stack is charged on it for a call. */
const FRAME_BYTES = 256;
/** Value of the global `trap` when memory ran out. */
export const TRAP_OUT_OF_MEMORY = 1;
const EMPTY_BLOCK = 0x40;
const NAN_F32 = [0, 0, 0xc0, 0x7f] as const;
const NAN_F64 = [0, 0, 0, 0, 0, 0, 0xf8, 0x7f] as const;

/** Indexes of the globals that instrumented code uses. */
type Registers = {
  readonly stackPointer: number;
  readonly gas: number;
  readonly pages: number;
  readonly stackLow: number;
  readonly trap: number;
};

type Context = {
  readonly options: InstrumentOptions;
  readonly registers: Registers;
  readonly growFunction: number;
};

/**
 * Rewrite a module so that a run of it is metered and gives the same result on every machine:
 *
 * - one gas for each function entered and each round of a loop, one for each 64 bytes of a bulk operation;
 *   below zero the run traps (global `gas`);
 * - memory has its full size from the start, and growing it only moves the global `pages`, for gas;
 * - the stack pointer traps below its limit; global `stackLow` holds the lowest it has been;
 * - recursion that does not move the stack pointer is made to;
 * - every NaN that arithmetic gives has the same bits;
 * - running out of memory traps and sets the global `trap`.
 */
export function instrument(module: WasmModule, options: InstrumentOptions): WasmModule {
  const recursive = uncheckedRecursion(module, exportedIndex(module, 3, '__stack_pointer'));
  const base = module.imports.length;
  const registers = addedRegisters(module);
  // New functions lie behind all others, so that no index changes: first `grow`, then moved bodies.
  const growFunction = base + module.functions.length;
  const context: Context = { options, registers, growFunction };
  const dead = new Set(options.outOfMemory.map((name) => exportedIndex(module, 0, name)));
  const code = module.code.map((one, i) =>
    dead.has(base + i)
      ? outOfMemory(context)
      : instrumentFunction(context, typeOf(module, base + i), one),
  );
  const moved: Code[] = [];
  for (const [i, func] of recursive.entries()) {
    const own = func - base;
    moved.push(must(code[own], 'wasm: no such function'));
    code[own] = wrapper(context, typeOf(module, func), growFunction + 1 + i);
  }
  const growType: FuncType = { params: [valueTypes.i32], results: [valueTypes.i32] };
  const memoryPages = options.pagesMax + options.hostPages;
  assert(
    module.memory.min <= options.pagesMax,
    'wasm: the module needs more memory than it may have',
  );
  return {
    ...module,
    types: [...module.types, growType],
    functions: [
      ...module.functions,
      module.types.length,
      ...recursive.map((func) => must(module.functions[func - base], 'wasm: no such function')),
    ],
    memory: { min: memoryPages, max: memoryPages },
    globals: [...module.globals, ...newGlobals(module, options)],
    exports: [...module.exports, ...registerExports(registers)],
    code: [...code, grow(context), ...moved],
  };
}

function addedRegisters(module: WasmModule): Registers {
  const first = module.globals.length;
  const stackPointer = exportedIndex(module, 3, '__stack_pointer');
  return { stackPointer, gas: first, pages: first + 1, stackLow: first + 2, trap: first + 3 };
}

function newGlobals(module: WasmModule, options: InstrumentOptions): readonly Global[] {
  const i32 = (value: number): Global => ({
    type: valueTypes.i32,
    isMutable: true,
    init: new ByteWriter().u8(op.i32Const).s32(value).u8(op.end).finish(),
  });
  return [i32(0), i32(module.memory.min), i32(options.stackTop), i32(0)];
}

function registerExports({ gas, pages, stackLow, trap }: Registers): readonly Export[] {
  return Object.entries({ gas, pages, stackLow, trap }).map(([name, index]) => ({
    name,
    kind: 3,
    index,
  }));
}

/** Locals that the instrumentation adds to a function, behind its own. */
type Scratch = { readonly i32: number; readonly f32: number; readonly f64: number };

function instrumentFunction(context: Context, type: FuncType, code: Code): Code {
  const own = type.params.length + code.locals.reduce((sum, { count }) => sum + count, 0);
  const scratch: Scratch = { i32: own, f32: own + 1, f64: own + 2 };
  const out = new ByteWriter();
  chargeStep(out, context.registers, scratch.i32);
  const reader = new ByteReader(code.body);
  let hasFloats = false;
  while (!reader.isAtEnd) {
    const start = reader.offset;
    const instruction = readInstruction(reader);
    const bytes = code.body.subarray(start, reader.offset);
    rewrite(out, context, scratch, instruction, bytes);
    hasFloats ||= floatResult(instruction.opcode) !== undefined;
  }
  const { i32, f32, f64 } = valueTypes;
  const locals = (hasFloats ? [i32, f32, f64] : [i32]).map((one) => ({ count: 1, type: one }));
  return { locals: [...code.locals, ...locals], body: out.finish() };
}

function rewrite(
  out: ByteWriter,
  { registers, options, growFunction }: Context,
  scratch: Scratch,
  { opcode, sub, first }: ReturnType<typeof readInstruction>,
  bytes: Uint8Array,
): void {
  const isBulk = sub === bulk.memoryCopy || sub === bulk.memoryFill || sub === bulk.memoryInit;
  if (opcode === op.prefix && isBulk) chargeBulk(out, registers, scratch.i32);
  if (opcode === op.memorySize) {
    out.u8(op.globalGet).u32(registers.pages);
    return;
  }
  if (opcode === op.memoryGrow) {
    out.u8(op.call).u32(growFunction);
    return;
  }
  out.raw(bytes);
  if (opcode === op.loop) chargeStep(out, registers, scratch.i32);
  if (opcode === op.globalSet && first === registers.stackPointer) {
    checkStack(out, registers, options);
  }
  const float = floatResult(opcode);
  if (float !== undefined) canonicalNaN(out, float, scratch[float]);
}

/** gas -= 1, and trap below zero. */
function chargeStep(out: ByteWriter, registers: Registers, local: number): void {
  out.u8(op.globalGet).u32(registers.gas).u8(op.i32Const, 1, op.i32Sub);
  setGas(out, registers, local);
}

/** gas -= length >> 6 for the length on top of the stack, which stays there. */
function chargeBulk(out: ByteWriter, registers: Registers, local: number): void {
  out.u8(op.localSet).u32(local).u8(op.localGet).u32(local);
  out.u8(op.globalGet).u32(registers.gas).u8(op.localGet).u32(local);
  out.u8(op.i32Const, BULK_SHIFT, op.i32ShrU, op.i32Sub);
  // The length is still needed below, so the new gas is tested through the global.
  out.u8(op.globalSet).u32(registers.gas).u8(op.globalGet).u32(registers.gas);
  out.u8(op.i32Const, 0, op.i32LtS, op.if, EMPTY_BLOCK, op.unreachable, op.end);
}

/** The top of the stack becomes the gas; traps below zero. */
function setGas(out: ByteWriter, registers: Registers, local: number): void {
  out.u8(op.localTee).u32(local).u8(op.globalSet).u32(registers.gas);
  out.u8(op.localGet).u32(local);
  out.u8(op.i32Const, 0, op.i32LtS, op.if, EMPTY_BLOCK, op.unreachable, op.end);
}

/**
 * Keep the lowest stack pointer, trap below the limit. Signed comparison: a pointer that went below zero
 * must not look like a high one.
 */
function checkStack(
  out: ByteWriter,
  registers: Registers,
  { stackLimit }: InstrumentOptions,
): void {
  const { stackPointer, stackLow } = registers;
  out.u8(op.globalGet).u32(stackPointer).u8(op.globalGet).u32(stackLow);
  out.u8(op.i32LtS, op.if, EMPTY_BLOCK);
  out.u8(op.globalGet).u32(stackPointer).u8(op.globalSet).u32(stackLow);
  out.u8(op.globalGet).u32(stackPointer).u8(op.i32Const).s32(stackLimit);
  out.u8(op.i32LtS, op.if, EMPTY_BLOCK, op.unreachable, op.end, op.end);
}

/** x == x ? x : NaN */
function canonicalNaN(out: ByteWriter, type: 'f32' | 'f64', local: number): void {
  const get = (): ByteWriter => out.u8(op.localGet).u32(local);
  out.u8(op.localTee).u32(local);
  if (type === 'f32') out.u8(op.f32Const, ...NAN_F32);
  else out.u8(op.f64Const, ...NAN_F64);
  get();
  get();
  out.u8(type === 'f32' ? op.f32Eq : op.f64Eq, op.select);
}

/** Calls a moved body with a frame on the stack, so that its recursion meets the stack's limit. */
function wrapper({ registers, options }: Context, type: FuncType, target: number): Code {
  const out = new ByteWriter();
  const move = (opcode: number): void => {
    out.u8(op.globalGet).u32(registers.stackPointer).u8(op.i32Const).s32(FRAME_BYTES);
    out.u8(opcode, op.globalSet).u32(registers.stackPointer);
  };
  move(op.i32Sub);
  checkStack(out, registers, options);
  for (const i of type.params.keys()) out.u8(op.localGet).u32(i);
  out.u8(op.call).u32(target);
  move(op.i32Add);
  return { locals: [], body: out.u8(op.end).finish() };
}

/** memory.grow within `pages`: the old size, for gas. Asking for more than there is ends the run. */
function grow({ registers, options }: Context): Code {
  const out = new ByteWriter();
  const [wanted, scratch] = [0, 1];
  out.u8(op.localGet, wanted, op.i32Const).s32(options.pagesMax);
  out.u8(op.globalGet).u32(registers.pages).u8(op.i32Sub, op.i32GtU, op.if, EMPTY_BLOCK);
  trapOutOfMemory(out, registers);
  out.u8(op.end);
  out.u8(op.globalGet).u32(registers.gas).u8(op.localGet, wanted, op.i32Const).s32(GAS_PER_PAGE);
  out.u8(op.i32Mul, op.i32Sub);
  setGas(out, registers, scratch);
  out.u8(op.globalGet).u32(registers.pages).u8(op.localSet, scratch);
  out.u8(op.localGet, scratch, op.localGet, wanted, op.i32Add, op.globalSet).u32(registers.pages);
  out.u8(op.localGet, scratch, op.end);
  return { locals: [{ count: 1, type: valueTypes.i32 }], body: out.finish() };
}

function outOfMemory({ registers }: Context): Code {
  const out = new ByteWriter();
  trapOutOfMemory(out, registers);
  return { locals: [], body: out.u8(op.end).finish() };
}

function trapOutOfMemory(out: ByteWriter, { trap }: Registers): void {
  out.u8(op.i32Const, TRAP_OUT_OF_MEMORY, op.globalSet).u32(trap).u8(op.unreachable);
}
