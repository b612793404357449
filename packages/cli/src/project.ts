import { existsSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, parse, resolve } from 'node:path';
import { isJsonObject } from '@hanse/codec';
import { readJsonIfPresent } from './files.ts';

/** Where a project keeps its things. All paths are absolute. */
export type Project = {
  /** The folder that holds `.hanse`, existing or to be made. */
  readonly root: string;
  readonly dir: string;
  readonly configFile: string;
  /** Names the data folder of the local network when it is not the usual one. */
  readonly pointerFile: string;
  readonly trustDir: string;
  readonly outboxDir: string;
  readonly bundlesDir: string;
  /** Manifests seen and source maps of contracts built here. */
  readonly contractsDir: string;
};

const FOLDER = '.hanse';

/**
 * The project of a folder: the nearest folder upwards that holds `.hanse`, or the folder itself. A
 * `.hanse` of another user is passed over, and so are those in places that hold projects of
 * everybody: they would decide which nodes and which genesis are trusted.
 */
export function findProject(cwd: string): Project {
  const start = resolve(cwd);
  const shared = new Set([homedir(), tmpdir(), parse(start).root]);
  for (let root = start; ; root = dirname(root)) {
    const isCandidate = root === start || !shared.has(root);
    if (isCandidate && isOwnFolder(join(root, FOLDER))) return projectAt(root);
    if (root === dirname(root)) return projectAt(start);
  }
}

function isOwnFolder(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isDirectory() !== true) return false;
  return process.getuid === undefined || stat.uid === process.getuid();
}

/** The layout of a project at a folder. */
export function projectAt(root: string): Project {
  const dir = join(root, FOLDER);
  return {
    root,
    dir,
    configFile: join(dir, 'config.json'),
    pointerFile: join(dir, 'network.json'),
    trustDir: join(dir, 'trust'),
    outboxDir: join(dir, 'outbox'),
    bundlesDir: join(dir, 'bundles'),
    contractsDir: join(dir, 'contracts'),
  };
}

/** The data folder of the local network: what the last `hanse dev` used, or `.hanse/dev`. */
export function networkDir(project: Project): string {
  const pointer = readJsonIfPresent(project.pointerFile);
  const dir = isJsonObject(pointer) ? pointer['data'] : undefined;
  return typeof dir === 'string' && existsSync(dir) ? dir : join(project.dir, 'dev');
}

/** Where the parts of a local network lie. */
export type NetworkPaths = {
  readonly dir: string;
  readonly networkFile: string;
  readonly genesisFile: string;
  /** Inceptions of the operators, which the first transactions register. */
  readonly operatorsFile: string;
  readonly identitiesDir: string;
  readonly evidenceDir: string;
};

/** The layout of a local network's data folder. */
export function networkPaths(dir: string): NetworkPaths {
  return {
    dir,
    networkFile: join(dir, 'network.json'),
    genesisFile: join(dir, 'genesis.json'),
    operatorsFile: join(dir, 'operators.json'),
    identitiesDir: join(dir, 'identities'),
    evidenceDir: join(dir, 'evidence'),
  };
}
