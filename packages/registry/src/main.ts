import { isHanseError, type Log } from '@hanse/kit';
import { chainIdOf } from '@hanse/model';
import { createNativeSuite, randomBytes } from '@hanse/native';
import { readProved } from './chain.ts';
import { readConfig, readGenesis } from './config.ts';
import { startRegistry } from './start.ts';

/** Exit code that tells a supervisor not to restart: configuration or keys need a person. */
const EXIT_NEEDS_OPERATOR = 78;
const STOP_GRACE_MS = 600;

/** Run the registry whose configuration file is the first argument, until it is told to stop. */
async function main(): Promise<void> {
  const path = process.argv[2];
  if (path === undefined) {
    process.stderr.write('usage: registry.js <config.json>\n');
    process.exit(2);
  }
  const { did, dir, genesisFile, nodeUrl, api, origins } = readConfig(path);
  const genesis = readGenesis(genesisFile);
  const suite = createNativeSuite(genesis.suite);
  const chainId = chainIdOf(suite, genesis);
  const clock = { nowMs: (): number => Date.now() };
  const readIdentity = readProved({ suite, genesis, chainId, nodeUrl, clock });
  const random = { bytes: randomBytes };
  const parts = { suite, chainId, did, dir, readIdentity, clock, random, origins, log };
  const registry = await startRegistry({ ...parts, ...api });
  process.send?.({ ready: true, api: registry.url });
  const stop = (): void => {
    setTimeout(() => process.exit(0), STOP_GRACE_MS).unref();
    void registry.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', stop);
  // A registry started by another process never outlives it.
  process.on('disconnect', stop);
}

const log: Log = (level, event, fields = {}) => {
  const time = new Date().toISOString();
  process.stderr.write(`${JSON.stringify({ level, time, msg: event, ...fields })}\n`);
};

function fail(error: unknown): never {
  const known = isHanseError(error);
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message}\n`);
  process.send?.({
    failed: known
      ? { name: error.codeName, params: error.params }
      : { name: 'Internal', params: { message } },
  });
  const needsOperator = known && error.blame === 'operator' && error.retry === 'never';
  process.exit(needsOperator ? EXIT_NEEDS_OPERATOR : 1);
}

void main().catch(fail);
