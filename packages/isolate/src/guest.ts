import { assert, must, utf8 } from '@hanse/kit';
import type { EngineExports } from './exports.ts';
import { io } from './layout.ts';
import { FLOAT_ADDEND, isFloat, tag } from './tags.ts';

/** Thrown through the engine to end a run at once; what ended it is noted elsewhere. */
export class RunEnded extends Error {}

/** A value that does not fit its shape: ends the run. */
export class BadValue extends Error {}

/** A value of the engine, kept on the host's side; it must stay referenced in the image. */
export type Kept = { readonly payload: number; readonly tag: number };

/** Where an engine that was started has things; the same in all images made from it. */
export type Constants = {
  readonly context: number;
  readonly runtime: number;
  readonly uint8ArrayClass: number;
  readonly atoms: Readonly<Record<AtomName, number>>;
  /** The object with the functions of the host. */
  readonly host: Kept;
  /** Functions of the guest's runtime, see `runtimeSource`. */
  readonly joinAmount: Kept;
  readonly stackOf: Kept;
  readonly stackNow: Kept;
};

/** Names that the host looks for in values of a guest. */
export const ATOM_NAMES = [
  'code',
  'host',
  'length',
  'manifest',
  'message',
  'name',
  'next',
  'rows',
  'run',
  'stack',
] as const;
type AtomName = (typeof ATOM_NAMES)[number];

/** The value undefined. */
export const UNDEFINED: Kept = { payload: 0, tag: tag.undefined };

/** Bytes of a value in the engine. */
export const VALUE_BYTES = 8;
const BULK_SHIFT = 4;

/**
 * One instance of the engine as the host sees it: its memory, its values by address, its gas. Everything
 * that is read from memory is a number from a stranger and is checked before it is used as an address.
 */
export class Guest {
  readonly api: EngineExports;
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  /** Where the engine finds the function that stands for all functions of the host. */
  readonly hostFunction: number;
  #constants: Constants | undefined;
  readonly #doubles = new Float64Array(1);
  readonly #doubleWords = new Int32Array(this.#doubles.buffer);
  #slotNext: number = io.slots;
  #slotHigh: number = io.slots;
  #bytesHigh: number = io.bytes;

