import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HanseError, isErrorName } from '@hanse/kit';
import type { ValidatorFiles } from './configs.ts';

/** Exit code of a validator whose configuration or data need a person: not worth a restart. */
const EXIT_NEEDS_OPERATOR = 78;
const KILL_AFTER_MS = 700;
const RESTART_MS_MIN = 1_000;
const RESTART_MS_MAX = 30_000;
/** A validator that ran this long has recovered: its next failure is a first one again. */
const STEADY_MS = 60_000;
const LOG_BYTES_MAX = 16 * 1024 * 1024;
const LOG_TAIL_BYTES = 2_000;

/** How a validator ended. */
export type Ended = {
  readonly name: string;
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** What it said before it ended. */
  readonly error: HanseError;
  /** When it starts again; undefined: it does not. */
  readonly restartMs: number | undefined;
  readonly running: number;
};

/** Told about validators after the network is up. */
export type ValidatorsListener = {
  readonly onEnded: (ended: Ended) => void;
  readonly onBack: (name: string) => void;
};

type State = {
  readonly files: ValidatorFiles;
  child: ChildProcess | undefined;
  isReady: boolean;
  /** Ended for a reason that a restart does not mend. */
  isOut: boolean;
  failure: HanseError | undefined;
  startedMs: number;
  restarts: number;
  timer: NodeJS.Timeout | undefined;
};

/** The validator processes of a local network: starts, watches, restarts and stops them. */
export class Validators {
  readonly #states: readonly State[];
  readonly #listener: ValidatorsListener;
  readonly #script: string;
  #isUp = false;
  #isStopping = false;
  #onChange: () => void = () => {};

