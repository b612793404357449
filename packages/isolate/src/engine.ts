import { createHash } from 'node:crypto';
import { assert, toHex } from '@hanse/kit';
import { io, IO_PAGES, PAGES_MAX, STACK_LIMIT, STACK_TOP } from './layout.ts';
import { instrument } from './wasm/instrument.ts';
import { parseModule, writeModule } from './wasm/module.ts';
import { addShims } from './wasm/shim.ts';

/** SHA-256 of the file `quickjs.wasm` of quickjs-wasi 3.6.2, which the engine is made from. */
export const SOURCE_HASH = 'd4c9375f2b1ca4dc95f72c8aa2982a7a9951ac8011490d79c6582df732b4bbd9';
/** SHA-256 of the engine: every validator of a chain runs this file. A change of it is a new engine version. */
export const ENGINE_HASH = 'e8522690a61e57753570ae574ca2f015cca9158b5d10d6c3c7007b5eaa78ab8a';

/** Functions of the engine that are called with values by their address; see `addShims`. */
export const BOXED_FUNCTIONS = [
  'JS_Call',
  'JS_DefinePropertyValue',
  'JS_DefinePropertyValueUint32',
  'JS_DupValue',
  'JS_Eval',
  'JS_EvalFunction',
  'JS_FreeValue',
  'JS_GetClassID',
  'JS_GetException',
  'JS_GetGlobalObject',
  'JS_GetOwnProperty',
  'JS_GetOwnPropertyNames',
  'JS_GetPrototype',
  'JS_GetUint8Array',
  'JS_IsFunction',
  'JS_JSONStringify',
  'JS_NewArray',
  'JS_NewBigInt64',
  'JS_NewBigUint64',
  'JS_NewCFunction2',
  'JS_NewObject',
  'JS_NewStringLen',
  'JS_NewUint8ArrayCopy',
  'JS_ReadObject',
  'JS_ToCStringLen2',
  'JS_WriteObject',
] as const;

/**
 * Make the engine from the bytes of `quickjs.wasm`: parse, instrument, add the functions that the host
 * calls by. Always the same bytes; throws when either file is not the pinned one.
 */
export function buildEngine(quickjs: Uint8Array): Uint8Array {
  assert(sha256Hex(quickjs) === SOURCE_HASH, 'quickjs.wasm is not the one of quickjs-wasi 3.6.2');
  const metered = instrument(parseModule(quickjs), {
    pagesMax: PAGES_MAX,
    hostPages: IO_PAGES,
    stackLimit: STACK_LIMIT,
    stackTop: STACK_TOP,
    outOfMemory: ['JS_ThrowOutOfMemory'],
  });
  const engine = writeModule(addShims(metered, BOXED_FUNCTIONS, io.result));
  assert(isEngine(engine), `the engine came out as ${sha256Hex(engine)}`);
  return engine;
}

/** Whether bytes are the pinned engine. */
export function isEngine(bytes: Uint8Array): boolean {
  return sha256Hex(bytes) === ENGINE_HASH;
}

function sha256Hex(bytes: Uint8Array): string {
  return toHex(createHash('sha256').update(bytes).digest());
}
