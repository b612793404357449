import {
  HostRefusal,
  type ErrorRefusal,
  type FailureKind,
  type Frame,
  type RunOutcome,
} from '@hanse/vm';
import { ValueBuilder } from './build.ts';
import { engineExports } from './exports.ts';
import { BadValue, Guest, RunEnded } from './guest.ts';
import { io, STACK_LIMIT } from './layout.ts';
import { ValueReader } from './read.ts';
import { readFramesNow, readThrown } from './thrown.ts';
import { TRAP_OUT_OF_MEMORY } from './wasm/instrument.ts';

/** What a function of the host ended a run with. */
type Ending =
  | { readonly kind: 'refused'; readonly refusal: ErrorRefusal }
  | { readonly kind: 'failed'; readonly failure: FailureKind; readonly message: string }
  /** The node itself is broken: whoever asked for the run must stop. */
  | { readonly kind: 'fault'; readonly error: unknown };

/** Thrown by a function of the host that the code may not call now. */
export class Misplaced extends Error {}

/** A run that did not return. */
export type Unreturned = Exclude<RunOutcome, { readonly kind: 'returned' }>;

const ERRNO_BADF = 8;
// Gas for looking at where a run was cut off; not the run's.
const POST_MORTEM_GAS = 200_000;
const POST_MORTEM_STACK_BYTES = 65_536;

/**
 * One instance of the engine with what it needs to run programs, one at a time. Its imports know no clock
 * and no chance.
 */
export class Machine {
  readonly guest: Guest;
  readonly reader: ValueReader;
  readonly builder: ValueBuilder;
  /** Answers functions of the host during a run: their number, and where their arguments lie. */
  answer: (index: number, argv: number) => void = nobody;
  /** The most pages that runs have had. */
  pagesHigh = 0;
  #ending: Ending | undefined;
  #rejections = 0;

  constructor(module: WebAssembly.Module) {
    const env = {
      host_call: (index = 0, _name = 0, _receiver = 0, _argc = 0, argv = 0): number =>
        this.#hostCall(index, argv),
      host_interrupt: () => 0,
      host_promise_rejection: (_promise = 0, _reason = 0, isHandled = 0): number => {
        this.#rejections += isHandled === 0 ? 1 : -1;
        return 0;
      },
      host_module_normalize: () => 0,
      host_module_load: () => 0,
      host_get_timezone_offset: () => 0,
    };
    const instance = new WebAssembly.Instance(module, {
      env,
      wasi_snapshot_preview1: {
        clock_time_get: (_clock = 0, _precision = 0, out = 0): number => this.#zero(out, 8),
        random_get: (out = 0, sizeBytes = 0): number => this.#zero(out, sizeBytes),
        fd_write: () => ERRNO_BADF,
        fd_close: () => ERRNO_BADF,
        fd_fdstat_get: () => ERRNO_BADF,
        fd_seek: () => ERRNO_BADF,
      },
    });
    this.guest = new Guest(engineExports(instance));
    this.reader = new ValueReader(this.guest);
    this.builder = new ValueBuilder(this.guest);
  }

  /**
   * Run `work` with so much gas. It calls into the engine and says what came of it; what ends it on the
   * way becomes an outcome, and what is nobody's fault but the node's is thrown.
   */
  run<T>(gasLimit: number, work: () => T): T | Unreturned {
    this.#ending = undefined;
    this.#rejections = 0;
    this.guest.api.gas.value = gasLimit;
    try {
      return work();
    } catch (error) {
      return this.#ended(error, gasLimit);
    }
  }

  /** Gas used of a limit. */
  used(gasLimit: number): number {
    return gasLimit - Math.max(0, this.guest.left);
  }

  /** What a run has left undone, if anything: code that runs later would not run at all. */
  unfinished(): string | undefined {
    const { api, constants } = this.guest;
    if (api.JS_IsJobPending(constants.runtime) !== 0) return 'jobs are left: contracts do not wait';
    return this.#rejections > 0 ? 'a promise was rejected and nobody looked at it' : undefined;
  }

