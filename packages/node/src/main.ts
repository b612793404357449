import { isHanseError } from '@hanse/kit';
import { readConfig } from './config.ts';
import { runNode } from './node.ts';

/** Exit code that tells a supervisor not to restart: configuration or data need a person. */
const EXIT_NEEDS_OPERATOR = 78;
const STOP_GRACE_MS = 600;

/** Run the validator whose configuration file is the first argument, until it is told to stop. */
async function main(): Promise<void> {
  const path = process.argv[2];
  if (path === undefined) {
    process.stderr.write('usage: node.js <config.json>\n');
    process.exit(2);
  }
  const node = await runNode(readConfig(path), fail);
  process.send?.({ ready: true, api: node.url });
  const stop = (): void => {
    setTimeout(() => process.exit(0), STOP_GRACE_MS).unref();
    void node.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', stop);
  // A validator started by another process never outlives it.
  process.on('disconnect', stop);
}

/** Say what went wrong and end at once: state in memory is not to be trusted any more. */
function fail(error: unknown): never {
  const known = isHanseError(error);
  const text = known
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);
  process.stderr.write(`${text}\n`);
  process.send?.({
    failed: known
      ? { name: error.codeName, params: error.params }
      : { name: 'Internal', params: { message: text } },
  });
  process.exit(
    known && error.blame === 'operator' && error.retry === 'never' ? EXIT_NEEDS_OPERATOR : 1,
  );
}

void main().catch(fail);
