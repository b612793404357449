import { isJsonObject, type Json } from '@hanse/codec';
import { toHex } from '@hanse/kit';
import type { ImportResult } from '@hanse/einvoice';
import type { FieldValue } from '@hanse/client';
import { hashFile } from '../data/filehash.ts';
import { parseBundleText, type DroppedFile } from '../data/filecheck.ts';
import type { TrustedChain } from '../data/trust.ts';
import { checkBundle } from '../verify/evidence.ts';
import { verdictOf } from '../verify/trail.ts';
import { isKeyFile } from './keyfile.ts';

/** What a reader opened: an invoice as its file says it, or the fields that a bundle discloses and proves. */
export type LocalDocument =
  | { readonly kind: 'invoice'; readonly name: string; readonly result: ImportResult }
  | {
      readonly kind: 'fields';
      readonly name: string;
      readonly fields: readonly { readonly path: string; readonly value: FieldValue }[];
    };

/** What became of opening a file. */
export type Opened =
  | { readonly kind: 'opened'; readonly id: string; readonly document: LocalDocument }
  /** The file is none of the documents behind what the page shows. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unproved' }
  | { readonly kind: 'too-large' }
  /** A secret: it is not read, and the page says where it belongs. */
  | { readonly kind: 'key' };

/** Reading a larger one would hold the page up. */
export const DOCUMENT_BYTES_MAX = 4_000_000;

/**
 * Rule `own documents`: what the reader opened, by the hash of the file. It lies in the page's memory only;
 * no request carries any of it, not even the hash.
 */
export class Documents {
  readonly #readers = new Set<() => void>();
  #known: ReadonlyMap<string, LocalDocument> = new Map();

  readonly subscribe = (reader: () => void): (() => void) => {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  };

  readonly snapshot = (): ReadonlyMap<string, LocalDocument> => this.#known;

  add(id: string, document: LocalDocument): void {
    this.#known = new Map([...this.#known, [id, document]]);
    this.#tell();
  }

  /** Forget everything. */
  clear(): void {
    this.#known = new Map();
    this.#tell();
  }

  #tell(): void {
    for (const reader of this.#readers) reader();
  }
}

/** The page's documents. */
export const documents = new Documents();

/**
 * Open a file of the reader's: read it when its hash is that of a document on this page, or when it is a bundle of
 * one. Never sends anything.
 */
export async function openDocument(
  chain: TrustedChain,
  file: DroppedFile & Pick<File, 'arrayBuffer'>,
  wanted: ReadonlySet<string>,
): Promise<Opened> {
  if (file.size > DOCUMENT_BYTES_MAX) return { kind: 'too-large' };
  const text = file.name.toLowerCase().endsWith('.json') ? await file.text() : '';
  if (isKeyFile(text)) return { kind: 'key' };
  const bundle = parseBundleText(text);
  if (bundle !== undefined) return openBundle(chain, file.name, bundle, wanted);
  const { suite } = chain.anchor.genesis;
  const id = toHex(await hashFile(file, suite, { onProgress: () => undefined }));
  if (!wanted.has(id)) return { kind: 'unknown' };
  // The importer is as large as a page; it is loaded when somebody opens an invoice.
  const { importDocument } = await import('@hanse/einvoice');
  const bytes = new Uint8Array(await file.arrayBuffer());
  const result = importDocument(bytes, { fileName: file.name });
  return { kind: 'opened', id, document: { kind: 'invoice', name: file.name, result } };
}

function openBundle(
  chain: TrustedChain,
  name: string,
  bundle: Json,
  wanted: ReadonlySet<string>,
): Opened {
  const id = isJsonObject(bundle) ? bundle['id'] : undefined;
  if (typeof id !== 'string' || !wanted.has(id)) return { kind: 'unknown' };
  const { steps, fields } = checkBundle(bundle, chain.trust, Date.now(), undefined);
  if (verdictOf(steps) !== 'verified') return { kind: 'unproved' };
  return { kind: 'opened', id, document: { kind: 'fields', name, fields } };
}
