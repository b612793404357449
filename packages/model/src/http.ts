import type { Json } from '@hanse/codec';
import { t, type Infer } from '@hanse/codec';
import { limits } from '@hanse/kit';

/*
 * Shapes of the HTTP interface. Hashes are lower-case hexadecimal; canonical bytes are base64url;
 * times are Unix milliseconds.
 */

/** Body of `POST /v1/envelopes` (application/octet-stream, canonical bytes). */
export const postSchema = t.struct({
  envelopes: t.list(t.bytes(limits.envelopeBytesMax), limits.envelopesPerPostMax, 1),
});
export type Post = Infer<typeof postSchema>;

/** How far a transaction must be before a wait ends: ordered and executed here, or bound by a final header. */
export type Until = 'final' | 'proved';

/** RFC 9457 problem document; `code` is the catalogue code. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly fix: string;
  readonly retry: 'never' | 'same-key' | 'later';
  readonly params: Readonly<Record<string, string>>;
  /** Where in a contract it happened, innermost first; absent for everything else. */
  readonly frames?: readonly { readonly contract: string; readonly at: string }[];
};

/** Outcome of one envelope of a post: taken as a whole or refused as a whole. */
export type SubmitResult =
  | { readonly status: 'taken'; readonly txids: readonly string[] }
  | { readonly status: 'refused'; readonly problem: Problem };

/** What became of a transaction. `void`: it was ordered but consumed nothing, not even its id. */
export type TxOutcome =
  | {
      readonly state: 'final' | 'proved';
      readonly receipt: Json;
      readonly receiptBytes: string;
      readonly proof?: TxProof;
    }
  | { readonly state: 'void'; readonly height: number; readonly problem: Problem }
  | { readonly state: 'pending'; readonly problem: Problem };

/** Canonical bytes (base64url) of a receipt's proof: `finalProofSchema`, `receiptProofSchema`, and the transaction. */
export type TxProof = { readonly final: string; readonly receipt: string; readonly tx: string };

/** Canonical bytes (base64url) of a record's proof: `finalProofSchema` and `recordProofSchema`. */
export type RecordAnswer = {
  readonly key: string;
  readonly value: string | null;
  /** Height of the state that answered. */
  readonly height: number;
  readonly proof?: { readonly final: string; readonly record: string };
};

/** Canonical bytes (base64url): the latest final header, and the path to the block of a height. */
export type BlockProof = { readonly final: string; readonly history: string };

/** Answer of `GET /v1/head`. */
export type Head = {
  readonly chainId: string;
  readonly network: string;
  readonly suite: 'intl' | 'sm';
  /** Latest final block. */
  readonly height: number;
  readonly digest: string;
  readonly time: number;
  /** Highest height this node has executed, and highest one bound by a final header. */
  readonly executedHeight: number;
  readonly provedHeight: number;
  readonly validators: readonly ValidatorStatus[];
};

/** One validator as this node sees it. */
export type ValidatorStatus = {
  readonly index: number;
  readonly did: string;
  readonly name: string;
  readonly organisation: string;
  readonly self: boolean;
  readonly connected: boolean;
  /** Milliseconds since it was last heard; absent for this node and for one never heard. */
  readonly silentMs?: number;
  readonly executedHeight: number;
  readonly finalHeight: number;
};

/** One block in a list. */
export type BlockSummary = {
  readonly height: number;
  readonly view: number;
  readonly digest: string;
  readonly time: number;
  readonly proposer: number;
  readonly transactions: number;
  readonly refused: number;
  readonly sizeBytes: number;
  readonly executedHeight: number;
};

/** Answer of `GET /v1/blocks/:height`. */
export type BlockDetail = BlockSummary & {
  readonly header: Json;
  /** Signers of the finalization certificate; empty when it became final through a descendant. */
  readonly signers: readonly number[];
  readonly receipts: readonly {
    readonly txid: string;
    readonly status: 'ok' | 'refused';
    readonly code?: string;
    readonly calls: readonly string[];
    readonly signers: readonly string[];
  }[];
};

/** Body of `POST /v1/query`. */
export type QueryRequest = {
  readonly contract: string;
  readonly query: string;
  readonly args: Json;
  readonly minHeight?: number;
};
/** Answer of `POST /v1/query`; `ageMs` is the age of the newest final block. */
export type QueryAnswer = {
  readonly result: Json;
  readonly resultBytes: string;
  readonly height: number;
  readonly ageMs: number;
};

/** One line of `GET /v1/events`. `cursor` resumes after it. A line without an event is a sign of life. */
export type EventRow =
  | { readonly cursor: string }
  | {
      readonly cursor: string;
      readonly height: number;
      readonly txid: string;
      readonly contract: string;
      readonly name: string;
      readonly data: Json;
      readonly dataBytes: string;
    };

/** One line of `GET /v1/watch`: a block became final here (`final`), or results were bound (`proved`). */
export type WatchRow =
  | (BlockSummary & { readonly kind: 'final'; readonly txids?: readonly string[] })
  | { readonly kind: 'proved'; readonly height: number };

/** Answer of `GET /v1/why`. */
export type Why = {
  readonly healthy: boolean;
  readonly sentence: string;
  readonly sentenceZh: string;
  readonly quorum: number;
  readonly voting: number;
  readonly silent: readonly string[];
  readonly height: number;
};

/** Where a reader of events is: behind event `index` of the block at `height`. */
export type EventCursor = { readonly height: number; readonly index: number };

/** Text of a cursor. Events of a block count from 0 over all its receipts; -1 is before the first. */
export function formatCursor({ height, index }: EventCursor): string {
  return `${height}.${index + 1}`;
}

/** The cursor behind its text, or undefined when it is none. */
export function parseCursor(text: string): EventCursor | undefined {
  const match = /^(0|[1-9]\d{0,15})\.(0|[1-9]\d{0,9})$/.exec(text);
  if (match === null) return undefined;
  const height = Number(match[1]);
  return Number.isSafeInteger(height) ? { height, index: Number(match[2]) - 1 } : undefined;
}
