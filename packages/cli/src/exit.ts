import { isHanseError, type ErrorName } from '@hanse/kit';

/** What the exit code of a command means; see the README. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  needsInput: 4,
  unreachable: 5,
  interrupted: 130,
} as const;

const USAGE: ReadonlySet<ErrorName> = new Set([
  'UsageError',
  'UnknownCommand',
  'FileUnreadable',
  'ConfigInvalid',
  'IdentityUnknown',
  'UnknownContract',
  'UnknownMethod',
  'UnknownQuery',
  'BadArguments',
  'ContractNotBuilt',
  'NotDeterministic',
]);

const UNREACHABLE: ReadonlySet<ErrorName> = new Set([
  'NoNetwork',
  'NodeUnreachable',
  'NotFinalInTime',
  'NotReady',
  'HeightNotReached',
  'PoolFull',
  'NoQuorum',
]);

const CHAIN_CODE_MIN = 3000;
const CHAIN_CODE_END = 5000;

/** The exit code that says what kind of failure an error is. */
export function exitCodeOf(error: unknown): number {
  if (!isHanseError(error)) return exitCodes.failed;
  const name = error.codeName;
  if (name === 'InputNeeded') return exitCodes.needsInput;
  if (USAGE.has(name)) return exitCodes.usage;
  if (UNREACHABLE.has(name)) return exitCodes.unreachable;
  const code = Number(error.code.slice('HANSE-'.length));
  return code >= CHAIN_CODE_MIN && code < CHAIN_CODE_END ? exitCodes.refused : exitCodes.failed;
}
