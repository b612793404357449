import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { SegmentFiles } from './files.ts';

const NAME = /^(\d{8})\.log$/;
const TEMPORARY = /^\d{8}\.log\.new$/;
const HANDLES_MAX = 16;

/** Segment files in a folder of the real file system. */
export class DiskFiles implements SegmentFiles {
  readonly dir: string;
  /** Open files, the longest unused first. */
  readonly #handles = new Map<number, Promise<FileHandle>>();

  private constructor(dir: string) {
    this.dir = dir;
  }

  /** Use a folder, made when it is absent. Removes what an interrupted rotation left. */
  static async open(dir: string): Promise<DiskFiles> {
    await mkdir(dir, { recursive: true });
    for (const name of await readdir(dir)) if (TEMPORARY.test(name)) await rm(join(dir, name));
    return new DiskFiles(dir);
  }

  path(segment: number): string {
    return join(this.dir, `${String(segment).padStart(8, '0')}.log`);
  }

  async list(): Promise<readonly number[]> {
    const names = await readdir(this.dir);
    return names
      .flatMap((name) => NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  async sizeBytes(segment: number): Promise<number> {
    return (await (await this.#handle(segment)).stat()).size;
  }

  async read(segment: number, offset: number, sizeBytes: number): Promise<Uint8Array> {
    const handle = await this.#handle(segment);
    const bytes = new Uint8Array(sizeBytes);
    let filled = 0;
    while (filled < sizeBytes) {
      const { bytesRead } = await handle.read(bytes, filled, sizeBytes - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled === sizeBytes ? bytes : bytes.subarray(0, filled);
  }

  async create(segment: number, header: Uint8Array): Promise<void> {
    const path = this.path(segment);
    const temporary = await open(`${path}.new`, 'w', 0o600);
    try {
      await temporary.writeFile(header);
      await temporary.sync();
    } finally {
      await temporary.close();
    }
    await rename(`${path}.new`, path);
    await syncDirectory(this.dir);
  }

  async write(segment: number, offset: number, bytes: Uint8Array): Promise<void> {
    const handle = await this.#handle(segment);
    let written = 0;
    while (written < bytes.length) {
      const left = bytes.length - written;
      written += (await handle.write(bytes, written, left, offset + written)).bytesWritten;
    }
  }

  async sync(segment: number): Promise<void> {
    await (await this.#handle(segment)).datasync();
  }

  async truncate(segment: number, sizeBytes: number): Promise<void> {
    const handle = await this.#handle(segment);
    await handle.truncate(sizeBytes);
    await handle.sync();
  }

  async remove(segment: number): Promise<void> {
    const handle = this.#handles.get(segment);
    this.#handles.delete(segment);
    if (handle !== undefined) await (await handle).close();
    await rm(this.path(segment));
    await syncDirectory(this.dir);
  }

  async close(): Promise<void> {
    const handles = [...this.#handles.values()];
    this.#handles.clear();
    for (const handle of handles) await (await handle).close();
  }

  /** The open file of a segment. A promise is kept, so that two callers never open it twice. */
  async #handle(segment: number): Promise<FileHandle> {
    const known = this.#handles.get(segment);
    const handle = known ?? open(this.path(segment), 'r+');
    this.#handles.delete(segment);
    this.#handles.set(segment, handle);
    if (known === undefined) this.#closeOldest();
    try {
      return await handle;
    } catch (error) {
      this.#handles.delete(segment);
      throw error;
    }
  }

  /** Dropped handles close by themselves once their last operation is done. */
  #closeOldest(): void {
    if (this.#handles.size <= HANDLES_MAX) return;
    const [oldest] = this.#handles;
    if (oldest === undefined) return;
    const [segment, handle] = oldest;
    this.#handles.delete(segment);
    void handle.then((open) => open.close()).catch(() => undefined);
  }
}

/** Make creations, renames and removals in a folder durable. */
export async function syncDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
