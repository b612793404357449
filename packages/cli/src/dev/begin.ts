import { callOf, type Client } from '@hanse/client';
import { fromJson, isJsonArray } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { HanseError, isHanseError } from '@hanse/kit';
import { didOf, inceptionSchema, type Head, type Inception } from '@hanse/model';
import { readJsonIfPresent } from '../files.ts';
import type { IdentityStore } from '../identities.ts';
import { NETWORK } from './make.ts';

const ASK_MS = 30_000;
const LINKS_MS = 15_000;
const POLL_MS = 100;
/** Duty of people who sign upgrades for their organisation. */
const DEPLOYER = 'deployer';

/** How the chain stands when the network is up. */
export type Beginning =
  /** A new chain: its first block, and who of how many signed it. */
  | { readonly kind: 'first'; readonly height: number; readonly signers: number }
  | { readonly kind: 'continued'; readonly height: number };

/**
 * Wait until the chain works. On a new one the organisations register their operators: when that is
 * proved, everything from signature to proof has been used once. Throws why there is no block.
 */
export async function beginChain(options: {
  readonly client: Client;
  readonly suite: Suite;
  readonly identities: IdentityStore;
  readonly operatorsFile: string;
  /** How many validators run. */
  readonly running: number;
  readonly signal: AbortSignal;
}): Promise<Beginning> {
  const { client, suite, identities, operatorsFile, running, signal } = options;
  const head = await waitForLinks(client, running, signal);
  const reached = { height: newestHeight(head), signal };
  const missing: { readonly did: string; readonly inception: Inception }[] = [];
  for (const inception of readOperators(operatorsFile)) {
    const did = didOf(suite, NETWORK, inception);
    if (!(await isRegistered(client, did, reached))) missing.push({ did, inception });
  }
  if (missing.length === 0) return { kind: 'continued', height: reached.height };
  try {
    await Promise.all(
      missing.map(async ({ did, inception }) => {
        const controller = identities.byDid(inception.controllers[0] ?? '');
        if (controller === undefined) return;
        const signer = await identities.signer(suite, controller.name);
        const submit = { signers: [signer], idempotencyKey: `dev/operator/${did}`, signal };
        // Operators may sign upgrades of contracts for their organisations.
        const duty = callOf('roles', 'grantDuty', { did, duty: DEPLOYER });
        const register = callOf('identity', 'register', { inception });
        await client.transact([register.call, duty.call], { ...submit, timeoutMs: ASK_MS });
      }),
    );
  } catch (error) {
    throw await whyNot(client, error);
  }
  const first = await client.block(1);
  return { kind: 'first', height: first.height, signers: first.signers.length };
}

/** Wait until the running validators see each other, or for as long as that may take. */
async function waitForLinks(client: Client, running: number, signal: AbortSignal): Promise<Head> {
  const endMs = Date.now() + LINKS_MS;
  for (;;) {
    const head = await client.head({ signal, timeoutMs: LINKS_MS });
    const seen = head.validators.filter((one) => one.self || one.connected).length;
    if (seen >= running || Date.now() > endMs) return head;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    signal.throwIfAborted();
  }
}

/** Height that any validator is known to have reached: one that rejoins may lie far behind. */
function newestHeight({ height, validators }: Head): number {
  return Math.max(height, ...validators.map((one) => one.executedHeight));
}

async function isRegistered(
  client: Client,
  did: string,
  { height, signal }: { readonly height: number; readonly signal: AbortSignal },
): Promise<boolean> {
  try {
    const options = { signal, minHeight: height, timeoutMs: ASK_MS };
    await client.query('identity', 'get', { did }, options);
    return true;
  } catch (error) {
    const isAbsent =
      isHanseError(error) && ['DidUnknown', 'RecordUnknown'].includes(error.codeName);
    if (isAbsent) return false;
    throw error;
  }
}

function readOperators(path: string): readonly Inception[] {
  const json = readJsonIfPresent(path) ?? [];
  if (!isJsonArray(json)) throw damaged(path, 'it is no list');
  return json.map((one) => {
    const inception = fromJson(inceptionSchema, one);
    if (!inception.ok) throw damaged(path, inception.error);
    return inception.value;
  });
}

function damaged(path: string, reason: string): HanseError {
  return new HanseError('FileCorrupt', { path, reason });
}

/** Why no block came, in the words of a node; the error itself when no node knows better. */
async function whyNot(client: Client, error: unknown): Promise<unknown> {
  const isLate = isHanseError(error) && error.codeName === 'NotFinalInTime';
  if (!isLate) return error;
  try {
    const why = await client.why({ timeoutMs: 2_000 });
    if (why.healthy) return error;
    return new HanseError(
      'NoQuorum',
      {
        voting: why.voting,
        validators: why.voting + why.silent.length,
        quorum: why.quorum,
        silent: why.silent.join(', '),
      },
      error,
    );
  } catch {
    return error;
  }
}