  constructor(
    files: readonly ValidatorFiles[],
    listener: ValidatorsListener,
    script: string = fileURLToPath(new URL('./node.js', import.meta.url)),
  ) {
    this.#listener = listener;
    this.#script = script;
    this.#states = files.map((one) => ({
      files: one,
      child: undefined,
      isReady: false,
      isOut: false,
      failure: undefined,
      startedMs: 0,
      restarts: 0,
      timer: undefined,
    }));
  }

  /**
   * Start all and wait until all serve. One whose data needs a person is reported and left out while
   * a quorum is left. Throws what the first one that ended otherwise said, or NotReady naming those
   * that did neither in time; the caller stops them then.
   */
  async start(timeoutMs: number, signal: AbortSignal): Promise<void> {
    for (const state of this.#states) this.#spawn(state);
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(this.#late()), timeoutMs);
      const abort = (): void => settle(() => reject(new Error('interrupted')));
      const settle = (end: () => void): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        this.#onChange = () => {};
        end();
      };
      signal.addEventListener('abort', abort);
      this.#onChange = () => {
        const failure = this.#startFailure();
        if (failure !== undefined) settle(() => reject(failure));
        else if (this.#states.every((state) => state.isReady || state.isOut)) settle(resolve);
      };
      this.#onChange();
    });
    this.#isUp = true;
  }

  /** Why the network cannot start, if it cannot. */
  #startFailure(): HanseError | undefined {
    // One that has told its failure is still to end: only then its exit code is known.
    const ended = this.#states.filter(
      (state) => state.failure !== undefined && state.child === undefined,
    );
    const broken = ended.find((state) => !state.isOut) ?? ended[0];
    const isEnough = this.#states.length - ended.length >= quorumOf(this.#states.length);
    return ended.every((state) => state.isOut) && isEnough ? undefined : broken?.failure;
  }

  /** How many run now. */
  get running(): number {
    return this.#states.filter((state) => state.child !== undefined).length;
  }

  get pids(): readonly number[] {
    return this.#states.map((state) => state.child?.pid).filter((pid) => pid !== undefined);
  }

  /** Ask all to end, and end those that have not after a moment. Resolves when none is left. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const children: ChildProcess[] = [];
    for (const state of this.#states) {
      clearTimeout(state.timer);
      if (state.child !== undefined) children.push(state.child);
    }
    const ends = children.map(
      (child) => new Promise<void>((resolve) => child.once('exit', () => resolve())),
    );
    for (const child of children) child.kill('SIGTERM');
    const timer = setTimeout(() => {
      for (const child of children) child.kill('SIGKILL');
    }, KILL_AFTER_MS);
    await Promise.all(ends);
    clearTimeout(timer);
  }

  #spawn(state: State): void {
    const { configFile, logFile } = state.files;
    rotateLog(logFile);
    const log = openSync(logFile, 'a', 0o600);
    // The channel is how a validator notices that its starter is gone, however it went.
    const child = spawn(process.execPath, [this.#script, configFile], {
      // Without a bound each thread keeps memory of its own that other threads have freed.
      env: { MALLOC_ARENA_MAX: '2', ...process.env },
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    state.child = child;
    state.isReady = false;
    state.failure = undefined;
    state.startedMs = Date.now();
    child.on('message', (message) => this.#onMessage(state, message));
    child.once('error', (error) => {
      state.failure = new HanseError('Internal', { message: error.message }, error);
    });
    child.once('exit', (code, signal) => this.#onExit(state, code, signal));
  }

  #onMessage(state: State, message: unknown): void {
    if (typeof message !== 'object' || message === null) return;
    if ('ready' in message && message.ready === true) {
      state.isReady = true;
      if (this.#isUp) this.#listener.onBack(state.files.name);
      this.#onChange();
    }
    if ('failed' in message) state.failure = failureOf(message.failed);
  }

  #onExit(state: State, code: number | null, signal: string | null): void {
    state.child = undefined;
    state.isReady = false;
    const { name, logFile } = state.files;
    const error = (state.failure ??= stoppedError(name, code ?? signal ?? '', logFile));
    state.isOut = code === EXIT_NEEDS_OPERATOR;
    this.#onChange();
    if (this.#isStopping || (!this.#isUp && !state.isOut)) return;
    const restartMs = state.isOut ? undefined : this.#scheduleRestart(state);
    this.#listener.onEnded({
      name,
      code: code ?? undefined,
      signal: signal ?? undefined,
      error,
      restartMs,
      running: this.running,
    });
  }

  #scheduleRestart(state: State): number {
    if (Date.now() - state.startedMs > STEADY_MS) state.restarts = 0;
    const delayMs = Math.min(RESTART_MS_MAX, RESTART_MS_MIN * 2 ** Math.min(state.restarts, 5));
    state.restarts += 1;
    state.timer = setTimeout(() => this.#spawn(state), delayMs);
    return delayMs;
  }

  #late(): HanseError {
    const names = this.#states.filter((one) => !one.isReady).map((one) => one.files.name);
    const reason = `Validator ${names.join(', ')} did not answer in time; see node.log in its folder.`;
    return new HanseError('NotReady', { reason });
  }
}

/** Validators that have to agree: more than two thirds. */
export function quorumOf(validators: number): number {
  return validators - Math.floor((validators - 1) / 3);
}

/** The error that a validator sent before it ended. */
export function failureOf(failed: unknown): HanseError | undefined {
  if (typeof failed !== 'object' || failed === null || !('name' in failed)) return undefined;
  const { name } = failed;
  if (typeof name !== 'string' || !isErrorName(name)) return undefined;
  const params: Record<string, string> = {};
  const given: unknown = 'params' in failed ? failed.params : {};
  if (typeof given === 'object' && given !== null) {
    for (const [key, value] of Object.entries(given)) params[key] = String(value);
  }
  return new HanseError(name, params);
}

function stoppedError(name: string, exit: string | number, path: string): HanseError {
  const reason = lastLine(path) ?? 'It said nothing.';
  return new HanseError('NodeStopped', { name, exit, reason, path });
}

function lastLine(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8').slice(-LOG_TAIL_BYTES).trimEnd();
    const line = text.split('\n').at(-1)?.trim();
    return line === undefined || line === '' ? undefined : line;
  } catch {
    return undefined;
  }
}

function rotateLog(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_BYTES_MAX) renameSync(path, `${path}.1`);
}
