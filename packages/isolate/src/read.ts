import { AMOUNT_MAX, daysOfDate } from '@hanse/codec';
import { fromUtf8, limits, unreachable } from '@hanse/kit';
import { GAS_PER_VALUE } from './build.ts';
import { BadValue, indexAtom, type Guest } from './guest.ts';
import { io } from './layout.ts';
import type { Plan, PlanField, PlanName } from './plan.ts';
import { classId, tag } from './tags.ts';

/** Longest canonical bytes that a guest's value may have. */
export const VALUE_BYTES_MAX = limits.valueBytesMax;
const DATE_BYTES = 10;
const LIMB_BYTES = 4;
// 128 bits and the sign.
const LIMBS_MAX = 5;

/**
 * Reads guest values into canonical bytes. It never runs code of the guest: objects must be plain, lists
 * must be arrays, properties must be their own and no getters. Everything else throws BadValue, whose
 * message begins with the path to the part that is wrong.
 */
export class ValueReader {
  readonly #guest: Guest;
  readonly #out = new Uint8Array(VALUE_BYTES_MAX);
  readonly #view = new DataView(this.#out.buffer);
  #length = 0;
  #path: (string | number)[] = [];

  constructor(guest: Guest) {
    this.#guest = guest;
  }

  /** Canonical bytes of the value at an address. `what` names it in the message of a BadValue. */
  read(plan: Plan, address: number, what: string): Uint8Array {
    this.#length = 0;
    this.#path = [what];
    try {
      this.#value(plan, address);
    } catch (error) {
      if (error instanceof BadValue) throw new BadValue(`${this.#where()} ${error.message}`);
      throw error;
    }
    this.#guest.chargeBytes(this.#length);
    return this.#out.slice(0, this.#length);
  }

