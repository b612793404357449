/**
 * Digest of the whole corpus. It changes with the engine, the metering, the runtime of contracts, the gas
 * of host work, and the corpus; with nothing else. A change is a new engine version.
 */
export const PINNED_DIGEST = '1e9f127155360b1a82520a525cd74516d452c8dc9181bf70e99357e18e29910b';
