import type {
  AnyContract,
  AnyMethod,
  ArgsOf,
  EventsOf,
  Given,
  NamesOf,
  ResultOf,
} from '@hanse/contract';
import { decode, type Schema } from '@hanse/codec';
import { HanseError, isHanseError, must, toHex } from '@hanse/kit';
import type { Call, DeployedMethod, Until } from '@hanse/model';
import { encodeArgs, readWith, type TypedCall, type TypedQuery } from './calls.ts';
import { readEvents, type ChainEvent, type EventOptions } from './events.ts';
import type { Offers } from './offers.ts';
import { runQuery, type Answered, type ReadOptions } from './query.ts';
import {
  submitOne,
  type Executed,
  type Sender,
  type SubmitOptions,
  type Unproved,
} from './submit.ts';

/** How to follow one event of a contract. */
export type ContractEventOptions = Omit<EventOptions, 'contract' | 'name'>;

/** An event with its data as the contract's types say. */
export type ContractEvent<D> = Omit<ChainEvent, 'data'> & { readonly data: D };

type Command<M extends AnyMethod> = {
  (
    ...args: [...Given<M>, options?: SubmitOptions & { readonly until?: 'proved' }]
  ): Promise<Executed<ResultOf<M>>>;
  (
    args: ArgsOf<M>,
    options: SubmitOptions & { readonly until: 'final' },
  ): Promise<Unproved<Executed<ResultOf<M>>>>;
};

/**
 * A deployed contract, typed by the contract itself: commands as methods, its queries and events beside them.
 * Names and types are known to the compiler only; schemas come from the chain, proved.
 */
export type ContractClient<C extends AnyContract> = {
  readonly [N in NamesOf<C, 'command'>]: Command<C['methods'][N]>;
} & {
  readonly query: {
    readonly [N in NamesOf<C, 'query'>]: (
      ...args: [...Given<C['methods'][N]>, options?: ReadOptions]
    ) => Promise<Answered<ResultOf<C['methods'][N]>>>;
  };
  readonly events: {
    readonly [N in keyof EventsOf<C> & string]: (
      options?: ContractEventOptions,
    ) => AsyncGenerator<ContractEvent<EventsOf<C>[N]>>;
  };
};

/** A contract as an application calls it. Nothing is asked before the first method is called. */
export function contractClient<C extends AnyContract>(
  sender: Sender,
  offers: Offers,
  contract: C['name'],
): ContractClient<C> {
  const queries = byName(
    (query) =>
      (args: unknown = {}, options: ReadOptions = {}) =>
        ask(sender, offers, { contract, query, args }, options),
  );
  const events = byName(
    (name) =>
      (options: ContractEventOptions = {}) =>
        follow(sender, offers, { ...options, contract, name }),
  );
  const commands = byName((method) => {
    // What is awaited by mistake must not look like a promise.
    if (method === 'then') return undefined;
    return async (args: unknown = {}, options: SubmitOptions & { until?: Until } = {}) => {
      const typed = await deployedCall(offers, contract, method, args, options);
      const until = options.until ?? 'proved';
      const receipt = await submitOne(sender, [typed.call], until, options);
      const result = typed.readResult(must(receipt.results[0], 'an executed call has a result'));
      const executed = { txid: toHex(receipt.txid), height: receipt.height, receipt, result };
      return until === 'final' ? { unproved: executed } : executed;
    };
  });
  // The one place where names that only the compiler knows become calls.
  return byName((name) => {
    if (name === 'query') return queries;
    return name === 'events' ? events : commands[name];
  }) as ContractClient<C>;
}

/** A call of a command of a deployed contract. Throws UnknownMethod, BadArguments. */
export async function deployedCall(
  offers: Offers,
  contract: string,
  method: string,
  args: unknown,
  options: ReadOptions = {},
): Promise<TypedCall<unknown>> {
  const entry = await methodOf(offers, 'methods', { contract, name: method }, options);
  if (entry === undefined) throw new HanseError('UnknownMethod', { contract, method });
  const call: Call = { contract, method, args: encodeArgs(entry.args, args, contract, method) };
  return { call, readResult: (bytes) => readWith(entry.result, bytes) };
}

/** What may be an older version is read anew before a name is said to be unknown. */
async function methodOf(
  offers: Offers,
  kind: 'methods' | 'queries',
  { contract, name }: { readonly contract: string; readonly name: string },
  { timeoutMs, signal }: ReadOptions,
): Promise<DeployedMethod | undefined> {
  const options = {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(signal === undefined ? {} : { signal }),
  };
  const known = own((await offers.get(contract, options)).offers[kind], name);
  return known ?? own((await offers.read(contract, options)).offers[kind], name);
}

type Asked = { readonly contract: string; readonly query: string; readonly args: unknown };

async function ask(
  { connection }: Sender,
  offers: Offers,
  { contract, query, args }: Asked,
  options: ReadOptions,
): Promise<Answered<unknown>> {
  const once = async (): Promise<Answered<unknown>> => {
    const entry = await methodOf(offers, 'queries', { contract, name: query }, options);
    if (entry === undefined) throw new HanseError('UnknownQuery', { contract, query });
    const { codeHash } = (await offers.get(contract)).record;
    const typed: TypedQuery<unknown> = {
      contract,
      query,
      args,
      argsSchema: entry.args,
      readResult: (bytes) => readWith(entry.result, bytes),
      codeHash: toHex(codeHash),
    };
    return runQuery(connection, typed, options);
  };
  try {
    return await once();
  } catch (error) {
    // Another version has answered, or refused what the known one takes.
    if (!isHanseError(error) || !STALE.has(error.codeName)) throw error;
    const before = (await offers.get(contract)).record.version;
    if ((await offers.read(contract)).record.version === before) throw error;
    return once();
  }
}

const STALE: ReadonlySet<string> = new Set(['BadArguments', 'UnknownQuery', 'Malformed']);

async function* follow(
  { connection }: Sender,
  offers: Offers,
  options: EventOptions & { readonly contract: string; readonly name: string },
): AsyncGenerator<ContractEvent<unknown>> {
  const { contract, name } = options;
  for await (const event of readEvents(connection, options)) {
    // Upgrades only widen events: what the known version cannot read, a newer one can.
    const known = viewEvent((await offers.get(contract)).offers.events, name, event.dataBytes);
    const data =
      known ?? viewEvent((await offers.read(contract)).offers.events, name, event.dataBytes);
    if (data === undefined) throw new HanseError('Malformed', { object: 'event', reason: name });
    yield { ...event, data };
  }
}

function viewEvent(
  events: Readonly<Record<string, Schema<unknown>>>,
  name: string,
  bytes: Uint8Array,
): unknown {
  const schema = own(events, name);
  const value = schema === undefined ? undefined : decode(schema, bytes);
  return value?.ok === true ? value.value : undefined;
}

function own<T>(of: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

function byName<T>(make: (name: string) => T): Readonly<Record<string, T>> {
  return new Proxy<Record<string, T>>(
    {},
    { get: (_, name) => (typeof name === 'string' ? make(name) : undefined) },
  );
}
