import type { ShapeJson } from '@hanse/codec';
import type { CommandContext, Events, QueryContext, Tables } from './context.ts';
import type { CallInfo, Host } from './host.ts';
import type { Guard, Manifest } from './manifest.ts';
import type { Contract, Method, MethodKind, Methods } from './method.ts';
import { Context } from './runtime.ts';
import {
  structOf,
  type AnyType,
  type Fields,
  type Infer,
  type InferFields,
  type Type,
} from './shapes.ts';
import { indexesOf } from './table.ts';

/** What a method gives: a type, or the fields of an object. */
type Returns = AnyType | Fields;

/** Without `returns`, `R` is never and there is no result. */
type ResultOfReturns<R extends Returns> = [R] extends [never]
  ? void
  : R extends AnyType
    ? Infer<R>
    : R extends Fields
      ? InferFields<R>
      : never;

/** What a handler may return: a result where none is declared is a mistake that `void` alone lets pass. */
type Returned<R extends Returns> = [R] extends [never] ? void | undefined : ResultOfReturns<R>;

/** What only commands have: nobody signs a query, and contracts have neither roles nor duties. */
type Guarded = {
  /** Who may call; anybody without it. One of several must hold. */
  readonly allow?: readonly Guard[];
};

/** A way to declare methods of one kind. */
type Declare<K extends MethodKind, C, O> = <A extends Fields, R extends Returns = never>(
  options: O & { readonly args: A; readonly returns?: R },
  handler: (ctx: C, args: InferFields<A>) => Returned<R>,
) => Method<K, InferFields<A>, ResultOfReturns<R>>;

/** Names that callers have beside the methods of a contract. */
type ReservedMethods = { readonly [N in 'query' | 'events' | 'then']?: never };

/** A deployable contract: its manifest, and how to run its methods. */
export type Runnable = {
  readonly manifest: Manifest;
  /** Stack at the place that declared it: tests find the file to bundle by it. */
  readonly origin: string;
  /** Run the method at this position of the manifest. Arguments and result are plain values. */
  readonly run: (method: number, args: unknown, info: CallInfo, host: Host) => unknown;
};

/** Tables and events, and how to make methods and the contract from them. */
export type Schema<T extends Tables, E extends Events> = {
  /** A method that transactions call; it may write. */
  readonly command: Declare<'command', CommandContext<T, E>, Guarded>;
  /** A method that only reads. */
  readonly query: Declare<'query', QueryContext<T>, unknown>;
  /** A method that only other contracts call; it may write. */
  readonly internal: Declare<'internal', CommandContext<T, E>, unknown>;
  /** The contract: export it as default. Its name is its address on the chain. */
  readonly contract: <const N extends string, const M extends Methods>(declared: {
    readonly name: N;
    readonly methods: M & ReservedMethods;
  }) => Contract<N, M, { readonly [K in keyof E]: InferFields<E[K]> }> & Runnable;
};

/**
 * Declare the tables and events of a contract.
 *
 * @example
 * const app = schema({ tables: { invoice }, events: { Issued: { id: t.text(40) } } });
 * export const issue = app.command({ args: { id: t.text(40) } }, (ctx, a) => ctx.emit.Issued(a));
 * export default app.contract({ name: 'receivables', methods: { issue } });
 */
export function schema<const T extends Tables, const E extends Events>(declared: {
  readonly tables: T;
  readonly events: E;
}): Schema<T, E> {
  const { tables, events } = declared;
  const context = new Context(tables, events);
  const contract = ({ name, methods }: { readonly name: string; readonly methods: Methods }) => {
    const order = Object.values(methods);
    const run: Runnable['run'] = (position, args, info, host) => {
      const method = order[position];
      if (method === undefined) throw new TypeError(`There is no method ${position}.`);
      return context.enter(host, info, () => method.handler(context as never, args as never));
    };
    const origin = new Error(name).stack ?? '';
    return { name, methods, manifest: manifestOf(name, tables, events, methods), origin, run };
  };
  // The one place where types that only the compiler knows are given to what runs.
  return {
    command: declare('command'),
    query: declare('query'),
    internal: declare('internal'),
    contract,
  } as unknown as Schema<T, E>;
}

type Declared = {
  readonly args: Fields;
  readonly returns?: Returns;
  readonly allow?: readonly Guard[];
};

// Without `returns` the result is the empty struct, which hosts also take `undefined` for.
function declare(kind: MethodKind) {
  return ({ args, returns = {}, allow = [] }: Declared, handler: unknown): unknown => ({
    kind,
    args: structOf(args).shape,
    returns: shapeOf(returns),
    allow,
    handler,
  });
}

function shapeOf(returns: Returns): ShapeJson {
  return isType(returns) ? returns.shape : structOf(returns).shape;
}

function isType(returns: Returns): returns is Type<unknown> {
  // A field's type is no shape, but it might be called one.
  const { shape } = returns;
  return shape !== undefined && 'kind' in shape;
}

function manifestOf(name: string, tables: Tables, events: Events, methods: Methods): Manifest {
  return {
    abi: 1,
    name,
    tables: Object.entries(tables).map(([table, declared]) => ({
      name: table,
      row: declared.row.shape,
      key: declared.key,
      listed: declared.listed,
      indexes: indexesOf(declared),
    })),
    events: Object.entries(events).map(([event, fields]) => ({
      name: event,
      data: structOf(fields).shape,
    })),
    methods: Object.entries(methods).map(([method, { kind, args, returns, allow }]) => ({
      name: method,
      kind,
      args,
      returns,
      allow,
    })),
  };
}
