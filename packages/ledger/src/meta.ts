import { decode, t, type Infer } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { executedSchema, treeShapeSchema } from '@hanse/model';
import { checkpointSchema } from './checkpoint.ts';
import { META_KEY } from './keys.ts';
import type { Kv } from './ports.ts';
import { corrupt, readValue } from './records.ts';

/** The one record that says where the ledger stands; it is part of every batch. */
export const metaSchema = t.struct({
  chainId: t.hash,
  executed: executedSchema,
  /** Time and digest of the newest executed block. */
  time: t.u64,
  digest: t.hash,
  shape: treeShapeSchema,
  checkpoint: checkpointSchema,
  /** Lowest height in the duplicate window. */
  windowFrom: t.u64,
});
export type Meta = Infer<typeof metaSchema>;

/** Where the ledger of a store stands; undefined for an empty store. Throws StateCorrupt. */
export function readMeta(suite: Suite, kv: Pick<Kv, 'get'>): Meta | undefined {
  const bytes = readValue(suite, kv, META_KEY, 'ledger marker');
  if (bytes === undefined) return undefined;
  const meta = decode(metaSchema, bytes);
  if (!meta.ok) throw corrupt('ledger marker');
  return meta.value;
}
