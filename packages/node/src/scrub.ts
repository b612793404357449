import { setTimeout } from 'node:timers/promises';
import type { Parts } from './prepare.ts';
import type { WorkerClient } from './rpc.ts';
import type { StateMethods } from './state.ts';
import type { Storage } from './storage.ts';

const EVERY_MS = 24 * 60 * 60_000;

/**
 * Read everything stored soon after the start and then once a day, so that damage of what nobody asks for
 * is noticed while other validators still have it. Damage stops the node like damage found on read.
 */
export function startScrub(
  { config, log, fatal }: Parts,
  storage: Storage,
  state: WorkerClient<StateMethods>,
): { readonly stop: () => void } {
  const { delayMs, pauseMs } = config.scrub;
  const stopping = new AbortController();
  const { signal } = stopping;
  const pause = (ms: number): Promise<void> => setTimeout(ms, undefined, { signal, ref: false });
  const run = async (): Promise<void> => {
    for (let waitMs = delayMs; ; waitMs = EVERY_MS) {
      await pause(waitMs);
      const { segments, records: logRecords } = await storage.scrub(() => pause(pauseMs));
      const { records } = await state.call('scrub', { pauseMs });
      log('info', 'everything stored was checked', { segments, logRecords, records });
    }
  };
  run().catch((error: unknown) => {
    if (!signal.aborted) fatal(error);
  });
  // What it is reading may be closed under it: then it has nothing more to say.
  return { stop: () => stopping.abort() };
}
