import { decode, encode, fromJson, type AnySchema, type Json, type Schema } from '@hanse/codec';
import { HanseError, toBase64Url } from '@hanse/kit';
import { systemContracts, type ContractInterface } from '@hanse/model';
import { usage } from './input.ts';

const interfaces: Readonly<Record<string, ContractInterface>> = systemContracts;

/** A method or query as it was named, with the schemas of its arguments and its result. */
export type Target = {
  readonly contract: string;
  readonly name: string;
  readonly args: Schema<unknown>;
  readonly result: Schema<unknown>;
};

/** The method behind `contract.method`. Throws UsageError, UnknownContract, UnknownMethod. */
export function findMethod(text: string): Target {
  const { contract, name } = splitName(text, 'method');
  const found = own(findContract(contract).methods, name);
  if (found === undefined) throw new HanseError('UnknownMethod', { contract, method: name });
  return { contract, name, args: asSchema(found.args), result: asSchema(found.result) };
}

/** The query behind `contract.query`. Throws UsageError, UnknownContract, UnknownQuery. */
export function findQuery(text: string): Target {
  const { contract, name } = splitName(text, 'query');
  const found = own(findContract(contract).queries, name);
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

/** JSON view of a call's arguments; base64url where the method is not known here. */
export function argsJson(contract: string, method: string, bytes: Uint8Array): Json {
  return view(own(own(interfaces, contract)?.methods, method)?.args, bytes);
}

/** JSON view of a call's result; base64url where the method is not known here. */
export function resultJson(contract: string, method: string, bytes: Uint8Array): Json {
  return view(own(own(interfaces, contract)?.methods, method)?.result, bytes);
}

/** JSON view of an event's data; base64url where the event is not known here. */
export function eventJson(contract: string, event: string, bytes: Uint8Array): Json {
  return view(own(own(interfaces, contract)?.events, event), bytes);
}

/** Names and kinds of a schema's fields, such as `id hash, statement text`. */
export function describeFields({ shape }: AnySchema): string {
  if (shape.kind !== 'struct') return describe({ shape });
  return Object.entries(shape.fields)
    .map(([name, field]) => `${name} ${describe(field)}`)
    .join(', ');
}

/** The interface of a contract. Throws UnknownContract. */
export function findContract(contract: string): ContractInterface {
  const found = own(interfaces, contract);
  if (found === undefined) throw new HanseError('UnknownContract', { contract });
  return found;
}

/** All contracts by name. */
export function allContracts(): readonly (readonly [string, ContractInterface])[] {
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
