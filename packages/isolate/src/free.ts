import { AMOUNT_MAX } from '@hanse/codec';
import { fromUtf8, limits, utf8 } from '@hanse/kit';
import type { HostValue } from '@hanse/vm';
import { GAS_PER_VALUE } from './build.ts';
import { BadValue, indexAtom, VALUE_BYTES, type Guest } from './guest.ts';
import { io } from './layout.ts';
import { arrayLength, hasSurrogate, readBigInt, readBytes } from './read.ts';
import { classId, tag } from './tags.ts';

// Bounds of values that pass between contracts, whose shapes only the callee knows.
const DEPTH_MAX = 10;
const NODES_MAX = 4_096;
const BYTES_MAX = limits.valueBytesMax;
const PROPERTY_BYTES = 8;
const STRINGS_ENUMERABLE = 1 | (1 << 4);

type Budget = { nodes: number; bytes: number };

/**
 * Read a guest value without a shape: undefined, null, booleans, safe integers, bigints that are amounts,
 * text, bytes, arrays, plain objects. Like ValueReader it runs no code of the guest; `what` names the value
 * in the message of a BadValue.
 */
export function readFree(guest: Guest, at: number, what: string): HostValue {
  try {
    return readNode(guest, at, 1, { nodes: NODES_MAX, bytes: BYTES_MAX });
  } catch (error) {
    throw error instanceof BadValue ? new BadValue(`${what} ${error.message}`) : error;
  }
}

function readNode(guest: Guest, at: number, depth: number, budget: Budget): HostValue {
  if (depth > DEPTH_MAX) throw new BadValue(`is deeper than ${DEPTH_MAX} levels`);
  if (--budget.nodes < 0) throw new BadValue(`has more than ${NODES_MAX} parts`);
  guest.charge(GAS_PER_VALUE);
  switch (guest.tagOf(at)) {
    case tag.undefined:
      return undefined;
    case tag.null:
      return null;
    case tag.bool:
      return (guest.word(at) & 1) === 1;
    case tag.string:
    case tag.rope:
      return readString(guest, at, budget);
    case tag.bigInt:
    case tag.shortBigInt:
      return readAmount(guest, at);
    case tag.object:
      return readObject(guest, at, depth, budget);
    default:
      return readNumber(guest, at);
  }
}

function readNumber(guest: Guest, at: number): number {
  const value = guest.number(at);
  if (value === undefined || !Number.isSafeInteger(value)) {
    throw new BadValue('is no value for another contract: a symbol or no safe integer');
  }
  return value === 0 ? 0 : value;
}

function readAmount(guest: Guest, at: number): bigint {
  const value = readBigInt(guest, at);
  if (value === undefined || value < 0n || value > AMOUNT_MAX) {
    throw new BadValue('is not an amount: a bigint from 0 to 2^128 - 1');
  }
  return value;
}

function spend(guest: Guest, sizeBytes: number, budget: Budget): void {
  budget.bytes -= sizeBytes;
  if (budget.bytes < 0) throw new BadValue(`has more than ${BYTES_MAX} bytes`);
  guest.chargeBytes(sizeBytes);
}

function readString(guest: Guest, at: number, budget: Budget): string {
  const text = guest.text(at);
  if (text === undefined) throw new BadValue('is not text');
  spend(guest, text.bytes.length, budget);
  const result = hasSurrogate(text.bytes) ? undefined : fromUtf8(text.bytes);
  if (result === undefined) throw new BadValue('has a lone surrogate');
  guest.freeText(text.address);
  return result;
}

function readObject(guest: Guest, at: number, depth: number, budget: Budget): HostValue {
  const bytes = readBytes(guest, at);
  if (bytes !== undefined) {
    spend(guest, bytes.length, budget);
    return bytes.slice();
  }
  const count = arrayLength(guest, at);
  if (count !== undefined) return readArray(guest, at, count, depth, budget);
  if (guest.classOf(at) !== classId.object) throw new BadValue('is not a plain object');
  return readFields(guest, at, depth, budget);
}

function readArray(
  guest: Guest,
  at: number,
  count: number,
  depth: number,
  budget: Budget,
): HostValue {
  if (count > budget.nodes) throw new BadValue(`has more than ${NODES_MAX} parts`);
  const slot = guest.takeSlots(1);
  const items: HostValue[] = [];
  for (let i = 0; i < count; i++) {
    if (!guest.ownProperty(at, indexAtom(i), slot)) guest.putUndefined(slot);
    items.push(readNode(guest, slot, depth + 1, budget));
    guest.free(slot);
  }
  guest.releaseSlots(slot);
  return items;
}