  /** Keep count of the memory that runs have touched. */
  noteMemory(): void {
    this.pagesHigh = Math.max(this.pagesHigh, this.guest.api.pages.value);
  }

  failed(
    gasLimit: number,
    failure: FailureKind,
    message: string,
    frames: readonly Frame[] = [],
  ): Unreturned {
    return { kind: 'failed', failure, message, frames, gas: this.used(gasLimit) };
  }

  /** The outcome of a run whose code threw; the exception is pending in the engine. */
  threw(gasLimit: number, failure: FailureKind): Unreturned {
    const { guest } = this;
    guest.api.boxed_JS_GetException(guest.context, io.exception);
    const { rejectCode: code, name, message, frames } = readThrown(guest);
    const gas = this.used(gasLimit);
    if (code !== undefined) return { kind: 'rejected', code, message, frames, gas };
    const text = name === '' || message === '' ? name + message : `${name}: ${message}`;
    return { kind: 'failed', failure, message: text, frames, gas };
  }

  #hostCall(index: number, argv: number): number {
    try {
      this.answer(index, argv);
      return 0;
    } catch (error) {
      // A nested trap or an end that is known already passes through.
      this.#ending ??= endingOf(error);
      throw error instanceof RunEnded ? error : new RunEnded();
    }
  }

  #zero(out: number, sizeBytes: number): number {
    this.guest.view(out, sizeBytes).fill(0);
    return 0;
  }

  #ended(error: unknown, gasLimit: number): Unreturned {
    const { api } = this.guest;
    const ending = this.#ending ?? endingOf(error);
    if (ending?.kind === 'fault') throw ending.error;
    const gas = this.used(gasLimit);
    if (ending?.kind === 'refused') return { kind: 'refused', refusal: ending.refusal, gas };
    const frames = (): readonly Frame[] => this.#postMortem();
    if (ending?.kind === 'failed') {
      return { ...ending, frames: frames(), gas };
    }
    if (api.gas.value < 0) {
      return failure('OutOfGas', 'used all of its gas', frames(), gasLimit);
    }
    if (api.trap.value === TRAP_OUT_OF_MEMORY) {
      return failure('OutOfMemory', 'asked for more memory than a run may have', [], gas);
    }
    if (api.stackLow.value < STACK_LIMIT) {
      return failure('StackOverflow', 'calls are nested too deeply', frames(), gas);
    }
    return failure('Threw', 'the engine stopped the code', frames(), gas);
  }

  /** Where the code was when it was cut off: the engine's own stack is still there. */
  #postMortem(): readonly Frame[] {
    const { api, bytes } = this.guest;
    api.gas.value = POST_MORTEM_GAS;
    api.stackLow.value = STACK_LIMIT - POST_MORTEM_STACK_BYTES;
    this.answer = nobody;
    try {
      return readFramesNow(this.guest);
    } catch (error) {
      // What was cut off in the middle may not bear to be looked at; that is the same everywhere.
      if (isEngineEnd(error)) return [];
      throw error;
    } finally {
      bytes.fill(0, STACK_LIMIT - POST_MORTEM_STACK_BYTES, STACK_LIMIT);
      api.stackLow.value = STACK_LIMIT;
    }
  }
}

function nobody(): never {
  throw new Misplaced();
}

function failure(
  kind: FailureKind,
  message: string,
  frames: readonly Frame[],
  gas: number,
): Unreturned {
  return { kind: 'failed', failure: kind, message, frames, gas };
}

function isEngineEnd(error: unknown): boolean {
  return (
    error instanceof RunEnded ||
    error instanceof BadValue ||
    error instanceof WebAssembly.RuntimeError
  );
}

/** What an error says about a run; undefined when the engine's own state says it. */
function endingOf(error: unknown): Ending | undefined {
  if (error instanceof HostRefusal) return { kind: 'refused', refusal: error.refusal };
  if (error instanceof BadValue) {
    return { kind: 'failed', failure: 'BadValue', message: error.message };
  }
  if (error instanceof Misplaced) {
    const message = 'the code calls its host while it is loaded';
    return { kind: 'failed', failure: 'BadCode', message };
  }
  return isEngineEnd(error) ? undefined : { kind: 'fault', error };
}
