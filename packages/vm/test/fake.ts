import { canonicalJson, decode, encode, schemaOf, shapeFromJson, type Schema } from '@hanse/codec';
import { must, toHex, utf8 } from '@hanse/kit';
import { createHash } from 'node:crypto';
import {
  callInfoSchema,
  HostRefusal,
  type CallInfo,
  type FailureKind,
  type Frame,
  type GuestHost,
  type HostValue,
  type Isolate,
  type LoadOutcome,
  type Manifest,
  type Program,
  type RunMeter,
  type RunOutcome,
  type RunRequest,
  type ShapeJson,
} from '../src/index.ts';

type Row = Readonly<Record<string, unknown>>;

/** The host as code sees it: values instead of bytes. */
export type ValueHost = {
  readonly get: (table: string, key: Row) => Row | undefined;
  readonly put: (table: string, row: Row, mode?: 'insert' | 'update' | 'put') => void;
  readonly remove: (table: string, key: Row) => boolean;
  readonly scan: (
    table: string,
    options?: {
      readonly index?: string;
      readonly prefix?: readonly unknown[];
      readonly after?: Uint8Array | undefined;
      readonly limit?: number;
      readonly reverse?: boolean;
    },
  ) => { readonly rows: readonly Row[]; readonly next: Uint8Array | undefined };
  readonly emit: (event: string, data: Row) => void;
  readonly call: (contract: string, method: string, args: HostValue) => HostValue;
  readonly deposit: (id: Uint8Array) => Uint8Array | undefined;
  readonly hash: (bytes: Uint8Array) => Uint8Array;
  /** Use gas as code would. */
  readonly spend: (gas: number) => void;
  /** What the host functions of the port take and give, for values that no code can make. */
  readonly raw: GuestHost;
};

export type FakeMethod = (host: ValueHost, args: never, info: CallInfo) => unknown;

/** A contract of JavaScript functions, by the names of the manifest's methods. */
export type FakeContract = {
  readonly manifest: Manifest;
  readonly methods: Readonly<Record<string, FakeMethod>>;
  /** How loading fails, if it does. */
  readonly fails?: FailureKind;
  readonly loadGas?: number;
};

/** Thrown by fake code: `reject` of the authoring API. */
export class Reject extends Error {
  readonly code: string;

  constructor(code: string, message = '') {
    super(message);
    this.code = code;
  }
}

/** Thrown by fake code: what ends a run from within. */
export class Fail extends Error {
  readonly failure: FailureKind;

  constructor(failure: FailureKind) {
    super(failure.toLowerCase());
    this.failure = failure;
  }
}

class OutOfGas extends Error {}

const FRAMES: readonly Frame[] = [
  { name: 'inner', line: 3, column: 7 },
  { name: '', line: 9, column: 1 },
];
const RUN_GAS = 50;

/** An isolate whose code is a name; what runs are functions that were registered under its hash. */
export class FakeIsolate implements Isolate {
  readonly engineHash: Uint8Array = new Uint8Array(32);
  readonly #contracts = new Map<string, FakeContract>();
  /** Number of times that code was loaded. */
  loads = 0;

  /** Code that runs a contract. Its size is that of its text and `padding`. */
  add(contract: FakeContract, padding = 0): Uint8Array {
    const text = `fake ${this.#contracts.size}${' '.repeat(padding)}`;
    const code = utf8(text);
    this.#contracts.set(hashOf(code), contract);
    return code;
  }

  load(code: Uint8Array, gasLimit: number): LoadOutcome {
    this.loads++;
    const contract = this.#contracts.get(hashOf(code));
    const failed = (failure: FailureKind, gas: number): LoadOutcome => {
      return { kind: 'failed', failure, message: 'no code', frames: FRAMES, gas };
    };
    if (contract === undefined) return failed('BadCode', 1);
    const gas = contract.loadGas ?? 1_000;
    if (gas > gasLimit) return failed('OutOfGas', gasLimit);
    if (contract.fails !== undefined) return failed(contract.fails, gas);
    const manifest = utf8(canonicalJson(contract.manifest));
    const program = { codeHash: createHash('sha256').update(code).digest(), manifest };
    return { kind: 'loaded', program, gas };
  }

