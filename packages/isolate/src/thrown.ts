import type { Frame } from '@hanse/vm';
import { parseFrames } from './frames.ts';
import { UNDEFINED, VALUE_BYTES, type Guest } from './guest.ts';
import { io } from './layout.ts';
import { readBigInt } from './read.ts';
import { classId, tag } from './tags.ts';

/** What the code of a guest threw, as far as it tells. */
export type Thrown = {
  /** Set when `reject` made it. */
  readonly rejectCode: string | undefined;
  readonly name: string;
  readonly message: string;
  readonly frames: readonly Frame[];
};

const TEXT_LENGTH_MAX = 500;
const CODE_LENGTH_MAX = 64;
const STACK_BYTES_MAX = 8_192;
const PROTOTYPES_MAX = 4;
/** Own name of the error that `reject` throws. */
const REJECT_NAME = 'RejectError';

/** Look at the exception at `io.exception`: own properties only, so no code of the guest runs. */
export function readThrown(guest: Guest): Thrown {
  const at = io.exception;
  const { atoms } = guest.constants;
  if (guest.tagOf(at) !== tag.object) {
    return { rejectCode: undefined, name: '', message: primitive(guest, at), frames: [] };
  }
  const ownName = textProperty(guest, at, atoms.name, TEXT_LENGTH_MAX);
  const rejectCode =
    ownName === REJECT_NAME ? textProperty(guest, at, atoms.code, CODE_LENGTH_MAX) : undefined;
  const message = textProperty(guest, at, atoms.message, TEXT_LENGTH_MAX);
  return {
    rejectCode,
    name: ownName ?? inheritedName(guest, at),
    message: message ?? (rejectCode === undefined ? 'an object without text' : ''),
    frames: readFrames(guest, at),
  };
}

/** Frames that led to where the engine is now, after a run was cut off. */
export function readFramesNow(guest: Guest): readonly Frame[] {
  const slot = guest.takeSlots(1);
  guest.call(guest.constants.stackNow, UNDEFINED, 0, 0, slot);
  return parseFrames(clippedText(guest, slot, STACK_BYTES_MAX) ?? '');
}

function readFrames(guest: Guest, at: number): readonly Frame[] {
  const slot = guest.takeSlots(1);
  if (guest.classOf(at) === classId.error) {
    // The engine's own getter on one of its own errors: what it reads is no property.
    guest.call(guest.constants.stackOf, UNDEFINED, 1, at, slot);
  } else {
    guest.putUndefined(slot);
  }
  const stack = clippedText(guest, slot, STACK_BYTES_MAX);
  guest.releaseSlots(slot);
  return parseFrames(stack ?? '');
}

function textProperty(guest: Guest, at: number, atom: number, max: number): string | undefined {
  if (!isReadable(guest, at)) return undefined;
  const slot = guest.takeSlots(1);
  const has = guest.ownDataProperty(at, atom, slot);
  const text = has ? clippedText(guest, slot, max) : undefined;
  guest.releaseSlots(slot);
  return text;
}

/** Whether an object answers without running code: proxies do not. */
function isReadable(guest: Guest, at: number): boolean {
  const id = guest.classOf(at);
  return id === classId.error || id === classId.object;
}

/** `name` of the nearest prototype that has one, such as `TypeError`. */
function inheritedName(guest: Guest, at: number): string {
  const slots = guest.takeSlots(PROTOTYPES_MAX);
  let object = at;
  let name: string | undefined;
  for (let i = 0; i < PROTOTYPES_MAX && name === undefined; i++) {
    if (!isReadable(guest, object)) break;
    const prototype = slots + i * VALUE_BYTES;
    guest.api.boxed_JS_GetPrototype(guest.context, object, prototype);
    name = textProperty(guest, prototype, guest.constants.atoms.name, TEXT_LENGTH_MAX);
    object = prototype;
  }
  guest.releaseSlots(slots);
  return name ?? '';
}

function primitive(guest: Guest, at: number): string {
  const text = clippedText(guest, at, TEXT_LENGTH_MAX);
  if (text !== undefined) return text;
  const number = guest.number(at);
  if (number !== undefined) return String(number);
  const integer = readBigInt(guest, at);
  if (integer !== undefined) return `${integer}n`;
  switch (guest.tagOf(at)) {
    case tag.undefined:
      return 'undefined';
    case tag.null:
      return 'null';
    case tag.bool:
      return guest.word(at) === 0 ? 'false' : 'true';
    default:
      return 'a symbol or a large bigint';
  }
}

function clippedText(guest: Guest, at: number, max: number): string | undefined {
  const text = guest.text(at);
  if (text === undefined) return undefined;
  // One character has at most three bytes for each of its UTF-16 units.
  const result = decoder.decode(text.bytes.subarray(0, 4 * max)).slice(0, max);
  guest.freeText(text.address);
  return /[\ud800-\udbff]$/.test(result) ? result.slice(0, -1) : result;
}

const decoder = new TextDecoder();
