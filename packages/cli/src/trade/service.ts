import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HanseError, type Random } from '@hanse/kit';
import { createEpochKey, registryKeysDir } from '@hanse/registry';
import { failureOf } from '../dev/validators.ts';
import { makePrivateDir, prettyJson, writePrivateFile } from '../files.ts';

const HOST = '127.0.0.1';
const START_MS = 20_000;
const KILL_AFTER_MS = 700;
const RESTART_MS_MIN = 1_000;
const RESTART_MS_MAX = 30_000;
/** Exit code of a service whose configuration or keys need a person. */
const EXIT_NEEDS_OPERATOR = 78;

/** The registry of a local network on disk, ready to be started. */
export type RegistryFiles = {
  readonly dir: string;
  readonly configFile: string;
  readonly logFile: string;
  readonly url: string;
};

/** Folder of the registry below that of a local network. */
export function registryDir(networkDir: string): string {
  return join(networkDir, 'registry');
}

/** Make the key of the first epoch, unless there is one, and write the configuration for these addresses. */
export async function prepareRegistry(
  networkDir: string,
  parts: {
    readonly did: string;
    readonly nodeUrl: string;
    readonly port: number;
    readonly origins: readonly string[];
    readonly random: Random;
  },
): Promise<RegistryFiles> {
  const { did, nodeUrl, port, origins, random } = parts;
  const dir = registryDir(networkDir);
  makePrivateDir(dir);
  const keys = registryKeysDir(dir);
  makePrivateDir(keys);
  if (!existsSync(join(keys, 'epoch-1.json'))) {
    await createEpochKey(keys, { epoch: 1, seed: random.bytes(32) });
  }
  const configFile = join(dir, 'registry.json');
  const api = { host: HOST, port };
  const config = { did, dir: '.', genesisFile: '../genesis.json', nodeUrl, api, origins };
  writePrivateFile(configFile, prettyJson({ ...config, origins: [...origins] }));
  const url = `http://${HOST}:${port}`;
  return { dir, configFile, logFile: join(dir, 'registry.log'), url };
}

/** Told when the registry ends by itself, and when it starts again; undefined: it does not. */
export type OnRegistryEnd = (error: HanseError, restartMs: number | undefined) => void;

/** The registry's process: it holds the key of claim tags, and no validator does. Starts, restarts and stops it. */
export class RegistryProcess {
  readonly #files: RegistryFiles;
  readonly #onEnd: OnRegistryEnd;
  readonly #script: string;
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #restarts = 0;
  #isStopping = false;

  constructor(
    files: RegistryFiles,
    onEnd: OnRegistryEnd,
    script: string = fileURLToPath(new URL('./registry.js', import.meta.url)),
  ) {
    this.#files = files;
    this.#onEnd = onEnd;
    this.#script = script;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Start it and wait until it serves. Throws what it said when it ended instead, or NotReady. */
  async start(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => {
        reject(
          new HanseError('NotReady', {
            reason: `The registry did not answer; see ${this.#files.logFile}.`,
          }),
        );
      }, START_MS);
      const settle = (end: () => void): void => {
        clearTimeout(late);
        signal.removeEventListener('abort', abort);
        end();
      };
      const abort = (): void => settle(() => reject(signal.reason));
      signal.addEventListener('abort', abort);
      this.#spawn(
        () => settle(resolve),
        (error) => settle(() => reject(error)),
      );
    });
  }

  /** Ask it to end, and end it when it has not after a moment. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === undefined) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
    await ended;
    clearTimeout(timer);
  }

  #spawn(onReady: () => void, onFailed: (error: HanseError) => void): void {
    const { configFile, logFile } = this.#files;
    const log = openSync(logFile, 'a', 0o600);
    // The channel is how it notices that its starter is gone, however it went.
    const child = spawn(process.execPath, [this.#script, configFile], {
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.#child = child;
    let failure: HanseError | undefined;
    let isReady = false;
    child.on('message', (message) => {
      if (typeof message !== 'object' || message === null) return;
      if ('failed' in message) failure = failureOf(message.failed);
      if (!('ready' in message) || message.ready !== true) return;
      isReady = true;
      this.#restarts = 0;
      onReady();
    });
    child.once('error', (error) => {
      failure = new HanseError('Internal', { message: error.message }, error);
    });
    child.once('exit', (code, signal) => {
      this.#child = undefined;
      const exit = code ?? signal ?? '';
      const reason = 'It said nothing.';
      const error =
        failure ?? new HanseError('NodeStopped', { name: 'registry', exit, reason, path: logFile });
      if (!isReady) onFailed(error);
      if (this.#isStopping || !isReady) return;
      this.#restart(error, code === EXIT_NEEDS_OPERATOR);
    });
  }

  #restart(error: HanseError, needsOperator: boolean): void {
    const delayMs = Math.min(RESTART_MS_MAX, RESTART_MS_MIN * 2 ** Math.min(this.#restarts, 5));
    this.#restarts += 1;
    this.#onEnd(error, needsOperator ? undefined : delayMs);
    if (needsOperator) return;
    this.#timer = setTimeout(() => {
      this.#spawn(
        () => undefined,
        (next) => this.#restart(next, false),
      );
    }, delayMs);
  }
}