  run(program: Program, request: RunRequest, hostOf: (meter: RunMeter) => GuestHost): RunOutcome {
    const contract = must(this.#contracts.get(toHex(program.codeHash)), 'code that was loaded');
    const { manifest, methods } = contract;
    const spec = must(manifest.methods[request.method], 'a method of the manifest');
    let gas = 0;
    const charge = (amount: number): void => {
      gas += amount;
      if (gas <= request.gasLimit) return;
      gas = request.gasLimit;
      throw new OutOfGas('gas');
    };
    const meter: RunMeter = {
      get left() {
        return request.gasLimit - gas;
      },
      charge,
    };
    try {
      charge(RUN_GAS);
      const args = mustDecode(schemaFrom(spec.args), request.args);
      const info = mustDecode(callInfoSchema, request.info);
      const method = must(methods[spec.name], 'a function for the method');
      const host = valueHost(manifest, hostOf(meter), charge);
      const returned = method(host, args as never, info);
      const isNothing = returned === undefined && spec.returns.kind === 'struct';
      const value = isNothing ? {} : returned;
      return { kind: 'returned', result: encode(schemaFrom(spec.returns), value), gas };
    } catch (error) {
      return outcomeOf(error, gas);
    }
  }
}

function outcomeOf(error: unknown, gas: number): RunOutcome {
  if (error instanceof HostRefusal) return { kind: 'refused', refusal: error.refusal, gas };
  if (error instanceof Reject) {
    const { code, message } = error;
    return { kind: 'rejected', code, message, frames: FRAMES, gas };
  }
  const failed = (failure: FailureKind, message: string): RunOutcome => {
    return { kind: 'failed', failure, message, frames: FRAMES, gas };
  };
  if (error instanceof OutOfGas) return failed('OutOfGas', '');
  if (error instanceof Fail) return failed(error.failure, error.message);
  throw error;
}

function valueHost(manifest: Manifest, raw: GuestHost, spend: (gas: number) => void): ValueHost {
  const at = <T extends { readonly name: string }>(list: readonly T[], name: string): number =>
    list.findIndex((one) => one.name === name);
  const tableOf = (name: string) => {
    const position = at(manifest.tables, name);
    const table = must(manifest.tables[position], 'a table');
    const row = schemaFrom(table.row);
    return { position, table, row, key: keySchema(table.row, table.key) };
  };
  return {
    raw,
    spend,
    get: (name, key) => {
      const table = tableOf(name);
      const bytes = raw.get(table.position, encode(table.key, key));
      return bytes === undefined ? undefined : (mustDecode(table.row, bytes) as Row);
    },
    put: (name, row, mode = 'put') => {
      const table = tableOf(name);
      raw.put(table.position, encode(table.row, row), mode);
    },
    remove: (name, key) => {
      const table = tableOf(name);
      return raw.remove(table.position, encode(table.key, key));
    },
    scan: (name, { index, prefix = [], after, limit = 100, reverse = false } = {}) => {
      const { position, table, row } = tableOf(name);
      const number = index === undefined ? -1 : at(table.indexes, index);
      const fields = index === undefined ? table.key : (table.indexes[number]?.fields ?? []);
      const values = prefix.map((value, i) => {
        const field = must(fields[i], 'a field of the index');
        return encode(keySchema(table.row, [field]), { [field]: value });
      });
      const page = raw.scan(position, { index: number, prefix: values, after, limit, reverse });
      return { rows: page.rows.map((one) => mustDecode(row, one) as Row), next: page.next };
    },
    emit: (name, data) => {
      const position = at(manifest.events, name);
      const event = must(manifest.events[position], 'an event');
      raw.emit(position, encode(schemaFrom(event.data), data));
    },
    call: raw.call,
    deposit: raw.deposit,
    hash: raw.hash,
  };
}

/** The schema of a shape in a manifest. */
export function schemaFrom(json: ShapeJson): Schema<unknown> {
  const shape = shapeFromJson(json);
  if (!shape.ok) throw new Error(shape.error);
  return schemaOf(shape.value);
}

function keySchema(row: ShapeJson, names: readonly string[]): Schema<unknown> {
  const shape = shapeFromJson(row);
  if (!shape.ok || shape.value.kind !== 'struct') throw new Error('a row is a struct');
  const { fields } = shape.value;
  const parts = names.map((name) => [name, must(fields[name], 'a field')]);
  return schemaOf({ kind: 'struct', fields: Object.fromEntries(parts) });
}

function mustDecode<T>(schema: Schema<T>, bytes: Uint8Array): T {
  const value = decode(schema, bytes);
  if (!value.ok) throw new Error(value.error);
  return value.value;
}

function hashOf(code: Uint8Array): string {
  return createHash('sha256').update(code).digest('hex');
}
