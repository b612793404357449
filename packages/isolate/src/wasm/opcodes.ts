import { assert } from '@hanse/kit';
import type { ByteReader } from './bytes.ts';

/** Opcodes that passes look for or write. */
export const op = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  end: 0x0b,
  call: 0x10,
  callIndirect: 0x11,
  drop: 0x1a,
  select: 0x1b,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  i64Load: 0x29,
  i64Store: 0x37,
  memorySize: 0x3f,
  memoryGrow: 0x40,
  i32Const: 0x41,
  f32Const: 0x43,
  f64Const: 0x44,
  i32Eqz: 0x45,
  i32LtS: 0x48,
  i32GtU: 0x4b,
  f32Eq: 0x5b,
  f64Eq: 0x61,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32Mul: 0x6c,
  i32ShrU: 0x76,
  refFunc: 0xd2,
  prefix: 0xfc,
} as const;

/** Second byte of the opcodes after `prefix`. */
export const bulk = {
  memoryInit: 8,
  memoryCopy: 10,
  memoryFill: 11,
} as const;

/** An instruction: its opcode, that after the prefix or -1, and its first immediate where passes need it. */
export type Instruction = { readonly opcode: number; readonly sub: number; readonly first: number };

/**
 * Read one instruction with all its immediates. Knows WebAssembly 1.0, sign extension, saturating
 * conversion, bulk memory and reference types, for one memory; throws for every other opcode.
 */
export function readInstruction(reader: ByteReader): Instruction {
  const opcode = reader.u8();
  if (opcode === op.prefix) return readPrefixed(reader);
  return { opcode, sub: -1, first: readImmediates(reader, opcode) };
}

function readImmediates(reader: ByteReader, opcode: number): number {
  // Blocks.
  if (opcode >= op.block && opcode <= op.if) return reader.s33();
  // Branches by depth; locals, globals, table.get and table.set by index.
  if (opcode === 0x0c || opcode === 0x0d) return reader.u32();
  if (opcode >= 0x20 && opcode <= 0x26) return reader.u32();
  if (opcode === 0x0e) {
    reader.list(() => reader.u32());
    return reader.u32();
  }
  if (opcode === op.call || opcode === op.refFunc) return reader.u32();
  if (opcode === op.callIndirect) {
    const type = reader.u32();
    assert(reader.u32() === 0, 'wasm: call through a second table');
    return type;
  }
  if (opcode === 0x1c) {
    reader.list(() => reader.u8());
    return 0;
  }
  if (opcode >= 0x28 && opcode <= 0x3e) {
    assert(reader.u32() < 0x40, 'wasm: access to a second memory');
    return reader.u32();
  }
  if (opcode === op.memorySize || opcode === op.memoryGrow) {
    assert(reader.u8() === 0, 'wasm: a second memory');
    return 0;
  }
  if (opcode === op.i32Const) return skip(reader, 5);
  if (opcode === 0x42) return skip(reader, 10);
  if (opcode === op.f32Const) return reader.raw(4).length;
  if (opcode === op.f64Const) return reader.raw(8).length;
  if (opcode === 0xd0) return reader.u8();
  assert(isPlain(opcode), `wasm: unknown opcode 0x${opcode.toString(16)}`);
  return 0;
}

function isPlain(opcode: number): boolean {
  return (
    opcode <= 0x01 || // unreachable, nop
    opcode === 0x05 || // else
    opcode === op.end ||
    opcode === 0x0f || // return
    opcode === op.drop ||
    opcode === op.select ||
    (opcode >= 0x45 && opcode <= 0xc4) || // arithmetic, comparison, conversion
    opcode === 0xd1 // ref.is_null
  );
}

function readPrefixed(reader: ByteReader): Instruction {
  const sub = reader.u32();
  assert(sub <= 17, `wasm: unknown opcode 0xfc ${sub}`);
  const of = (first: number): Instruction => ({ opcode: op.prefix, sub, first });
  if (sub <= 7) return of(0); // saturating conversions
  if (sub === bulk.memoryCopy) {
    assert(reader.u8() === 0 && reader.u8() === 0, 'wasm: a second memory');
    return of(0);
  }
  if (sub === bulk.memoryFill) {
    assert(reader.u8() === 0, 'wasm: a second memory');
    return of(0);
  }
  const first = reader.u32();
  if (sub === bulk.memoryInit) assert(reader.u8() === 0, 'wasm: a second memory');
  if (sub === 12 || sub === 14) reader.u32(); // table.init, table.copy: the second index
  return of(first);
}

function skip(reader: ByteReader, bytesMax: number): number {
  reader.skipSigned(bytesMax);
  return 0;
}

/** Type of the float that an opcode computes and whose NaN bits the machine may choose, if it is one. */
export function floatResult(opcode: number): 'f32' | 'f64' | undefined {
  // ceil … max, and the demotion of an f64; abs, neg and copysign only move bits.
  if ((opcode >= 0x8d && opcode <= 0x97) || opcode === 0xb6) return 'f32';
  if ((opcode >= 0x9b && opcode <= 0xa5) || opcode === 0xbb) return 'f64';
  return undefined;
}
