import { fork, type ChildProcess } from 'node:child_process';
import { must } from '@hanse/kit';
import type { FromGenerator, Job, JobResult, ToGenerator } from './generator.ts';

const START_DELAY_MS = 500;

/** Client processes, one per job: all sign, then all start at the same moment. */
export class Fleet {
  readonly #children: readonly ChildProcess[];

  private constructor(children: readonly ChildProcess[]) {
    this.#children = children;
  }

  /** Start one process per job and let it sign. */
  static async sign(jobs: readonly Job[]): Promise<Fleet> {
    const children = jobs.map(() =>
      fork(must(process.argv[1], 'runs as a program'), ['generator'], {
        serialization: 'advanced',
        execArgv: ['--max-old-space-size=2048'],
      }),
    );
    const fleet = new Fleet(children);
    try {
      await Promise.all(
        children.map((child, i) =>
          ask(child, { kind: 'sign', job: must(jobs[i], 'a job each') }, 'signed'),
        ),
      );
    } catch (error) {
      fleet.end();
      throw error;
    }
    return fleet;
  }

  get pids(): readonly number[] {
    return this.#children.map((child) => must(child.pid, 'was started'));
  }

  /** Send everything. `started` is called at the moment the first request leaves. */
  async run(drainMs: number, started: () => void): Promise<readonly JobResult[]> {
    const startAtMs = Date.now() + START_DELAY_MS;
    const timer = setTimeout(started, START_DELAY_MS);
    try {
      return await Promise.all(
        this.#children.map(async (child) => {
          const answer = await ask(child, { kind: 'go', startAtMs, drainMs }, 'done');
          return answer.result;
        }),
      );
    } finally {
      clearTimeout(timer);
      this.end();
    }
  }

  end(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }
}

function ask<K extends FromGenerator['kind']>(
  child: ChildProcess,
  message: ToGenerator,
  kind: K,
): Promise<Extract<FromGenerator, { kind: K }>> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`a client process ended with code ${code}`)));
    child.on('message', (answer: FromGenerator) => {
      if (answer.kind === kind) resolve(answer as Extract<FromGenerator, { kind: K }>);
    });
    child.send(message);
  });
}
