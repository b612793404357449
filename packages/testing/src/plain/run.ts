import { RejectError, type CallInfo, type Deposit, type Guard, type Host } from '@hanse/contract';
import { limits, toHex, unreachable } from '@hanse/kit';
import type { BlockAt } from '../backend.ts';
import type { PlainEvent } from '../outcome.ts';
import { BadValue, checkForeign, fromBytes, toBytes, toForeignBytes } from '../values.ts';
import type { LoadedContract, LoadedMethod } from '../loaded.ts';
import { PlainRefusal, refuse } from './refuse.ts';
import type { PlainStore } from './store.ts';
import { PlainTables } from './tables.ts';

/** What contracts of a plain chain can see. */
export type PlainWorld = {
  readonly contracts: ReadonlyMap<string, LoadedContract>;
  readonly store: PlainStore;
  readonly deposits: ReadonlyMap<string, Deposit>;
  readonly hash: (bytes: Uint8Array) => Uint8Array;
};

/** A signer as contracts see it. */
export type PlainSigner = {
  readonly did: string;
  readonly organisation: string;
  readonly roles: readonly string[];
  readonly duties: readonly string[];
};

type Named = { readonly contract: string; readonly method: string };
type Target = {
  readonly name: Named;
  readonly contract: LoadedContract;
  readonly method: LoadedMethod;
  /** Contracts at work that led to it, outermost first. */
  readonly callers: readonly string[];
};

const NOBODY: PlainSigner = { did: '', organisation: '', roles: [], duties: [] };
const NAME_BYTES_MAX = 64;
const HASH_BYTES = 32;

/** One transaction, or a query, with all that it leads to. */
export class PlainRun {
  readonly events: PlainEvent[] = [];
  readonly #world: PlainWorld;
  readonly #signers: readonly PlainSigner[];
  readonly #at: BlockAt & { readonly txid: Uint8Array };
  readonly #isReadOnly: boolean;
  /** The first refusal: nothing that a contract catches takes it back. */
  #refusal: PlainRefusal | undefined;

  constructor(parts: {
    readonly world: PlainWorld;
    readonly signers: readonly PlainSigner[];
    readonly at: BlockAt & { readonly txid: Uint8Array };
    readonly isReadOnly: boolean;
  }) {
    this.#world = parts.world;
    this.#signers = parts.signers;
    this.#at = parts.at;
    this.#isReadOnly = parts.isReadOnly;
  }

  /** Call a method from outside. Throws PlainRefusal. */
  call(name: Named, args: unknown): unknown {
    const target = this.#find(name, []);
    const bytes = orBadArguments(name, () => toBytes(target.method.args, args));
    checkSize('bytes of the arguments', bytes.length, limits.argsBytesMax);
    return this.#invoke(target, bytes);
  }

