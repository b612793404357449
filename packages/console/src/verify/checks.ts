import { decode, encode, fromJson } from '@hanse/codec';
import {
  receiptUnder,
  recordUnder,
  verifyBlock,
  verifyBlockHeader,
  verifyHeader,
  type Anchor,
  type FinalHeader,
  type VerifiedReceipt,
  type VerifiedRecord,
} from '@hanse/client';
import { HanseError, toHex } from '@hanse/kit';
import {
  headerSchema,
  quorumOf,
  receiptProofSchema,
  verifyHistory,
  type BlockDetail,
  type BlockProof,
  type Header,
  type TxProof,
} from '@hanse/model';
import { mustBytes } from '../data/http.ts';
import { checkNewest, mustAnchor, type TrustedChain } from '../data/trust.ts';
import { Trail, type Missing, type Step } from './trail.ts';

/** A record's proof as a node or a bundle gives it (base64url). */
export type RecordProofText = { readonly final: string; readonly record: string };

/** How old the header under a proof of current state may be before the page says so. */
export const MAX_AGE_MS = 5 * 60_000;

/** Rule `age` for a page: undefined where only facts of the past are shown, as in a bundle. */
export type Age = { readonly nowMs: number } | undefined;

/** Steps `genesis`, `certificate` and `header`: a header the validators of the trusted chain made final. */
export function checkFinal(
  trail: Trail,
  chain: TrustedChain,
  finalText: string,
  age: Age,
): { readonly anchor: Anchor; readonly final: FinalHeader } | undefined {
  const anchor = trail.check('genesis', () => ({
    facts: { hash: chain.trust.hash, how: chain.trust.how },
    value: mustAnchor(chain),
  }));
  const final = trail.check('certificate', () => certificate(chain, finalText));
  if (final !== undefined && age !== undefined) {
    const ageMs = age.nowMs - final.header.time;
    if (ageMs > MAX_AGE_MS) {
      trail.miss('header', { why: 'old', ageMs });
      return anchor === undefined ? undefined : { anchor, final };
    }
  }
  const known = trail.check('header', () => {
    const header = mustHave(final).header;
    if (age !== undefined) checkNewest(chain.anchor.chainId, mustHave(final));
    const { height, time, executed } = header;
    return { facts: { height, time, bound: executed.height }, value: mustHave(final) };
  });
  return anchor === undefined || known === undefined ? undefined : { anchor, final: known };
}

const HEADERS_KEPT = 32;
const verified = new WeakMap<Anchor, Map<string, FinalHeader>>();

/**
 * {@link verifyHeader}, once for equal bytes under the same anchor: the rows of a page share a
 * header, and a certificate costs a signature check per validator.
 */
function verifyOnce(anchor: Anchor, finalText: string): FinalHeader {
  const known = verified.get(anchor) ?? new Map<string, FinalHeader>();
  verified.set(anchor, known);
  const before = known.get(finalText);
  if (before !== undefined) return before;
  const final = verifyHeader(anchor, mustBytes(finalText, 'final header'));
  const oldest = known.keys().next();
  if (known.size >= HEADERS_KEPT && oldest.done !== true) known.delete(oldest.value);
  known.set(finalText, final);
  return final;
}

function certificate(chain: TrustedChain, finalText: string) {
  const final = verifyOnce(mustAnchor(chain), finalText);
  const of = chain.anchor.validators.validators.length;
  const signers = final.signers.map((index) => chain.validatorNames[index] ?? String(index));
  return { facts: { signers, quorum: quorumOf(of), of }, value: final };
}

