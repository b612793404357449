import type { ShapeJson } from '@hanse/codec';

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

/** What a contract is, as data: it is deployed with the code, and clients in any language read it. */
export type Manifest = {
  readonly abi: 1;
  readonly name: string;
  readonly tables: readonly TableManifest[];
  readonly events: readonly { readonly name: string; readonly data: ShapeJson }[];
  readonly methods: readonly MethodManifest[];
};