  #find(name: Named, callers: readonly string[]): Target {
    const contract = this.#world.contracts.get(name.contract);
    if (contract === undefined) return refuse('UnknownContract', { contract: name.contract });
    const method = contract.methods.get(name.method);
    if (method === undefined) return refuse('UnknownMethod', name);
    return { name, contract, method, callers };
  }

  #invoke(target: Target, args: Uint8Array): unknown {
    const { contract, method, name } = target;
    const info = this.#infoFor(target);
    checkCaller(target, info);
    const host = this.#hostFor(target);
    let result: unknown;
    try {
      result = contract.run(method.position, fromBytes(method.args, args), info, host);
    } catch (error) {
      throw this.#refusal ?? refusalOf(name, error);
    }
    if (this.#refusal !== undefined) throw this.#refusal;
    const bytes = orFailed(name, () => toBytes(method.returns, result));
    return fromBytes(method.returns, bytes);
  }

  /** Rule caller: a transaction calls as its first signer, a contract as itself, a query as nobody. */
  #infoFor({ callers }: Target): CallInfo {
    const via = callers.at(-1);
    const self = via === undefined ? (this.#signers[0] ?? NOBODY) : { ...NOBODY, did: via };
    return {
      caller: self.did,
      organisation: self.organisation,
      roles: self.roles,
      duties: self.duties,
      signers: this.#signers.map(({ did, organisation, duties }) => ({
        did,
        organisation,
        duties,
      })),
      via: via ?? '',
      height: this.#at.height,
      time: this.#at.timeMs,
      txid: this.#at.txid,
    };
  }

  #hostFor(target: Target): Host {
    const { contract, name } = target;
    const tables = new PlainTables(contract, this.#world.store);
    const guarded = <R>(work: () => R): R => this.#guarded(name, work);
    const writing = <R>(work: () => R): R =>
      guarded(() => {
        if (this.#isReadOnly || target.method.kind === 'query') refuse('ReadOnly', name);
        return work();
      });
    return {
      get: (table, key) => guarded(() => tables.get(table, key)),
      put: (table, row, mode) => writing(() => tables.put(table, row, mode)),
      remove: (table, key) => writing(() => tables.remove(table, key)),
      scan: (table, index, prefix, after, limit, reverse, from, to) =>
        guarded(() => tables.scan(table, { index, prefix, after, limit, reverse, from, to })),
      emit: (event, data) => writing(() => this.#emit(contract, event, data)),
      call: (called, method, args) =>
        guarded(() => this.#callOther(target, { contract: called, method }, args)),
      deposit: (id) => guarded(() => this.#deposit(id)),
      hash: (bytes) => guarded(() => this.#world.hash(someBytes(bytes, 'bytes'))),
    };
  }

  /** Run a function of the host. A refusal ends the transaction: later calls end the same way. */
  #guarded<R>(name: Named, work: () => R): R {
    if (this.#refusal !== undefined) throw this.#refusal;
    try {
      return orFailed(name, work);
    } catch (error) {
      if (error instanceof PlainRefusal) this.#refusal = error;
      throw error;
    }
  }

  #callOther(from: Target, name: Named, args: unknown): unknown {
    if (utf8Length(name.contract) > NAME_BYTES_MAX || utf8Length(name.method) > NAME_BYTES_MAX) {
      throw new BadValue('a name is too long');
    }
    checkForeign(args);
    const { contract } = name;
    const callers = [...from.callers, from.name.contract];
    if (callers.includes(contract)) refuse('ReEntry', { contract });
    if (callers.length >= limits.callDepthMax) {
      refuse('CallDepth', { contract, limit: limits.callDepthMax });
    }
    const target = this.#find(name, callers);
    if (from.method.kind === 'query' && target.method.kind !== 'query') refuse('ReadOnly', name);
    const bytes = orBadArguments(name, () => toForeignBytes(target.method.args, args));
    return this.#invoke(target, bytes);
  }

  #emit(contract: LoadedContract, position: number, value: unknown): void {
    const event = contract.events[position];
    if (event === undefined) throw new BadValue(`there is no event ${position}`);
    const bytes = toBytes(event.data, value);
    checkSize('events of the transaction', this.events.length + 1, limits.eventsPerTxMax);
    checkSize('bytes of the event', bytes.length, limits.argsBytesMax);
    const data = fromBytes(event.data, bytes);
    this.events.push({ contract: contract.name, name: event.name, data });
  }

  #deposit(id: unknown): Deposit | undefined {
    const bytes = someBytes(id, 'id');
    return bytes.length === HASH_BYTES ? this.#world.deposits.get(toHex(bytes)) : undefined;
  }
}

/** Rules guards and internal: who may not call is refused before any code runs. */
function checkCaller({ name, method, callers }: Target, info: CallInfo): void {
  const { caller } = info;
  if (method.kind === 'internal' && callers.length === 0) {
    refuse('NotAllowed', { ...name, needs: 'another contract', caller });
  }
  const { allow } = method;
  if (allow.length === 0 || allow.some((guard) => holds(guard, info))) return;
  refuse('NotAllowed', { ...name, needs: allow.map(describeGuard).join(' or '), caller });
}

function holds(guard: Guard, { organisation, roles, duties }: CallInfo): boolean {
  switch (guard.kind) {
    case 'role':
      return roles.includes(guard.role);
    case 'duty':
      return duties.includes(guard.duty);
    case 'organisation':
      return organisation === guard.did;
    default:
      return unreachable(guard);
  }
}

function describeGuard(guard: Guard): string {
  if (guard.kind === 'role') return `role ${guard.role}`;
  return guard.kind === 'duty' ? `duty ${guard.duty}` : guard.did;
}

/** What became of a run whose code threw. */
function refusalOf({ contract, method }: Named, error: unknown): PlainRefusal {
  const name = { contract, method };
  if (error instanceof PlainRefusal) return error;
  if (isReject(error)) {
    const params = { ...name, reason: error.code, message: error.message };
    return new PlainRefusal({ code: 'ContractRejected', params, frames: [], cause: error });
  }
  const isTooDeep = error instanceof RangeError && error.message.includes('call stack');
  const failure = isTooDeep ? 'StackOverflow' : 'Threw';
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const params = { ...name, failure, message };
  return new PlainRefusal({ code: 'ContractFailed', params, frames: [], cause: error });
}

// By name: a test may load the library twice.
function isReject(error: unknown): error is RejectError {
  return error instanceof Error && error.name === 'RejectError' && 'code' in error;
}

function orBadArguments(name: Named, work: () => Uint8Array): Uint8Array {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    return refuse('BadArguments', { ...name, reason: error.message });
  }
}

function orFailed<R>(name: Named, work: () => R): R {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    return refuse('ContractFailed', { ...name, failure: 'BadValue', message: error.message });
  }
}

function someBytes(value: unknown, what: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new BadValue(`${what} is not a Uint8Array`);
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}

function checkSize(name: string, value: number, limit: number): void {
  if (value > limit) refuse('OverLimit', { name, value, limit });
}
