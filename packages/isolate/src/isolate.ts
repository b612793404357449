import { DecodeError } from '@hanse/codec';
import { assert, fromHex, limits, must } from '@hanse/kit';
import type { GuestHost, Isolate, Program, RunMeter, RunOutcome, RunRequest } from '@hanse/vm';
import { ENGINE_HASH } from './engine.ts';
import { readEngine } from './enginefile.ts';
import { VALUE_BYTES } from './guest.ts';
import { hostCall } from './host.ts';
import { restoreImage } from './image.ts';
import { io, PAGES_MAX } from './layout.ts';
import { loadProgram } from './load.ts';
import { Machine } from './machine.ts';
import type { LoadedProgram } from './program.ts';
import { startEngine, type Started } from './start.ts';
import { tag } from './tags.ts';

/** What an isolate is made with. */
export type IsolateOptions = {
  /** The engine, compiled, to share between the isolates of a process. */
  readonly module?: WebAssembly.Module;
  /** Sees the whole memory of an instance after each load and run, for tests that compare it. */
  readonly afterRun?: (memory: Uint8Array) => void;
};

/** The most gas that a run can be given: the meter is a signed 32-bit integer. */
export const GAS_MAX = 0x7fff_ffff;
/** Pages that all machines may have touched together before some are thrown away. */
const POOL_PAGES_MAX = PAGES_MAX + PAGES_MAX / 2;

/** Compile the engine, checked against its hash. */
export function compileEngine(): WebAssembly.Module {
  return new WebAssembly.Module(readEngine());
}

/**
 * A place where contracts run. It starts in a few milliseconds once the engine is compiled. Calls are
 * synchronous; a host function may run other programs of the same isolate meanwhile, each call depth in an
 * instance of its own.
 *
 * The thread needs a stack of 8 MiB or more (`resourceLimits.stackSizeMb`), so that the engine's own limit
 * comes first: a thread that overflows throws, because its verdict would be the machine's.
 */
export function createIsolate(options: IsolateOptions = {}): Isolate {
  const pool = new MachinePool(options.module ?? compileEngine(), options.afterRun);
  const programs = new WeakMap<Program, LoadedProgram>();
  return {
    engineHash: must(fromHex(ENGINE_HASH), 'the hash of the engine'),
    load: (code, gasLimit) => {
      checkGas(gasLimit);
      const loading = pool.use((machine) => loadProgram(machine, pool.started, code, gasLimit));
      if (loading.kind === 'failed') return loading;
      assert(loading.kind === 'loaded', 'loading does not reject or refuse');
      const { codeHash, manifest } = loading.program;
      const program: Program = { codeHash, manifest };
      programs.set(program, loading.program);
      return { kind: 'loaded', program, gas: loading.gas };
    },
    run: (program, request, hostOf) => {
      checkGas(request.gasLimit);
      const loaded = must(programs.get(program), 'a program of this isolate');
      return pool.use((machine) => {
        restoreImage(machine.guest, loaded.image);
        return machine.run(request.gasLimit, () =>
          runMethod(machine, pool.started, loaded, request, hostOf),
        );
      });
    },
  };
}

function checkGas(gasLimit: number): void {
  assert(
    Number.isInteger(gasLimit) && gasLimit >= 0 && gasLimit <= GAS_MAX,
    'gas is a 32-bit integer',
  );
}

function runMethod(
  machine: Machine,
  { info, deposit }: Started,
  program: LoadedProgram,
  request: RunRequest,
  hostOf: (meter: RunMeter) => GuestHost,
): RunOutcome {
  const { guest, reader, builder } = machine;
  const { gasLimit } = request;
  const { plans } = program;
  if (plans === undefined) return machine.failed(gasLimit, 'BadCode', 'its manifest is malformed');
  const method = must(plans.methods[request.method], 'a method of the manifest');
  const host = hostOf({
    get left() {
      return guest.left;
    },
    charge: (amount) => guest.charge(amount),
  });
  const calls = { guest, reader, builder, plans, deposit, host };
  machine.answer = (index, argv) => hostCall(calls, index, argv);
  const [argv, result] = [io.args, io.exception];
  guest.putNumber(argv, request.method);
  try {
    builder.build(method.args, request.args, argv + VALUE_BYTES);
    builder.build(info, request.info, argv + 2 * VALUE_BYTES);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return machine.failed(gasLimit, 'BadValue', `args: ${error.message}`);
  }
  guest.keptTo(guest.constants.host, argv + 3 * VALUE_BYTES);
  guest.call(program.run, program.contract, 4, argv, result);
  if (guest.tagOf(result) === tag.exception) return machine.threw(gasLimit, 'Threw');
  const unfinished = machine.unfinished();
  if (unfinished !== undefined) return machine.failed(gasLimit, 'Unfinished', unfinished);
  const bytes = reader.read(method.returns, result, 'the result');
  return { kind: 'returned', result: bytes, gas: machine.used(gasLimit) };
}

/** Machines by call depth, made when they are first needed. */
class MachinePool {
  readonly started: Started;
  readonly #module: WebAssembly.Module;
  #machines: Machine[] = [];
  readonly #afterRun: IsolateOptions['afterRun'];
  #depth = 0;

  constructor(module: WebAssembly.Module, afterRun: IsolateOptions['afterRun']) {
    this.#module = module;
    this.#afterRun = afterRun;
    this.started = startEngine(module);
  }

  use<T>(work: (machine: Machine) => T): T {
    assert(this.#depth < limits.callDepthMax, 'calls are nested deeper than contracts may');
    const machine = (this.#machines[this.#depth] ??= new Machine(this.#module));
    this.#depth++;
    try {
      return work(machine);
    } finally {
      this.#depth--;
      machine.noteMemory();
      this.#afterRun?.(machine.guest.bytes);
      if (this.#depth === 0) this.#trim();
    }
  }

  /** Memory that a run has touched stays with the process: let go of it when it is too much. */
  #trim(): void {
    const touched = this.#machines.reduce((sum, { pagesHigh }) => sum + pagesHigh, 0);
    if (touched > POOL_PAGES_MAX) this.#machines = this.#machines.slice(0, 1);
  }
}
