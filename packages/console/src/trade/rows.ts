import { decode, encode } from '@hanse/codec';
import { equalBytes, HanseError, toHex } from '@hanse/kit';
import { loadContract, rowKeyBytes } from '../data/contracts.ts';
import type { Api } from '../data/http.ts';
import { askRecord, mustProof } from '../data/load.ts';
import type { TrustedChain } from '../data/trust.ts';
import { checkRecord } from '../verify/checks.ts';
import { Trail, type Step } from '../verify/trail.ts';

/** What checks of rows need. */
export type Checking = {
  readonly api: Api;
  readonly chain: TrustedChain;
  readonly signal: AbortSignal;
};

/** A row as one node lists it, with the steps of its proof. */
export type CheckedRow<R> = { readonly row: R; readonly steps: readonly Step[] };

/** Where a row was listed: contract and table, and the height the node answered at. */
export type RowPlace = {
  readonly contract: string;
  readonly table: string;
  readonly height: number;
};

/**
 * Rule `proved rows`: hold a row of a list against its record in the state. A row that differs from an
 * older state than the one that was listed is not judged. Rejects only when the signal aborts.
 */
export async function checkRow(
  { api, chain, signal }: Checking,
  place: RowPlace,
  row: Readonly<Record<string, unknown>>,
): Promise<readonly Step[]> {
  try {
    const { tables } = await loadContract(api, chain, place.contract);
    const table = tables[place.table];
    if (table === undefined) throw unreadable(`there is no table ${place.table}`);
    const key = rowKeyBytes(table, row);
    const answer = await askRecord(api, toHex(key), signal);
    const { trail, found } = checkRecord(chain, key, mustProof(answer), { nowMs: Date.now() });
    if (found === undefined) return trail.steps;
    const bound = found.height;
    const bytes = found.value;
    if (bytes !== undefined && equalBytes(bytes, encode(table.row, row))) return trail.steps;
    const before = trail.steps.slice(0, -1);
    if (bound < place.height) {
      const missing = { why: 'newer', height: place.height, bound } as const;
      return [...before, { name: 'record', state: 'unverified', missing }];
    }
    // What an earlier version of the contract wrote, or a later one, may not be readable by this one.
    const isReadable = bytes === undefined || decode(table.row, bytes).ok;
    const error = isReadable
      ? new HanseError('ProofMismatch', { object: 'row', root: 'record in the state' })
      : unreadable('the row was written by another version of the contract');
    return isReadable
      ? [...before, { name: 'record', state: 'forged', error }]
      : [...before, { name: 'record', state: 'unverified', missing: { why: 'absent', error } }];
  } catch (error) {
    if (signal.aborted) throw error;
    const trail = new Trail();
    trail.check('record', () => {
      throw error;
    });
    return trail.steps;
  }
}

/** {@link checkRow} for the first rows of a list; the others have no steps. */
export async function checkRows<R extends Readonly<Record<string, unknown>>>(
  checking: Checking,
  place: RowPlace,
  rows: readonly R[],
  max: number,
): Promise<readonly CheckedRow<R>[]> {
  const steps = await Promise.all(rows.slice(0, max).map((row) => checkRow(checking, place, row)));
  return rows.map((row, i) => ({ row, steps: steps[i] ?? [] }));
}

function unreadable(reason: string): HanseError {
  return new HanseError('ProofMalformed', { reason });
}
