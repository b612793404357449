import { decode, encode, type Json } from '@hanse/codec';
import { BUNDLE_FORMAT, queryOf, type Bundle, type VerifiedReceipt } from '@hanse/client';
import { equalBytes, fromBase64Url, fromHex, HanseError, must, toHex } from '@hanse/kit';
import {
  coSignatureKeyBytes,
  coSignatureSchema,
  didKeyBytes,
  evidenceSchema,
  genesisSchema,
  linkKeyBytes,
  linkSchema,
  type BlockDetail,
  type BlockProof,
  type CoSignature,
  type Evidence,
  type EvidenceLink,
  type QueryAnswer,
  type RecordAnswer,
  type TxOutcome,
  type TxProof,
} from '@hanse/model';
import { checkBlock, checkFinal, checkReceipt, checkRecord } from '../verify/checks.ts';
import type { RecordProofText } from '../verify/checks.ts';
import { checkEvidence, checkName, type EvidenceFound } from '../verify/evidence.ts';
import { isForgery, Trail, type Missing, type Step, type StepState } from '../verify/trail.ts';
import { toHanseError, type Api } from './http.ts';
import { nameOrDid } from '../i18n/format.ts';
import type { TrustedChain } from './trust.ts';

const ROWS_MAX = 100;
/** Rows whose records are asked for and checked; the rest is listed unverified. */
export const ROWS_CHECKED_MAX = 20;
const WAIT_MS = 10_000;

/** A row that one node lists, and whether the record behind it was proved. */
export type Row<T> = { readonly value: T; readonly state: StepState };

/** A deposit with all that its page shows. */
export type LoadedEvidence = EvidenceFound & {
  readonly id: string;
  /** Height the node answered at. */
  readonly height: number;
  /** Proved names of the depositor and its organisation, by DID. */
  readonly names: ReadonlyMap<string, string>;
  /** What can be saved and checked elsewhere; undefined while a part is not proved. */
  readonly bundle: Bundle | undefined;
};

/** Load a deposit and check it. Rejects with HanseError when the node has no answer. */
export async function loadEvidence(
  api: Api,
  chain: TrustedChain,
  id: string,
  signal: AbortSignal,
): Promise<LoadedEvidence> {
  const idBytes = must(fromHex(id), 'a route holds a hash');
  const answer = await askRecord(api, evidenceKeyText(id), signal);
  const record = mustProof(answer);
  const claimed = claimedEvidence(answer.value);
  const receipt: TxProof | Missing =
    claimed === undefined
      ? { why: 'absent', error: new HanseError('TxUnknown', { txid: '' }) }
      : await askReceipt(api, toHex(claimed.txid), signal);
  const nowMs = Date.now();
  const found = checkEvidence(chain, idBytes, { record, receipt }, { nowMs });
  const { evidence } = found;
  const loaded = { ...found, id, height: answer.height };
  if (evidence === undefined) return { ...loaded, names: new Map(), bundle: undefined };
  const named = await loadNames(api, evidence, signal);
  const trail = new Trail(found.steps);
  const names = trail.check('names', () => namesOf(chain, evidence, named));
  const bundle = 'why' in receipt ? undefined : bundleOf(chain, id, record, receipt, named);
  const steps = [...found.steps, ...trail.steps];
  return { ...loaded, steps, names: names ?? new Map(), bundle };
}

function bundleOf(
  chain: TrustedChain,
  id: string,
  record: RecordProofText,
  receipt: TxProof,
  identities: Readonly<Record<string, RecordProofText>>,
): Bundle {
  const genesis = genesisSchema.toJson(chain.anchor.genesis);
  return { format: BUNDLE_FORMAT, genesis, id, record, receipt, identities, disclosures: [] };
}

