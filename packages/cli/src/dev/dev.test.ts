import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createSuite } from '@hanse/crypto';
import { toHex } from '@hanse/kit';
import { chainIdOf, didOf, parseGenesis, type Genesis } from '@hanse/model';
import { readConfig } from '@hanse/node';
import { readKeyFile } from '@hanse/signer';
import { describe, expect, it, onTestFinished } from 'vitest';
import { tempDir } from '../../test/host.ts';
import { readJsonFile } from '../files.ts';
import { IdentityStore } from '../identities.ts';
import { networkPaths } from '../project.ts';
import { readNetworkFile } from '../settings.ts';
import { writeConfigs, type ValidatorFiles } from './configs.ts';
import { makeNetwork } from './make.ts';
import { ORGANISATIONS } from './organisations.ts';
import { choosePorts, firstTaken, portsFrom } from './ports.ts';
import { failureOf, Validators, type Ended } from './validators.ts';

function genesisIn(dir: string): Genesis {
  const genesis = parseGenesis(readJsonFile(networkPaths(dir).genesisFile));
  if (!genesis.ok) throw new Error(genesis.error);
  return genesis.value;
}

function everyFile(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe.each(['intl', 'sm'] as const)('a new %s network', (suiteId) => {
  it('is a genesis of four validators with the keys they need', { timeout: 60_000 }, async () => {
    const dir = join(tempDir(), 'dev');
    await makeNetwork(dir, suiteId, 1_700_000_000_000);
    const genesis = genesisIn(dir);
    const suite = createSuite(suiteId);
    const network = readNetworkFile(networkPaths(dir).networkFile);
    expect(network?.chainId).toBe(toHex(chainIdOf(suite, genesis)));
    expect(genesis.validators).toHaveLength(4);
    const registered = new Set(genesis.identities.map((one) => didOf(suite, genesis.network, one)));
    for (const { did, organisation } of genesis.validators) {
      expect(registered.has(did)).toBe(true);
      expect(registered.has(organisation)).toBe(true);
    }
    for (const [index, name] of ORGANISATIONS.entries()) {
      const { key } = await readKeyFile(suite, join(dir, name, 'consensus.json'), 'consensus');
      expect(key.publicKey).toEqual(genesis.validators[index]?.publicKey);
      expect(existsSync(join(dir, name, 'consensus.json.guard'))).toBe(true);
    }
    const names = new IdentityStore(networkPaths(dir).identitiesDir).list().map((one) => one.name);
    expect(names).toEqual(ORGANISATIONS.flatMap((name) => [name, `${name}.org`]).toSorted());
  });
});

describe('the folder of a network', () => {
  it('is for its owner only', async () => {
    const dir = join(tempDir(), 'dev');
    await makeNetwork(dir, 'intl', 0);
    for (const path of everyFile(dir)) expect(statSync(path).mode & 0o077, path).toBe(0);
    for (const name of ['', 'bank', 'identities', 'evidence'])
      expect(statSync(join(dir, name)).mode & 0o777).toBe(0o700);
  });

  it('never takes the place of other things', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'thesis.txt'), 'years of work');
    await expect(makeNetwork(dir, 'intl', 0)).rejects.toThrow('HANSE-1006');
    expect(readFileSync(join(dir, 'thesis.txt'), 'utf8')).toBe('years of work');
    expect(readdirSync(dir)).toEqual(['thesis.txt']);
  });

  it('is new every time', async () => {
    const root = tempDir();
    await makeNetwork(join(root, 'a'), 'intl', 0);
    await makeNetwork(join(root, 'b'), 'intl', 0);
    const [a, b] = ['a', 'b'].map((name) =>
      readNetworkFile(networkPaths(join(root, name)).networkFile),
    );
    expect(a?.chainId).not.toBe(b?.chainId);
  });
});

describe('configurations', () => {
  it('are what a validator reads, and know each other', async () => {
    const dir = join(tempDir(), 'dev');
    await makeNetwork(dir, 'intl', 0);
    const network = readNetworkFile(networkPaths(dir).networkFile);
    if (network === undefined) throw new Error('no network');
    const files = writeConfigs(dir, network, portsFrom(9_000));
    const configs = files.map((file) => readConfig(file.configFile));
    for (const [index, config] of configs.entries()) {
      expect(config.api).toEqual({ host: '127.0.0.1', port: 9_000 + index });
      expect(config.peers.map((peer) => peer.index)).toEqual(
        [0, 1, 2, 3].filter((peer) => peer !== index),
      );
      for (const peer of config.peers) expect(peer.port).toBe(configs[peer.index]?.listen.port);
      for (const path of [config.genesisFile, config.consensusKeyFile, config.tlsCertFile])
        expect(existsSync(path)).toBe(true);
    }
    expect(readNetworkFile(networkPaths(dir).networkFile)?.urls).toEqual(
      files.map((file) => file.url),
    );
  });
});

describe('ports', () => {
  it('asked for are taken or refused', async () => {
    const { base } = await choosePorts(undefined);
    const server = createServer();
    const port = base + 12;
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    await expect(choosePorts(base)).rejects.toThrow(String(port));
    expect(await firstTaken(portsFrom(base))).toBe(port);
    expect((await choosePorts(undefined)).base).not.toBe(base);
  });
});

