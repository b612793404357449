export { crc32c } from './crc32c.ts';
export type { SegmentFiles } from './files.ts';
export type { KvEntry, KvRange, KvSnapshot, KvStore, KvWrite } from './kv.ts';
export { LevelKv, type LevelKvOptions } from './levelkv.ts';
export { lockFolder, type FolderLock } from './lock.ts';
export { BlockLog, type BlockLogOptions } from './log.ts';
export { MemoryDisk, type CrashOptions, type OnSync } from './memorydisk.ts';
export { MemoryKv, type KvCrashOptions } from './memorykv.ts';
export {
  comparePositions,
  decodePosition,
  encodePosition,
  POSITION_BYTES,
  type Position,
} from './position.ts';
export type { OnRecord } from './recover.ts';
export type { LogScrub } from './scrub.ts';
