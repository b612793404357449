import { decode, encode, fromJson, type AnySchema, type Json, type Schema } from '@hanse/codec';
import { HanseError, isHanseError, toBase64Url } from '@hanse/kit';
import { isContractName, systemContracts, type ContractInterface } from '@hanse/model';
import type { Context } from './context.ts';
import { keepManifest, keptInterface } from './contracts/kept.ts';
import { usage } from './input.ts';
import type { Project } from './project.ts';

const interfaces: Readonly<Record<string, ContractInterface>> = systemContracts;

/** A method or query as it was named, with the schemas of its arguments and its result. */
export type Target = {
  readonly contract: string;
  readonly name: string;
  readonly args: Schema<unknown>;
  readonly result: Schema<unknown>;
};

/** The method behind `contract.method`. Throws UsageError, UnknownContract, UnknownMethod. */
export async function findMethod(context: Context, text: string): Promise<Target> {
  const { contract, name } = splitName(text, 'method');
  const { methods } = await findContract(context, contract);
  const found = own(methods, name);
  if (found === undefined) throw new HanseError('UnknownMethod', { contract, method: name });
  return { contract, name, args: asSchema(found.args), result: asSchema(found.result) };
}

/** The query behind `contract.query`. Throws UsageError, UnknownContract, UnknownQuery. */
export async function findQuery(context: Context, text: string): Promise<Target> {
  const { contract, name } = splitName(text, 'query');
  const { queries } = await findContract(context, contract);
  const found = own(queries, name);
  if (found === undefined) throw new HanseError('UnknownQuery', { contract, query: name });
  return { contract, name, args: asSchema(found.args), result: asSchema(found.result) };
}

/** Arguments from their JSON view. Throws BadArguments that names the field. */
export function readArgs(target: Target, json: Json): unknown {
  const { contract, name, args } = target;
  const value = fromJson(args, json);
  if (!value.ok) {
    throw new HanseError('BadArguments', { contract, method: name, reason: value.error });
  }
  return value.value;
}

/** Canonical bytes of arguments. Throws BadArguments for a value over a bound. */
export function encodeArgs(target: Target, value: unknown): Uint8Array {
  try {
    return encode(target.args, value);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const { contract, name } = target;
    throw new HanseError('BadArguments', { contract, method: name, reason }, cause);
  }
}

/** A result of canonical bytes. Throws Malformed. */
export function readResult({ result }: Target, bytes: Uint8Array): unknown {
  const value = decode(result, bytes);
  if (value.ok) return value.value;
  throw new HanseError('Malformed', { object: 'result', reason: value.error });
}

/** JSON views of bytes by the interfaces of their contracts; base64url where one is not known. */
export type Views = {
  readonly args: (contract: string, method: string, bytes: Uint8Array) => Json;
  readonly result: (contract: string, method: string, bytes: Uint8Array) => Json;
  readonly event: (contract: string, event: string, bytes: Uint8Array) => Json;
};

/** Views of what these contracts take, give and announce. A contract that cannot be read has none. */
export async function viewsOf(context: Context, contracts: Iterable<string>): Promise<Views> {
  const known = new Map<string, ContractInterface>();
  for (const name of new Set(contracts)) {
    const found = await findContract(context, name).catch((error: unknown) => {
      if (isHanseError(error)) return undefined;
      throw error;
    });
    if (found !== undefined) known.set(name, found);
  }
  return viewsBy((contract) => known.get(contract));
}

/** Views by native contracts and by the manifests that this project has seen: no node is asked. */
export function offlineViews(project: Project): Views {
  return viewsBy((contract) => own(interfaces, contract) ?? keptInterface(project, contract));
}

function viewsBy(of: (contract: string) => ContractInterface | undefined): Views {
  return {
    args: (contract, method, bytes) => view(own(of(contract)?.methods, method)?.args, bytes),
    result: (contract, method, bytes) => view(own(of(contract)?.methods, method)?.result, bytes),
    event: (contract, event, bytes) => view(own(of(contract)?.events, event), bytes),
  };
}

/** Names and kinds of a schema's fields, such as `id hash, statement text`. */
export function describeFields({ shape }: AnySchema): string {
  if (shape.kind !== 'struct') return describe({ shape });
  return Object.entries(shape.fields)
    .map(([name, field]) => `${name} ${describe(field)}`)
    .join(', ');
}

/** The interface of a contract: native ones are known here, others are read from the chain, proved. */
export async function findContract(context: Context, contract: string): Promise<ContractInterface> {
  const native = own(interfaces, contract);
  if (native !== undefined) return native;
  if (!isContractName(contract)) throw new HanseError('UnknownContract', { contract });
  const { signal, project } = context;
  const { record, offers } = await (await context.client()).deployed(contract, { signal });
  keepManifest(project, record);
  return offers;
}

/** The native contracts by name. */
export function nativeContracts(): readonly (readonly [string, ContractInterface])[] {
  return Object.entries(interfaces);
}

function describe({ shape }: AnySchema): string {
  switch (shape.kind) {
    case 'fixed':
      return shape.sizeBytes === 32 ? 'hash' : `${shape.sizeBytes} bytes`;
    case 'oneOf':
      return shape.names.join('|');
    case 'option':
      return `${describe(shape.item)}?`;
    case 'list':
      return `[${describe(shape.item)}]`;
    case 'struct':
      return `{ ${describeFields({ shape })} }`;
    case 'union':
      return Object.keys(shape.cases).join('|');
    default:
      return shape.kind;
  }
}

function splitName(
  text: string,
  kind: string,
): { readonly contract: string; readonly name: string } {
  const [contract, name, ...rest] = text.split('.');
  if (contract === undefined || name === undefined || name === '' || rest.length > 0) {
    throw usage(
      `"${text}" must be written contract.${kind}, such as evidence.${kind === 'query' ? 'get' : 'coSign'}.`,
      `“${text}”应写作 合约.名称，例如 evidence.${kind === 'query' ? 'get' : 'coSign'}。`,
    );
  }
  return { contract, name };
}

function view(schema: AnySchema | undefined, bytes: Uint8Array): Json {
  if (schema === undefined) return toBase64Url(bytes);
  const typed = asSchema(schema);
  const value = decode(typed, bytes);
  return value.ok ? typed.toJson(value.value) : toBase64Url(bytes);
}

function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

// The interface knows its schemas by shape only; they were built as whole schemas.
function asSchema(schema: AnySchema): Schema<unknown> {
  return schema as Schema<unknown>;
}
