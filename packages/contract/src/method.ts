import type { ShapeJson } from '@hanse/codec';
import type { Guard, MethodManifest } from './manifest.ts';

declare const signature: unique symbol;

/** Who a method is for: transactions, readers, other contracts. */
export type MethodKind = MethodManifest['kind'];

/** A method of a contract, with what it takes and gives. */
export type Method<K extends MethodKind, A, R> = {
  readonly kind: K;
  readonly args: ShapeJson;
  readonly returns: ShapeJson;
  readonly allow: readonly Guard[];
  /** The author's function; a method knows only of its own context. */
  readonly handler: (ctx: never, args: never) => unknown;
  /** Known to the compiler only. */
  readonly [signature]: readonly [args: A, result: R];
};

/** Any method. */
export type AnyMethod = Method<MethodKind, unknown, unknown>;

/** Methods by name. */
export type Methods = Readonly<Record<string, AnyMethod>>;

/** What a method takes. */
export type ArgsOf<M extends AnyMethod> = M[typeof signature][0];

/** What a method gives: nothing when it declares nothing. */
export type ResultOf<M extends AnyMethod> = M[typeof signature][1];

/** A contract, as code and as a type that says all about it. */
export type Contract<N extends string, M extends Methods, E> = {
  readonly name: N;
  readonly methods: M;
  /** Events by name, with their data; known to the compiler only. */
  readonly [events]: E;
};

declare const events: unique symbol;

/** Any contract. */
export type AnyContract = Contract<string, Methods, unknown>;

/** Methods of a contract by name: `MethodsOf<typeof receivables>['issue']`. */
export type MethodsOf<C extends AnyContract> = C['methods'];

/** Events of a contract by name, with the type of their data. */
export type EventsOf<C extends AnyContract> = C[typeof events];

/** Names of the methods of some kinds. */
export type NamesOf<C extends AnyContract, K extends MethodKind> = {
  [N in keyof C['methods']]: C['methods'][N]['kind'] extends K ? N : never;
}[keyof C['methods']] &
  string;

/** Parameters of a function that calls a method: the arguments can be left out when there are none to give. */
export type Given<M extends AnyMethod> =
  AreOptional<ArgsOf<M>> extends true ? [args?: ArgsOf<M>] : [args: ArgsOf<M>];

type AreOptional<A> = Partial<A> extends A ? true : false;
