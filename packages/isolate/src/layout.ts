/** Bytes of a page of WebAssembly memory. */
export const PAGE_BYTES = 65_536;
/** Pages that a program has in all: stack, engine, its own values. 16 MiB. */
export const PAGES_MAX = 256;
/** Pages above them, through which host and engine hand values to each other. */
export const IO_PAGES = 4;

/** The engine's stack lies below its data and grows down to `STACK_LIMIT`; below that a run ends. */
export const STACK_TOP = 1_048_576;
export const STACK_LIMIT = STACK_TOP - 262_144;
/** A function that calls nothing may use so much below the stack pointer without moving it. */
export const RED_ZONE_BYTES = 128;

/** Where the range of the host starts and ends. */
export const IO_START = PAGES_MAX * PAGE_BYTES;
export const IO_END = IO_START + IO_PAGES * PAGE_BYTES;

/**
 * Fixed places in the range of the host. A value of the engine takes 8 bytes: payload, then tag.
 */
export const io = {
  /** What a host function returns. */
  result: IO_START,
  /** Length that the engine writes beside a pointer. */
  length: IO_START + 8,
  /** The exception that ended a run. */
  exception: IO_START + 16,
  /** The function to call, and what is `this`. */
  callee: IO_START + 24,
  receiver: IO_START + 32,
  /** A property as the engine describes it: flags, then at 8 the value, getter and setter. */
  property: IO_START + 64,
  /** Arguments of a call. */
  args: IO_START + 128,
  /** Values while they are built or read; a stack. */
  slots: IO_START + 1_024,
  slotsEnd: IO_START + 131_072,
  /** Bytes of values on their way in. */
  bytes: IO_START + 131_072,
  bytesEnd: IO_END,
} as const;
