import { createHashStream } from '@hanse/crypto';

/** What of a file is needed to hash it. */
export type Hashable = { readonly size: number; readonly stream: () => ReadableStream<Uint8Array> };

/** How far a hash is. */
export type HashProgress = { readonly doneBytes: number; readonly sizeBytes: number };

const SLICE_BYTES = 512 * 1024;
const BREATH_MS = 40;

/**
 * Hash of a file under the chain's hash function, piece by piece: a file larger than memory works,
 * and the page stays responsive. Nothing is sent anywhere.
 */
export async function hashFile(
  file: Hashable,
  suite: 'intl' | 'sm',
  options: { readonly onProgress: (progress: HashProgress) => void; readonly signal?: AbortSignal },
): Promise<Uint8Array> {
  const hash = createHashStream(suite);
  const reader = file.stream().getReader();
  let doneBytes = 0;
  let breathAtMs = performance.now();
  try {
    for (;;) {
      options.signal?.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) return hash.digest();
      for (let at = 0; at < value.length; at += SLICE_BYTES) {
        const piece = value.subarray(at, at + SLICE_BYTES);
        hash.update(piece);
        doneBytes += piece.length;
        if (performance.now() - breathAtMs < BREATH_MS) continue;
        options.onProgress({ doneBytes, sizeBytes: file.size });
        await breathe();
        options.signal?.throwIfAborted();
        breathAtMs = performance.now();
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Let the browser paint and answer its user. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
