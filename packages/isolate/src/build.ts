import { dateOfDays, DecodeError } from '@hanse/codec';
import { unreachable } from '@hanse/kit';
import { VALUE_BYTES, type Guest } from './guest.ts';
import type { Plan, PlanField } from './plan.ts';
import { tag } from './tags.ts';

/** Gas of one value that the host builds in the engine or reads from it, the engine's own work aside. */
export const GAS_PER_VALUE = 8;
const AMOUNT_BYTES_MAX = 16;
const SAFE_HIGH = 2 ** 21;

/**
 * Builds guest values from canonical bytes, straight in the engine's memory. Bytes that are no value of the
 * shape throw DecodeError.
 */
export class ValueBuilder {
  readonly #guest: Guest;
  #at = 0;
  #end = 0;

  constructor(guest: Guest) {
    this.#guest = guest;
  }

  /** Build the value of canonical bytes at `out`. */
  build(plan: Plan, bytes: Uint8Array, out: number): void {
    this.#guest.chargeBytes(bytes.length);
    this.#at = this.#guest.stage(bytes);
    this.#end = this.#at + bytes.length;
    this.#value(plan, out);
    if (this.#at !== this.#end) throw new DecodeError('bytes are left over');
  }

  /**
   * Build a row at `out`. Rows that were written before fields were added at their end have no bytes for
   * them: then those fields, options all, are missing.
   */
  buildRow(plan: Plan, bytes: Uint8Array, out: number): void {
    if (plan.kind !== 'struct') throw new DecodeError('a row is a struct');
    this.#guest.chargeBytes(bytes.length);
    this.#at = this.#guest.stage(bytes);
    this.#end = this.#at + bytes.length;
    this.#struct(plan.fields, out, true);
    if (this.#at !== this.#end) throw new DecodeError('bytes are left over');
  }

  #value(plan: Plan, out: number): void {
    const guest = this.#guest;
    switch (plan.kind) {
      case 'u8':
        return guest.put(out, this.#u8(), tag.int);
      case 'u16':
        return guest.put(out, this.#u8() * 256 + this.#u8(), tag.int);
      case 'u32':
        return guest.putNumber(out, this.#u32());
      case 'u64':
        return guest.putNumber(out, this.#u64());
      case 'int':
        return this.#int(plan.min, plan.max, out);
      case 'bool':
        return guest.put(out, this.#flag() ? 1 : 0, tag.bool);
      case 'amount':
        return this.#amount(out);
      case 'date':
        return this.#ascii(dateOfDays(this.#u32()), out);
      case 'text':
        return this.#text(this.#length(plan.bytesMax), out);
      case 'bytes':
        return this.#bytes(this.#length(plan.bytesMax), out);
      case 'fixed':
        return this.#bytes(plan.sizeBytes, out);
      case 'oneOf':
        return this.#name(plan.names[this.#u8()], out);
      case 'option':
        return this.#flag() ? this.#value(plan.item, out) : guest.putUndefined(out);
      case 'list':
        return this.#list(plan, out);
      case 'struct':
        return this.#struct(plan.fields, out, false);
      case 'union':
        return this.#union(plan, out);
      default:
        return unreachable(plan);
    }
  }

  #take(sizeBytes: number): number {
    const at = this.#at;
    if (sizeBytes > this.#end - at) throw new DecodeError('ends too early');
    this.#at = at + sizeBytes;
    return at;
  }

  #u8(): number {
    return this.#guest.bytes[this.#take(1)] ?? 0;
  }

  #u32(): number {
    return ((this.#u8() * 256 + this.#u8()) * 256 + this.#u8()) * 256 + this.#u8();
  }

  #u64(): number {
    const high = this.#u32();
    if (high >= SAFE_HIGH) throw new DecodeError('integer above 2^53 - 1');
    return high * 2 ** 32 + this.#u32();
  }

  #int(min: number, max: number, out: number): void {
    const high = this.#u32() | 0;
    const value = high * 2 ** 32 + this.#u32();
    if (value < min || value > max) throw new DecodeError(`${value} is not from ${min} to ${max}`);
    this.#guest.putNumber(out, value);
  }

  #flag(): boolean {
    const byte = this.#u8();
    if (byte > 1) throw new DecodeError('boolean is neither 0 nor 1');
    return byte === 1;
  }

  #length(max: number): number {
    let value = 0;
    for (let shift = 0; shift < 5; shift++) {
      const byte = this.#u8();
      value += (byte & 0x7f) * 128 ** shift;
      if (byte < 0x80) {
        if (value > max) throw new DecodeError(`${value} is above ${max}`);
        return value;
      }
    }
    throw new DecodeError('length is too long');
  }

  #text(sizeBytes: number, out: number): void {
    const { api, context } = this.#guest;
    api.boxed_JS_NewStringLen(context, this.#take(sizeBytes), sizeBytes, out);
  }

  #bytes(sizeBytes: number, out: number): void {
    const { api, context } = this.#guest;
    api.boxed_JS_NewUint8ArrayCopy(context, this.#take(sizeBytes), sizeBytes, out);
  }

  #ascii(text: string, out: number): void {
    const { api, bytes, context } = this.#guest;
    const at = this.#guest.takeSlots(2);
    for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
    api.boxed_JS_NewStringLen(context, at, text.length, out);
    this.#guest.releaseSlots(at);
  }

  #name(name: { readonly utf8: Uint8Array } | undefined, out: number): void {
    if (name === undefined) throw new DecodeError('no such name');
    const { api, bytes, context } = this.#guest;
    const slots = Math.ceil(name.utf8.length / VALUE_BYTES);
    const at = this.#guest.takeSlots(slots);
    bytes.set(name.utf8, at);
    api.boxed_JS_NewStringLen(context, at, name.utf8.length, out);
    this.#guest.releaseSlots(at);
  }

