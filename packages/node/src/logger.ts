import type { Log } from '@hanse/kit';
import { destination, pino } from 'pino';

/** Structured log lines on standard error; whoever starts the node decides where they go. */
export function createLog(name: string): Log {
  const logger = pino(
    { base: { node: name }, timestamp: pino.stdTimeFunctions.isoTime },
    destination({ fd: 2, sync: true }),
  );
  return (level, event, fields) => logger[level](fields ?? {}, event);
}
