import { DecodeError } from '@hanse/codec';
import { assert, limits, must } from '@hanse/kit';
import type { GuestHost, ScanPage } from '@hanse/vm';
import type { ValueBuilder } from './build.ts';
import { buildBytes, buildFree, readFree } from './free.ts';
import { BadValue, indexAtom, VALUE_BYTES, type Guest } from './guest.ts';
import { io } from './layout.ts';
import type { Plan } from './plan.ts';
import type { Plans, TablePlan } from './program.ts';
import { arrayLength, readBytes, type ValueReader, VALUE_BYTES_MAX } from './read.ts';
import { tag } from './tags.ts';

/** Functions of `hanse.host` with the number of their parameters; their position is what the engine calls. */
export const HOST_FUNCTIONS = [
  ['get', 2],
  ['put', 3],
  ['remove', 2],
  ['scan', 8],
  ['emit', 2],
  ['call', 3],
  ['deposit', 1],
  ['hash', 1],
] as const;

/** What the host functions of one run work with. */
export type HostCalls = {
  readonly guest: Guest;
  readonly reader: ValueReader;
  readonly builder: ValueBuilder;
  readonly plans: Plans;
  /** Shape of what the chain keeps about a deposit. */
  readonly deposit: Plan;
  readonly host: GuestHost;
};

const MODES = ['insert', 'update', 'put'] as const;
const NAME_BYTES_MAX = 64;
const CURSOR_BYTES_MAX = 2 * limits.keyBytesMax;
const DEPOSIT_ID_BYTES_MAX = 64;

/**
 * Answer a call of a host function: arguments lie from `argv` on, the result goes to `io.result`. Throws
 * BadValue for arguments that are not what they should be, and whatever the host throws.
 */
export function hostCall(calls: HostCalls, index: number, argv: number): void {
  const { guest } = calls;
  const name = HOST_FUNCTIONS[index]?.[0];
  const mark = guest.takeSlots(0);
  guest.putUndefined(io.result);
  switch (name) {
    case 'get':
      get(calls, argv);
      break;
    case 'put':
      put(calls, argv);
      break;
    case 'remove':
      remove(calls, argv);
      break;
    case 'scan':
      scan(calls, argv);
      break;
    case 'emit':
      emit(calls, argv);
      break;
    case 'call':
      call(calls, argv);
      break;
    case 'deposit':
      deposit(calls, argv);
      break;
    case 'hash':
      hash(calls, argv);
      break;
    case undefined:
      throw new BadValue('is no function of the host');
  }
  guest.releaseSlots(mark);
}

function argument(argv: number, index: number): number {
  return argv + index * VALUE_BYTES;
}

function get(calls: HostCalls, argv: number): void {
  const { position, table } = tableOf(calls, argv);
  const key = calls.reader.read(table.key, argument(argv, 1), 'key');
  const row = calls.host.get(position, key);
  if (row !== undefined) buildRow(calls, table, row, io.result);
}

function put(calls: HostCalls, argv: number): void {
  const { position, table } = tableOf(calls, argv);
  const row = calls.reader.read(table.row, argument(argv, 1), 'row');
  const mode = MODES.find((one) => one === text(calls.guest, argument(argv, 2), 'mode'));
  if (mode === undefined) throw new BadValue(`mode is not one of ${MODES.join(', ')}`);
  calls.host.put(position, row, mode);
}

function remove(calls: HostCalls, argv: number): void {
  const { position, table } = tableOf(calls, argv);
  const key = calls.reader.read(table.key, argument(argv, 1), 'key');
  const existed = calls.host.remove(position, key);
  calls.guest.put(io.result, existed ? 1 : 0, tag.bool);
}

function scan(calls: HostCalls, argv: number): void {
  const { guest } = calls;
  const { position, table } = tableOf(calls, argv);
  const index = integer(guest, argument(argv, 1), -1, table.orders.length - 2, 'index');
  const order = must(table.orders[index + 1], 'scan: an index in range');
  const prefix = readPrefix(calls, argument(argv, 2), order);
  const after = cursor(guest, argument(argv, 3));
  const limit = integer(guest, argument(argv, 4), 1, limits.pageRowsMax, 'limit');
  if (guest.tagOf(argument(argv, 5)) !== tag.bool) throw new BadValue('reverse is no boolean');
  const reverse = (guest.word(argument(argv, 5)) & 1) === 1;
  const bound = (at: number, what: string): Uint8Array | undefined => {
    if (guest.tagOf(argument(argv, at)) === tag.undefined) return undefined;
    const plan = order[prefix.length];
    if (plan === undefined) throw new BadValue(`${what} is of no field behind the prefix`);
    return calls.reader.read(plan, argument(argv, at), what);
  };
  const [from, to] = [bound(6, 'from'), bound(7, 'to')];
  const asked = { index, prefix, from, to, after, limit, reverse };
  buildPage(calls, table, calls.host.scan(position, asked));
}

