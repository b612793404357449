import { must } from '@hanse/kit';
import { ByteWriter } from './bytes.ts';
import {
  exportedIndex,
  typeOf,
  valueTypes,
  type Code,
  type FuncType,
  type WasmModule,
} from './module.ts';
import { op } from './opcodes.ts';

/** Prefix of the exports that `addShims` makes. */
export const BOXED = 'boxed_';
/** Export of the one function that the engine calls for every function of the host. */
export const HOST_FUNCTION = 'host_function';

/**
 * Add functions to an instrumented module:
 *
 * - for each named export a twin `boxed_<name>` that takes every 64-bit value by its address, and returns
 *   one to an address in a last parameter: a 64-bit value that crosses into JavaScript would become a BigInt
 *   each time;
 * - `host_function`, of the type that the engine calls native functions by: it asks import
 *   `env.host_call(magic, 0, 0, argc, argv)` and returns the 64-bit value at `resultAddress`.
 */
export function addShims(
  module: WasmModule,
  names: readonly string[],
  resultAddress: number,
): WasmModule {
  const boxed = names.map((name) => boxedFunction(module, exportedIndex(module, 0, name)));
  const added = [...boxed, hostFunction(module, resultAddress)];
  const base = module.imports.length + module.functions.length;
  return {
    ...module,
    types: [...module.types, ...added.map(({ type }) => type)],
    functions: [...module.functions, ...added.map((_, i) => module.types.length + i)],
    code: [...module.code, ...added.map(({ code }) => code)],
    exports: [
      ...module.exports,
      ...[...names.map((name) => BOXED + name), HOST_FUNCTION].map((name, i) => ({
        name,
        kind: 0,
        index: base + i,
      })),
    ],
  };
}

type Added = { readonly type: FuncType; readonly code: Code };

// Immediates of a 64-bit access: aligned to 8 bytes, no offset.
const ALIGNED = [3, 0] as const;

function boxedFunction(module: WasmModule, target: number): Added {
  const { i32, i64 } = valueTypes;
  const { params, results } = typeOf(module, target);
  const returns64 = results[0] === i64;
  const out = new ByteWriter();
  // A store takes its address from below the value.
  if (returns64) out.u8(op.localGet).u32(params.length);
  for (const [i, type] of params.entries()) {
    out.u8(op.localGet).u32(i);
    if (type === i64) out.u8(op.i64Load, ...ALIGNED);
  }
  out.u8(op.call).u32(target);
  if (returns64) out.u8(op.i64Store, ...ALIGNED);
  const boxed = params.map((type) => (type === i64 ? i32 : type));
  return {
    type: { params: returns64 ? [...boxed, i32] : boxed, results: returns64 ? [] : results },
    code: { locals: [], body: out.u8(op.end).finish() },
  };
}

function hostFunction(module: WasmModule, resultAddress: number): Added {
  const { i32, i64 } = valueTypes;
  const index = module.imports.findIndex(({ name }) => name === 'host_call');
  must(module.imports[index], 'wasm: the engine does not import host_call');
  const [argc, argv, magic] = [2, 3, 4];
  const out = new ByteWriter();
  out.u8(op.localGet, magic, op.i32Const, 0, op.i32Const, 0, op.localGet, argc, op.localGet, argv);
  out.u8(op.call).u32(index).u8(op.drop);
  out
    .u8(op.i32Const)
    .s32(resultAddress)
    .u8(op.i64Load, ...ALIGNED, op.end);
  return {
    type: { params: [i32, i64, i32, i32, i32], results: [i64] },
    code: { locals: [], body: out.finish() },
  };
}
