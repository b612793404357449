import { decode, encode, t } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { isErrorName, limits } from '@hanse/kit';
import type { WriteBuffer } from './buffer.ts';
import { getU32, getU64, heightKey, prefixed, prefixes, setU32, setU64 } from './keys.ts';
import type { ErrorRefusal, KvWrite } from './ports.ts';
import { corrupt, mustReadValue, readValue, sealValue } from './records.ts';
import type { SaltWindow, UsedSalt } from './window.ts';

/** A transaction that was ordered and consumed nothing. */
export type VoidTx = ErrorRefusal & { readonly txid: Uint8Array };

/** Why a transaction was void, and in which block. */
export type VoidOutcome = ErrorRefusal & { readonly height: number };

/** What a block used up and what it voided, packed per height. */
type Spent = {
  /** Block time. */
  readonly time: number;
  readonly salts: readonly UsedSalt[];
  readonly voided: readonly Uint8Array[];
};

const voidSchema = t.struct({
  height: t.u64,
  code: t.text(64),
  params: t.list(t.struct({ name: t.text(32), value: t.text(200) }), 16),
});

const MARK = 16;
const SALT_ENTRY = MARK + 8 + 4;
const TXID = 32;
const HEAD = 12;
const HEIGHTS_PRUNED_PER_BLOCK = 64;

/** Writes of a block: its packed entry, and why each voided transaction was. */
export function writeSpent(
  suite: Suite,
  height: number,
  spent: Pick<Spent, 'time' | 'salts'> & { readonly voids: readonly VoidTx[] },
): readonly KvWrite[] {
  const { time, salts, voids } = spent;
  const key = heightKey(prefixes.window, height);
  const voided = voids.map(({ txid }) => txid);
  const writes: KvWrite[] = [[key, sealValue(suite, key, pack({ time, salts, voided }))]];
  for (const { txid, code, params } of voids) {
    const voidKey = prefixed(prefixes.void, txid);
    const list = Object.entries(params).map(([name, value]) => ({ name, value }));
    const value = encode(voidSchema, { height, code, params: list });
    writes.push([voidKey, sealValue(suite, voidKey, value)]);
  }
  return writes;
}

/** Why a transaction was void, as long as that is kept. */
export function readVoid(
  suite: Suite,
  store: WriteBuffer,
  txid: Uint8Array,
): VoidOutcome | undefined {
  const object = 'void transaction';
  const bytes = readValue(suite, store, prefixed(prefixes.void, txid), object);
  if (bytes === undefined) return undefined;
  const found = decode(voidSchema, bytes);
  if (!found.ok || !isErrorName(found.value.code)) throw corrupt(object);
  const params = Object.fromEntries(found.value.params.map(({ name, value }) => [name, value]));
  return { height: found.value.height, code: found.value.code, params };
}

/** Fill a window from the heights `from … to`. */
export function loadWindow(
  suite: Suite,
  store: WriteBuffer,
  window: SaltWindow,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  for (let height = from; height <= to; height++) {
    for (const salt of readSpent(suite, store, height).salts) window.add(salt, height);
  }
}

/**
 * Forget heights whose salts are all free again at a block time; a long idle chain catches up over
 * several blocks. Returns the lowest height still kept and, once it is known, its block time.
 */
export function pruneSpent(
  suite: Suite,
  store: WriteBuffer,
  at: { readonly from: number; readonly height: number; readonly time: number },
): {
  readonly from: number;
  readonly fromTime: number | undefined;
  readonly writes: readonly KvWrite[];
} {
  const writes: KvWrite[] = [];
  const end = Math.min(at.height, at.from + HEIGHTS_PRUNED_PER_BLOCK);
  for (let from = at.from; from < end; from++) {
    const spent = readSpent(suite, store, from);
    if (isKept(spent.time, at.time)) return { from, fromTime: spent.time, writes };
    writes.push([heightKey(prefixes.window, from), undefined]);
    for (const txid of spent.voided) {
      // A later block may have voided it again.
      if (readVoid(suite, store, txid)?.height === from) {
        writes.push([prefixed(prefixes.void, txid), undefined]);
      }
    }
  }
  return { from: end, fromTime: undefined, writes };
}

/** Whether salts used in a block of one time may still be used up at another. */
export function isKept(blockTime: number, time: number): boolean {
  return blockTime + limits.txLifetimeMsMax >= time;
}

function readSpent(suite: Suite, store: WriteBuffer, height: number): Spent {
  const object = `salts of height ${height}`;
  const bytes = mustReadValue(suite, store, heightKey(prefixes.window, height), object);
  const spent = unpack(bytes);
  if (spent === undefined) throw corrupt(object);
  return spent;
}

function pack({ time, salts, voided }: Spent): Uint8Array {
  const bytes = new Uint8Array(HEAD + salts.length * SALT_ENTRY + voided.length * TXID);
  setU64(bytes, 0, time);
  setU32(bytes, 8, salts.length);
  let at = HEAD;
  for (const { mark, validUntil, index } of salts) {
    bytes.set(mark, at);
    setU64(bytes, at + MARK, validUntil);
    setU32(bytes, at + MARK + 8, index);
    at += SALT_ENTRY;
  }
  for (const txid of voided) {
    bytes.set(txid, at);
    at += TXID;
  }
  return bytes;
}

function unpack(bytes: Uint8Array): Spent | undefined {
  if (bytes.length < HEAD) return undefined;
  const saltsEnd = HEAD + getU32(bytes, 8) * SALT_ENTRY;
  if (saltsEnd > bytes.length || (bytes.length - saltsEnd) % TXID !== 0) return undefined;
  const salts: UsedSalt[] = [];
  for (let at = HEAD; at < saltsEnd; at += SALT_ENTRY) {
    salts.push({
      mark: bytes.subarray(at, at + MARK),
      validUntil: getU64(bytes, at + MARK),
      index: getU32(bytes, at + MARK + 8),
    });
  }
  const voided: Uint8Array[] = [];
  for (let at = saltsEnd; at < bytes.length; at += TXID) voided.push(bytes.subarray(at, at + TXID));
  return { time: getU64(bytes, 0), salts, voided };
}