function readPrefix(
  { guest, reader }: HostCalls,
  at: number,
  order: readonly Plan[],
): readonly Uint8Array[] {
  const count = arrayLength(guest, at);
  if (count === undefined) throw new BadValue('prefix is not an array');
  if (count > order.length) throw new BadValue(`prefix has ${count} parts, limit ${order.length}`);
  const slot = guest.takeSlots(1);
  const parts = order.slice(0, count).map((plan, i) => {
    if (!guest.ownProperty(at, indexAtom(i), slot)) throw new BadValue(`prefix[${i}] is missing`);
    const bytes = reader.read(plan, slot, `prefix[${i}]`);
    guest.free(slot);
    return bytes;
  });
  guest.releaseSlots(slot);
  return parts;
}

function cursor(guest: Guest, at: number): Uint8Array | undefined {
  if (guest.tagOf(at) === tag.undefined) return undefined;
  return someBytes(guest, at, CURSOR_BYTES_MAX, 'after');
}

function buildPage(calls: HostCalls, table: TablePlan, { rows, next }: ScanPage): void {
  const { guest } = calls;
  const { atoms } = guest.constants;
  const slot = guest.takeSlots(2);
  const [list, item] = [slot, slot + VALUE_BYTES];
  guest.api.boxed_JS_NewArray(guest.context, list);
  for (const [i, row] of rows.entries()) {
    buildRow(calls, table, row, item);
    guest.defineItem(list, i, item);
  }
  guest.api.boxed_JS_NewObject(guest.context, io.result);
  guest.define(io.result, atoms.rows, list);
  if (next !== undefined) {
    buildBytes(guest, next, item);
    guest.define(io.result, atoms.next, item);
  }
}

function emit(calls: HostCalls, argv: number): void {
  const { guest, plans, reader, host } = calls;
  const event = integer(guest, argument(argv, 0), 0, plans.events.length - 1, 'event');
  const plan = must(plans.events[event], 'emit: an event in range');
  host.emit(event, reader.read(plan, argument(argv, 1), 'data'));
}

function call({ guest, host }: HostCalls, argv: number): void {
  const contract = text(guest, argument(argv, 0), 'contract');
  const method = text(guest, argument(argv, 1), 'method');
  const args = readFree(guest, argument(argv, 2), 'args');
  buildFree(guest, host.call(contract, method, args), io.result);
}

function deposit({ guest, host, builder, deposit: plan }: HostCalls, argv: number): void {
  const id = someBytes(guest, argument(argv, 0), DEPOSIT_ID_BYTES_MAX, 'id');
  const bytes = host.deposit(id);
  if (bytes !== undefined) ours(() => builder.build(plan, bytes, io.result));
}

function hash({ guest, host }: HostCalls, argv: number): void {
  const bytes = someBytes(guest, argument(argv, 0), VALUE_BYTES_MAX, 'bytes');
  buildBytes(guest, host.hash(bytes), io.result);
}

function buildRow({ builder }: HostCalls, table: TablePlan, row: Uint8Array, out: number): void {
  ours(() => builder.buildRow(table.row, row, out));
}

/** Bytes that the host itself gives are well formed, or the node is broken. */
function ours(build: () => void): void {
  try {
    build();
  } catch (error) {
    assert(!(error instanceof DecodeError), `the host gave a value that is none: ${String(error)}`);
    throw error;
  }
}

type Chosen = { readonly position: number; readonly table: TablePlan };

function tableOf({ guest, plans }: HostCalls, argv: number): Chosen {
  const position = integer(guest, argument(argv, 0), 0, plans.tables.length - 1, 'table');
  return { position, table: must(plans.tables[position], 'a table in range') };
}

function integer(guest: Guest, at: number, min: number, max: number, what: string): number {
  const value = guest.number(at);
  if (value === undefined || !Number.isInteger(value) || value < min || value > max) {
    throw new BadValue(`${what} is not an integer from ${min} to ${max}`);
  }
  return value;
}

function text(guest: Guest, at: number, what: string): string {
  const value = guest.text(at);
  if (value === undefined) throw new BadValue(`${what} is not text`);
  if (value.bytes.length > NAME_BYTES_MAX) throw new BadValue(`${what} is too long`);
  // Surrogates decode to U+FFFD: such a name is unknown in any case.
  const result = decoder.decode(value.bytes);
  guest.freeText(value.address);
  return result;
}

function someBytes(guest: Guest, at: number, sizeMax: number, what: string): Uint8Array {
  const bytes = readBytes(guest, at);
  if (bytes === undefined) throw new BadValue(`${what} is not a Uint8Array`);
  if (bytes.length > sizeMax) throw new BadValue(`${what} has more than ${sizeMax} bytes`);
  guest.chargeBytes(bytes.length);
  return bytes.slice();
}

const decoder = new TextDecoder();
