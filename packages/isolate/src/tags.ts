/** Tags of the engine's values: the upper half of their 64 bits. Negative ones point to counted objects. */
export const tag = {
  bigInt: -9,
  symbol: -8,
  string: -7,
  rope: -6,
  object: -1,
  int: 0,
  bool: 1,
  null: 2,
  undefined: 3,
  exception: 6,
  shortBigInt: 7,
} as const;

/** Tags from here on, and those below the first, are parts of a float. */
export const TAG_FLOAT = 8;
const TAG_FIRST = tag.bigInt;
/** What the engine takes from the upper half of a float, so that no float looks like a tag. */
export const FLOAT_ADDEND = 0x7ff8_0000 - TAG_FIRST + 1;

/** Whether a tag is part of a float. */
export function isFloat(of: number): boolean {
  return (of - TAG_FIRST) >>> 0 >= TAG_FLOAT - TAG_FIRST;
}

/** Numbers of the engine's classes. */
export const classId = { object: 1, array: 2, error: 3 } as const;
