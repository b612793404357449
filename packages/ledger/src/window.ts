import type { Suite } from '@hanse/crypto';
import { assert, concatBytes, limits, utf8 } from '@hanse/kit';
import { taggedHash } from '@hanse/model';
import { getU32 } from './keys.ts';
import type { ReceiptPlace } from './receipts.ts';

/** What a block used up: the mark of a salt, until when it stays used, and whose receipt it is. */
export type UsedSalt = {
  readonly mark: Uint8Array;
  readonly validUntil: number;
  readonly index: number;
};

const MARK_BYTES = 16;
const WORDS = MARK_BYTES / 4;
const SPAN_MS = 60_000;
const SLOTS_MIN = 1_024;

/** Mark of (first signer, salt): two transactions with the same one exclude each other. */
export function saltMark(suite: Suite, signer: string, salt: Uint8Array): Uint8Array {
  assert(salt.length === limits.saltBytes, 'a salt has its size');
  if (signer !== lastSigner) {
    lastSigner = signer;
    markInput = concatBytes(new Uint8Array(limits.saltBytes), utf8(signer));
  }
  markInput.set(salt);
  return taggedHash(suite, 'hanse-salt/1', markInput).subarray(0, MARK_BYTES);
}

// The transactions of an envelope have one signer.
let lastSigner = '';
let markInput: Uint8Array = new Uint8Array(limits.saltBytes);

/**
 * Salts that are used up, by the minute in which they become free again: a passed minute is dropped
 * as a whole. A mark takes 26 bytes in arrays, not an object: there are millions of them.
 */
export class SaltWindow {
  readonly #spans = new Map<number, SpanSet>();

  /** Number of marks held. */
  get size(): number {
    let size = 0;
    for (const span of this.#spans.values()) size += span.size;
    return size;
  }

  /** Where the receipt is that used a mark, if the mark is still used at this block time. */
  find(mark: Uint8Array, timeMs: number): ReceiptPlace | undefined {
    const words = wordsOf(mark);
    for (const [start, span] of this.#spans) {
      const place = span.find(words, timeMs - start);
      if (place !== undefined) return place;
    }
    return undefined;
  }

  /** Use up a mark. The caller has looked that it is free. */
  add({ mark, validUntil, index }: UsedSalt, height: number): void {
    const start = validUntil - (validUntil % SPAN_MS);
    let span = this.#spans.get(start);
    if (span === undefined) {
      span = new SpanSet();
      this.#spans.set(start, span);
    }
    span.add({ words: wordsOf(mark), untilMs: validUntil - start, height, index });
  }

  /** Drop the minutes that are over at this block time. */
  expire(timeMs: number): void {
    for (const start of this.#spans.keys()) {
      if (start + SPAN_MS <= timeMs) this.#spans.delete(start);
    }
  }
}

type Slot = {
  readonly words: Uint32Array;
  readonly untilMs: number;
  readonly height: number;
  readonly index: number;
};

/** Open addressing with linear probing, at most half full; grows by doubling, never deletes. */
class SpanSet {
  #marks = new Uint32Array(SLOTS_MIN * WORDS);
  #untils = new Uint16Array(SLOTS_MIN);
  /** Height plus one; zero is a free slot. */
  #heights = new Uint32Array(SLOTS_MIN);
  #indexes = new Uint32Array(SLOTS_MIN);
  size = 0;

  find(words: Uint32Array, nowMs: number): ReceiptPlace | undefined {
    const slots = this.#heights.length;
    for (let slot = (words[0] ?? 0) & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
      const height = this.#heights[slot] ?? 0;
      if (height === 0) return undefined;
      // The same mark can be here twice when it was used again after it had become free.
      if (this.#isAt(slot, words) && (this.#untils[slot] ?? 0) >= nowMs) {
        return { height: height - 1, index: this.#indexes[slot] ?? 0 };
      }
    }
  }

  add(slot: Slot): void {
    if (2 * (this.size + 1) > this.#heights.length) this.#double();
    this.#put(slot);
    this.size++;
  }

  #put({ words, untilMs, height, index }: Slot): void {
    assert(height < 2 ** 32 - 1, 'heights of the window fit 32 bits');
    const slots = this.#heights.length;
    let slot = (words[0] ?? 0) & (slots - 1);
    while (this.#heights[slot] !== 0) slot = (slot + 1) & (slots - 1);
    this.#marks.set(words, slot * WORDS);
    this.#untils[slot] = untilMs;
    this.#heights[slot] = height + 1;
    this.#indexes[slot] = index;
  }

  #isAt(slot: number, words: Uint32Array): boolean {
    const at = slot * WORDS;
    for (let i = 0; i < WORDS; i++) if (this.#marks[at + i] !== words[i]) return false;
    return true;
  }

  #double(): void {
    const [marks, untils, heights, indexes] = [
      this.#marks,
      this.#untils,
      this.#heights,
      this.#indexes,
    ];
    const slots = 2 * heights.length;
    this.#marks = new Uint32Array(slots * WORDS);
    this.#untils = new Uint16Array(slots);
    this.#heights = new Uint32Array(slots);
    this.#indexes = new Uint32Array(slots);
    for (let slot = 0; slot < heights.length; slot++) {
      const height = heights[slot] ?? 0;
      if (height === 0) continue;
      this.#put({
        words: marks.subarray(slot * WORDS, (slot + 1) * WORDS),
        untilMs: untils[slot] ?? 0,
        height: height - 1,
        index: indexes[slot] ?? 0,
      });
    }
  }
}

function wordsOf(mark: Uint8Array): Uint32Array {
  assert(mark.length === MARK_BYTES, 'a mark has its size');
  const words = new Uint32Array(WORDS);
  for (let i = 0; i < WORDS; i++) words[i] = getU32(mark, 4 * i);
  return words;
}
