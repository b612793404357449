import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Head } from '@hanse/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../harness/bundle.ts';
import { waitFor } from '../harness/wait.ts';

const START_MS = 90_000;
const STOP_MS = 3_000;
const HANSE = join(ROOT, 'hanse');

/** A command that runs in the user's folder, with everything it printed so far. */
type Running = {
  readonly child: ChildProcess;
  readonly text: () => string;
  readonly ended: Promise<number | NodeJS.Signals | null>;
};

let dir = '';
const started: ChildProcess[] = [];
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'hanse-first-'));
  writeFileSync(join(dir, 'README.md'), '# A document of the user\n');
});
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

function run(command: string, args: readonly string[]): Running {
  const env = { ...process.env, NO_COLOR: '1', CI: '1' };
  const child = spawn(command, args, { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let text = '';
  const take = (data: Buffer): void => {
    text += data.toString();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? code));
  });
  return { child, text: () => text, ended };
}

async function network(...args: readonly string[]): Promise<Running> {
  const running = run(HANSE, ['dev', ...args]);
  await waitFor(
    'the network says it is up',
    START_MS,
    () => running.text().includes('Ctrl-C') || running.child.exitCode !== null,
    running.text,
  );
  expect(running.child.exitCode, running.text()).toBeNull();
  return running;
}

/** Processes of this network that run: those whose command line names its folder. */
function validators(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return line.includes(dir) && line.includes('node.json');
      } catch {
        return false;
      }
    });
}

function apiOf(text: string): string {
  const url = /API\s+(http:\S+)\/v1/.exec(text)?.[1];
  if (url === undefined) throw new Error(`no API in: ${text}`);
  return url;
}

async function headOf(text: string): Promise<Head> {
  const response = await fetch(`${apiOf(text)}/v1/head`);
  return (await response.json()) as Head;
}

async function stops(running: Running, signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
  const startMs = performance.now();
  running.child.kill(signal);
  await running.ended;
  await waitFor('no validator is left', STOP_MS, () => validators().length === 0);
  expect(performance.now() - startMs).toBeLessThan(STOP_MS);
}

describe('a first run', () => {
  let before: Head;

  it('starts a network with a demo, and what it prints to try works as printed', async () => {
    const running = await network('--demo');
    const text = running.text();
    expect(validators()).toHaveLength(4);
    const commands = [...text.matchAll(/^\s+(?:Try\s+)?(\S*hanse .+)$/gm)].map(([, line]) => line);
    expect(commands.length, text).toBeGreaterThanOrEqual(3);
    for (const command of commands) {
      const tried = run('sh', ['-c', command ?? '']);
      expect(await tried.ended, `${command}: ${tried.text()}`).toBe(0);
    }
    const again = run(HANSE, ['evidence', 'deposit', 'README.md', '--json']);
    expect(await again.ended, again.text()).toBe(0);
    before = await headOf(text);
    expect(before.provedHeight).toBeGreaterThan(0);
    await stops(running, 'SIGINT');
  });

  it('continues the same chain the second time', async () => {
    const running = await network();
    const head = await headOf(running.text());
    expect(head.chainId).toBe(before.chainId);
    expect(head.height).toBeGreaterThanOrEqual(before.height);
    const shown = run(HANSE, ['evidence', 'show', 'README.md']);
    expect(await shown.ended, shown.text()).toBe(0);
    await stops(running, 'SIGKILL');
  });
});
