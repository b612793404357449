import type {
  AnyContract,
  Contract,
  Given,
  MethodKind,
  MethodsOf,
  NamesOf,
  ResultOf,
  Runnable,
} from '@hanse/contract';
import type { Evidence } from '@hanse/model';
import type { Who } from './parties.ts';

/** A contract as its file exports it. */
export type TestContract = AnyContract & Runnable;

/** The contracts of a chain, by the names that a test uses for them. */
export type TestContracts = Readonly<Record<string, TestContract>>;

type Functions<C extends AnyContract, K extends MethodKind> = {
  readonly [N in NamesOf<C, K>]: (
    ...args: Given<MethodsOf<C>[N]>
  ) => Promise<ResultOf<MethodsOf<C>[N]>>;
};

/**
 * A contract as somebody calls it: each command is a transaction, each query reads. Internal methods are for
 * other contracts.
 */
export type ContractCaller<C extends AnyContract> = Functions<C, 'command'> & {
  readonly query: Functions<C, 'query'>;
};

/** All contracts as somebody calls them. */
export type Callers<T extends TestContracts> = {
  readonly [N in keyof T]: ContractCaller<T[N]>;
};

/** What a deposit says; the rest is filled in. */
export type DepositOf = Partial<Evidence> & Pick<Evidence, 'byteHash'>;

/** Somebody who acts in a test. */
export type Actor<T extends TestContracts> = Callers<T> & {
  /** DID: `ctx.caller.id` in contracts. */
  readonly id: string;
  /** DID of the organisation: `ctx.caller.organisation`; empty without one. */
  readonly organisation: string;
  /** Deposit evidence, so that contracts find it with `ctx.deposit`. */
  readonly deposit: (deposit: DepositOf) => void;
};

/** An event of one of the contracts. */
export type ChainEvent<T extends TestContracts> = {
  [N in keyof T]: T[N] extends Contract<infer C, infer _, infer E>
    ? {
        [K in keyof E]: {
          readonly contract: C;
          readonly name: K;
          readonly data: E[K];
          readonly height: number;
        };
      }[keyof E]
    : never;
}[keyof T];

/** How a chain for tests runs. */
export type TestChainOptions = {
  /** `plain`: TypeScript as it is, for debuggers. `metered`: in the engine of validators, with gas. */
  readonly mode: 'plain' | 'metered';
  /** Cipher suite: `intl` without it. */
  readonly suite?: 'intl' | 'sm';
  /** Time of the first block in Unix milliseconds: 1 January 2027 without it. */
  readonly timeMs?: number;
  /** Gas that a transaction has; metered only. */
  readonly gasLimit?: number;
  /** Files of contracts, where they are not found by themselves; metered only. */
  readonly files?: Readonly<Record<string, string | URL>>;
};

/** A chain in one process. */
export type TestChain<T extends TestContracts> = {
  /** Somebody who acts: the same description is the same party. */
  readonly as: (who: Who) => Actor<T>;
  /** Several who sign one transaction; the first of them acts. */
  readonly asAll: (actors: readonly Pick<Actor<T>, 'id'>[]) => Callers<T>;
  /** Time of the block at hand in Unix milliseconds, `ctx.time` in contracts. */
  readonly time: number;
  readonly height: number;
  /** Begin the next block, one second later or as much as is said. */
  readonly next: (options?: { readonly afterMs?: number }) => void;
  /** Gas of the last transaction; 0 in plain mode. */
  readonly lastGas: number;
  /** All events so far, in order. */
  readonly events: readonly ChainEvent<T>[];
  /** The chain's hash, `ctx.hash` in contracts. */
  readonly hash: (bytes: Uint8Array) => Uint8Array;
  /** Give the engine back. */
  readonly close: () => Promise<void>;
};
