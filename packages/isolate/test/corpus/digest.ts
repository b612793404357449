/**
 * Digest of the whole corpus. It changes with the engine, the metering, the runtime of contracts, the gas
 * of host work, and the corpus; with nothing else. A change is a new engine version.
 */
export const PINNED_DIGEST = 'x';
