import { limits } from '@hanse/kit';

/** Signed bytes under their idempotency key, stored before they are sent for the first time. */
export type OutboxEntry = {
  readonly key: string;
  /** 0 for the first bytes of the key; more after an expiry. */
  readonly attempt: number;
  readonly envelope: Uint8Array;
  readonly txid: Uint8Array;
  readonly validUntil: number;
};

/**
 * Storage that survives a crash of the application, so that a repeated key sends the same bytes.
 * `put` resolves when the entries are safe; of two with one key, the later stands.
 */
export type Outbox = {
  readonly get: (key: string) => Promise<OutboxEntry | undefined>;
  readonly put: (entries: readonly OutboxEntry[]) => Promise<void>;
};

/** An outbox for one process; the oldest entries go when it is full. */
export function memoryOutbox(entriesMax = limits.poolPendingTxsMax): Outbox {
  const byKey = new Map<string, OutboxEntry>();
  return {
    get: async (key) => byKey.get(key),
    put: async (entries) => {
      for (const entry of entries) {
        byKey.delete(entry.key);
        byKey.set(entry.key, entry);
      }
      for (const key of byKey.keys()) {
        if (byKey.size <= entriesMax) break;
        byKey.delete(key);
      }
    },
  };
}