async function loadNames(
  api: Api,
  { depositor, organisation }: Evidence,
  signal: AbortSignal,
): Promise<Readonly<Record<string, RecordProofText>>> {
  const dids = [...new Set([depositor, organisation])];
  const proofs = await Promise.all(
    dids.map(async (did): Promise<readonly [string, RecordProofText]> => {
      const answer = await askRecord(api, toHex(didKeyBytes(did)), signal);
      return [did, mustProof(answer)];
    }),
  );
  return Object.fromEntries(proofs);
}

function namesOf(
  chain: TrustedChain,
  { depositor, organisation }: Evidence,
  proofs: Readonly<Record<string, RecordProofText>>,
) {
  const names = new Map(
    Object.entries(proofs).map(([did, proof]) => [did, checkName(chain, did, proof)]),
  );
  const facts = {
    depositor: nameOrDid(names.get(depositor), depositor),
    organisation: nameOrDid(names.get(organisation), organisation),
  };
  return { facts, value: names };
}

/** A record with its proof, by its key in hexadecimal. */
export function askRecord(api: Api, keyHex: string, signal?: AbortSignal): Promise<RecordAnswer> {
  return api.get<RecordAnswer>(`/v1/records/${keyHex}?proof=1`, signal);
}

/** The proof of an answer. Throws NotReady when the node gave none. */
export function mustProof({ proof }: RecordAnswer): RecordProofText {
  if (proof !== undefined) return proof;
  throw new HanseError('NotReady', { reason: 'It gave no proof for this record.' });
}

/** Key of a deposit's record in hexadecimal. */
export function evidenceKeyText(id: string): string {
  return toHex(new TextEncoder().encode(`evidence/deposit/${id}`));
}

/** What the node says the record is: enough to ask for its receipt, and nothing more. */
function claimedEvidence(value: string | null): Evidence | undefined {
  const bytes = value === null ? undefined : fromBase64Url(value);
  const evidence = bytes === undefined ? undefined : decode(evidenceSchema, bytes);
  return evidence?.ok === true ? evidence.value : undefined;
}

async function askReceipt(api: Api, txid: string, signal: AbortSignal): Promise<TxProof | Missing> {
  try {
    const path = `/v1/tx/${txid}?until=proved&waitMs=${WAIT_MS}&proof=1`;
    const outcome = await api.get<TxOutcome>(path, signal);
    if (outcome.state !== 'void' && outcome.state !== 'pending' && outcome.proof !== undefined) {
      return outcome.proof;
    }
    throw new HanseError('NotFinalInTime', { txid, waitMs: WAIT_MS });
  } catch (error) {
    if (signal.aborted) throw error;
    return { why: 'absent', error: toHanseError(error) };
  }
}

/** Co-signatures and links of a deposit, each held against its proved record. */
export type Relations = {
  readonly coSignatures: readonly Row<CoSignature>[];
  readonly links: readonly Row<EvidenceLink>[];
};

/** Load what others say about a deposit. */
export async function loadRelations(
  api: Api,
  chain: TrustedChain,
  id: string,
  signal: AbortSignal,
): Promise<Relations> {
  const idBytes = must(fromHex(id), 'a route holds a hash');
  const page = { id: idBytes, after: undefined, limit: ROWS_MAX };
  const [coSignatures, links] = await Promise.all([
    runQuery(api, queryOf('evidence', 'coSignatures', page), signal),
    runQuery(api, queryOf('evidence', 'links', page), signal),
  ]);
  return {
    coSignatures: await checkRows(coSignatures.rows, (row) => {
      const key = coSignatureKeyBytes(idBytes, row.signer);
      return isProved(api, chain, key, encode(coSignatureSchema, row), signal);
    }),
    links: await checkRows(links.rows, (row) => {
      const key = linkKeyBytes(row.from, row.to, row.relation);
      return isProved(api, chain, key, encode(linkSchema, row), signal);
    }),
  };
}

async function checkRows<T>(
  rows: readonly T[],
  check: (row: T) => Promise<StepState>,
): Promise<readonly Row<T>[]> {
  const states = await Promise.all(rows.slice(0, ROWS_CHECKED_MAX).map(check));
  return rows.map((value, i) => ({ value, state: states[i] ?? 'unverified' }));
}

