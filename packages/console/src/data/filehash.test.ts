import { createSuite } from '@hanse/crypto';
import { toHex } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import { hashFile, type HashProgress } from './filehash.ts';

const idle = { onProgress: (): void => undefined };

function fileOf(bytes: Uint8Array, pieceBytes: number) {
  return {
    size: bytes.length,
    stream: () =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (let at = 0; at < bytes.length; at += pieceBytes) {
            controller.enqueue(bytes.slice(at, at + pieceBytes));
          }
          controller.close();
        },
      }),
  };
}

describe.each(['intl', 'sm'] as const)('hash of a file under suite %s', (suite) => {
  it.each([0, 1, 63, 64, 65, 3_000_001])('is the hash of its %i bytes', async (sizeBytes) => {
    const bytes = Uint8Array.from({ length: sizeBytes }, (_, index) => (index * 31) & 0xff);
    const hash = await hashFile(fileOf(bytes, 700_001), suite, idle);
    expect(toHex(hash)).toBe(toHex(createSuite(suite).hash(bytes)));
  });
});

describe('a long file', () => {
  it('tells how far it is, and ends when it is told to', async () => {
    const bytes = new Uint8Array(40_000_000);
    const seen: HashProgress[] = [];
    const controller = new AbortController();
    const hash = hashFile(fileOf(bytes, 1_000_000), 'sm', {
      onProgress: (progress) => {
        seen.push(progress);
        controller.abort();
      },
      signal: controller.signal,
    });
    await expect(hash).rejects.toThrow();
    expect(seen).toHaveLength(1);
    expect(seen[0]?.doneBytes).toBeLessThan(bytes.length);
  });
});
