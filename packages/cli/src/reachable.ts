import { connect } from 'node:net';
import { HanseError } from '@hanse/kit';

/** Errors of a connection that say at once that nobody listens there. */
const NOBODY = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH']);
/** A node that takes longer is busy, not absent: the client waits for it. */
const PATIENCE_MS = 1_000;

/**
 * Throws NoNetwork when nobody listens at any of the addresses: a client would go on trying, which
 * is right for a node that restarts and wrong for a person who has started none.
 */
export async function checkReachable(urls: readonly string[]): Promise<void> {
  const reasons = await Promise.all(urls.map(absence));
  const [reason] = reasons;
  if (reason === undefined || reasons.includes(undefined)) return;
  throw new HanseError('NoNetwork', { url: urls.join(', '), reason });
}

/** Why nobody listens at a URL, or undefined when somebody may. */
function absence(url: string): Promise<string | undefined> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined) return Promise.resolve(`${url} is not a URL.`);
  const port = Number(parsed.port || (parsed.protocol === 'https:' ? 443 : 80));
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (reason: string | undefined): void => {
      socket.destroy();
      resolve(reason);
    };
    socket.setTimeout(PATIENCE_MS, () => settle(undefined));
    socket.once('connect', () => settle(undefined));
    socket.once('error', (error) => {
      const code = 'code' in error ? String(error.code) : '';
      settle(NOBODY.has(code) ? `${code} ${host}:${port}` : undefined);
    });
  });
}
