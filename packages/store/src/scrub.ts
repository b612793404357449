import type { SegmentFiles } from './files.ts';
import type { Position } from './position.ts';
import { logCorrupt, readHeader } from './recover.ts';
import { SegmentScanner } from './scanner.ts';
import { HEADER_BYTES } from './segment.ts';

/** What a scrub of a log has read. */
export type LogScrub = { readonly segments: number; readonly records: number };

const CHUNK_BYTES = 256 * 1024;

/**
 * Read a log from its first segment up to `end` and check every record, one chunk at a time with `pause`
 * between. Throws LogCorrupt naming the place.
 */
export async function scrubLog(
  files: SegmentFiles,
  options: {
    readonly chainId: Uint8Array;
    /** Everything before it was written. */
    readonly end: Position;
    readonly pause: () => Promise<void>;
  },
): Promise<LogScrub> {
  const { chainId, end, pause } = options;
  const segments = (await files.list()).filter((segment) => segment <= end.segment);
  let records = 0;
  let previous: number | undefined;
  for (const segment of segments) {
    const header = await readHeader(files, segment, chainId);
    if (previous !== undefined && header.previous !== previous)
      throw logCorrupt(files, segment, 0, 'it does not continue the segment before it');
    const scanner = new SegmentScanner(header, HEADER_BYTES, header.crc);
    const endBytes = segment === end.segment ? end.offset : await files.sizeBytes(segment);
    for (let at = HEADER_BYTES; at < endBytes && scanner.damage === undefined; at += CHUNK_BYTES) {
      const chunk = await files.read(segment, at, Math.min(CHUNK_BYTES, endBytes - at));
      for (const _ of scanner.feed(chunk)) records++;
      await pause();
    }
    scanner.end();
    const { damage } = scanner;
    if (damage !== undefined) throw logCorrupt(files, segment, damage.offset, damage.reason);
    if (scanner.offset < endBytes)
      throw logCorrupt(files, segment, scanner.offset, 'the file ends too early');
    previous = scanner.previous;
  }
  return { segments: segments.length, records };
}
