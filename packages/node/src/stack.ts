/**
 * Stack in MiB of a thread that runs contracts: so much that the engine's own limit comes first on every
 * machine. The main thread must not run any.
 */
export const CONTRACT_STACK_MIB = 16;
