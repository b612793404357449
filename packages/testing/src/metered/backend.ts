import { fileURLToPath } from 'node:url';
import { canonicalJson } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { fromUtf8, HanseError, limits, must } from '@hanse/kit';
import type { Event } from '@hanse/model';
import type { ErrorRefusal } from '@hanse/vm';
import type { Asked, Backend, BlockAt } from '../backend.ts';
import { buildContract } from '../build/build.ts';
import { mapFrames, type SourceFrame } from '../build/frames.ts';
import { loadContract, type LoadedContract } from '../loaded.ts';
import { fileOfOrigin } from '../origin.ts';
import type { Outcome, PlainEvent, Refusal } from '../outcome.ts';
import { partyOf } from '../parties.ts';
import type { TestChainOptions, TestContract, TestContracts } from '../types.ts';
import { BadValue, fromBytes, toBytes } from '../values.ts';
import { MeteredChain, type RawCall } from './chain.ts';

/** Contracts in the engine of validators. They are built and deployed when the first call comes. */
export function meteredBackend(
  contracts: TestContracts,
  suite: Suite,
  options: TestChainOptions,
): Backend {
  return new Metered(contracts, suite, options);
}

/** A contract on the chain, with what leads from its code to the author's. */
type Deployed = { readonly loaded: LoadedContract; readonly map: string };

class Metered implements Backend {
  readonly #contracts: TestContracts;
  readonly #suite: Suite;
  readonly #options: TestChainOptions;
  readonly #chain: MeteredChain;
  readonly #deployed = new Map<string, Deployed>();
  #ready: Promise<void> | undefined;

  constructor(contracts: TestContracts, suite: Suite, options: TestChainOptions) {
    this.#contracts = contracts;
    this.#suite = suite;
    this.#options = options;
    this.#chain = new MeteredChain(suite);
  }

  readonly admit: Backend['admit'] = (party) => this.#chain.admit(party);

  readonly deposit: Backend['deposit'] = (evidence) => this.#chain.deposit(evidence);

  readonly execute: Backend['execute'] = async (signers, asked, at) => {
    const call = await this.#callOf(asked, at);
    if ('refusal' in call) return { kind: 'refused', refusal: call.refusal, gas: 0 };
    const gasLimit = this.#options.gasLimit ?? limits.gasPerTxDefault;
    const dids = signers.map(({ self }) => self.did);
    const { status, results, events, gas } = this.#chain.execute(dids, call, { ...at, gasLimit });
    if (status !== 'ok') return { kind: 'refused', refusal: this.#explain(status), gas };
    const result = this.#resultOf(asked, must(results[0], 'a result for the call'));
    return { kind: 'ok', result, events: events.map((event) => this.#eventOf(event)), gas };
  };

  readonly query: Backend['query'] = async (asked, at) => {
    const call = await this.#callOf(asked, at);
    if ('refusal' in call) return { kind: 'refused', refusal: call.refusal, gas: 0 };
    const answer = await this.#chain.query(call, at);
    if (!answer.ok) return { kind: 'refused', refusal: this.#explain(answer.error), gas: 0 };
    const result = this.#resultOf(asked, answer.value);
    return { kind: 'ok', result, events: [], gas: 0 } satisfies Outcome;
  };

  readonly close: Backend['close'] = async () => {
    await this.#ready;
  };

  async #callOf(
    { contract, method, args }: Asked,
    at: BlockAt,
  ): Promise<RawCall | { readonly refusal: Refusal }> {
    this.#ready ??= this.#deployAll(at);
    await this.#ready;
    const { loaded } = must(this.#deployed.get(contract), 'a contract of this chain');
    const { args: schema } = must(loaded.methods.get(method), 'a method of the manifest');
    try {
      const bytes = toBytes(schema, args);
      const size = { name: 'bytes of the arguments', value: String(bytes.length) };
      const params = { ...size, limit: String(limits.argsBytesMax) };
      if (bytes.length <= limits.argsBytesMax) return { contract, method, args: bytes };
      return { refusal: { code: 'OverLimit', params, frames: [] } };
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      const params = { contract, method, reason: error.message };
      return { refusal: { code: 'BadArguments', params, frames: [] } };
    }
  }

  async #deployAll(at: BlockAt): Promise<void> {
    const deployer = partyOf(this.#suite, { organisation: 'Deployer' });
    this.#chain.admit(deployer);
    const built = await Promise.all(
      Object.entries(this.#contracts).map(async ([name, contract]) => {
        const file = fileOf(name, contract, this.#options);
        return { file, contract, ...(await buildContract(file)) };
      }),
    );
    for (const { file, contract, code, map } of built) {
      const { name } = contract.manifest;
      const manifest = await this.#chain.deploy(name, code, deployer.self.did, at);
      // What the compiler knows of the contract must be what runs.
      if (fromUtf8(manifest) !== canonicalJson(contract.manifest)) {
        const message = `${file} declares another contract than the one of the test; name its file in the option "files"`;
        throw new HanseError('UsageError', { message });
      }
      this.#deployed.set(name, { loaded: loadContract(contract), map });
    }
  }

  #resultOf({ contract, method }: Asked, bytes: Uint8Array): unknown {
    const { loaded } = must(this.#deployed.get(contract), 'a contract of this chain');
    return fromBytes(must(loaded.methods.get(method), 'a method').returns, bytes);
  }

  #eventOf({ contract, name, data }: Event): PlainEvent {
    const { loaded } = must(this.#deployed.get(contract), 'a contract of this chain');
    const event = must(
      loaded.events.find((one) => one.name === name),
      'an event of the manifest',
    );
    return { contract, name, data: fromBytes(event.data, data) };
  }

  #explain({ code, params, frames = [] }: ErrorRefusal): Refusal {
    return { code, params, frames: frames.flatMap((frame) => this.#placeOf(frame)) };
  }

  /** The place behind `name line:column` in the code of a contract. */
  #placeOf({
    contract,
    at,
  }: {
    readonly contract: string;
    readonly at: string;
  }): readonly SourceFrame[] {
    const match = /^(.*) (\d+):(\d+)$/.exec(at);
    const map = this.#deployed.get(contract)?.map;
    if (match === null || map === undefined) return [];
    const name = match[1] === '(code)' ? '' : (match[1] ?? '');
    return mapFrames([{ name, line: Number(match[2]), column: Number(match[3]) }], map);
  }
}

function fileOf(name: string, contract: TestContract, { files = {} }: TestChainOptions): string {
  const given = files[name];
  if (given instanceof URL) return fileURLToPath(given);
  const file = given ?? fileOfOrigin(contract.origin);
  if (file !== undefined) return file.startsWith('file://') ? fileURLToPath(file) : file;
  const message = `the file of contract ${name} was not found; name it in the option "files"`;
  throw new HanseError('UsageError', { message });
}