  #where(): string {
    const [first, ...rest] = this.#path;
    return rest.reduce<string>(
      (text, part) => text + (typeof part === 'number' ? `[${part}]` : `.${part}`),
      String(first ?? 'a value'),
    );
  }

  #value(plan: Plan, at: number): void {
    switch (plan.kind) {
      case 'u8':
        return this.#u8(this.#integer(at, 0, 0xff));
      case 'u16':
        return this.#u16(this.#integer(at, 0, 0xffff));
      case 'u32':
        return this.#u32(this.#integer(at, 0, 0xffff_ffff));
      case 'u64':
        return this.#u64(this.#integer(at, 0, Number.MAX_SAFE_INTEGER));
      case 'int':
        return this.#u64(this.#integer(at, plan.min, plan.max));
      case 'bool':
        return this.#bool(at);
      case 'amount':
        return this.#amount(at);
      case 'date':
        return this.#date(at);
      case 'text':
        return this.#text(at, plan.bytesMax);
      case 'bytes':
        return this.#bytes(at, plan.bytesMax);
      case 'fixed':
        return this.#fixed(at, plan.sizeBytes);
      case 'oneOf':
        return this.#u8(this.#oneOf(at, plan.names));
      case 'option':
        return this.#option(plan.item, at);
      case 'list':
        return this.#list(plan, at);
      case 'struct':
        return this.#struct(plan.fields, at);
      case 'union':
        return this.#union(plan, at);
      default:
        return unreachable(plan);
    }
  }

  #reserve(sizeBytes: number): number {
    const at = this.#length;
    if (at + sizeBytes > VALUE_BYTES_MAX) {
      throw new BadValue(`makes the value longer than ${VALUE_BYTES_MAX} bytes`);
    }
    this.#length = at + sizeBytes;
    return at;
  }

  #u8(value: number): void {
    this.#out[this.#reserve(1)] = value;
  }

  #u16(value: number): void {
    this.#view.setUint16(this.#reserve(2), value);
  }

  #u32(value: number): void {
    this.#view.setUint32(this.#reserve(4), value);
  }

  /** Eight bytes, two's complement. */
  #u64(value: number): void {
    const at = this.#reserve(8);
    this.#view.setInt32(at, Math.floor(value / 2 ** 32));
    this.#view.setUint32(at + 4, value >>> 0);
  }

  #lengthOf(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.#u8((rest & 0x7f) | 0x80);
      rest = Math.floor(rest / 128);
    }
    this.#u8(rest);
  }

  #integer(at: number, min: number, max: number): number {
    const value = this.#guest.number(at);
    if (value === undefined || !Number.isSafeInteger(value) || value < min || value > max) {
      throw new BadValue(`is not an integer from ${min} to ${max}`);
    }
    return value;
  }

  #bool(at: number): void {
    if (this.#guest.tagOf(at) !== tag.bool) throw new BadValue('is not true or false');
    this.#u8(this.#guest.word(at) & 1);
  }

  #amount(at: number): void {
    const value = readBigInt(this.#guest, at);
    if (value === undefined || value < 0n || value > AMOUNT_MAX) {
      throw new BadValue('is not an amount: a bigint from 0 to 2^128 - 1');
    }
    if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return this.#smallAmount(Number(value));
    const digits = value.toString(16);
    const sizeBytes = Math.ceil(digits.length / 2);
    const padded = digits.padStart(2 * sizeBytes, '0');
    this.#u8(sizeBytes);
    for (let i = 0; i < sizeBytes; i++) {
      this.#u8(Number.parseInt(padded.slice(2 * i, 2 * i + 2), 16));
    }
  }

  #smallAmount(value: number): void {
    let sizeBytes = 0;
    for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) sizeBytes++;
    this.#u8(sizeBytes);
    const at = this.#reserve(sizeBytes);
    let rest = value;
    for (let i = sizeBytes - 1; i >= 0; i--) {
      this.#out[at + i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }

  #date(at: number): void {
    const days = this.#withText(at, (bytes) =>
      bytes.length === DATE_BYTES ? daysOfDate(fromUtf8(bytes) ?? '') : undefined,
    );
    if (days === undefined) throw new BadValue('is not a date YYYY-MM-DD');
    this.#u32(days);
  }

  #text(at: number, bytesMax: number): void {
    this.#withText(at, (bytes) => {
      if (bytes.length > bytesMax) {
        throw new BadValue(`has ${bytes.length} bytes of text, limit ${bytesMax}`);
      }
      if (hasSurrogate(bytes)) throw new BadValue('has a lone surrogate');
      this.#lengthOf(bytes.length);
      this.#out.set(bytes, this.#reserve(bytes.length));
    });
  }

  #oneOf(at: number, names: readonly PlanName[]): number {
    const index = this.#withText(at, (bytes) => names.findIndex(({ utf8 }) => isSame(bytes, utf8)));
    if (index < 0) {
      throw new BadValue(`is not one of ${names.map(({ name }) => name).join(', ')}`);
    }
    return index;
  }

  #withText<T>(at: number, use: (bytes: Uint8Array) => T): T {
    const text = this.#guest.text(at);
    if (text === undefined) throw new BadValue('is not text');
    const result = use(text.bytes);
    this.#guest.freeText(text.address);
    return result;
  }

  #bytes(at: number, bytesMax: number): void {
    const bytes = this.#viewOf(at);
    if (bytes.length > bytesMax) {
      throw new BadValue(`has ${bytes.length} bytes, limit ${bytesMax}`);
    }
    this.#lengthOf(bytes.length);
    this.#out.set(bytes, this.#reserve(bytes.length));
  }

  #fixed(at: number, sizeBytes: number): void {
    const bytes = this.#viewOf(at);
    if (bytes.length !== sizeBytes) {
      throw new BadValue(`has ${bytes.length} bytes, needs ${sizeBytes}`);
    }
    this.#out.set(bytes, this.#reserve(bytes.length));
  }

  #viewOf(at: number): Uint8Array {
    const bytes = readBytes(this.#guest, at);
    if (bytes === undefined) throw new BadValue('is not a Uint8Array');
    return bytes;
  }

  #option(item: Plan, at: number): void {
    if (this.#guest.tagOf(at) === tag.undefined) {
      this.#u8(0);
    } else {
      this.#u8(1);
      this.#value(item, at);
    }
  }

  #list(plan: Extract<Plan, { kind: 'list' }>, at: number): void {
    const guest = this.#guest;
    const count = arrayLength(guest, at);
    if (count === undefined) throw new BadValue('is not an array');
    if (count < plan.itemsMin || count > plan.itemsMax) {
      throw new BadValue(`has ${count} items, needs ${plan.itemsMin} to ${plan.itemsMax}`);
    }
    this.#lengthOf(count);
    const slot = guest.takeSlots(1);
    const depth = this.#path.length;
    for (let i = 0; i < count; i++) {
      guest.charge(GAS_PER_VALUE);
      this.#path[depth] = i;
      if (!guest.ownProperty(at, indexAtom(i), slot)) throw new BadValue('is missing');
      this.#value(plan.item, slot);
      guest.free(slot);
    }
    this.#path.length = depth;
    guest.releaseSlots(slot);
  }

  #struct(fields: readonly PlanField[], at: number): void {
    const guest = this.#guest;
    if (guest.classOf(at) !== classId.object) {
      // A method without a result returns undefined.
      if (fields.length === 0 && guest.tagOf(at) === tag.undefined) return;
      throw new BadValue('is not a plain object');
    }
    guest.charge(GAS_PER_VALUE * (1 + fields.length));
    const slot = guest.takeSlots(1);
    const depth = this.#path.length;
    for (const { name, atom, plan } of fields) {
      this.#path[depth] = name;
      if (!guest.ownProperty(at, atom, slot)) guest.putUndefined(slot);
      this.#value(plan, slot);
      guest.free(slot);
    }
    this.#path.length = depth;
    guest.releaseSlots(slot);
  }

  #union(plan: Extract<Plan, { kind: 'union' }>, at: number): void {
    const guest = this.#guest;
    if (guest.classOf(at) !== classId.object) throw new BadValue('is not a plain object');
    guest.charge(3 * GAS_PER_VALUE);
    const slot = guest.takeSlots(1);
    if (!guest.ownProperty(at, plan.kindAtom, slot)) throw new BadValue('has no kind');
    const index = this.#oneOf(slot, plan.cases);
    guest.free(slot);
    const chosen = plan.cases[index];
    if (chosen === undefined) throw new BadValue('has an unknown kind');
    this.#u8(index);
    if (!guest.ownProperty(at, plan.valueAtom, slot)) guest.putUndefined(slot);
    this.#value(chosen.plan, slot);
    guest.free(slot);
    guest.releaseSlots(slot);
  }
}

