/** Units that a pack can have: twelve digits, as sub-ranges of bills do. */
export const UNITS_MAX = 999_999_999_999;

/** Latest time in Unix milliseconds that fits a safe integer. */
export const TIME_MAX = Number.MAX_SAFE_INTEGER;

/** Changes of holder that one interval can remember. Guard G4 stops transfers well below it. */
export const HOLDERS_MAX = 16;
