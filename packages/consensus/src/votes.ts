import { equalBytes } from '@hanse/kit';
import type { Certificate, Vote, VoteKind } from '@hanse/model';
import type { Evidence } from './types.ts';

type Entry = { readonly vote: Vote; verified: boolean };
type ViewVotes = {
  readonly notarize: Map<number, Entry>;
  readonly nullify: Map<number, Entry>;
  readonly finalize: Map<number, Entry>;
  /** Signers caught contradicting themselves in this view. */
  readonly accused: Set<number>;
};

/** What became of an offered vote. */
export type VoteAdded =
  | { readonly kind: 'added' }
  | { readonly kind: 'known' }
  | { readonly kind: 'invalid' }
  | { readonly kind: 'conflict'; readonly evidence: Evidence | undefined };

/** The first vote of every signer, kind and view above the last final one. */
export class VotePool {
  readonly #views = new Map<number, ViewVotes>();

  /**
   * Add a vote that came from its signer. Its signature is verified only where it matters: while
   * `isNeeded` for a certificate, or when it contradicts another one.
   */
  add(vote: Vote, isNeeded: boolean, verify: (vote: Vote) => boolean): VoteAdded {
    const votes = this.#at(vote.view);
    const known = votes[vote.kind].get(vote.signer);
    if (known !== undefined && equalBytes(known.vote.digest, vote.digest)) return { kind: 'known' };
    if (known !== undefined)
      return this.#contradict(votes, known, { vote, verified: false }, verify);
    const entry: Entry = { vote, verified: isNeeded && verify(vote) };
    if (isNeeded && !entry.verified) return { kind: 'invalid' };
    votes[vote.kind].set(vote.signer, entry);
    const opposite =
      vote.kind === 'nullify' ? 'finalize' : vote.kind === 'finalize' ? 'nullify' : undefined;
    const other = opposite === undefined ? undefined : votes[opposite].get(vote.signer);
    return other === undefined ? { kind: 'added' } : this.#contradict(votes, other, entry, verify);
  }

  /** Put an own vote in: it needs no check. */
  addOwn(vote: Vote): void {
    const votes = this.#at(vote.view)[vote.kind];
    if (!votes.has(vote.signer)) votes.set(vote.signer, { vote, verified: true });
  }

  get(view: number, kind: VoteKind, signer: number): Vote | undefined {
    return this.#views.get(view)?.[kind].get(signer)?.vote;
  }

  /** Whether anybody but `self` has voted in a view. */
  hasOthers(view: number, self: number): boolean {
    const votes = this.#views.get(view);
    if (votes === undefined) return false;
    return [votes.notarize, votes.nullify, votes.finalize].some(
      (one) => one.size > (one.has(self) ? 1 : 0),
    );
  }

  /** Whether a signer contradicted itself in a view. */
  isAccused(view: number, signer: number): boolean {
    return this.#views.get(view)?.accused.has(signer) === true;
  }

  /** The certificate that `quorum` verified votes like this one make, if there are as many. */
  assemble(like: Vote, quorum: number): Certificate | undefined {
    const { kind, epoch, view, digest } = like;
    const agreeing: Vote[] = [];
    for (const { vote, verified } of this.#views.get(view)?.[kind].values() ?? []) {
      if (verified && equalBytes(vote.digest, digest)) agreeing.push(vote);
    }
    if (agreeing.length < quorum) return undefined;
    const votes = agreeing
      .sort((a, b) => a.signer - b.signer)
      .slice(0, quorum)
      .map(({ signer, signature }) => ({ signer, signature }));
    return { kind, epoch, view, digest, votes };
  }

  /** Forget views up to `view`. */
  prune(view: number): void {
    for (const one of this.#views.keys()) if (one <= view) this.#views.delete(one);
  }

  /** Rule *evidence*: two votes of a signer that contradict each other, both verified, once per view. */
  #contradict(
    votes: ViewVotes,
    first: Entry,
    second: Entry,
    verify: (vote: Vote) => boolean,
  ): VoteAdded {
    const { signer } = second.vote;
    first.verified ||= verify(first.vote);
    second.verified ||= verify(second.vote);
    // Only the signer itself sends its votes, so an unsigned first one was its own noise.
    if (!first.verified && second.verified) {
      votes[first.vote.kind].delete(signer);
      votes[second.vote.kind].set(signer, second);
      return { kind: 'added' };
    }
    if (!second.verified) return { kind: 'invalid' };
    if (votes.accused.has(signer)) return { kind: 'conflict', evidence: undefined };
    votes.accused.add(signer);
    return {
      kind: 'conflict',
      evidence: { kind: 'conflicting-votes', first: first.vote, second: second.vote },
    };
  }

  #at(view: number): ViewVotes {
    const known = this.#views.get(view);
    if (known !== undefined) return known;
    const votes: ViewVotes = {
      notarize: new Map(),
      nullify: new Map(),
      finalize: new Map(),
      accused: new Set(),
    };
    this.#views.set(view, votes);
    return votes;
  }
}