  #amount(out: number): void {
    const sizeBytes = this.#u8();
    if (sizeBytes > AMOUNT_BYTES_MAX) throw new DecodeError('amount above 2^128 - 1');
    const at = this.#take(sizeBytes);
    const guest = this.#guest;
    if (sizeBytes > 0 && guest.bytes[at] === 0) throw new DecodeError('amount is not minimal');
    const halves = guest.takeSlots(4);
    const [low, high] = [halves, halves + VALUE_BYTES];
    guest.put(low, 0, 0);
    guest.put(high, 0, 0);
    // The engine's integers are little-endian.
    for (let i = 0; i < sizeBytes; i++) {
      guest.bytes[low + i] = guest.bytes[at + sizeBytes - 1 - i] ?? 0;
    }
    if (sizeBytes <= VALUE_BYTES) {
      guest.api.boxed_JS_NewBigUint64(guest.context, low, out);
    } else {
      const [lowValue, highValue] = [high + VALUE_BYTES, high + 2 * VALUE_BYTES];
      guest.api.boxed_JS_NewBigUint64(guest.context, low, lowValue);
      guest.api.boxed_JS_NewBigUint64(guest.context, high, highValue);
      guest.joinAmount(highValue, lowValue, out);
      guest.free(lowValue);
      guest.free(highValue);
    }
    guest.releaseSlots(halves);
  }

  #list(plan: Extract<Plan, { kind: 'list' }>, out: number): void {
    const guest = this.#guest;
    const count = this.#length(plan.itemsMax);
    if (count < plan.itemsMin) throw new DecodeError(`${count} items, need ${plan.itemsMin}`);
    guest.charge(GAS_PER_VALUE);
    guest.api.boxed_JS_NewArray(guest.context, out);
    const item = guest.takeSlots(1);
    for (let i = 0; i < count; i++) {
      guest.charge(GAS_PER_VALUE);
      this.#value(plan.item, item);
      guest.defineItem(out, i, item);
    }
    guest.releaseSlots(item);
  }

  #struct(fields: readonly PlanField[], out: number, mayBeShort: boolean): void {
    const guest = this.#guest;
    guest.charge(GAS_PER_VALUE * (1 + fields.length));
    guest.api.boxed_JS_NewObject(guest.context, out);
    const slot = guest.takeSlots(1);
    for (const { atom, plan } of fields) {
      if (plan.kind === 'option') {
        // A missing value is a missing property.
        if ((mayBeShort && this.#at === this.#end) || !this.#flag()) continue;
        this.#value(plan.item, slot);
      } else {
        this.#value(plan, slot);
      }
      guest.define(out, atom, slot);
    }
    guest.releaseSlots(slot);
  }

  #union(plan: Extract<Plan, { kind: 'union' }>, out: number): void {
    const guest = this.#guest;
    const chosen = plan.cases[this.#u8()];
    if (chosen === undefined) throw new DecodeError('unknown tag');
    guest.charge(3 * GAS_PER_VALUE);
    guest.api.boxed_JS_NewObject(guest.context, out);
    const slot = guest.takeSlots(1);
    this.#name(chosen, slot);
    guest.define(out, plan.kindAtom, slot);
    this.#value(chosen.plan, slot);
    guest.define(out, plan.valueAtom, slot);
    guest.releaseSlots(slot);
  }
}
