import type { Caller, ContextSigner, Events, PageOptions, Tables } from './context.ts';
import { dateOf } from './date.ts';
import type { CallInfo, Deposit, Host, HostPage } from './host.ts';
import { reject } from './reject.ts';
import { PAGE_ROWS_MAX } from './shapes.ts';
import { indexesOf, type AnyTable } from './table.ts';

type Values = Readonly<Record<string, unknown>>;
type HostOf = () => Host;

const INDEX_OF_KEY = -1;

/**
 * The context of all runs of a contract. Its tables and events are made once, while the contract is loaded:
 * a run that made them anew would pay for it each time.
 */
export class Context {
  readonly db: Values;
  readonly emit: Values;
  #host: Host | undefined;
  #info: CallInfo | undefined;

  constructor(tables: Tables, events: Events) {
    const hostOf: HostOf = () => this.#current(this.#host);
    this.db = mapNames(tables, (one, position) => tableAccess(hostOf, position, one));
    this.emit = mapNames(events, (_, position) => (data: unknown): void => {
      hostOf().emit(position, data);
    });
  }

  /** Run something for a caller on a host. */
  enter<T>(host: Host, info: CallInfo, run: () => T): T {
    const [outerHost, outerInfo] = [this.#host, this.#info];
    this.#host = host;
    this.#info = info;
    try {
      return run();
    } finally {
      this.#host = outerHost;
      this.#info = outerInfo;
    }
  }

  get caller(): Caller {
    const { caller, organisation, roles, duties } = this.#current(this.#info);
    return {
      id: caller,
      organisation,
      has: (role) => roles.includes(role),
      hasDuty: (duty) => duties.includes(duty),
    };
  }

  get signers(): readonly ContextSigner[] {
    return this.#current(this.#info).signers.map(({ did, organisation, duties }) => ({
      id: did,
      organisation,
      hasDuty: (duty) => duties.includes(duty),
    }));
  }

  get time(): number {
    return this.#current(this.#info).time;
  }

  get today(): string {
    return dateOf(this.time);
  }

  get height(): number {
    return this.#current(this.#info).height;
  }

  get txid(): string {
    return Array.from(this.#current(this.#info).txid, (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join('');
  }

  get via(): string {
    return this.#current(this.#info).via;
  }

  // These are fields, so that authors may take them out of the context.
  readonly call = (contract: string): Values => {
    const host = this.#current(this.#host);
    // Names of methods are known to the compiler only: contracts import each other's types.
    return new Proxy<Values>(
      {},
      { get: (_, method) => (args: unknown) => host.call(contract, String(method), args ?? {}) },
    );
  };

  readonly deposit = (id: Uint8Array): Deposit | undefined => this.#current(this.#host).deposit(id);

  readonly hash = (bytes: Uint8Array): Uint8Array => this.#current(this.#host).hash(bytes);

  #current<T>(value: T | undefined): T {
    if (value === undefined) throw new TypeError('The context is of use while a method runs only.');
    return value;
  }
}

function tableAccess(hostOf: HostOf, position: number, declared: AnyTable): Values {
  const get = (key: unknown): unknown => hostOf().get(position, key);
  const put = (mode: 'insert' | 'update' | 'put') => (row: unknown) =>
    hostOf().put(position, row, mode);
  const out: Record<string, unknown> = {
    get,
    need: (key: Values): unknown => get(key) ?? reject('RowUnknown', describeKey(declared, key)),
    has: (key: unknown) => get(key) !== undefined,
    insert: put('insert'),
    update: put('update'),
    put: put('put'),
    remove: (key: unknown) => hostOf().remove(position, key),
  };
  if (declared.listed) out['list'] = listing(hostOf, position, INDEX_OF_KEY, declared.key);
  indexesOf(declared).forEach(({ name, fields, unique }, index) => {
    const list = listing(hostOf, position, index, fields);
    const find = (values: Values): unknown => {
      for (const field of fields) {
        if (values[field] === undefined) throw new TypeError(`${name}.get needs "${field}".`);
      }
      return list(values, { limit: 1 }).rows[0];
    };
    out[name] = unique ? { list, get: find } : { list };
  });
  return out;
}

function listing(
  hostOf: HostOf,
  table: number,
  index: number,
  fields: readonly string[],
): (values?: Values, options?: PageOptions) => HostPage {
  return (values = {}, { after, limit = PAGE_ROWS_MAX, reverse = false } = {}) => {
    const prefix: unknown[] = [];
    let range: Range | undefined;
    fields.forEach((field, i) => {
      const value = values[field];
      if (value === undefined) return;
      if (range !== undefined || prefix.length < i) {
        throw new TypeError(`A list by "${field}" needs the fields before it.`);
      }
      if (isRange(value)) range = value;
      else prefix.push(value);
    });
    const { from, to } = range ?? {};
    return hostOf().scan(table, index, prefix, after, limit, reverse, from, to);
  };
}

type Range = { readonly from?: unknown; readonly to?: unknown };

/** Values of keys are scalars: an object is a range of them. */
function isRange(value: unknown): value is Range {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

/** The key in words; bytes as their number, because they say nothing to readers. */
function describeKey({ key }: AnyTable, values: Values): string {
  const parts = key.map((name) => {
    const value = values[name];
    return `${name}: ${value instanceof Uint8Array ? `${value.length} bytes` : String(value)}`;
  });
  return `there is no row { ${parts.join(', ')} }`;
}

function mapNames<V, R>(
  of: Readonly<Record<string, V>>,
  map: (value: V, position: number) => R,
): Readonly<Record<string, R>> {
  return Object.fromEntries(
    Object.entries(of).map(([name, value], position) => [name, map(value, position)]),
  );
}
