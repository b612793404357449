import { assert } from '@hanse/kit';
import type { SegmentFiles } from './files.ts';

/** Smallest unit of a file that a power cut keeps or loses as a whole. */
export const SECTOR_BYTES = 512;

/** Decides when a requested sync is done: call `complete` at once or later. */
export type OnSync = (complete: () => void) => void;

/** What a power cut leaves of the bytes that were written and not synced. */
export type CrashOptions = {
  /** Whether a sector that holds unsynced bytes reached the disk. Default: none did. */
  readonly keepSector?: (segment: number, sector: number) => boolean;
};

type MemoryFile = { readonly bytes: Uint8Array; readonly durableBytes: number };
type SyncFault = { readonly afterSyncs: number; readonly reason: string };

/**
 * Segment files in memory, for deterministic tests: syncs complete when the host says so, and the
 * disk fails on request. Nothing here depends on time or chance.
 */
export class MemoryDisk implements SegmentFiles {
  readonly dir = 'memory';
  readonly #files = new Map<number, MemoryFile>();
  readonly #onSync: OnSync;
  #syncFault: SyncFault | undefined;
  #syncs = 0;
  #isDead = false;

  constructor(onSync: OnSync = (complete) => complete()) {
    this.#onSync = onSync;
  }

  /** Syncs completed so far. */
  get syncs(): number {
    return this.#syncs;
  }

  path(segment: number): string {
    return `memory/${segment}`;
  }

  async list(): Promise<readonly number[]> {
    await this.#alive();
    return [...this.#files.keys()].sort((a, b) => a - b);
  }

  async sizeBytes(segment: number): Promise<number> {
    await this.#alive();
    return this.#file(segment).bytes.length;
  }

  async read(segment: number, offset: number, sizeBytes: number): Promise<Uint8Array> {
    await this.#alive();
    return this.#file(segment).bytes.slice(offset, offset + sizeBytes);
  }

  async create(segment: number, header: Uint8Array): Promise<void> {
    await this.#alive();
    this.#files.set(segment, { bytes: header.slice(), durableBytes: header.length });
  }

  async write(segment: number, offset: number, written: Uint8Array): Promise<void> {
    await this.#alive();
    const { bytes, durableBytes } = this.#file(segment);
    assert(offset >= durableBytes, 'what is durable is never written again');
    const grown = new Uint8Array(Math.max(bytes.length, offset + written.length));
    grown.set(bytes);
    grown.set(written, offset);
    this.#files.set(segment, { bytes: grown, durableBytes });
  }

  async sync(segment: number): Promise<void> {
    await this.#alive();
    const reachedBytes = this.#file(segment).bytes.length;
    await new Promise<void>((done) => this.#onSync(done));
    await this.#alive();
    const fault = this.#syncFault;
    if (fault !== undefined && fault.afterSyncs <= this.#syncs) throw new Error(fault.reason);
    this.#syncs++;
    const { bytes, durableBytes } = this.#file(segment);
    this.#files.set(segment, { bytes, durableBytes: Math.max(durableBytes, reachedBytes) });
  }

  async truncate(segment: number, sizeBytes: number): Promise<void> {
    await this.#alive();
    const bytes = this.#file(segment).bytes.slice(0, sizeBytes);
    this.#files.set(segment, { bytes, durableBytes: sizeBytes });
  }

  async remove(segment: number): Promise<void> {
    await this.#alive();
    this.#files.delete(segment);
  }

  async close(): Promise<void> {
    await this.#alive();
  }

  /** Let every sync after the next `afterSyncs` fail, as a broken disk does. */
  failSyncs(afterSyncs = 0, reason = 'EIO: i/o error, fdatasync'): void {
    this.#syncFault = { afterSyncs: this.#syncs + afterSyncs, reason };
  }

  /** Flip bits of a stored byte, as a decaying medium does. */
  flip(segment: number, offset: number, mask = 1): void {
    const { bytes } = this.#file(segment);
    assert(offset < bytes.length, 'the byte exists');
    bytes[offset] = (bytes[offset] ?? 0) ^ mask;
  }

  /**
   * Cut the power: the disk that a restarted process finds. Every later call on this one, and every
   * sync still under way, never returns, as for a process that is gone.
   */
  crash({ keepSector = () => false }: CrashOptions = {}): MemoryDisk {
    this.#isDead = true;
    const survivor = new MemoryDisk(this.#onSync);
    for (const [segment, file] of this.#files) {
      const bytes = afterPowerCut(file, (sector) => keepSector(segment, sector));
      survivor.#files.set(segment, { bytes, durableBytes: bytes.length });
    }
    return survivor;
  }

  /** A copy of the whole disk as it is, as a backup would take it. */
  copy(): MemoryDisk {
    const copy = new MemoryDisk(this.#onSync);
    for (const [segment, { bytes }] of this.#files)
      copy.#files.set(segment, { bytes: bytes.slice(), durableBytes: bytes.length });
    return copy;
  }

  /** A copy whose every byte may be written again, for tests that damage it. */
  rewritable(): MemoryDisk {
    const copy = this.copy();
    for (const [segment, { bytes }] of copy.#files)
      copy.#files.set(segment, { bytes, durableBytes: 0 });
    return copy;
  }

  #file(segment: number): MemoryFile {
    const file = this.#files.get(segment);
    // An error of the storage, as the file system would give it.
    if (file === undefined) throw new Error(`ENOENT: no such file, ${this.path(segment)}`);
    return file;
  }

  async #alive(): Promise<void> {
    if (this.#isDead) await new Promise<never>(() => undefined);
  }
}

function afterPowerCut(file: MemoryFile, isKept: (sector: number) => boolean): Uint8Array {
  const { bytes, durableBytes } = file;
  const out = new Uint8Array(bytes.length);
  out.set(bytes.subarray(0, durableBytes));
  let sizeBytes = durableBytes;
  const last = Math.ceil(bytes.length / SECTOR_BYTES);
  for (let sector = Math.floor(durableBytes / SECTOR_BYTES); sector < last; sector++) {
    if (!isKept(sector)) continue;
    const start = Math.max(durableBytes, sector * SECTOR_BYTES);
    const end = Math.min(bytes.length, (sector + 1) * SECTOR_BYTES);
    out.set(bytes.subarray(start, end), start);
    sizeBytes = Math.max(sizeBytes, end);
  }
  return out.slice(0, sizeBytes);
}