function readFields(guest: Guest, at: number, depth: number, budget: Budget): HostValue {
  const { api, context } = guest;
  const slot = guest.takeSlots(2);
  const [table, count] = [slot + VALUE_BYTES, slot + VALUE_BYTES + 4];
  if (api.boxed_JS_GetOwnPropertyNames(context, table, count, at, STRINGS_ENUMERABLE) < 0) {
    throw new BadValue('has no fields to read');
  }
  const [start, length] = [guest.word(table), guest.word(count)];
  if (length > budget.nodes) throw new BadValue(`has more than ${NODES_MAX} parts`);
  // A name such as `__proto__` must become a field like any other.
  const fields = Object.create(null) as Record<string, HostValue>;
  for (let i = 0; i < length; i++) {
    const atom = guest.word(start + PROPERTY_BYTES * i + 4);
    const name = readName(guest, atom, budget);
    if (!guest.ownProperty(at, atom, slot)) continue;
    const value = readNode(guest, slot, depth + 1, budget);
    if (value !== undefined) fields[name] = value;
    guest.free(slot);
  }
  api.JS_FreePropertyEnum(context, start, length);
  guest.releaseSlots(slot);
  return fields;
}

function readName(guest: Guest, atom: number, budget: Budget): string {
  const address = guest.api.JS_AtomToCStringLen(guest.context, io.length, atom);
  const bytes = guest.view(address, guest.word(io.length));
  spend(guest, bytes.length, budget);
  const name = hasSurrogate(bytes) ? undefined : fromUtf8(bytes);
  if (name === undefined) throw new BadValue('has a name with a lone surrogate');
  guest.freeText(address);
  return name;
}

/** Build a value that another contract or the host gave, at `out`. */
export function buildFree(guest: Guest, value: HostValue, out: number): void {
  guest.charge(GAS_PER_VALUE);
  if (value === undefined) guest.putUndefined(out);
  else if (value === null) guest.put(out, 0, tag.null);
  else if (typeof value === 'boolean') guest.put(out, value ? 1 : 0, tag.bool);
  else if (typeof value === 'number') guest.putNumber(out, value);
  else if (typeof value === 'bigint') buildAmount(guest, value, out);
  else if (typeof value === 'string') buildString(guest, value, out);
  else if (value instanceof Uint8Array) buildBytes(guest, value, out);
  else if (isArray(value)) buildArray(guest, value, out);
  else buildFields(guest, value, out);
}

function buildAmount(guest: Guest, value: bigint, out: number): void {
  const { api, context } = guest;
  const slot = guest.takeSlots(4);
  const half = (bits: bigint, at: number): void => {
    guest.put(at, Number(bits & 0xffff_ffffn) | 0, Number((bits >> 32n) & 0xffff_ffffn) | 0);
    api.boxed_JS_NewBigUint64(context, at, at + VALUE_BYTES);
  };
  half(value, slot);
  if (value >> 64n === 0n) {
    guest.copyValue(slot + VALUE_BYTES, out);
  } else {
    half(value >> 64n, slot + 2 * VALUE_BYTES);
    guest.joinAmount(slot + 3 * VALUE_BYTES, slot + VALUE_BYTES, out);
    guest.free(slot + VALUE_BYTES);
    guest.free(slot + 3 * VALUE_BYTES);
  }
  guest.releaseSlots(slot);
}

function buildString(guest: Guest, value: string, out: number): void {
  const bytes = utf8(value);
  guest.chargeBytes(bytes.length);
  guest.api.boxed_JS_NewStringLen(guest.context, guest.stage(bytes), bytes.length, out);
}

/** Build bytes as a Uint8Array at `out`. */
export function buildBytes(guest: Guest, value: Uint8Array, out: number): void {
  guest.chargeBytes(value.length);
  guest.api.boxed_JS_NewUint8ArrayCopy(guest.context, guest.stage(value), value.length, out);
}

function buildArray(guest: Guest, items: readonly HostValue[], out: number): void {
  guest.api.boxed_JS_NewArray(guest.context, out);
  const slot = guest.takeSlots(1);
  for (const [i, item] of items.entries()) {
    buildFree(guest, item, slot);
    guest.defineItem(out, i, slot);
  }
  guest.releaseSlots(slot);
}

function buildFields(
  guest: Guest,
  fields: { readonly [name: string]: HostValue },
  out: number,
): void {
  const { api, context } = guest;
  api.boxed_JS_NewObject(context, out);
  const slot = guest.takeSlots(1);
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    buildFree(guest, value, slot);
    const atom = guest.atom(name);
    guest.define(out, atom, slot);
    api.JS_FreeAtom(context, atom);
  }
  guest.releaseSlots(slot);
}

function isArray(value: HostValue): value is readonly HostValue[] {
  return Array.isArray(value);
}
