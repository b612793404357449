import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject } from '@hanse/codec';
import { toHex } from '@hanse/kit';
import {
  interfaceOf,
  isContractName,
  type ContractRecord,
  type DeployedInterface,
} from '@hanse/model';
import { makePrivateDir, readJsonIfPresent, writePrivateFile } from '../files.ts';
import type { Project } from '../project.ts';

/*
 * What this project remembers of contracts, beside it in `.hanse/contracts`: the manifests last seen, so that
 * completion and offline commands know names, and the source maps of what was built here.
 */

const MANIFEST = '.manifest.json';
const MAP = '.map.json';

/** Remember the manifest of a contract as the chain has it. A folder that cannot be written is no failure. */
export function keepManifest({ contractsDir, dir }: Project, record: ContractRecord): void {
  // Nothing is made in folders that are no project.
  if (!existsSync(dir)) return;
  try {
    makePrivateDir(contractsDir);
    writePrivateFile(join(contractsDir, record.name + MANIFEST), record.manifest);
  } catch {
    // It is read again from the chain the next time.
  }
}

/** The interface of a contract as it was last seen here, perhaps of an older version. */
export function keptInterface(project: Project, name: string): DeployedInterface | undefined {
  const path = join(project.contractsDir, name + MANIFEST);
  if (!isContractName(name) || !existsSync(path)) return undefined;
  const offers = interfaceOf(new Uint8Array(readFileSync(path)));
  return offers.ok ? offers.value : undefined;
}

/** Names of the contracts whose manifests are kept. */
export function keptNames({ contractsDir }: Project): readonly string[] {
  if (!existsSync(contractsDir)) return [];
  return readdirSync(contractsDir)
    .filter((file) => file.endsWith(MANIFEST))
    .map((file) => file.slice(0, -MANIFEST.length))
    .toSorted();
}

/** A source map, and the folder that its sources are relative to. */
export type KeptMap = { readonly folder: string; readonly map: string };

/** Remember the source map of code that was built in a folder, by the hash of the code. */
export function keepMap({ contractsDir }: Project, codeHash: Uint8Array, kept: KeptMap): void {
  makePrivateDir(contractsDir);
  writePrivateFile(join(contractsDir, toHex(codeHash) + MAP), JSON.stringify(kept));
}

/** The source map of code, if it was built in this project. */
export function keptMap({ contractsDir }: Project, codeHash: Uint8Array): KeptMap | undefined {
  const json = readJsonIfPresent(join(contractsDir, toHex(codeHash) + MAP));
  if (!isJsonObject(json)) return undefined;
  const { folder, map } = json;
  return typeof folder === 'string' && typeof map === 'string' ? { folder, map } : undefined;
}
