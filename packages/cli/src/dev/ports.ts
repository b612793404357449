import { createServer } from 'node:net';
import { HanseError } from '@hanse/kit';
import { ORGANISATIONS } from './organisations.ts';

/** Ports of a local network: HTTP interfaces from `base`, the registry behind them, links of validators ten above. */
export type Ports = {
  readonly base: number;
  readonly api: readonly number[];
  readonly registry: number;
  readonly link: readonly number[];
};

/** First port of a local network that names none. */
export const DEFAULT_PORT = 7300;
const LINK_OFFSET = 10;
const BLOCK = 20;
const BLOCKS_TRIED = 50;
const HOST = '127.0.0.1';

/** The ports of a network that begins at a port. */
export function portsFrom(base: number): Ports {
  return {
    base,
    api: ORGANISATIONS.map((_, index) => base + index),
    registry: base + ORGANISATIONS.length,
    link: ORGANISATIONS.map((_, index) => base + LINK_OFFSET + index),
  };
}

/**
 * Free ports: exactly those asked for (throws PortInUse), or the first free block from the usual
 * one on, `after` the one that turned out to be taken by somebody quicker.
 */
export async function choosePorts(asked: number | undefined, after?: Ports): Promise<Ports> {
  if (asked !== undefined) {
    const ports = portsFrom(asked);
    const taken = await firstTaken(ports);
    if (taken !== undefined) throw new HanseError('PortInUse', { port: taken });
    return ports;
  }
  const first = after === undefined ? DEFAULT_PORT : after.base + BLOCK;
  for (let block = 0; block < BLOCKS_TRIED; block++) {
    const ports = portsFrom(first + block * BLOCK);
    if ((await firstTaken(ports)) === undefined) return ports;
  }
  throw new HanseError('PortInUse', { port: DEFAULT_PORT });
}

/** The first port of a network that another process uses, or undefined. */
export async function firstTaken({ api, registry, link }: Ports): Promise<number | undefined> {
  for (const port of [...api, registry, ...link]) if (!(await isFree(port))) return port;
  return undefined;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: HOST, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
