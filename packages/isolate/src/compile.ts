import { utf8 } from '@hanse/kit';
import { VALUE_BYTES, type Guest } from './guest.ts';
import { io } from './layout.ts';
import { tag } from './tags.ts';

const STRICT = 1 << 3;
const COMPILE_ONLY = 1 << 5;
const WRITE_BYTECODE = 1 << 0;
const STRIP_SOURCE = 1 << 4;
const READ_BYTECODE = 1 << 0;

/**
 * Bytecode of a script in strict mode, with lines and columns but without its text; undefined when an
 * exception is pending instead. The guest must be able to compile.
 */
export function compile(guest: Guest, source: Uint8Array, file: string): Uint8Array | undefined {
  const { api, context } = guest;
  const text = copyIn(guest, source);
  const name = copyIn(guest, utf8(file));
  const code = io.args;
  api.boxed_JS_Eval(context, text, source.length, name, STRICT | COMPILE_ONLY, code);
  api.free(text);
  api.free(name);
  if (guest.tagOf(code) === tag.exception) return undefined;
  const flags = WRITE_BYTECODE | STRIP_SOURCE;
  const address = api.boxed_JS_WriteObject(context, io.length, code, flags);
  guest.free(code);
  if (address === 0) return undefined;
  const bytecode = guest.view(address, guest.word(io.length)).slice();
  api.js_free(context, address);
  guest.chargeBytes(bytecode.length);
  return bytecode;
}

/**
 * Run bytecode that `compile` made. What the script's last expression gave goes to `out`; false when an
 * exception is pending instead.
 */
export function evaluate(guest: Guest, bytecode: Uint8Array, out: number): boolean {
  const { api, context } = guest;
  const address = copyIn(guest, bytecode);
  const code = io.args + VALUE_BYTES;
  api.boxed_JS_ReadObject(context, address, bytecode.length, READ_BYTECODE, code);
  api.free(address);
  if (guest.tagOf(code) === tag.exception) return false;
  api.boxed_JS_EvalFunction(context, code, out);
  return guest.tagOf(out) !== tag.exception;
}

/** Copy bytes into the guest's own memory, with a zero behind them. */
function copyIn(guest: Guest, bytes: Uint8Array): number {
  guest.chargeBytes(bytes.length);
  const address = guest.api.malloc(bytes.length + 1);
  const room = guest.view(address, bytes.length + 1);
  room.set(bytes);
  room[bytes.length] = 0;
  return address;
}
