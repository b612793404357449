/**
 * The segment files of one log, as the log needs them. `DiskFiles` are real, `MemoryDisk` is not.
 * Every call rejects when the storage fails; the log then treats itself as failed for good.
 */
export type SegmentFiles = {
  /** Where the files are, for messages. */
  readonly dir: string;
  /** Name of a segment's file, for messages. */
  readonly path: (segment: number) => string;
  /** Numbers of the segments, ascending. */
  readonly list: () => Promise<readonly number[]>;
  readonly sizeBytes: (segment: number) => Promise<number>;
  /** Up to `sizeBytes` bytes; fewer only at the end of the file. */
  readonly read: (segment: number, offset: number, sizeBytes: number) => Promise<Uint8Array>;
  /** Make a segment that starts with `header`: durable, and visible only as a whole. */
  readonly create: (segment: number, header: Uint8Array) => Promise<void>;
  /** Write all bytes at an offset; they are durable after the next `sync`. */
  readonly write: (segment: number, offset: number, bytes: Uint8Array) => Promise<void>;
  /** Make everything written to the segment before this call durable. */
  readonly sync: (segment: number) => Promise<void>;
  /** Cut a segment, durably. */
  readonly truncate: (segment: number, sizeBytes: number) => Promise<void>;
  readonly remove: (segment: number) => Promise<void>;
  readonly close: () => Promise<void>;
};
