/** Wall and monotonic time, injected wherever time is needed. */
export type Clock = {
  /** Unix time in milliseconds, whole. */
  readonly nowMs: () => number;
};

/** Source of unpredictable bytes. */
export type Random = {
  readonly bytes: (sizeBytes: number) => Uint8Array;
};

/** How loud a log line is. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Structured log: one event name and flat fields, never per transaction. */
export type Log = (
  level: LogLevel,
  event: string,
  fields?: Readonly<Record<string, LogField>>,
) => void;
/** A value of a log field. */
export type LogField = string | number | boolean | bigint | undefined;

/** A log that keeps nothing, for tests and tools. */
export const silentLog: Log = () => {};
