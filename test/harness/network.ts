import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, keySigner, type Client, type ClientConfig } from '@hanse/client';
import { toHex } from '@hanse/kit';
import type { Genesis, Head, Parameters, Why } from '@hanse/model';
import { createNativeSuite } from '@hanse/native';
import { makeNetwork, type Holder, type NetworkFiles } from './make.ts';
import { freePorts } from './ports.ts';
import { NodeProcess } from './process.ts';
import { waitFor } from './wait.ts';

/** How to start a network. */
export type StartOptions = {
  readonly suite?: Genesis['suite'];
  readonly validators?: number;
  readonly operators?: number;
  readonly parameters?: Partial<Parameters>;
  /** Arguments of the Node process of each validator, by index. */
  readonly nodeArgs?: (index: number) => readonly string[];
};

const READY_MS = 30_000;

/** Real validators in processes of their own, on loopback, in a folder that goes when they do. */
export class Network {
  readonly files: NetworkFiles;
  readonly #nodes: (NodeProcess | undefined)[];
  readonly #nodeArgs: (index: number) => readonly string[];

  private constructor(files: NetworkFiles, options: StartOptions) {
    this.files = files;
    this.#nodes = files.nodes.map(() => undefined);
    this.#nodeArgs = options.nodeArgs ?? (() => []);
  }

  /** Make a network without starting it. */
  static async make(options: StartOptions = {}): Promise<Network> {
    const validators = options.validators ?? 4;
    const files = await makeNetwork({
      dir: mkdtempSync(join(tmpdir(), 'hanse-net-')),
      suite: options.suite ?? 'intl',
      validators,
      operators: options.operators ?? validators,
      firstPort: await freePorts(2 * validators),
      ...(options.parameters === undefined ? {} : { parameters: options.parameters }),
    });
    return new Network(files, options);
  }

  /** Make a network, start all of it and wait until it can order transactions. */
  static async start(options: StartOptions = {}): Promise<Network> {
    const network = await Network.make(options);
    try {
      await network.startAll();
      await network.connected();
      return network;
    } catch (error) {
      await network.remove();
      throw error;
    }
  }

  get size(): number {
    return this.files.nodes.length;
  }

  get urls(): readonly string[] {
    return this.files.nodes.map(({ url }) => url);
  }

  /** Hash of the genesis, hexadecimal. */
  get genesisHash(): string {
    return toHex(this.files.chainId);
  }

  url(index: number): string {
    return item(this.files.nodes, index).url;
  }

  /** The process of a validator. Throws when it does not run. */
  node(index: number): NodeProcess {
    const node = this.#nodes[index];
    if (node === undefined) throw new Error(`validator ${index} does not run`);
    return node;
  }

  isRunning(index: number): boolean {
    const node = this.#nodes[index];
    return node !== undefined && node.exit === undefined;
  }

  async startNode(index: number): Promise<NodeProcess> {
    const node = await NodeProcess.start(item(this.files.nodes, index), {
      nodeArgs: this.#nodeArgs(index),
    });
    this.#nodes[index] = node;
    return node;
  }

  async startAll(): Promise<void> {
    const indexes = this.files.nodes.map(({ index }) => index);
    await Promise.all(indexes.filter((i) => !this.isRunning(i)).map((i) => this.startNode(i)));
  }

  /** Kill validators at the same moment, as a power cut would. */
  async kill(...indexes: readonly number[]): Promise<void> {
    await Promise.all(indexes.map(async (index) => this.#nodes[index]?.kill()));
    for (const index of indexes) this.#nodes[index] = undefined;
  }

  /** Ask all validators to end. */
  async stopAll(): Promise<void> {
    await Promise.all(this.#nodes.map(async (node) => node?.stop()));
    this.#nodes.fill(undefined);
  }

  /** End everything and remove the folder. Safe to call twice. */
  async remove(): Promise<void> {
    await this.kill(...this.#nodes.keys());
    rmSync(this.files.dir, { recursive: true, force: true });
  }

  /** Wait until every running validator hears a quorum. */
  async connected(): Promise<void> {
    const isConnected = async (index: number): Promise<boolean> => {
      const { validators } = await this.head(index);
      return validators.filter((one) => one.connected).length >= this.#runningCount();
    };
    await waitFor(
      'all running validators are connected with each other',
      READY_MS,
      async () => (await Promise.all(this.running().map(isConnected))).every(Boolean),
      async () => this.describe(),
    );
  }

  /** Indexes of the validators that run. */
  running(): readonly number[] {
    return this.files.nodes.map(({ index }) => index).filter((index) => this.isRunning(index));
  }

  #runningCount(): number {
    return this.running().length;
  }

  /** A client that trusts this network's genesis; of one validator, or of all. */
  client(options: Partial<ClientConfig> & { readonly nodes?: readonly number[] } = {}): Client {
    const { nodes, ...config } = options;
    return createClient({
      urls: nodes === undefined ? this.urls : nodes.map((index) => this.url(index)),
      genesisHash: this.genesisHash,
      suiteOf: createNativeSuite,
      ...config,
    });
  }

  /** A client that signs as an operator. */
  clientOf(operator: number, nodes?: readonly number[]): Client {
    const signer = keySigner(this.files.suite, this.operator(operator));
    return this.client({ signer, ...(nodes === undefined ? {} : { nodes }) });
  }

  operator(index: number): Holder {
    return item(this.files.operators, index);
  }

  /** What one validator itself says, asked without retries. */
  async ask<T>(index: number, path: string): Promise<T> {
    const response = await fetch(`${this.url(index)}${path}`, {
      signal: AbortSignal.timeout(5_000),
    });
    const value = (await response.json()) as T;
    if (!response.ok) throw new Error(`${path} at validator ${index}: ${JSON.stringify(value)}`);
    return value;
  }

  head(index: number): Promise<Head> {
    return this.ask<Head>(index, '/v1/head');
  }

  why(index: number): Promise<Why> {
    return this.ask<Why>(index, '/v1/why');
  }

  /** One line per validator, for messages about what went wrong. */
  async describe(): Promise<string> {
    const lines = await Promise.all(
      this.files.nodes.map(async ({ index, name }) => {
        if (!this.isRunning(index))
          return `${name}: not running ${this.#nodes[index]?.output.slice(-500) ?? ''}`;
        try {
          const [{ height, executedHeight, provedHeight }, { sentence }] = await Promise.all([
            this.head(index),
            this.why(index),
          ]);
          return `${name}: final ${height}, executed ${executedHeight}, proved ${provedHeight}; ${sentence}`;
        } catch (error) {
          return `${name}: ${error instanceof Error ? error.message : String(error)}`;
        }
      }),
    );
    return lines.join('\n');
  }
}

function item<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`there is no ${index} among ${list.length}`);
  return found;
}
