import type { Language } from '@hanse/kit';

const SHORT_START = 8;
const SHORT_END = 4;

/** A hash or id cut in the middle for people; whole where it must be copied. */
export function shortId(id: string): string {
  if (id.length <= SHORT_START + SHORT_END + 1) return id;
  return `${id.slice(0, SHORT_START)}…${id.slice(-SHORT_END)}`;
}

/** A DID cut in the middle, its prefix left out. */
export function shortDid(did: string): string {
  return shortId(did.split(':').at(-1) ?? did);
}

/** Unix milliseconds as UTC without milliseconds. */
export function formatTime(timeMs: number): string {
  const date = new Date(timeMs);
  return Number.isNaN(date.getTime())
    ? String(timeMs)
    : date
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, ' UTC');
}

/** A duration: `212 ms`, `1.9 s`, `4 min`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)} ms`;
  if (durationMs < 10_000) return `${(durationMs / 1_000).toFixed(1)} s`;
  if (durationMs < 120_000) return `${Math.round(durationMs / 1_000)} s`;
  return `${Math.round(durationMs / 60_000)} min`;
}

/** A number of bytes in binary units. */
export function formatBytes(sizeBytes: number): string {
  if (sizeBytes < 1_024) return `${sizeBytes} B`;
  if (sizeBytes < 1_048_576) return `${(sizeBytes / 1_024).toFixed(1)} KiB`;
  if (sizeBytes < 1_073_741_824) return `${(sizeBytes / 1_048_576).toFixed(1)} MiB`;
  return `${(sizeBytes / 1_073_741_824).toFixed(1)} GiB`;
}

/** A whole number with separators of thousands. */
export function formatCount(value: number, language: Language): string {
  return new Intl.NumberFormat(language).format(value);
}
