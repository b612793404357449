const MIB = 1024 * 1024;

/** Every size this package reads up to. Over one, a document is refused by name. */
export const einvoiceBounds = {
  /** A document has fewer bytes than this, before and after it is taken out of an archive. */
  documentBytes: 10_000_000,
  /** Elements, attributes, comments and processing instructions together. */
  nodesMax: 50_000,
  depthMax: 100,
  attributesPerElementMax: 64,
  attributeCharsMax: 65_536,
  textCharsMax: 256 * 1024,
  nameCharsMax: 256,
  findingsMax: 200,
  /** Characters of a document that a finding quotes. */
  quoteCharsMax: 80,
  fileNameCharsMax: 255,
  zipEntriesMax: 512,
  zipNameBytesMax: 255,
  zipTotalBytesMax: 64 * MIB,
  /** Expansion allowed to entries that inflate to more than `zipRatioFreeBytes`. */
  zipRatioMax: 250,
  zipRatioFreeBytes: MIB,
  /** Digits of an amount before its decimal point. */
  amountDigitsMax: 18,
  /** Letters and digits of a normalised invoice number or identifier. */
  keyPartCharsMax: 64,
  /** Letters and digits of a normalised name. */
  keyNameCharsMax: 128,
  /** Identifiers of one party that are read. */
  partyIdsMax: 16,
} as const;
