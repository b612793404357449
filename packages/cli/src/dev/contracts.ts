import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Client, Signer } from '@hanse/client';
import { isHanseError, toHex } from '@hanse/kit';
import type { Context } from '../context.ts';
import { buildFile } from '../contracts/build.ts';
import { deployBuilt, planOf, type Plan } from '../contracts/deploy.ts';
import { organisationOf } from '../contracts/owners.ts';
import { placesOfError } from '../contracts/places.ts';
import { unreadable } from '../files.ts';
import type { IdentityStore } from '../identities.ts';
import { pad } from '../render/width.ts';
import { formatDuration } from '../render/values.ts';
import { FolderWatch } from './folders.ts';

const TEXT_WIDTH = 66;
/** Editors write a file in several steps; together they take less than this. */
const SETTLE_MS = 40;
/** What a contract's file has and its tests and parts have not. */
const DECLARES = /\.contract\(\s*\{/;
const SOURCE = /\.[cm]?ts$/;
const NO_SOURCE = /\.(test|spec|types|d)\.[cm]?ts$/;

/** What keeping contracts of a folder on a chain needs. */
export type ContractsParts = {
  readonly context: Context;
  readonly client: Client;
  readonly identities: IdentityStore;
  readonly signer: Signer;
  /** A file, or a folder whose files are looked through. */
  readonly path: string;
};

/** Keeps the contracts of a folder live on a chain: deployed at the start, upgraded whenever they change. */
export class LiveContracts {
  readonly #parts: ContractsParts;
  readonly #watch: FolderWatch;
  /** By file: what went into it the last time it was built. */
  readonly #inputs = new Map<string, readonly string[]>();
  readonly #dirty = new Set<string>();
  #work: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(parts: ContractsParts) {
    this.#parts = parts;
    this.#watch = new FolderWatch((path) => this.#changed(path));
  }

  /** Deploy what is there and begin to watch. Throws FileUnreadable when there is no such path. */
  async start(): Promise<void> {
    const { context, path } = this.#parts;
    const { out } = context;
    if (!existsSync(path)) throw unreadable(path, new Error('There is no such file or folder.'));
    for (const file of findContracts(path)) await this.#renew(file);
    this.#rewatch();
    if (out.isJson) return;
    const near = relative(context.cwd, path) || '.';
    const count = this.#inputs.size;
    out.note(`  ${count === 0 ? out.words.noContracts(near) : out.words.watching(count, near)}`);
  }

  /** Stop watching, and wait for what is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#watch.close();
    await this.#work;
  }

  #changed(path: string | undefined): void {
    const { path: root } = this.#parts;
    for (const [file, inputs] of this.#inputs) {
      if (path === undefined || inputs.includes(path)) this.#dirty.add(file);
    }
    if (path !== undefined && !this.#inputs.has(path) && isInside(root, path)) {
      if (isContract(path)) this.#dirty.add(path);
    }
    if (this.#dirty.size === 0 || this.#isStopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#begin(), SETTLE_MS);
  }

  #begin(): void {
    this.#work ??= this.#renewAll().finally(() => {
      this.#work = undefined;
    });
  }

  async #renewAll(): Promise<void> {
    for (let [file] = this.#dirty; file !== undefined; [file] = this.#dirty) {
      this.#dirty.delete(file);
      if (this.#isStopped) return;
      if (existsSync(file)) await this.#renew(file);
    }
    this.#rewatch();
  }

  /** Build a contract and make it the one on the chain. What goes wrong is said, and the old one stays. */
  async #renew(file: string): Promise<void> {
    const { context, client, signer, identities } = this.#parts;
    const { signal, project, nowMs } = context;
    const startedMs = nowMs();
    if (!this.#inputs.has(file)) this.#inputs.set(file, [file]);
    let plan: Plan | undefined;
    try {
      const built = await buildFile(file);
      this.#inputs.set(file, built.inputs);
      plan = await planOf(client, built, signal);
      const version = plan.before?.version ?? 0;
      if (plan.isSame)
        return this.#tell('contractUpToDate', { name: built.name, version }, startedMs);
      const isUpgrade = plan.before !== undefined;
      const who = { client, identities, signal };
      const owners = { organisations: [await organisationOf(who, signer.did)], threshold: 1 };
      const deployed = await deployBuilt(built, {
        client,
        project,
        signers: [signer],
        owners: isUpgrade ? undefined : owners,
        isUpgrade,
        until: 'final',
        signal,
      });
      const word = isUpgrade ? 'contractUpgraded' : 'contractDeployed';
      const { name } = built;
      this.#tell(word, { name, version: deployed.version, codeHash: deployed.codeHash }, startedMs);
      for (const change of plan.changes)
        context.out.note(`      ${context.out.noteStyle.yellow('~')} ${change}`);
    } catch (error) {
      if (signal.aborted || this.#isStopped) return;
      await this.#tellError(error, plan);
    }
  }

  #tell(
    word: 'contractUpToDate' | 'contractDeployed' | 'contractUpgraded',
    { name, version, codeHash }: { name: string; version: number; codeHash?: Uint8Array },
    startedMs: number,
  ): void {
    const { out, nowMs } = this.#parts.context;
    const elapsedMs = nowMs() - startedMs;
    const hash = codeHash === undefined ? {} : { codeHash: toHex(codeHash) };
    if (out.isJson) {
      return out.row(
        { contract: name, version, ...hash, state: STATES[word], elapsedMs },
        () => '',
      );
    }
    const time = out.noteStyle.dim(formatDuration(elapsedMs).padStart(7));
    const mark = out.noteStyle.green('✓');
    out.note(`  ${mark} ${pad(out.words[word](name, version), TEXT_WIDTH)} ${time}`);
  }

  async #tellError(error: unknown, plan: Plan | undefined): Promise<void> {
    const { context } = this.#parts;
    const { out, command } = context;
    out.error(error, await placesOfError(context, error));
    for (const conflict of plan?.conflicts ?? [])
      out.note(`      ${out.noteStyle.red('✗')} ${conflict}`);
    const isStored = isHanseError(error) && error.codeName === 'IncompatibleUpgrade';
    if (isStored) out.note(`  ${out.words.resetForStored(command)}`);
  }

  #rewatch(): void {
    const { path } = this.#parts;
    this.#watch.set([path, ...[...this.#inputs.values()].flat()]);
  }
}

const STATES = {
  contractUpToDate: 'same',
  contractDeployed: 'deployed',
  contractUpgraded: 'upgraded',
} as const;

/** Files that declare contracts: the one named, or those in a folder. */
function findContracts(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [resolve(path)];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.includes('node_modules'))
    .map((name) => resolve(join(path, name)))
    .filter(isContract)
    .toSorted();
}

function isContract(path: string): boolean {
  if (!SOURCE.test(path) || NO_SOURCE.test(path)) return false;
  try {
    return DECLARES.test(readFileSync(path, 'utf8'));
  } catch {
    return false;
  }
}

function isInside(root: string, path: string): boolean {
  return !relative(resolve(root), path).startsWith('..');
}
