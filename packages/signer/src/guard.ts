import { assert, equalBytes, HanseError, toHex } from '@hanse/kit';
import type { Vote } from '@hanse/model';
import { GuardFile, isUnbound, type GuardState } from './guardfile.ts';

/** Views covered by one sync of the guard's file. */
// Few enough that a validator whose log was lost soon votes again, many enough that syncs do not matter.
const RESERVED_VIEWS = 64;
/** Views whose votes are remembered; older ones are refused. Finality is never that far behind. */
const VIEWS_MAX = 65_536;

/** What a vote says, before it is signed. */
export type VoteIntent = Pick<Vote, 'kind' | 'epoch' | 'view' | 'digest'>;

/** What the log knows when a node starts. */
export type GuardOptions = {
  readonly publicKey: Uint8Array;
  readonly chainId: Uint8Array;
  readonly epoch: number;
  /** View of the last final block in the log; 0 for the genesis. */
  readonly finalView: number;
  /** Own votes above it, from the log. */
  readonly votes: readonly VoteIntent[];
  /**
   * View up to which the log is lost by the operator's word, 0 or absent when it is not. The key may
   * have signed anything up to there, so it signs nothing there again.
   */
  readonly lostUpTo?: number;
};

type Signed = { notarize?: string; nullify?: string; finalize?: string };

/** Refuses votes that conflict with earlier ones of the same key, across restarts and lost logs. */
export class ViewGuard {
  readonly #file: GuardFile;
  readonly #views = new Map<number, Signed>();
  #epoch: number;
  #floor: number;
  #highest = 0;

  private constructor(file: GuardFile, epoch: number, floor: number) {
    this.#file = file;
    this.#epoch = epoch;
    this.#floor = floor;
  }

  /** Make the file of a new key, once, when the key is made. */
  static create(path: string, publicKey: Uint8Array): Promise<void> {
    return GuardFile.create(path, publicKey);
  }

  /**
   * Open the guard of a key. Throws SignerGuard when the log lacks votes that were durable once,
   * GenesisMismatch for a key used on another chain, FileCorrupt for a missing or damaged file.
   */
  static open(path: string, options: GuardOptions): ViewGuard {
    const file = GuardFile.open(path, options.publicKey);
    try {
      checkChain(file, options.chainId);
      checkLog(file.state, options);
      const guard = new ViewGuard(
        file,
        options.epoch,
        Math.max(options.finalView, options.lostUpTo ?? 0),
      );
      for (const vote of options.votes)
        if (vote.epoch === options.epoch && vote.view > options.finalView) guard.#remember(vote);
      return guard;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Highest view that a key may have signed, whatever became of its log. */
  static reservedUpTo(path: string, publicKey: Uint8Array): number {
    const file = GuardFile.open(path, publicKey);
    file.close();
    return file.state.reserved;
  }

  /**
   * Admit a vote or throw SignerGuard. When it returns, the vote may be signed: it is remembered,
   * and its view lies below the durable reservation.
   */
  admit(vote: VoteIntent): void {
    if (vote.epoch < this.#epoch) throw refused(this.#highest, vote.view);
    if (vote.epoch > this.#epoch) this.#enterEpoch(vote.epoch);
    if (vote.view <= this.#floor) throw refused(Math.max(this.#floor, this.#highest), vote.view);
    const signed = this.#views.get(vote.view);
    if (signed !== undefined && isConflict(signed, vote)) throw refused(vote.view, vote.view);
    this.#reserve(vote.view);
    this.#remember(vote);
  }

  /** The votes up to a view are durable in the log: a log without them is not this node's newest. */
  logged(view: number): void {
    const { state } = this.#file;
    if (view <= state.logged || state.epoch !== this.#epoch) return;
    this.#file.note({ ...state, logged: view });
  }

  /** Write down durably what is known, and close the file. */
  close(): void {
    this.#file.write(this.#file.state);
    this.#file.close();
  }

  #enterEpoch(epoch: number): void {
    this.#epoch = epoch;
    this.#floor = 0;
    this.#highest = 0;
    this.#views.clear();
  }

  #reserve(view: number): void {
    const { state } = this.#file;
    const isSameEpoch = state.epoch === this.#epoch;
    if (isSameEpoch && view < state.reserved) return;
    this.#file.write({
      ...state,
      epoch: this.#epoch,
      reserved: view + RESERVED_VIEWS,
      logged: isSameEpoch ? state.logged : 0,
    });
  }

  #remember({ kind, view, digest }: VoteIntent): void {
    const signed = this.#views.get(view) ?? {};
    signed[kind] = toHex(digest);
    this.#views.set(view, signed);
    this.#highest = Math.max(this.#highest, view);
    if (this.#views.size <= VIEWS_MAX) return;
    const [oldest = 0] = this.#views.keys();
    this.#views.delete(oldest);
    this.#floor = Math.max(this.#floor, oldest);
  }
}

/** One notarization, one finalization, and finality excludes nullity. */
function isConflict(signed: Signed, { kind, digest }: VoteIntent): boolean {
  switch (kind) {
    case 'notarize':
      return signed.notarize !== undefined && signed.notarize !== toHex(digest);
    case 'nullify':
      return signed.finalize !== undefined;
    case 'finalize':
      return (
        signed.nullify !== undefined ||
        (signed.finalize !== undefined && signed.finalize !== toHex(digest))
      );
  }
}

function checkChain(file: GuardFile, chainId: Uint8Array): void {
  assert(chainId.length === 32, 'a chain id has 32 bytes');
  const { state } = file;
  if (isUnbound(state)) file.write({ ...state, chainId });
  else if (!equalBytes(state.chainId, chainId)) {
    const [found, expected] = [toHex(state.chainId), toHex(chainId)];
    throw new HanseError('GenesisMismatch', { dir: file.path, found, expected });
  }
}

/**
 * Neither the log nor the guard's file may be an older copy. Witness: what was durable once is still
 * in the log. Reservation: no vote in the log was signed without one.
 */
function checkLog(state: GuardState, options: GuardOptions): void {
  const { epoch, finalView, votes, lostUpTo = 0 } = options;
  let voted = 0;
  for (const vote of votes) if (vote.epoch === epoch) voted = Math.max(voted, vote.view);
  const known = Math.max(finalView, voted, lostUpTo);
  if (epoch < state.epoch || (epoch === state.epoch && known < state.logged))
    throw refused(state.logged, known);
  const reserved = epoch === state.epoch ? state.reserved : 0;
  if (voted > 0 && voted >= reserved) throw refused(voted, reserved);
}

function refused(signed: number, asked: number): HanseError {
  return new HanseError('SignerGuard', { signed, asked });
}
