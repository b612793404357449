import type { Suite } from '@hanse/crypto';
import { assert, equalBytes, limits, must, toHex } from '@hanse/kit';
import {
  openEnvelope,
  type Header,
  type OpenEnvelope,
  type Receipt,
  type Sealed,
  type Tx,
} from '@hanse/model';
import { Overlay } from './overlay.ts';
import type { ErrorRefusal, Execution, Executor, StateRead } from './ports.ts';
import type { Receipts } from './receipts.ts';
import type { VoidTx } from './spent.ts';
import type { State, StateWrite } from './state.ts';
import { saltMark, type SaltWindow, type UsedSalt } from './window.ts';

/** A final block as the ledger applies it: its envelopes in order of execution. */
export type LedgerBlock = {
  readonly header: Header;
  readonly digest: Uint8Array;
  readonly envelopes: readonly Uint8Array[];
};

/** What executing the transactions of a block came to. */
export type BlockRun = {
  readonly receipts: readonly Receipt[];
  readonly voids: readonly VoidTx[];
  readonly salts: readonly UsedSalt[];
  /** Number of transactions skipped because they had been executed before. */
  readonly duplicates: number;
  readonly writes: Iterable<StateWrite>;
};

/** What execution reads besides the block. */
export type ExecutionParts = {
  readonly suite: Suite;
  readonly chainId: Uint8Array;
  readonly executor: Executor;
  readonly state: State;
  readonly window: SaltWindow;
  readonly receipts: Receipts;
};

/** Execute the transactions of a block in order. The state is not changed; the window is. */
export function executeBlock(parts: ExecutionParts, block: LedgerBlock): BlockRun {
  const run = new Run(parts, block.header);
  for (const bytes of block.envelopes) {
    const open = openEnvelope(parts.suite, parts.chainId, bytes);
    // A batch with such an envelope is invalid as a whole and never gets into a block.
    assert(open.ok, `an ordered envelope is well formed: ${open.ok ? '' : open.error}`);
    run.envelope(open.value);
  }
  return run.result();
}

/** Why a transaction's time does not fit a block time, if it does not. */
export function timeRefusal(tx: Tx, time: number): ErrorRefusal | undefined {
  const { validUntil } = tx;
  const params = { validUntil: String(validUntil), now: String(time) };
  if (validUntil < time) return { code: 'Expired', params };
  if (validUntil <= time + limits.txLifetimeMsMax) return undefined;
  return { code: 'TooFarAhead', params: { ...params, limit: String(limits.txLifetimeMsMax) } };
}

/** Rule before the block: why one of an envelope's keys may not sign, if one may not. */
export function signerRefusal(
  executor: Executor,
  before: StateRead,
  open: OpenEnvelope,
): ErrorRefusal | undefined {
  const signers = open.txs[0]?.value.signers ?? [];
  for (const [i, signer] of signers.entries()) {
    const { alg, publicKey } = must(open.envelope.signatures[i], 'a signature per signer');
    const refusal = executor.authorize(before, signer, alg, publicKey);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** The mark of what a transaction uses up. */
export function markOf(suite: Suite, tx: Tx): Uint8Array {
  return saltMark(suite, must(tx.signers[0], 'a transaction has a signer').did, tx.salt);
}

/** The refusal of a salt that another transaction used. */
export function saltReused(first: Uint8Array): ErrorRefusal {
  return { code: 'SaltReused', params: { first: toHex(first) } };
}

class Run {
  readonly #parts: ExecutionParts;
  readonly #header: Header;
  readonly #before: StateRead;
  readonly #overlay: Overlay;
  readonly #receipts: Receipt[] = [];
  readonly #voids: VoidTx[] = [];
  readonly #salts: UsedSalt[] = [];
  #duplicates = 0;

  constructor(parts: ExecutionParts, header: Header) {
    const height = header.height - 1;
    this.#parts = parts;
    this.#header = header;
    this.#before = { height, get: (key) => parts.state.get(key) };
    this.#overlay = new Overlay(parts.state, height);
  }

  envelope(open: OpenEnvelope): void {
    const refusal = signerRefusal(this.#parts.executor, this.#before, open);
    for (const tx of open.txs) this.#transaction(tx, refusal);
  }

  result(): BlockRun {
    return {
      receipts: this.#receipts,
      voids: this.#voids,
      salts: this.#salts,
      duplicates: this.#duplicates,
      writes: this.#overlay.writes(),
    };
  }

  #transaction(tx: Sealed<Tx>, signers: ErrorRefusal | undefined): void {
    const { suite, window } = this.#parts;
    const refusal = timeRefusal(tx.value, this.#header.time) ?? signers;
    if (refusal !== undefined) {
      this.#voids.push({ ...refusal, txid: tx.digest });
      return;
    }
    const mark = markOf(suite, tx.value);
    const used = window.find(mark, this.#header.time);
    if (used !== undefined) {
      const first = this.#txidAt(used);
      if (equalBytes(first, tx.digest)) this.#duplicates++;
      else this.#voids.push({ ...saltReused(first), txid: tx.digest });
      return;
    }
    const salt = { mark, validUntil: tx.value.validUntil, index: this.#receipts.length };
    this.#salts.push(salt);
    window.add(salt, this.#header.height);
    this.#receipts.push(this.#execute(tx));
  }

  #execute({ value: tx, digest: txid }: Sealed<Tx>): Receipt {
    const { height, time } = this.#header;
    const context = { height, time, txid, signers: tx.signers };
    const done = this.#parts.executor.execute(this.#overlay, context, tx);
    assert(done.gas <= tx.gasLimit, `a transaction used ${done.gas} gas of ${tx.gasLimit}`);
    if (done.status === 'ok') this.#overlay.keep();
    else this.#overlay.drop();
    const { gas, results, events } = done;
    const status = receiptStatus(done.status);
    return { txid, height, index: this.#receipts.length, status, gas, results, events };
  }

  #txidAt(place: { readonly height: number; readonly index: number }): Uint8Array {
    if (place.height !== this.#header.height) return this.#parts.receipts.txidAt(place);
    return must(this.#receipts[place.index], 'a salt of this block has its receipt').txid;
  }
}

function receiptStatus(status: Execution['status']): Receipt['status'] {
  if (status === 'ok') return { kind: 'ok', value: {} };
  const params = Object.entries(status.params).map(([name, value]) => ({ name, value }));
  // The sentences of the catalogue are no part of the protocol: they may be reworded.
  const frames = status.frames ?? [];
  return { kind: 'refused', value: { code: status.code, message: '', params, frames } };
}
