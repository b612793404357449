import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runCli } from '../src/cli.ts';

/** A folder that goes with the test. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'hanse-cli-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** What a command line printed and returned. */
export type Run = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Run a command line in this process. */
export async function hanse(
  argv: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly stdin?: string;
    readonly signal?: AbortSignal;
  } = {},
): Promise<Run> {
  let stdout = '';
  let stderr = '';
  const code = await runCli({
    argv,
    env: options.env ?? {},
    cwd: options.cwd ?? tempDir(),
    command: './hanse',
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    signal: options.signal ?? new AbortController().signal,
    nowMs: () => 1_700_000_000_000,
    readStdin: async () => options.stdin ?? '',
  });
  return { code, stdout, stderr };
}
