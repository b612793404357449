import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { bundleDir, ROOT } from './bundle.ts';

/** What a validator said when it gave up. */
export type Failure = {
  readonly name: string;
  readonly params: Readonly<Record<string, string | number>>;
};

/** How a process ended. */
export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** A start that came to nothing: how it ended and what it said. */
export class StartFailed extends Error {
  readonly failure: Failure | undefined;
  readonly exit: Exit | undefined;
  readonly output: string;

  constructor(what: string, parts: Pick<StartFailed, 'failure' | 'exit' | 'output'>) {
    const how = parts.exit === undefined ? 'still runs' : `ended with ${exitText(parts.exit)}`;
    super(`${what} ${how}: ${parts.output.slice(-2_000)}`);
    this.name = 'StartFailed';
    this.failure = parts.failure;
    this.exit = parts.exit;
    this.output = parts.output;
  }
}

const OUTPUT_CHARS_MAX = 200_000;
const START_MS = 30_000;

/** All processes this one has started and that still run. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** One validator process. It also ends when this process does: the channel between them breaks. */
export class NodeProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<Exit>;
  #output = '';
  #exit: Exit | undefined;
  #failure: Failure | undefined;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
    running.add(child);
    const take = (data: Buffer): void => {
      this.#output = (this.#output + data.toString()).slice(-OUTPUT_CHARS_MAX);
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.on('message', (message: { readonly failed?: Failure }) => {
      if (message.failed !== undefined) this.#failure = message.failed;
    });
    this.#ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        running.delete(child);
        this.#exit = { code, signal };
        resolve(this.#exit);
      });
    });
  }

  /**
   * Start a validator and wait until it serves. Throws StartFailed when it ends instead, or does
   * neither in time (it is killed then).
   */
  static async start(
    config: { readonly configFile: string; readonly url: string },
    options: { readonly nodeArgs?: readonly string[]; readonly timeoutMs?: number } = {},
  ): Promise<NodeProcess> {
    const script = join(await bundleDir(), 'node.js');
    const child = spawn(
      process.execPath,
      [...(options.nodeArgs ?? []), script, config.configFile],
      {
        cwd: ROOT,
        // As `hanse dev` starts them.
        env: { MALLOC_ARENA_MAX: '2', ...process.env },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    );
    const self = new NodeProcess(child, config.url);
    const isReady = await self.#ready(options.timeoutMs ?? START_MS);
    if (isReady) return self;
    const exit = self.#exit;
    await self.kill();
    const { failure, output } = self;
    throw new StartFailed(`the validator of ${config.configFile}`, { failure, exit, output });
  }

  #ready(timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      const settle = (isReady: boolean): void => {
        clearTimeout(timer);
        resolve(isReady);
      };
      this.#child.on('message', (message: { readonly ready?: boolean }) => {
        if (message.ready === true) settle(true);
      });
      void this.#ended.then(() => settle(false));
    });
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Everything it wrote, the last part of it. */
  get output(): string {
    return this.#output;
  }

  /** What it said when it gave up. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** How it ended; undefined while it runs. */
  get exit(): Exit | undefined {
    return this.#exit;
  }

  /** End it the hard way, as a power cut of the process would. */
  async kill(): Promise<void> {
    if (this.#exit !== undefined) return;
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Ask it to end, and say how it did. Killed when it has not after `timeoutMs`. */
  async stop(timeoutMs = 5_000): Promise<Exit> {
    if (this.#exit !== undefined) return this.#exit;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), timeoutMs);
    const exit = await this.#ended;
    clearTimeout(timer);
    return exit;
  }

  /** Wait until it has ended by itself. */
  ended(): Promise<Exit> {
    return this.#ended;
  }
}

/** How a process ended, in words. */
export function exitText({ code, signal }: Exit): string {
  return signal === null ? `code ${code}` : `signal ${signal}`;
}
