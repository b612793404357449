import { isJsonObject, type Json } from '@hanse/codec';
import { toHex, type HanseError } from '@hanse/kit';
import { checkBundle, type BundleFound } from '../verify/evidence.ts';
import { hashFile, type HashProgress } from './filehash.ts';
import { toHanseError, type Api } from './http.ts';
import { loadEvidence, type LoadedEvidence } from './load.ts';
import type { TrustedChain } from './trust.ts';

/** How far the check of a dropped file is, and what came of it. */
export type FileState =
  | { readonly kind: 'hashing'; readonly progress: HashProgress }
  | { readonly kind: 'looking'; readonly hash: string }
  | { readonly kind: 'found'; readonly hash: string; readonly loaded: LoadedEvidence }
  | { readonly kind: 'bundle'; readonly found: BundleFound }
  | { readonly kind: 'failed'; readonly hash: string | undefined; readonly error: HanseError };

/** A file as the browser hands it over. */
export type DroppedFile = {
  readonly name: string;
  readonly size: number;
  readonly stream: () => ReadableStream<Uint8Array>;
  readonly text: () => Promise<string>;
};

const BUNDLE_BYTES_MAX = 16_000_000;

/**
 * Rule `local file`: hash a file here and ask by its hash alone; a bundle is checked without asking.
 * Never rejects: what goes wrong is a state, too.
 */
export async function checkFile(
  file: DroppedFile,
  context: { readonly api: Api; readonly chain: TrustedChain; readonly signal: AbortSignal },
  onState: (state: FileState) => void,
): Promise<void> {
  const { api, chain, signal } = context;
  let hash: string | undefined;
  try {
    const document = await readBundleDocument(file);
    if (document !== undefined) {
      const found = checkBundle(document, chain.trust, Date.now(), undefined);
      onState({ kind: 'bundle', found });
      return;
    }
    onState({ kind: 'hashing', progress: { doneBytes: 0, sizeBytes: file.size } });
    const onProgress = (progress: HashProgress): void => onState({ kind: 'hashing', progress });
    const { suite } = chain.anchor.genesis;
    hash = toHex(await hashFile(file, suite, { onProgress, signal }));
    onState({ kind: 'looking', hash });
    const loaded = await loadEvidence(api, chain, hash, signal);
    onState({ kind: 'found', hash, loaded });
  } catch (error) {
    if (!signal.aborted) onState({ kind: 'failed', hash, error: toHanseError(error) });
  }
}

/** The JSON of a file that calls itself an evidence bundle; undefined for any other file. */
async function readBundleDocument(file: DroppedFile): Promise<Json | undefined> {
  if (!file.name.toLowerCase().endsWith('.json') || file.size > BUNDLE_BYTES_MAX) return undefined;
  return parseBundleText(await file.text());
}

/** The JSON of a text that calls itself an evidence bundle; undefined for any other text. */
export function parseBundleText(text: string): Json | undefined {
  try {
    const document = JSON.parse(text) as Json;
    if (!isJsonObject(document) || typeof document['format'] !== 'string') return undefined;
    return document['format'].startsWith('hanse-evidence/') ? document : undefined;
  } catch {
    return undefined;
  }
}
