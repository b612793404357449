import { resolve } from 'node:path';
import { createNativeSuite, randomBytes } from '@hanse/native';
import { HanseError, type Log } from '@hanse/kit';
import { chainIdOf } from '@hanse/model';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { textOption, type Input } from '../input.ts';

/** Run a registry of claim tags in this process until it is told to stop. */
export async function run(context: Context, input: Input): Promise<number> {
  const { out, cwd, signal, nowMs } = context;
  const path = textOption(input, 'config');
  if (path === undefined) {
    throw new HanseError('InputNeeded', { what: 'the configuration file', flag: '--config' });
  }
  const { readConfig, readGenesis, readProved, startRegistry } = await import('@hanse/registry');
  const { did, dir, genesisFile, nodeUrl, api, origins } = readConfig(resolve(cwd, path));
  const genesis = readGenesis(genesisFile);
  const suite = createNativeSuite(genesis.suite);
  const chainId = chainIdOf(suite, genesis);
  const clock = { nowMs };
  const readIdentity = readProved({ suite, genesis, chainId, nodeUrl, clock });
  const random = { bytes: randomBytes };
  const parts = { suite, chainId, did, dir, readIdentity, clock, random, origins, log: logTo(out) };
  const registry = await startRegistry({ ...parts, ...api });
  out.result({ ready: true, url: registry.url, did }, () => {
    return `${out.style.green('●')} ${registry.url}`;
  });
  await new Promise<void>((stop) => {
    if (signal.aborted) stop();
    signal.addEventListener('abort', () => stop());
  });
  await registry.close();
  return signal.reason === 'SIGINT' ? exitCodes.interrupted : exitCodes.ok;
}

function logTo(out: Context['out']): Log {
  return (level, event, fields = {}) => {
    if (level === 'debug') return;
    out.note(
      `  ${level} ${event} ${Object.entries(fields)
        .map(([name, value]) => `${name}=${String(value)}`)
        .join(' ')}`,
    );
  };
}