/** The trail of a record: steps down to `record`, or `absence` when it is proved not to be there. */
export function checkRecord(
  chain: TrustedChain,
  key: Uint8Array,
  proof: RecordProofText,
  age: Age,
): { readonly trail: Trail; readonly found: VerifiedRecord | undefined } {
  const trail = new Trail();
  const base = checkFinal(trail, chain, proof.final, age);
  let found: VerifiedRecord | undefined;
  try {
    found =
      base === undefined
        ? undefined
        : recordUnder(base.anchor.suite, base.final, {
            key,
            record: mustBytes(proof.record, 'record'),
          });
  } catch (error) {
    trail.check('record', () => {
      throw error;
    });
    return { trail, found: undefined };
  }
  const name = found !== undefined && found.value === undefined ? 'absence' : 'record';
  trail.check(name, () => ({ facts: { height: mustHave(found).height }, value: undefined }));
  return { trail, found };
}

/** Steps `history`, `receipt` and `transaction` of a trail that has its genesis step. */
export function checkReceipt(
  trail: Trail,
  chain: TrustedChain,
  txid: Uint8Array,
  proof: TxProof | Missing,
): VerifiedReceipt | undefined {
  if ('why' in proof) {
    trail.end(['history', 'receipt', 'transaction'], proof);
    return undefined;
  }
  const final = trail.check('history', () => history(chain, proof));
  const verified = trail.check('receipt', () => {
    const found = receiptUnder(mustAnchor(chain).suite, mustHave(final), {
      txid,
      receipt: mustBytes(proof.receipt, 'receipt'),
    });
    const { height, index, status } = found.receipt;
    return { facts: { height, index, isOk: status.kind === 'ok' }, value: found };
  });
  return trail.check('transaction', () => {
    const found = receiptUnder(mustAnchor(chain).suite, mustHave(verified), {
      txid,
      receipt: mustBytes(proof.receipt, 'receipt'),
      tx: mustBytes(proof.tx, 'transaction'),
    });
    const tx = mustHave(found.tx).value;
    const calls = tx.calls.map(({ contract, method }) => `${contract}.${method}`);
    return { facts: { signers: tx.signers.map(({ did }) => did), calls }, value: found };
  });
}

/** The header a receipt is proved under; its own certificate is checked again, as it may be another. */
function history(chain: TrustedChain, proof: TxProof) {
  const anchor = mustAnchor(chain);
  const final = verifyOnce(anchor, proof.final);
  const decoded = decode(receiptProofSchema, mustBytes(proof.receipt, 'receipt'));
  if (!decoded.ok) throw new HanseError('ProofMalformed', { reason: `receipt: ${decoded.error}` });
  const path = decoded.value.history;
  if (!verifyHistory(anchor.suite, final.header.executed, path)) {
    throw new HanseError('ProofMismatch', { object: 'block', root: 'history root' });
  }
  return { facts: { height: path.leaf.height, under: final.header.height }, value: final };
}

/** The trail of a block: that this header is the one at its height in the history. */
export function checkBlock(
  chain: TrustedChain,
  detail: BlockDetail,
  proof: BlockProof,
): { readonly steps: readonly Step[]; readonly header: Header | undefined } {
  const trail = new Trail();
  checkFinal(trail, chain, proof.final, undefined);
  const block = trail.check('history', () => {
    const found = verifyBlock(mustAnchor(chain), {
      height: detail.height,
      final: mustBytes(proof.final, 'final header'),
      history: mustBytes(proof.history, 'history'),
    });
    return { facts: { height: detail.height, under: found.header.height }, value: found };
  });
  const header = trail.check('block', () => {
    const shown = fromJson(headerSchema, detail.header);
    if (!shown.ok) throw new HanseError('ProofMalformed', { reason: `header: ${shown.error}` });
    const bytes = encode(headerSchema, shown.value);
    const value = verifyBlockHeader(mustAnchor(chain).suite, mustHave(block), bytes);
    return { facts: { digest: toHex(mustHave(block).leaf.headerDigest) }, value };
  });
  return { steps: trail.steps, header };
}

/** A value that an earlier step of the same trail left; the trail has ended where there is none. */
function mustHave<T>(value: T | undefined): T {
  if (value !== undefined) return value;
  throw new HanseError('InvariantBroken', { message: 'a step ran after its trail ended' });
}
