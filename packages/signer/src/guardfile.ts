import { createHash } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { assert, concatBytes, equalBytes, HanseError, isZero, utf8 } from '@hanse/kit';
import { u64Bytes } from '@hanse/model';
import { checkSecretMode, createSecretFile } from './secretfile.ts';

const MAGIC = utf8('HANSEGRD');
const VERSION = 1;
const SLOT_BYTES = 512;
const KEY_BYTES = 33;
const BODY_BYTES = MAGIC.length + 4 + 1 + KEY_BYTES + 32 + 4 * 8;
const NOTE_SLOT = 2;

/** What the guard's file says about a key. */
export type GuardState = {
  readonly publicKey: Uint8Array;
  /** Zero until the key is first used on a chain. */
  readonly chainId: Uint8Array;
  readonly epoch: number;
  /** Views below it may have been signed. */
  readonly reserved: number;
  /** Highest view whose own vote is known to have been durable in the log. */
  readonly logged: number;
};

/** The file of a guard: a state that survives a power cut, and a note that usually does. */
export class GuardFile {
  readonly #path: string;
  readonly #descriptor: number;
  #serial: number;
  #state: GuardState;

  private constructor(path: string, descriptor: number, serial: number, state: GuardState) {
    this.#path = path;
    this.#descriptor = descriptor;
    this.#serial = serial;
    this.#state = state;
  }

  /** Make the file of a key that has never signed. Throws KeyFileInvalid when it exists. */
  static async create(path: string, publicKey: Uint8Array): Promise<void> {
    const chainId = new Uint8Array(32);
    const state = { publicKey, chainId, epoch: 0, reserved: 0, logged: 0 };
    const bytes = new Uint8Array((NOTE_SLOT + 1) * SLOT_BYTES);
    bytes.set(encodeSlot(0, state));
    await createSecretFile(path, bytes);
  }

  /** Open the file of a key. Throws FileCorrupt when it is missing, damaged or of another key. */
  static open(path: string, publicKey: Uint8Array): GuardFile {
    const descriptor = openFile(path);
    try {
      checkSecretMode(path, fstatSync(descriptor).mode);
      const bytes = new Uint8Array((NOTE_SLOT + 1) * SLOT_BYTES);
      readSync(descriptor, bytes, 0, bytes.length, 0);
      const slots = [0, 1, NOTE_SLOT].map((slot) => decodeSlot(bytes.subarray(slot * SLOT_BYTES)));
      const synced = newest(slots.slice(0, NOTE_SLOT));
      if (synced === undefined) throw corrupt(path, 'no part of it passes its checksum');
      if (!equalBytes(synced.state.publicKey, publicKey))
        throw corrupt(path, 'it guards another key');
      return new GuardFile(path, descriptor, synced.serial, withNote(synced, slots[NOTE_SLOT]));
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  get path(): string {
    return this.#path;
  }

  get state(): GuardState {
    return this.#state;
  }

  /** Replace the state, durably. A failure ends the process: SyncFailed. */
  write(state: GuardState): void {
    this.#serial++;
    this.#put(this.#serial % 2, state);
    try {
      fsyncSync(this.#descriptor);
    } catch (error) {
      throw syncFailed(this.#path, error);
    }
  }

  /** Replace the state without a sync: it survives the process, not always a power cut. */
  note(state: GuardState): void {
    this.#put(NOTE_SLOT, state);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #put(slot: number, state: GuardState): void {
    const bytes = encodeSlot(this.#serial, state);
    try {
      const written = writeSync(this.#descriptor, bytes, 0, bytes.length, slot * SLOT_BYTES);
      assert(written === bytes.length, 'a slot is written whole');
    } catch (error) {
      throw syncFailed(this.#path, error);
    }
    this.#state = state;
  }
}

type Slot = { readonly serial: number; readonly state: GuardState };

function newest(slots: readonly (Slot | undefined)[]): Slot | undefined {
  let best: Slot | undefined;
  for (const slot of slots)
    if (slot !== undefined && slot.serial >= (best?.serial ?? 0)) best = slot;
  return best;
}

/** The note counts when it belongs to the synced state; a torn one is as if it were not there. */
function withNote(synced: Slot, note: Slot | undefined): GuardState {
  return note !== undefined && note.serial === synced.serial
    ? { ...synced.state, logged: Math.max(synced.state.logged, note.state.logged) }
    : synced.state;
}

function encodeSlot(serial: number, state: GuardState): Uint8Array {
  const { publicKey, chainId, epoch, reserved, logged } = state;
  assert(publicKey.length <= KEY_BYTES && chainId.length === 32, 'a key and a chain id');
  const key = new Uint8Array(KEY_BYTES);
  key.set(publicKey);
  const version = Uint8Array.of(0, 0, 0, VERSION);
  const numbers = [serial, epoch, reserved, logged].map(u64Bytes);
  const size = Uint8Array.of(publicKey.length);
  const body = concatBytes(MAGIC, version, size, key, chainId, ...numbers);
  assert(body.length === BODY_BYTES, 'the size of a slot is fixed');
  return concatBytes(body, sha256(body));
}

function decodeSlot(bytes: Uint8Array): Slot | undefined {
  const body = bytes.subarray(0, BODY_BYTES);
  if (!equalBytes(bytes.subarray(BODY_BYTES, BODY_BYTES + 32), sha256(body))) return undefined;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  if (!equalBytes(body.subarray(0, 8), MAGIC) || view.getUint32(8) !== VERSION) return undefined;
  const keyAt = 13;
  const chainAt = keyAt + KEY_BYTES;
  const number = (index: number): number => Number(view.getBigUint64(chainAt + 32 + 8 * index));
  return {
    serial: number(0),
    state: {
      publicKey: body.slice(keyAt, keyAt + view.getUint8(12)),
      chainId: body.slice(chainAt, chainAt + 32),
      epoch: number(1),
      reserved: number(2),
      logged: number(3),
    },
  };
}

/** Whether the key was used on no chain so far. */
export function isUnbound(state: GuardState): boolean {
  return isZero(state.chainId);
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r+');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HanseError('FileCorrupt', { path, reason }, error);
  }
}

function corrupt(path: string, reason: string): HanseError {
  return new HanseError('FileCorrupt', { path, reason });
}

function syncFailed(file: string, error: unknown): HanseError {
  const reason = error instanceof Error ? error.message : String(error);
  return new HanseError('SyncFailed', { file, reason }, error);
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
