/** Pause for a time in milliseconds. */
export function sleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });
}

const POLL_MS = 25;

/**
 * Wait until `look` gives something other than undefined or false, and return it. On time-out the
 * error says what was waited for, how long, and `state` or the last error in place of an answer.
 */
export async function waitFor<T>(
  what: string,
  timeoutMs: number,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  state?: () => Promise<string> | string,
): Promise<T> {
  const endMs = Date.now() + timeoutMs;
  let failure: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    if (Date.now() >= endMs) break;
    await sleep(POLL_MS);
  }
  const said = failure === undefined ? '' : `; last error: ${textOf(failure)}`;
  const seen = state === undefined ? '' : `; ${await Promise.resolve(state()).catch(textOf)}`;
  throw new Error(`not within ${timeoutMs} ms: ${what}${said}${seen}`);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
