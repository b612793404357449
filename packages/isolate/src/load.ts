import { createHash } from 'node:crypto';
import { fromUtf8, limits } from '@hanse/kit';
import { compile, evaluate } from './compile.ts';
import { UNDEFINED, type Guest, type Kept } from './guest.ts';
import { captureImage, restoreImage } from './image.ts';
import { io } from './layout.ts';
import { Misplaced, type Machine, type Unreturned } from './machine.ts';
import { canonicalManifest, plansOf, type LoadedProgram } from './program.ts';
import { CODE_FILE } from './runtime.ts';
import { DEFINE, settle, type Started } from './start.ts';
import { classId, tag } from './tags.ts';

const MANIFEST_BYTES_MAX = limits.valueBytesMax;

/** What code handed to `hanse.define`. */
type Defined = { readonly contract: Kept; readonly run: Kept; readonly manifest: Uint8Array };

/** How loading ended for the isolate. */
export type Loading =
  | { readonly kind: 'loaded'; readonly program: LoadedProgram; readonly gas: number }
  | Unreturned;

/**
 * Make a program of code: compile it, run its top level, take its manifest and its image. All of it is
 * metered; compiling happens in an image of its own, so that no program can compile.
 */
export function loadProgram(
  machine: Machine,
  { compiler, base }: Started,
  code: Uint8Array,
  gasLimit: number,
): Loading {
  restoreImage(machine.guest, compiler);
  const compiled = machine.run(gasLimit, () => {
    if (fromUtf8(code) === undefined) return machine.failed(gasLimit, 'BadCode', 'it is not UTF-8');
    return (
      compile(machine.guest, code, CODE_FILE) ?? failedLoad(machine.threw(gasLimit, 'BadCode'))
    );
  });
  if (!(compiled instanceof Uint8Array)) return compiled;
  const used = machine.used(gasLimit);
  restoreImage(machine.guest, base);
  const ended = machine.run(gasLimit - used, () =>
    runTopLevel(machine, { compiled, code, base }, gasLimit - used),
  );
  return { ...ended, gas: used + ended.gas };
}

function runTopLevel(
  machine: Machine,
  { compiled, code, base }: { compiled: Uint8Array; code: Uint8Array; base: Started['base'] },
  gasLimit: number,
): Loading {
  const { guest } = machine;
  let defined: Defined | undefined;
  let isTwice = false;
  machine.answer = (index, argv) => {
    if (index !== DEFINE) throw new Misplaced();
    isTwice = defined !== undefined;
    defined = define(guest, argv) ?? defined;
  };
  if (!evaluate(guest, compiled, io.exception)) {
    return failedLoad(machine.threw(gasLimit, 'Threw'));
  }
  guest.free(io.exception);
  const bad = (message: string): Unreturned => machine.failed(gasLimit, 'BadCode', message);
  const unfinished = machine.unfinished();
  if (unfinished !== undefined) return machine.failed(gasLimit, 'Unfinished', unfinished);
  if (defined === undefined) return bad('it does not call hanse.define with a contract');
  if (isTwice) return bad('it defines two contracts');
  const { contract, run, manifest } = defined;
  const parsed = canonicalManifest(fromUtf8(manifest) ?? '');
  if (parsed === undefined) return bad('its manifest has a number or text that JSON cannot hold');
  const plans = plansOf(guest, parsed.json);
  settle(guest);
  const gas = machine.used(gasLimit);
  const codeHash = new Uint8Array(createHash('sha256').update(code).digest());
  const image = captureImage(guest, base);
  const program = { codeHash, manifest: parsed.bytes, image, contract, run, plans };
  return { kind: 'loaded', program, gas };
}

/** Code that is being loaded has no transaction to reject. */
function failedLoad(ended: Unreturned): Unreturned {
  if (ended.kind !== 'rejected') return ended;
  const { code, message, frames, gas } = ended;
  return { kind: 'failed', failure: 'Threw', message: `${code}: ${message}`, frames, gas };
}

/**
 * `hanse.define(contract)`: keep the contract and its `run`, write its manifest as JSON. Undefined when it
 * is no contract or when writing the manifest throws, which then goes on in the code.
 */
function define(guest: Guest, argv: number): Defined | undefined {
  const { api, context, constants } = guest;
  guest.putUndefined(io.result);
  if (guest.classOf(argv) !== classId.object) return undefined;
  const slot = guest.takeSlots(5);
  const [run, manifest, text, nothing, contract] = [0, 8, 16, 24, 32].map((at) => slot + at) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const isContract =
    guest.ownProperty(argv, constants.atoms.run, run) &&
    api.boxed_JS_IsFunction(context, run) !== 0 &&
    guest.ownProperty(argv, constants.atoms.manifest, manifest);
  if (!isContract) return undefined;
  guest.put(nothing, UNDEFINED.payload, UNDEFINED.tag);
  api.boxed_JS_JSONStringify(context, manifest, nothing, nothing, text);
  guest.free(manifest);
  if (guest.tagOf(text) === tag.exception) {
    guest.put(io.result, 0, tag.exception);
    return undefined;
  }
  const bytes = guest.text(text)?.bytes.slice(0, MANIFEST_BYTES_MAX + 1);
  if (bytes === undefined || bytes.length > MANIFEST_BYTES_MAX) return undefined;
  guest.chargeBytes(bytes.length);
  api.boxed_JS_DupValue(context, argv, contract);
  const kept = (at: number): Kept => ({ payload: guest.word(at), tag: guest.tagOf(at) });
  return { contract: kept(contract), run: kept(run), manifest: bytes };
}