/** Length of an array, or undefined for any other value. */
export function arrayLength(guest: Guest, at: number): number | undefined {
  if (guest.classOf(at) !== classId.array) return undefined;
  const slot = guest.takeSlots(1);
  const length = guest.ownProperty(at, guest.constants.atoms.length, slot)
    ? guest.number(slot)
    : undefined;
  guest.releaseSlots(slot);
  return length;
}

/** A view of the bytes of a Uint8Array, or undefined for any other value, a detached one included. */
export function readBytes(guest: Guest, at: number): Uint8Array | undefined {
  if (guest.classOf(at) !== guest.constants.uint8ArrayClass) return undefined;
  const { api, context } = guest;
  const address = api.boxed_JS_GetUint8Array(context, io.length, at);
  const sizeBytes = guest.word(io.length);
  if (sizeBytes !== 0) return guest.view(address, sizeBytes);
  return api.JS_HasException(context) === 0 ? guest.view(0, 0) : undefined;
}

/** A bigint of at most 129 bits, or undefined for any other value. */
export function readBigInt(guest: Guest, at: number): bigint | undefined {
  const valueTag = guest.tagOf(at);
  if (valueTag === tag.shortBigInt) return BigInt(guest.word(at));
  if (valueTag !== tag.bigInt) return undefined;
  // The engine keeps a count of 32-bit limbs, then the limbs, lowest first, in two's complement.
  const start = guest.word(at) >>> 0;
  const count = guest.word(start) >>> 0;
  if (count === 0 || count > LIMBS_MAX) return undefined;
  const limbs = guest.view(start + LIMB_BYTES, LIMB_BYTES * count);
  const view = new DataView(limbs.buffer, limbs.byteOffset, limbs.byteLength);
  let value = BigInt(view.getInt32(LIMB_BYTES * (count - 1), true));
  for (let i = count - 2; i >= 0; i--) {
    value = (value << 32n) | BigInt(view.getUint32(LIMB_BYTES * i, true));
  }
  return value;
}

/** Whether UTF-8 holds a surrogate: then the text had one without its partner. */
export function hasSurrogate(bytes: Uint8Array): boolean {
  for (let i = 0; i + 1 < bytes.length; i++) {
    if (bytes[i] === 0xed && (bytes[i + 1] ?? 0) >= 0xa0) return true;
  }
  return false;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
