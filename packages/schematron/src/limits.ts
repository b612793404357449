const MIB = 1024 * 1024;

/** Bounds of a rule file. The published EN 16931 files have 0.3 MB, 1,000 checks and 100 rules. */
export const packLimits = {
  textBytesMax: 8 * MIB,
  nodesMax: 200_000,
  depthMax: 32,
  rulesMax: 5_000,
  checksMax: 20_000,
  expressionCharsMax: 64 * 1024,
  nestingMax: 64,
  chainMax: 600,
} as const;

/** Bounds of a document. */
export type DocumentLimits = {
  readonly bytesMax: number;
  readonly depthMax: number;
  /** Elements, attributes, texts, comments and instructions together. */
  readonly nodesMax: number;
};

/** Bounds of one check of a document. */
export type CheckLimits = DocumentLimits & {
  /** Nodes visited, items made and characters read (64 for a step) by all rules together. */
  readonly stepsMax: number;
  /** Places listed; ids are always complete. */
  readonly findingsMax: number;
};

/** Bounds that fit invoices with attachments and end the worst check within about two seconds. */
export const checkLimits: CheckLimits = {
  bytesMax: 10 * MIB,
  depthMax: 64,
  nodesMax: 200_000,
  stepsMax: 20_000_000,
  findingsMax: 1_000,
};

/** Digits of a decimal, before and after the point each. */
export const DECIMAL_DIGITS_MAX = 200;

/** Items of a sequence that is being made. */
export const SEQUENCE_ITEMS_MAX = 1_000_000;

/** Instructions of a compiled regular expression. */
export const REGEX_SIZE_MAX = 4_000;

/** Groups of a regular expression: each match carries their places along. */
export const REGEX_GROUPS_MAX = 50;

/** Calls of functions inside functions. */
export const CALL_DEPTH_MAX = 64;