const ACTOR = `
process.send({ ready: true, api: 'x' });
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
setInterval(() => {}, 1000);
`;
const STUBBORN = `
process.on('SIGTERM', () => {});
process.send({ ready: true });
setInterval(() => {}, 1000);
`;
const FAILING = `
process.send({ failed: { name: 'PortInUse', params: { port: 7300 } } }, () => process.exit(1));
`;
const DAMAGED = `
process.send({ ready: true }, () => setTimeout(() => {
  process.send({ failed: { name: 'LogCorrupt', params: { file: 'x' } } }, () => process.exit(78));
}, 50));
`;
const SILENT = `process.stderr.write('no such luck\\n'); process.exitCode = 3;`;

type Told = { readonly ended: Ended[]; readonly back: string[] };

function start(programs: readonly string[]): {
  readonly validators: Validators;
  readonly told: Told;
  readonly started: Promise<void>;
} {
  const dir = tempDir();
  // One script for all: it runs the program that stands in the place of its configuration.
  const script = join(dir, 'node.mjs');
  writeFileSync(script, `await import(process.argv[2]);`);
  const files = programs.map((program, index): ValidatorFiles => {
    const name = `v${index}`;
    mkdirSync(join(dir, name));
    const configFile = join(dir, name, 'program.mjs');
    writeFileSync(configFile, program);
    return { name, configFile, logFile: join(dir, name, 'node.log'), dataDir: '', url: '' };
  });
  const told: Told = { ended: [], back: [] };
  const listener = {
    onEnded: (ended: Ended) => void told.ended.push(ended),
    onBack: (name: string) => void told.back.push(name),
  };
  const validators = new Validators(files, listener, script);
  onTestFinished(() => validators.stop());
  return { validators, told, started: validators.start(30_000, new AbortController().signal) };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 10));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('validator processes', () => {
  it('are up when all say so, and gone after stop', async () => {
    const { validators, started } = start([ACTOR, ACTOR]);
    await started;
    expect(validators.running).toBe(2);
    const { pids } = validators;
    await validators.stop();
    expect(validators.running).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('are killed when they do not end by themselves', async () => {
    const { validators, started } = start([STUBBORN]);
    await started;
    const { pids } = validators;
    await validators.stop();
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it('hand on why they could not start', async () => {
    await expect(start([ACTOR, FAILING]).started).rejects.toThrow('HANSE-1007');
  });

  it('are quoted when they only write to their log', async () => {
    await expect(start([SILENT]).started).rejects.toThrow('no such luck');
  });

  it('start again after they were killed', async () => {
    const { validators, told, started } = start([ACTOR, ACTOR]);
    await started;
    process.kill(validators.pids[0] ?? 0, 'SIGKILL');
    await until(() => told.back.length > 0);
    expect(told.ended).toMatchObject([
      { name: 'v0', signal: 'SIGKILL', restartMs: 1_000, running: 1 },
    ]);
    expect(told.back).toEqual(['v0']);
    expect(validators.running).toBe(2);
  });

  it('stay down when their data needs a person', async () => {
    const { validators, told, started } = start([DAMAGED, ACTOR, ACTOR, ACTOR]);
    await started;
    await until(() => told.ended.length > 0);
    expect(told.ended[0]).toMatchObject({ name: 'v0', code: 78, restartMs: undefined });
    expect(told.ended[0]?.error.codeName).toBe('LogCorrupt');
    expect(validators.running).toBe(3);
  });

  it('that are damaged are left out while a quorum is left', async () => {
    const broken = `
process.send({ failed: { name: 'LogCorrupt', params: {} } }, () => process.exit(78));`;
    const { validators, told, started } = start([ACTOR, broken, ACTOR, ACTOR]);
    await started;
    expect(told.ended).toMatchObject([{ name: 'v1', restartMs: undefined }]);
    expect(validators.running).toBe(3);
    await expect(start([ACTOR, broken, broken, ACTOR]).started).rejects.toThrow('HANSE-6001');
  });

  it('stop starting when interrupted', async () => {
    const controller = new AbortController();
    const dir = tempDir();
    const configFile = join(dir, 'program.mjs');
    writeFileSync(configFile, 'setInterval(() => {}, 1000);');
    writeFileSync(join(dir, 'node.mjs'), 'await import(process.argv[2]);');
    const file = { name: 'v0', configFile, logFile: join(dir, 'log'), dataDir: '', url: '' };
    const listener = { onEnded: () => {}, onBack: () => {} };
    const validators = new Validators([file], listener, join(dir, 'node.mjs'));
    onTestFinished(() => validators.stop());
    const started = validators.start(30_000, controller.signal);
    controller.abort('SIGINT');
    await expect(started).rejects.toThrow('interrupted');
  });
});

describe('messages of validators', () => {
  it('become errors of the catalogue, or nothing', () => {
    expect(failureOf({ name: 'PortInUse', params: { port: 1 } })?.params).toEqual({ port: '1' });
    expect(failureOf({ name: 'PortInUse' })?.codeName).toBe('PortInUse');
    expect(failureOf({ name: 'Nonsense' })).toBeUndefined();
    expect(failureOf('x')).toBeUndefined();
    expect(failureOf(null)).toBeUndefined();
  });
});