  constructor(api: EngineExports) {
    this.api = api;
    this.hostFunction = api.__indirect_function_table.grow(1);
    api.__indirect_function_table.set(this.hostFunction, api.host_function);
    this.bytes = new Uint8Array(api.memory.buffer);
    this.words = new Int32Array(api.memory.buffer);
    this.#doubles[0] = 1;
    assert(this.#doubleWords[0] === 0, 'the engine shares memory with little-endian machines only');
  }

  get constants(): Constants {
    return must(this.#constants, 'the engine has not started');
  }

  /** Take over what holds for the image that memory was restored from. */
  adopt(constants: Constants): void {
    this.#constants = constants;
  }

  /** Address of the engine's context, the first parameter of most of its functions. */
  get context(): number {
    return this.constants.context;
  }

  /** Gas that is left. */
  get left(): number {
    return this.api.gas.value;
  }

  /** Use gas; ends the run when there is not enough. */
  charge(amount: number): void {
    const left = this.api.gas.value - amount;
    this.api.gas.value = left < 0 ? -1 : left;
    if (left < 0) throw new RunEnded('out of gas');
  }

  /** Gas for so many bytes that the host copies. */
  chargeBytes(sizeBytes: number): void {
    this.charge(1 + (sizeBytes >>> BULK_SHIFT));
  }

  word(address: number): number {
    return this.words[address >>> 2] ?? 0;
  }

  tagOf(value: number): number {
    return this.words[(value >>> 2) + 1] ?? 0;
  }

  /** Write a value that is no float. */
  put(address: number, payload: number, valueTag: number): void {
    this.words[address >>> 2] = payload;
    this.words[(address >>> 2) + 1] = valueTag;
  }

  putUndefined(address: number): void {
    this.put(address, 0, tag.undefined);
  }

  /** Write a finite number: as a 32-bit integer where it is one, as the engine does. */
  putNumber(address: number, value: number): void {
    if (value === (value | 0) && !Object.is(value, -0)) {
      this.put(address, value, tag.int);
      return;
    }
    this.#doubles[0] = value;
    const [low, high] = [this.#doubleWords[0] ?? 0, this.#doubleWords[1] ?? 0];
    this.put(address, low, (high - FLOAT_ADDEND) | 0);
  }

  /** The number at an address, or undefined when it is another value. */
  number(address: number): number | undefined {
    const valueTag = this.tagOf(address);
    if (valueTag === tag.int) return this.word(address);
    if (!isFloat(valueTag)) return undefined;
    this.#doubleWords[0] = this.word(address);
    this.#doubleWords[1] = (valueTag + FLOAT_ADDEND) | 0;
    return this.#doubles[0];
  }

  copyValue(from: number, to: number): void {
    this.put(to, this.word(from), this.tagOf(from));
  }

  /** Room for values; released all at once by `releaseSlots`. */
  takeSlots(count: number): number {
    const at = this.#slotNext;
    this.#slotNext += count * VALUE_BYTES;
    if (this.#slotNext > io.slotsEnd) throw new BadValue('a value has too many parts');
    if (this.#slotNext > this.#slotHigh) this.#slotHigh = this.#slotNext;
    return at;
  }

  releaseSlots(from: number): void {
    this.#slotNext = from;
  }

  /** Put bytes where the engine can read them; the next call overwrites them. */
  stage(content: Uint8Array): number {
    if (content.length > io.bytesEnd - io.bytes) throw new BadValue('a value is too long');
    this.bytes.set(content, io.bytes);
    this.#bytesHigh = Math.max(this.#bytesHigh, io.bytes + content.length);
    return io.bytes;
  }

  /** A view of bytes that the engine pointed to. */
  view(address: number, sizeBytes: number): Uint8Array {
    const start = address >>> 0;
    const end = start + (sizeBytes >>> 0);
    if (end > this.bytes.length) throw new BadValue('bytes outside of memory');
    return this.bytes.subarray(start, end);
  }

  /** UTF-8 of a value that is text, surrogates without partner included; frees nothing. */
  text(value: number): { readonly address: number; readonly bytes: Uint8Array } | undefined {
    const valueTag = this.tagOf(value);
    if (valueTag !== tag.string && valueTag !== tag.rope) return undefined;
    const address = this.api.boxed_JS_ToCStringLen2(this.context, io.length, value, 0);
    if (address === 0) return undefined;
    return { address, bytes: this.view(address, this.word(io.length)) };
  }

  freeText(address: number): void {
    this.api.JS_FreeCString(this.context, address);
  }

  free(value: number): void {
    if (this.tagOf(value) < 0) this.api.boxed_JS_FreeValue(this.context, value);
  }

  /** Class of an object, 0 for any other value. */
  classOf(value: number): number {
    return this.tagOf(value) === tag.object ? this.api.boxed_JS_GetClassID(value) : 0;
  }

  /** Own data property of an object that is no proxy: runs no code of the guest. */
  ownProperty(object: number, atom: number, out: number): boolean {
    const found = this.api.boxed_JS_GetOwnProperty(this.context, io.property, object, atom);
    if (found !== 1) return false;
    if ((this.word(io.property) & ACCESSOR) !== 0) throw new BadValue('is computed by a getter');
    this.copyValue(io.property + VALUE_BYTES, out);
    return true;
  }

  /** The same, but a getter counts as nothing. */
  ownDataProperty(object: number, atom: number, out: number): boolean {
    const found = this.api.boxed_JS_GetOwnProperty(this.context, io.property, object, atom);
    if (found !== 1 || (this.word(io.property) & ACCESSOR) !== 0) return false;
    this.copyValue(io.property + VALUE_BYTES, out);
    return true;
  }

  /** Add a property that anyone may change, as an assignment to a new object would, without setters. */
  define(object: number, atom: number, value: number): void {
    this.api.boxed_JS_DefinePropertyValue(this.context, object, atom, value, WRITABLE);
  }

  /** Put an item at the next index of an array that nobody else has seen yet. */
  defineItem(array: number, index: number, value: number): void {
    this.api.boxed_JS_DefinePropertyValueUint32(this.context, array, index, value, WRITABLE);
  }

  /** Write a kept value to an address, which may not own it. */
  keptTo({ payload, tag: valueTag }: Kept, address: number): void {
    this.put(address, payload, valueTag);
  }

  /** Call a kept function; what it returns goes to `out`, where an exception has its own tag. */
  call(callee: Kept, receiver: Kept, argc: number, argv: number, out: number): void {
    this.keptTo(callee, io.callee);
    this.keptTo(receiver, io.receiver);
    this.api.boxed_JS_Call(this.context, io.callee, io.receiver, argc, argv, out);
  }

  /** Build a bigint from the halves of its 128 bits, which the engine has no function for. */
  joinAmount(high: number, low: number, out: number): void {
    const slot = this.takeSlots(2);
    this.copyValue(high, slot);
    this.copyValue(low, slot + VALUE_BYTES);
    this.call(this.constants.joinAmount, UNDEFINED, 2, slot, out);
    this.releaseSlots(slot);
  }

  /** Atom of a name, which lives as long as the image. */
  atom(name: string): number {
    const content = utf8(name);
    return this.api.JS_NewAtomLen(this.context, this.stage(content), content.length);
  }

  /** Forget what passed through the host's range. */
  clearIo(): void {
    this.bytes.fill(0, io.result, this.#slotHigh);
    this.bytes.fill(0, io.bytes, this.#bytesHigh);
    this.#slotNext = io.slots;
    this.#slotHigh = io.slots;
    this.#bytesHigh = io.bytes;
  }
}

// Flags of properties in the engine.
const ACCESSOR = 1 << 4;
const WRITABLE = 7;

/** Atom of an index: below 2^31 it is the number itself. */
export function indexAtom(index: number): number {
  return index | 0x8000_0000 | 0;
}
