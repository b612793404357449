import { assert } from '@hanse/kit';
import { BOXED_FUNCTIONS } from './engine.ts';
import { BOXED, HOST_FUNCTION } from './wasm/shim.ts';

type I32 = number;

/**
 * What the engine exports and the host uses. In the functions that begin with `boxed_` a value of the
 * engine is given and returned by its address; the last parameter `out` is where a returned value goes.
 */
export type EngineExports = {
  readonly memory: WebAssembly.Memory;
  readonly __indirect_function_table: WebAssembly.Table;
  readonly __stack_pointer: WebAssembly.Global;
  readonly gas: WebAssembly.Global;
  readonly pages: WebAssembly.Global;
  readonly stackLow: WebAssembly.Global;
  readonly trap: WebAssembly.Global;
  readonly host_function: unknown;

  readonly _initialize: () => void;
  readonly malloc: (sizeBytes: I32) => I32;
  readonly free: (address: I32) => void;
  readonly qjs_init2: (intrinsics: I32) => I32;
  readonly qjs_get_context_ptr: () => I32;
  readonly qjs_get_runtime_ptr: () => I32;
  readonly qjs_set_promise_rejection_handler: (isOn: I32) => void;
  readonly qjs_set_max_stack_size: (sizeBytes: I32) => void;
  readonly qjs_compute_memory_usage: (out: I32) => void;
  readonly qjs_run_gc: () => void;
  readonly qjs_set_gc_threshold: (sizeBytes: I32) => void;

  readonly js_free: (context: I32, address: I32) => void;
  readonly JS_FreeAtom: (context: I32, atom: I32) => void;
  readonly JS_FreeCString: (context: I32, text: I32) => void;
  readonly JS_FreePropertyEnum: (context: I32, table: I32, count: I32) => void;
  readonly JS_AtomToCStringLen: (context: I32, length: I32, atom: I32) => I32;
  readonly JS_HasException: (context: I32) => I32;
  readonly JS_IsJobPending: (runtime: I32) => I32;
  readonly JS_NewAtomLen: (context: I32, text: I32, sizeBytes: I32) => I32;

  readonly boxed_JS_Call: (
    context: I32,
    callee: I32,
    receiver: I32,
    argc: I32,
    argv: I32,
    out: I32,
  ) => void;
  readonly boxed_JS_DefinePropertyValue: (
    context: I32,
    object: I32,
    atom: I32,
    value: I32,
    flags: I32,
  ) => I32;
  readonly boxed_JS_DefinePropertyValueUint32: (
    context: I32,
    object: I32,
    index: I32,
    value: I32,
    flags: I32,
  ) => I32;
  readonly boxed_JS_DupValue: (context: I32, value: I32, out: I32) => void;
  readonly boxed_JS_Eval: (
    context: I32,
    text: I32,
    sizeBytes: I32,
    file: I32,
    flags: I32,
    out: I32,
  ) => void;
  readonly boxed_JS_EvalFunction: (context: I32, code: I32, out: I32) => void;
  readonly boxed_JS_FreeValue: (context: I32, value: I32) => void;
  readonly boxed_JS_GetClassID: (value: I32) => I32;
  readonly boxed_JS_GetException: (context: I32, out: I32) => void;
  readonly boxed_JS_GetGlobalObject: (context: I32, out: I32) => void;
  readonly boxed_JS_GetOwnProperty: (context: I32, out: I32, object: I32, atom: I32) => I32;
  readonly boxed_JS_GetOwnPropertyNames: (
    context: I32,
    table: I32,
    count: I32,
    object: I32,
    flags: I32,
  ) => I32;
  readonly boxed_JS_GetPrototype: (context: I32, object: I32, out: I32) => void;
  readonly boxed_JS_GetUint8Array: (context: I32, length: I32, object: I32) => I32;
  readonly boxed_JS_IsFunction: (context: I32, value: I32) => I32;
  readonly boxed_JS_JSONStringify: (
    context: I32,
    value: I32,
    replacer: I32,
    space: I32,
    out: I32,
  ) => void;
  readonly boxed_JS_NewArray: (context: I32, out: I32) => void;
  readonly boxed_JS_NewBigInt64: (context: I32, integer: I32, out: I32) => void;
  readonly boxed_JS_NewBigUint64: (context: I32, integer: I32, out: I32) => void;
  readonly boxed_JS_NewCFunction2: (
    context: I32,
    func: I32,
    name: I32,
    length: I32,
    kind: I32,
    magic: I32,
    out: I32,
  ) => void;
  readonly boxed_JS_NewObject: (context: I32, out: I32) => void;
  readonly boxed_JS_NewStringLen: (context: I32, text: I32, sizeBytes: I32, out: I32) => void;
  readonly boxed_JS_NewUint8ArrayCopy: (context: I32, bytes: I32, sizeBytes: I32, out: I32) => void;
  readonly boxed_JS_ReadObject: (
    context: I32,
    bytes: I32,
    sizeBytes: I32,
    flags: I32,
    out: I32,
  ) => void;
  readonly boxed_JS_ToCStringLen2: (context: I32, length: I32, value: I32, isCesu8: I32) => I32;
  readonly boxed_JS_WriteObject: (context: I32, length: I32, value: I32, flags: I32) => I32;
};

const OBJECTS = ['memory', '__indirect_function_table'] as const;
const GLOBALS = ['__stack_pointer', 'gas', 'pages', 'stackLow', 'trap'] as const;
const FUNCTIONS = ['_initialize', 'malloc', 'free', HOST_FUNCTION] as const;

/** The exports of an instance of the pinned engine, whose types are fixed with its hash. */
export function engineExports(instance: WebAssembly.Instance): EngineExports {
  const { exports } = instance;
  for (const name of [...OBJECTS, ...GLOBALS, ...FUNCTIONS]) {
    assert(exports[name] !== undefined, `the engine does not export ${name}`);
  }
  for (const name of BOXED_FUNCTIONS) {
    assert(exports[BOXED + name] !== undefined, `the engine does not export ${name}`);
  }
  return exports as unknown as EngineExports;
}
