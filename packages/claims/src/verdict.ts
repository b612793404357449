import { encode, t, type Infer } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import {
  assert,
  concatBytes,
  equalBytes,
  err,
  limits,
  must,
  ok,
  toHex,
  type Result,
} from '@hanse/kit';
import { refusal, type ClaimRefusal } from './refusal.ts';
import { domain, type Tag, type TagInput, type TagKind } from './tag.ts';

/** What an importer vouches for about an invoice: which document, and whose claims it collides with. */
export const verdictSchema = t.struct({
  chainId: t.hash,
  /** Id of the deposit: the plain hash of the file's bytes. */
  documentId: t.hash,
  /** Fields root of the deposit. */
  root: t.hash,
  /** Epoch of the tags. */
  epoch: t.u32,
  x: t.hash,
  /** One for each identifier of the seller, the strongest first. */
  n: t.list(t.hash, limits.claimTagsPerKindMax, 1),
  /** None when the document lacks what a trade key needs. */
  t: t.list(t.hash, limits.claimTagsPerKindMax),
  /** Name and version of the rules the document was checked against. */
  ruleSet: t.text(64),
  importer: t.text(limits.didBytesMax),
});
export type Verdict = Infer<typeof verdictSchema>;

/** Hash of a verdict: what stands for it in events, files and signatures. */
export function verdictHash(suite: Suite, verdict: Verdict): Uint8Array {
  return suite.hash(domain('hanse-claim-verdict/1', encode(verdictSchema, verdict)));
}

/** What an importer signs to hand a verdict out off the chain, with a key whose purpose is `assert`. */
export function verdictSignBytes(suite: Suite, verdict: Verdict): Uint8Array {
  return domain('hanse-claim-verdict-sig/1', verdictHash(suite, verdict));
}

type Tags = Pick<Verdict, 'epoch' | 'x' | 'n' | 't'>;

/** Tags of one epoch as the fields of a verdict. Throws unless there is one X, at least one N and one epoch. */
export function verdictTags(tags: readonly Tag[]): Tags {
  const of = (kind: TagKind): readonly Uint8Array[] =>
    tags.filter((tag) => tag.kind === kind).map(({ tag }) => tag);
  const { epoch } = must(tags[0], 'a verdict has tags');
  assert(
    tags.every((tag) => tag.epoch === epoch),
    'a verdict holds tags of one epoch',
  );
  const [x, ...more] = of('X');
  assert(more.length === 0, 'a verdict has one tag X');
  const n = of('N');
  assert(n.length > 0, 'a verdict has a tag N');
  return { epoch, x: must(x, 'a verdict has a tag X'), n, t: of('T') };
}

/** What somebody who is about to lock a claim has at hand, and whom they trust. */
export type VerdictCheck = {
  readonly suite: Suite;
  readonly chainId: Uint8Array;
  readonly verdict: Verdict;
  /** The document's bytes, as the supplier handed them over. */
  readonly document: Uint8Array;
  /** Fields root of the document's deposit, read from the chain with proof. */
  readonly root: Uint8Array;
  /** All business keys that the own normaliser reads from these bytes, see `tagInputs`. */
  readonly inputs: readonly TagInput[];
  /** Epoch that the chain takes claims in. */
  readonly epoch: number;
  /** Rule sets that are good enough. */
  readonly ruleSets: readonly string[];
  /** Whether a DID may vouch for documents. */
  readonly isImporter: (did: string) => boolean;
  /** Tags of the inputs by the registry, see `requestTags`. */
  readonly tagsOf: (inputs: readonly TagInput[]) => Promise<readonly Tag[]>;
};

const INVOICE_KINDS: readonly TagKind[] = ['X', 'N', 'T'];

type Part = { readonly part: string; readonly claimed: string; readonly found: string };

/**
 * Rule *recompute*: the verdict's hash when every part of it follows from the document at hand; otherwise
 * VerdictMismatch naming the first part that does not. Rejects with what `tagsOf` throws: no tags, no lock.
 */
export async function checkVerdict(check: VerdictCheck): Promise<Result<Uint8Array, ClaimRefusal>> {
  const { suite, verdict } = check;
  const wrong = wrongFact(check) ?? wrongTag(verdict, await recompute(check));
  if (wrong === undefined) return ok(verdictHash(suite, verdict));
  return err(refusal('VerdictMismatch', { document: toHex(verdict.documentId), ...wrong }));
}

/** What can be compared without asking the registry. */
function wrongFact(check: VerdictCheck): Part | undefined {
  const { suite, chainId, verdict, document, root, epoch, ruleSets, isImporter } = check;
  const { documentId, ruleSet, importer } = verdict;
  const keys = (kind: TagKind): number => check.inputs.filter((one) => one.kind === kind).length;
  return (
    wrongHash('chain', verdict.chainId, chainId) ??
    wrongHash('document', documentId, suite.hash(document)) ??
    wrongHash('root', verdict.root, root) ??
    wrongCount('epoch', verdict.epoch, epoch) ??
    wrongChoice('ruleSet', ruleSet, ruleSets.includes(ruleSet)) ??
    wrongChoice('importer', importer, isImporter(importer)) ??
    wrongCount('X', 1, keys('X')) ??
    wrongCount('N', verdict.n.length, keys('N')) ??
    wrongCount('T', verdict.t.length, keys('T'))
  );
}

async function recompute({ inputs, tagsOf }: VerdictCheck): Promise<Tags> {
  return verdictTags(await tagsOf(inputs.filter(({ kind }) => INVOICE_KINDS.includes(kind))));
}

function wrongTag(verdict: Verdict, tags: Tags): Part | undefined {
  return (
    wrongCount('epoch', verdict.epoch, tags.epoch) ??
    wrongHash('X', verdict.x, tags.x) ??
    wrongHash('N', concatBytes(...verdict.n), concatBytes(...tags.n)) ??
    wrongHash('T', concatBytes(...verdict.t), concatBytes(...tags.t))
  );
}

function wrongHash(part: string, claimed: Uint8Array, found: Uint8Array): Part | undefined {
  if (equalBytes(claimed, found)) return undefined;
  return { part, claimed: toHex(claimed), found: toHex(found) };
}

function wrongCount(part: string, claimed: number, found: number): Part | undefined {
  return claimed === found ? undefined : { part, claimed: String(claimed), found: String(found) };
}

function wrongChoice(part: string, claimed: string, isAccepted: boolean): Part | undefined {
  return isAccepted ? undefined : { part, claimed, found: '–' };
}
