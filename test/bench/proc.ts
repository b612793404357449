import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** CPU time a process has used so far, all threads, in microseconds. 0 for one that is gone. */
export function cpuUs(pid: number): number {
  return ticksOf(`/proc/${pid}/stat`) * (1_000_000 / TICKS_PER_SECOND);
}

/** CPU time per thread in microseconds; the main thread has the id of the process. */
export function threadCpuUs(pid: number): ReadonlyMap<number, number> {
  try {
    return new Map(
      readdirSync(`/proc/${pid}/task`).map((tid) => [
        Number(tid),
        ticksOf(`/proc/${pid}/task/${tid}/stat`) * (1_000_000 / TICKS_PER_SECOND),
      ]),
    );
  } catch {
    return new Map();
  }
}

/** Memory of a process in bytes; zeros for one that is gone. */
export type ProcessMemory = {
  /** Everything that is resident. */
  readonly resident: number;
  /**
   * What the process holds for itself. The rest is files it has mapped: programs, and the tables of the
   * state, which are page cache that the kernel takes back when it needs room.
   */
  readonly own: number;
};

/** Memory of a process. */
export function memoryOf(pid: number): ProcessMemory {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    const bytesOf = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
    return { resident: bytesOf('VmRSS'), own: bytesOf('RssAnon') };
  } catch {
    return { resident: 0, own: 0 };
  }
}

function ticksOf(path: string): number {
  try {
    // The name in parentheses may hold spaces; user and system time are the 12th and 13th after it.
    const text = readFileSync(path, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}
