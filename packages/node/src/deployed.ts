import type { FacadeContract } from '@hanse/api';
import { decode, encode } from '@hanse/codec';
import { HanseError, isHanseError, limits, must } from '@hanse/kit';
import { contractRecordSchema, interfaceOf, isContractName, systemContracts } from '@hanse/model';
import type { QueryThread } from './queries.ts';

const { args: getArgs } = systemContracts.contracts.queries.get;

/** Deployed contracts as this node last read them, so that their schemas are built once. */
export class DeployedContracts {
  readonly #queries: Pick<QueryThread, 'call'>;
  readonly #kept = new Map<string, FacadeContract>();

  constructor(queries: Pick<QueryThread, 'call'>) {
    this.#queries = queries;
  }

  /** A contract as it was read before, or now. Throws UnknownContract. */
  async get(name: string): Promise<FacadeContract> {
    return this.#kept.get(name) ?? this.read(name);
  }

  /** A contract as it is now. Throws UnknownContract. */
  async read(name: string): Promise<FacadeContract> {
    if (!isContractName(name)) throw new HanseError('UnknownContract', { contract: name });
    const bytes = await this.#record(name);
    const record = decode(contractRecordSchema, bytes);
    const value = must(record.ok ? record.value : undefined, 'a record of the state decodes');
    const offers = interfaceOf(value.manifest);
    const read = {
      record: value,
      offers: must(offers.ok ? offers.value : undefined, 'a manifest in the state was checked'),
    };
    this.#kept.delete(name);
    this.#kept.set(name, read);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > limits.programsCachedMax && oldest !== undefined) {
      this.#kept.delete(oldest);
    }
    return read;
  }

  async #record(name: string): Promise<Uint8Array> {
    const args = encode(getArgs, { name, version: undefined });
    try {
      return (await this.#queries.call({ contract: 'contracts', query: 'get', args })).result;
    } catch (error) {
      if (!isHanseError(error) || error.codeName !== 'RecordUnknown') throw error;
      throw new HanseError('UnknownContract', { contract: name }, error);
    }
  }
}
