import type { Suite } from '@hanse/crypto';
import { limits } from '@hanse/kit';
import type { Event, Party } from '@hanse/model';
import type { ExecutionContext, StateAccess } from './access.ts';
import { gasTable } from './gas.ts';
import { partyOf } from './parties.ts';
import type { Isolate, RunMeter } from './ports.ts';
import type { Programs } from './programs.ts';
import { refuse } from './refusal.ts';

/** A chain, as its contracts see it. */
export type Chain = {
  readonly suite: Suite;
  readonly isolate: Isolate;
  readonly programs: Programs;
  /** Organisations that the genesis names. */
  readonly founders: readonly string[];
};

/** One call of a transaction, or a query, with all that it leads to. */
export class Session {
  readonly chain: Chain;
  readonly state: StateAccess;
  readonly context: ExecutionContext;
  /** A query: nothing may be written. */
  readonly isReadOnly: boolean;
  /** Gas of all that it leads to. */
  readonly gasLimit: number;
  readonly events: Event[] = [];
  readonly #eventsMax: number;
  #parties: readonly Party[] | undefined;

  constructor(parts: {
    readonly chain: Chain;
    readonly state: StateAccess;
    readonly context: ExecutionContext;
    readonly isReadOnly: boolean;
    readonly gasLimit: number;
    readonly eventsLeft: number;
  }) {
    this.chain = parts.chain;
    this.state = parts.state;
    this.context = parts.context;
    this.isReadOnly = parts.isReadOnly;
    this.gasLimit = parts.gasLimit;
    this.#eventsMax = parts.eventsLeft;
  }

  /** The signers with their organisations, roles and duties, in order; each look-up is charged. */
  parties(meter: RunMeter): readonly Party[] {
    const { signers } = this.context;
    meter.charge(gasTable.signer * signers.length);
    // Code cannot change them: the contract that does is called by transactions only.
    this.#parties ??= signers.map(({ did }) => partyOf(this.state, did));
    return this.#parties;
  }

  /** Announce something; `data` are its canonical bytes. */
  emit(meter: RunMeter, { contract, name, data }: Event): void {
    meter.charge(gasTable.event + gasTable.eventByte * data.length);
    const count = limits.eventsPerTxMax - this.#eventsMax + this.events.length + 1;
    if (this.events.length >= this.#eventsMax) {
      refuse('OverLimit', {
        name: 'events of the transaction',
        value: count,
        limit: limits.eventsPerTxMax,
      });
    }
    if (data.length > limits.argsBytesMax) {
      const params = { name: 'bytes of the event', value: data.length };
      refuse('OverLimit', { ...params, limit: limits.argsBytesMax });
    }
    this.events.push({ contract, name, data });
  }
}
