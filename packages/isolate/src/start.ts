import { assert, must, utf8 } from '@hanse/kit';
import { evidenceSchema } from '@hanse/model';
import { callInfoSchema } from '@hanse/vm';
import { compile, evaluate } from './compile.ts';
import { ATOM_NAMES, indexAtom, UNDEFINED, VALUE_BYTES, type Guest, type Kept } from './guest.ts';
import { HOST_FUNCTIONS } from './host.ts';
import { captureImage, type Image } from './image.ts';
import { io, STACK_TOP } from './layout.ts';
import { Machine } from './machine.ts';
import { planOf, type Plan } from './plan.ts';
import { RUNTIME_FILE, runtimeSource } from './runtime.ts';

/** Parts of the language that a context is made with, as the engine numbers them. */
const LANGUAGE =
  (1 << 2) | // regular expressions
  (1 << 3) | // JSON
  (1 << 4) | // Proxy and Reflect
  (1 << 5) | // Map, Set, WeakMap, WeakSet
  (1 << 6) | // typed arrays
  (1 << 7) | // promises, which must all be settled in the end
  (1 << 8); // bigint
/** Compiling scripts, which nothing but the compiler can. */
const EVAL = 1 << 1;
/** Gas while the engine starts: as much as there can be. */
const START_GAS = 0x7fff_ffff;
/** Index of `hanse.define` among the functions of the host. */
export const DEFINE: number = HOST_FUNCTIONS.length;
/** How the engine calls a function that is told its number. */
const GENERIC_MAGIC = 1;
/** What a run may allocate before the engine looks for garbage the first time. */
const GARBAGE_BYTES = 1_048_576;
const USAGE_BYTES = 208;

/** A started engine: the images that machines are restored from. */
export type Started = {
  /** For compiling code. */
  readonly compiler: Image;
  /** For loading code: nothing can be compiled. */
  readonly base: Image;
  /** Shape of who calls and when. */
  readonly info: Plan;
  /** Shape of what the chain keeps about a deposit. */
  readonly deposit: Plan;
};

/** Start an engine and take its images; always the same ones. */
export function startEngine(module: WebAssembly.Module): Started {
  const compiling = new Machine(module).guest;
  init(compiling, LANGUAGE | EVAL);
  const bytecode = must(
    compile(compiling, utf8(runtimeSource), RUNTIME_FILE),
    'the runtime of contracts does not compile',
  );
  runRuntime(compiling, bytecode);
  settle(compiling);
  const guest = new Machine(module).guest;
  init(guest, LANGUAGE);
  runRuntime(guest, bytecode);
  const info = planOf(guest, callInfoSchema.shape);
  const deposit = planOf(guest, evidenceSchema.shape);
  settle(guest);
  return { compiler: captureImage(compiling), base: captureImage(guest), info, deposit };
}

/** Bring a guest's memory to rest before an image is taken: no garbage, no stack, no traces in the IO range. */
export function settle(guest: Guest): void {
  const { api } = guest;
  api.qjs_run_gc();
  const usage = api.malloc(USAGE_BYTES);
  api.qjs_compute_memory_usage(usage);
  const allocated = guest.word(usage);
  guest.view(usage, USAGE_BYTES).fill(0);
  api.free(usage);
  api.qjs_set_gc_threshold(allocated + GARBAGE_BYTES);
  assert(api.__stack_pointer.value <= STACK_TOP, 'the stack begins where the layout says');
  guest.clearIo();
}

/** Start the runtime and one context in it. */
function init(guest: Guest, language: number): void {
  const { api } = guest;
  api.gas.value = START_GAS;
  api._initialize();
  assert(api.qjs_init2(language) === 0, 'the engine does not start');
  // The limit of the stack is the engine's own pointer, which no code can catch.
  api.qjs_set_max_stack_size(0);
  api.qjs_set_promise_rejection_handler(1);
  const [context, runtime] = [api.qjs_get_context_ptr(), api.qjs_get_runtime_ptr()];
  guest.adopt({
    context,
    runtime,
    uint8ArrayClass: 0,
    atoms: { ...noAtoms },
    host: UNDEFINED,
    joinAmount: UNDEFINED,
    stackOf: UNDEFINED,
    stackNow: UNDEFINED,
  });
  const array = io.args;
  api.boxed_JS_NewUint8ArrayCopy(context, guest.stage(new Uint8Array(1)), 1, array);
  const uint8ArrayClass = guest.classOf(array);
  guest.free(array);
  const atoms = { ...noAtoms };
  for (const name of ATOM_NAMES) atoms[name] = guest.atom(name);
  guest.adopt({ ...guest.constants, uint8ArrayClass, atoms });
}

const noAtoms: Record<(typeof ATOM_NAMES)[number], number> = {
  code: 0,
  host: 0,
  length: 0,
  manifest: 0,
  message: 0,
  name: 0,
  next: 0,
  rows: 0,
  run: 0,
  stack: 0,
};

/** The global `hanse`: `define`, and `host` with its functions, which is returned. */
function defineHanse(guest: Guest): Kept {
  const { api, context } = guest;
  const [global, hanse, host, func] = [0, 1, 2, 3].map((i) => io.args + i * VALUE_BYTES) as [
    number,
    number,
    number,
    number,
  ];
  const add = (object: number, name: string, length: number, index: number): void => {
    const text = guest.stage(utf8(`${name}\0`));
    api.boxed_JS_NewCFunction2(
      context,
      guest.hostFunction,
      text,
      length,
      GENERIC_MAGIC,
      index,
      func,
    );
    guest.define(object, guest.atom(name), func);
  };
  api.boxed_JS_GetGlobalObject(context, global);
  api.boxed_JS_NewObject(context, hanse);
  api.boxed_JS_NewObject(context, host);
  for (const [i, [name, length]] of HOST_FUNCTIONS.entries()) add(host, name, length, i);
  api.boxed_JS_DupValue(context, host, host);
  guest.define(hanse, guest.atom('host'), host);
  add(hanse, 'define', 1, DEFINE);
  guest.define(global, guest.atom('hanse'), hanse);
  guest.free(global);
  return { payload: guest.word(host), tag: guest.tagOf(host) };
}

/** Put the runtime in place and keep what the host needs of it. */
function runRuntime(guest: Guest, bytecode: Uint8Array): void {
  const host = defineHanse(guest);
  const list = io.args;
  assert(evaluate(guest, bytecode, list), 'the runtime of contracts does not run');
  const keep = (index: number): Kept => {
    const slot = guest.takeSlots(1);
    assert(guest.ownProperty(list, indexAtom(index), slot), 'the runtime gives its functions');
    const kept = { payload: guest.word(slot), tag: guest.tagOf(slot) };
    guest.releaseSlots(slot);
    return kept;
  };
  const kept = { joinAmount: keep(0), stackOf: keep(1), stackNow: keep(2), host };
  guest.free(list);
  guest.adopt({ ...guest.constants, ...kept });
}
