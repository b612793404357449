export { duty, organisation, role } from './guard.ts';
export { reject, RejectError } from './reject.ts';
export { schema, type Runnable, type Schema } from './schema.ts';
export { t, type Fields, type Infer, type InferFields, type Page, type Type } from './shapes.ts';
export { table, type KeyOf, type RowOf, type Table } from './table.ts';
export type {
  Caller,
  CommandContext,
  ContextSigner,
  PageOptions,
  QueryContext,
  ReadTable,
  WriteTable,
} from './context.ts';
export type { CallInfo, Deposit, Host, HostPage } from './host.ts';
export type { Guard, IndexManifest, Manifest, MethodManifest, TableManifest } from './manifest.ts';
export type {
  AnyContract,
  AnyMethod,
  ArgsOf,
  Contract,
  EventsOf,
  Given,
  Method,
  MethodKind,
  MethodsOf,
  NamesOf,
  ResultOf,
} from './method.ts';
