import { t, type Infer } from '@hanse/codec';
import { limits } from '@hanse/kit';
import { certificateSchema, voteSchema } from './vote.ts';

/** What a validator tells with its votes, unsigned: it is believed only about the sender itself. */
export const progressSchema = t.struct({
  /** Highest sequence number held without gap, per lane. */
  held: t.list(t.u64, limits.validatorsMax),
  executedHeight: t.u64,
  view: t.u64,
  finalHeight: t.u64,
});

const blockBytes = t.bytes(16_384);
const batchBytes = t.bytes(limits.batchBytesMax + 65_536);

/**
 * A final block as catching-up nodes receive it. The certificate is one of finality, or absent where
 * the block became final only through a descendant; the last block of an answer always has one.
 */
const finalBlockSchema = t.struct({ block: blockBytes, certificate: t.option(certificateSchema) });

/** Everything validators say to each other. */
export const messageSchema = t.union({
  proposal: t.struct({
    block: blockBytes,
    just: t.list(certificateSchema, limits.justCertificatesMax),
    vote: voteSchema,
    progress: progressSchema,
  }),
  vote: t.struct({ vote: voteSchema, progress: progressSchema }),
  certificate: t.struct({ certificate: certificateSchema }),
  progress: progressSchema,
  /** Ask for certificates of a view: notarization, nullification or a later finalization. */
  certificateRequest: t.struct({ view: t.u64 }),
  batch: t.struct({ batch: batchBytes }),
  batchRequest: t.struct({ lane: t.u16, fromSeq: t.u64, toSeq: t.u64 }),
  /** Ask for the batch with a digest, where a lane may be forked. */
  batchByDigest: t.struct({ digest: t.hash }),
  blockRequest: t.struct({ digest: t.hash }),
  block: t.struct({ block: blockBytes }),
  /** Ask for final blocks from a height upwards. */
  finalRequest: t.struct({ fromHeight: t.u64, count: t.u16 }),
  finals: t.struct({ blocks: t.list(finalBlockSchema, 4 * limits.fetchBlocksPerRequestMax) }),
});

export type Progress = Infer<typeof progressSchema>;
export type FinalBlock = Infer<typeof finalBlockSchema>;
export type Message = Infer<typeof messageSchema>;