async function isProved(
  api: Api,
  chain: TrustedChain,
  key: Uint8Array,
  value: Uint8Array,
  signal: AbortSignal,
): Promise<StepState> {
  try {
    const answer = await askRecord(api, toHex(key), signal);
    const { trail, found } = checkRecord(chain, key, mustProof(answer), { nowMs: Date.now() });
    if (trail.steps.some(({ state }) => state === 'forged')) return 'forged';
    if (found?.value === undefined) return 'unverified';
    return equalBytes(found.value, value) ? 'verified' : 'forged';
  } catch (error) {
    if (signal.aborted) throw error;
    return isForgery(error) ? 'forged' : 'unverified';
  }
}

/** A page of deposits, in the order of their ids. */
export async function loadDeposits(
  api: Api,
  after: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<{ readonly rows: readonly Evidence[]; readonly next: Uint8Array | undefined }> {
  return runQuery(api, queryOf('evidence', 'list', { after, limit: 50 }), signal);
}

/** A query as the client makes it. */
export type Asked<T> = {
  readonly contract: string;
  readonly query: string;
  readonly argsSchema: { readonly toJson: (value: unknown) => Json };
  readonly args: unknown;
  readonly readResult: (bytes: Uint8Array) => T;
};

/** Run a query of a contract; its answer is the word of one node. */
export async function runQuery<T>(api: Api, asked: Asked<T>, signal: AbortSignal): Promise<T> {
  const { contract, query, args, argsSchema } = asked;
  const body = { contract, query, args: argsSchema.toJson(args) };
  const answer = await api.post<QueryAnswer>('/v1/query', body, signal);
  const bytes = fromBase64Url(answer.resultBytes);
  if (bytes === undefined) {
    throw new HanseError('Malformed', { object: 'answer of the node', reason: 'no base64url' });
  }
  return asked.readResult(bytes);
}

/** A block with the steps of its proof; none while no later header binds it. */
export type LoadedBlock = {
  readonly detail: BlockDetail;
  readonly steps: readonly Step[];
  /** Why there are no steps yet. */
  readonly waiting: HanseError | undefined;
};

/** Load a block and check that it is the one at its height. */
export async function loadBlock(
  api: Api,
  chain: TrustedChain,
  height: number,
  signal: AbortSignal,
): Promise<LoadedBlock> {
  const detail = await api.get<BlockDetail>(`/v1/blocks/${height}`, signal);
  try {
    const proof = await api.get<BlockProof>(`/v1/blocks/${height}/proof`, signal);
    const { steps } = checkBlock(chain, detail, proof);
    return { detail, steps, waiting: undefined };
  } catch (error) {
    if (signal.aborted) throw error;
    return { detail, steps: [], waiting: toHanseError(error) };
  }
}

/** A transaction as one node reports it, with the steps of its proof once it is proved. */
export type LoadedTx = {
  readonly outcome: TxOutcome;
  readonly steps: readonly Step[];
  readonly verified: VerifiedReceipt | undefined;
};

/** Load a transaction and check its receipt. Rejects with TxUnknown when the node knows of none. */
export async function loadTx(
  api: Api,
  chain: TrustedChain,
  txid: string,
  signal: AbortSignal,
): Promise<LoadedTx> {
  const outcome = await api.get<TxOutcome>(`/v1/tx/${txid}?until=final&proof=1`, signal);
  const hasProof = outcome.state === 'proved' && outcome.proof !== undefined;
  if (!hasProof || outcome.proof === undefined) return { outcome, steps: [], verified: undefined };
  const trail = new Trail();
  checkFinal(trail, chain, outcome.proof.final, undefined);
  const id = must(fromHex(txid), 'a route holds a hash');
  const verified = checkReceipt(trail, chain, id, outcome.proof);
  return { outcome, steps: trail.steps, verified };
}
