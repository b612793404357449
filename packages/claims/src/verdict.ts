import { encode, t, type Infer } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { assert, equalBytes, err, limits, must, ok, toHex, type Result } from '@hanse/kit';
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
  n: t.hash,
  /** Absent when the document lacks what a trade key needs. */
  t: t.option(t.hash),
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

/** Tags of one epoch as the fields of a verdict. Throws when X or N is missing or a kind comes twice. */
export function verdictTags(tags: readonly Tag[]): Pick<Verdict, 'epoch' | 'x' | 'n' | 't'> {
  const one = (kind: TagKind): Tag | undefined => {
    const found = tags.filter((tag) => tag.kind === kind);
    assert(found.length <= 1, `one tag ${kind} at most`);
    return found[0];
  };
  const [x, n] = [must(one('X'), 'a tag X'), must(one('N'), 'a tag N')];
  assert(
    tags.every(({ epoch }) => epoch === x.epoch),
    'a verdict holds tags of one epoch',
  );
  return { epoch: x.epoch, x: x.tag, n: n.tag, t: one('T')?.tag };
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
  /** Business keys that the own normaliser reads from these bytes: X, N and, where it can, T. */
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
  const kinds = check.inputs.map(({ kind }) => kind).join(', ');
  const hasKey = (kind: TagKind): boolean => check.inputs.some((input) => input.kind === kind);
  return (
    wrongHash('chain', verdict.chainId, chainId) ??
    wrongHash('document', documentId, suite.hash(document)) ??
    wrongHash('root', verdict.root, root) ??
    wrongText('epoch', String(verdict.epoch), String(epoch)) ??
    wrongChoice('ruleSet', ruleSet, ruleSets.includes(ruleSet), ruleSets.join(', ')) ??
    wrongChoice('importer', importer, isImporter(importer), 'no importer') ??
    wrongChoice('X', 'given', hasKey('X'), kinds) ??
    wrongChoice('N', 'given', hasKey('N'), kinds) ??
    wrongText('T', presence(verdict.t !== undefined), presence(hasKey('T')))
  );
}

async function recompute(check: VerdictCheck): Promise<ReturnType<typeof verdictTags>> {
  const inputs = check.inputs.filter(({ kind }) => kind === 'X' || kind === 'N' || kind === 'T');
  return verdictTags(await check.tagsOf(inputs));
}

function wrongTag(verdict: Verdict, tags: ReturnType<typeof verdictTags>): Part | undefined {
  const none = new Uint8Array(0);
  return (
    wrongText('epoch', String(verdict.epoch), String(tags.epoch)) ??
    wrongHash('X', verdict.x, tags.x) ??
    wrongHash('N', verdict.n, tags.n) ??
    wrongHash('T', verdict.t ?? none, tags.t ?? none)
  );
}

function wrongHash(part: string, claimed: Uint8Array, found: Uint8Array): Part | undefined {
  if (equalBytes(claimed, found)) return undefined;
  return { part, claimed: toHex(claimed), found: toHex(found) };
}

function wrongText(part: string, claimed: string, found: string): Part | undefined {
  return claimed === found ? undefined : { part, claimed, found };
}

function wrongChoice(
  part: string,
  claimed: string,
  isRight: boolean,
  found: string,
): Part | undefined {
  return isRight ? undefined : { part, claimed, found };
}

function presence(isThere: boolean): string {
  return isThere ? 'given' : 'absent';
}
