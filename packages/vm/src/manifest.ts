import { t, type Infer, type ShapeJson } from '@hanse/codec';

/** Where the runtime of a contract learns who calls, canonical bytes of this. */
export const callInfoSchema = t.struct({
  /** DID that acts: the transaction's first signer, or the contract that calls. */
  caller: t.text(96),
  /** Organisation that answers for the caller; empty when there is none. */
  organisation: t.text(96),
  /** Roles of that organisation. */
  roles: t.list(t.text(32), 32),
  /** Duties that the organisation gave to the caller. */
  duties: t.list(t.text(32), 32),
  /** All signers of the transaction with their organisations and duties, in order. */
  signers: t.list(
    t.struct({ did: t.text(96), organisation: t.text(96), duties: t.list(t.text(32), 32) }),
    8,
  ),
  /** Name of the contract that calls, empty when a transaction does. */
  via: t.text(64),
  height: t.u64,
  /** Block time, Unix milliseconds. */
  time: t.u64,
  txid: t.hash,
});

/** Who calls a contract, and when. */
export type CallInfo = Infer<typeof callInfoSchema>;

export type { ShapeJson };

/** Who may call a method; one of a method's guards must hold. */
export type Guard =
  | { readonly kind: 'role'; readonly role: string }
  | { readonly kind: 'duty'; readonly duty: string }
  | { readonly kind: 'organisation'; readonly did: string };

/** An ordered index over fields of a table. */
export type IndexManifest = {
  readonly name: string;
  readonly fields: readonly string[];
  readonly unique: boolean;
};

/** A table: rows of one shape under a compound key. */
export type TableManifest = {
  readonly name: string;
  readonly row: ShapeJson;
  readonly key: readonly string[];
  /** Whether rows can be listed in order of key. */
  readonly listed: boolean;
  readonly indexes: readonly IndexManifest[];
};

/** A method: `command` for transactions, `query` for readers, `internal` for other contracts. */
export type MethodManifest = {
  readonly name: string;
  readonly kind: 'command' | 'query' | 'internal';
  readonly args: ShapeJson;
  readonly returns: ShapeJson;
  readonly allow: readonly Guard[];
};

/** What a contract is, as data: the same on chain, in the client and in the documentation. */
export type Manifest = {
  readonly abi: 1;
  readonly name: string;
  readonly tables: readonly TableManifest[];
  readonly events: readonly { readonly name: string; readonly data: ShapeJson }[];
  readonly methods: readonly MethodManifest[];
};
