import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { runCli } from './cli.ts';
import { exitCodes } from './exit.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Run the command line of this process and end it with the command's exit code. */
async function main(): Promise<void> {
  const controller = new AbortController();
  let isService = false;
  for (const name of SIGNALS) {
    process.on(name, () => {
      // A service stops what it started and then ends by itself; anything else ends at once.
      if (!isService) process.exit(exitCodes.interrupted);
      controller.abort(name);
    });
  }
  // A reader that has seen enough (`hanse events | head`) is no failure.
  process.stdout.on('error', (error) => {
    if ('code' in error && error.code === 'EPIPE') process.exit(exitCodes.ok);
  });
  const code = await runCli({
    argv: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    command: commandName(process.argv[1], process.cwd(), process.env['PATH'] ?? ''),
    stdout: process.stdout,
    stderr: process.stderr,
    signal: controller.signal,
    nowMs: () => Date.now(),
    readStdin,
    onCommand: (entry) => (isService = entry.isService === true),
  });
  await Promise.all([flush(process.stdout), flush(process.stderr)]);
  process.exit(code);
}

/** How to type the command again from a folder. */
function commandName(script: string | undefined, cwd: string, path: string): string {
  if (script === undefined) return 'hanse';
  const dir = dirname(resolve(script));
  if (path.split(':').includes(dir)) return 'hanse';
  const near = relative(cwd, resolve(script));
  if (isAbsolute(near)) return near;
  if (!near.startsWith('..')) return `./${near}`;
  return near.length < script.length ? near : script;
}

async function readStdin(): Promise<string> {
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const part of process.stdin) text += String(part);
  return text;
}

function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((done) => {
    stream.write('', () => done());
  });
}

void main();
