import type { KeyPair, SignatureAlg, Suite } from '@hanse/crypto';
import { assert, concatBytes, equalBytes, utf8 } from '@hanse/kit';
import { voteSignBytes } from '@hanse/model';
import type { ViewGuard, VoteIntent } from './guard.ts';

const BATCH_DOMAIN = utf8('hanse-batch-sig/1\0');
const BATCH_TAIL_BYTES = 8 + 32;

/** What a local signer is made of. */
export type LocalSignerConfig = {
  readonly suite: Suite;
  readonly chainId: Uint8Array;
  readonly key: KeyPair;
  readonly guard: ViewGuard;
};

/** Signs a validator's votes and batches with a key held in this process. */
export class LocalSigner {
  readonly publicKey: Uint8Array;
  readonly alg: SignatureAlg;
  readonly #suite: Suite;
  readonly #chainId: Uint8Array;
  readonly #key: KeyPair;
  readonly #guard: ViewGuard;
  readonly #batchPrefix: Uint8Array;

  constructor({ suite, chainId, key, guard }: LocalSignerConfig) {
    this.publicKey = key.publicKey;
    this.alg = key.alg;
    this.#suite = suite;
    this.#chainId = chainId;
    this.#key = key;
    this.#guard = guard;
    this.#batchPrefix = concatBytes(BATCH_DOMAIN, chainId);
  }

  /**
   * Signature of a vote. The guard's reservation is durable when it returns; the vote itself becomes
   * durable with the log, before it is sent. Rejects with SignerGuard: the process has to stop.
   */
  readonly vote = async (intent: VoteIntent): Promise<Uint8Array> => {
    this.#guard.admit(intent);
    return this.#suite.sign(this.#key, voteSignBytes(this.#chainId, intent));
  };

  /** Signature of a batch, given its sign bytes. Anything else is not signed. */
  readonly batch = (message: Uint8Array): Uint8Array => {
    const prefix = message.subarray(0, this.#batchPrefix.length);
    assert(
      equalBytes(prefix, this.#batchPrefix) &&
        message.length === this.#batchPrefix.length + BATCH_TAIL_BYTES,
      'the signer signs batches of its own chain only',
    );
    return this.#suite.sign(this.#key, message);
  };

  /**
   * Votes up to a view are durable in the log, see the rule "witness". Pass the highest view among
   * the vote records that had been appended when the sync began, not that of a vote merely signed.
   */
  readonly logged = (view: number): void => {
    this.#guard.logged(view);
  };

  /** Close the guard's file. */
  close(): void {
    this.#guard.close();
  }
}
