import { decode, encode, type Schema } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { assert, limits } from '@hanse/kit';
import type { Call, Event } from '@hanse/model';
import { GasMeter, gasTable, writeGas } from './gas.ts';
import type { ContractHost, ExecutionContext, StateAccess } from './ports.ts';
import { Refused, refuse } from './refuse.ts';

/** A chain, as its contracts see it. */
export type Chain = { readonly suite: Suite; readonly network: string };

/** One transaction while it executes: metered access to the state, and the events so far. */
export class Transaction {
  readonly chain: Chain;
  readonly context: ExecutionContext;
  readonly meter: GasMeter;
  readonly events: Event[] = [];
  readonly #state: StateAccess;

  constructor(parts: {
    readonly chain: Chain;
    readonly state: StateAccess;
    readonly context: ExecutionContext;
    readonly gasLimit: number;
  }) {
    this.chain = parts.chain;
    this.context = parts.context;
    this.meter = new GasMeter(parts.gasLimit);
    this.#state = parts.state;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.meter.charge(gasTable.read);
    const value = this.#state.get(key);
    if (value !== undefined) this.meter.charge(gasTable.readByte * value.length);
    return value;
  }

  set(key: Uint8Array, value: Uint8Array): void {
    const entries = this.#state.bucketEntries(key);
    this.meter.charge(writeGas(value.length, entries));
    if (entries >= limits.bucketEntriesMax) {
      const params = { name: 'records of one bucket', value: entries + 1 };
      refuse('OverLimit', { ...params, limit: limits.bucketEntriesMax });
    }
    this.#state.set(key, value);
  }

  emit<T>(contract: string, name: string, schema: Schema<T>, value: T): void {
    const data = encode(schema, value);
    this.meter.charge(gasTable.event + gasTable.eventByte * data.length);
    if (this.events.length === limits.eventsPerTxMax) {
      const params = { name: 'events of the transaction', value: this.events.length + 1 };
      refuse('OverLimit', { ...params, limit: limits.eventsPerTxMax });
    }
    this.events.push({ contract, name, data });
  }

  /** Let another host execute a call as a part of this transaction. */
  hosted(host: ContractHost, call: Call): Uint8Array {
    const eventsLeft = limits.eventsPerTxMax - this.events.length;
    const gasLeft = this.meter.left;
    const { context } = this;
    const done = host.execute({ state: this.#state, context, call, gasLeft, eventsLeft });
    assert(done.gas >= 0 && done.gas <= gasLeft, `a call used ${done.gas} gas of ${gasLeft}`);
    this.meter.charge(done.gas);
    if (!done.outcome.ok) {
      const { error } = done.outcome;
      // The limit that matters to its sender is that of the whole transaction.
      throw new Refused(error.code === 'OutOfGas' ? this.meter.exhausted(error) : error);
    }
    const { result, events } = done.outcome.value;
    assert(events.length <= eventsLeft, 'a call has as many events as were left');
    this.events.push(...events);
    return result;
  }

  /** The DID that acts: the first signer. */
  get actor(): string {
    return this.context.signers[0]?.did ?? '';
  }

  /** Whether a DID is among the signers. */
  isSigner(did: string): boolean {
    return this.context.signers.some((signer) => signer.did === did);
  }
}

/** A method from canonical arguments to canonical result. */
export type Method = (tx: Transaction, args: Uint8Array) => Uint8Array;

/** The method of a typed handler: arguments that do not decode are refused before it runs. */
export function method<A, R>(
  name: { readonly contract: string; readonly method: string },
  spec: { readonly args: Schema<A>; readonly result: Schema<R> },
  handler: (tx: Transaction, args: A) => R,
): Method {
  return (tx, bytes) => {
    tx.meter.charge(gasTable.call + gasTable.argByte * bytes.length);
    const args = decode(spec.args, bytes);
    if (!args.ok) return refuse('BadArguments', { ...name, reason: args.error });
    const result = encode(spec.result, handler(tx, args.value));
    tx.meter.charge(gasTable.resultByte * result.length);
    return result;
  };
}
