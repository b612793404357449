import { checkVerdict, errorOf } from '@hanse/claims';
import { readRow, type Signer } from '@hanse/client';
import { tagInputs, type ImportResult } from '@hanse/einvoice';
import { HanseError, toHex } from '@hanse/kit';
import { askClaims, type Desk } from './desk.ts';
import { factsOf, NO_RULES, type DocumentFacts } from './facts.ts';
import { mustBeDeposited } from './importing.ts';
import { neededKeys, registryKeys, tagsOf, type EpochTags } from './registry.ts';

/** What somebody who is about to lock a claim has at hand. */
export type ClaimCheck = {
  /** The document's bytes, as the supplier handed them over. */
  readonly bytes: Uint8Array;
  /** What its own importer reads in them. */
  readonly result: ImportResult;
  /** Rule sets that are good enough beside the one that it checked itself and none. */
  readonly ruleSets?: readonly string[];
};

/** A claim whose verdicts follow from the document: what a lock names. */
export type CheckedClaim = {
  readonly document: Uint8Array;
  readonly checked: readonly EpochTags[];
  readonly facts: DocumentFacts;
};

/** A row of the contract `claims`, as far as the check reads it. */
type ClaimRow = {
  readonly root: Uint8Array;
  readonly ruleSet: string;
  readonly currency: string;
  readonly issued: string;
  readonly payable: number;
};
type VerdictRow = EpochTags & { readonly importer: string };

/**
 * Recompute before a lock: read the document again, ask the registry under one's own name, and compare everything with the
 * verdicts on the chain, in each epoch that a lock needs. Rows are read with proof. Throws VerdictMismatch that names
 * the first part that is wrong, and whatever keeps the tags from being asked for: no tags, no lock.
 */
export async function checkClaim(
  desk: Desk,
  asker: Signer,
  { bytes, result, ruleSets = [] }: ClaimCheck,
): Promise<CheckedClaim> {
  const facts = factsOf(result, 'invoice');
  const { suite, chainId } = await desk.client.chain();
  const document = suite.hash(bytes);
  const deposit = await mustBeDeposited(desk, document);
  const claim = await rowOf<ClaimRow>(desk, 'claim', { document });
  if (claim === undefined) throw unknown(document);
  holdFacts(document, claim, facts);
  const checked: EpochTags[] = [];
  for (const key of neededKeys(await registryKeys(desk))) {
    const { epoch } = key;
    const verdict = await rowOf<VerdictRow>(desk, 'verdict', { document, epoch });
    if (verdict === undefined) throw unknown(document);
    const isImporter = await mayVouch(desk, verdict.importer);
    const { x, n, t, importer } = verdict;
    const { root, ruleSet } = claim;
    const held = await checkVerdict({
      suite,
      chainId,
      verdict: { chainId, documentId: document, root, epoch, x, n, t, ruleSet, importer },
      document: bytes,
      root: deposit.root,
      inputs: tagInputs(facts.keys),
      epoch,
      ruleSets: [facts.ruleSet, NO_RULES, ...ruleSets],
      isImporter: () => isImporter,
      tagsOf: async () => tagList(await tagsOf(desk, asker, key, facts.keys)),
    });
    if (!held.ok) throw errorOf(held.error);
    checked.push({ epoch, x, n, t });
  }
  return { document, checked, facts };
}

/** The tags of a document by somebody's own account, whatever a verdict says. */
export async function ownTags(
  desk: Desk,
  asker: Signer,
  result: ImportResult,
): Promise<readonly EpochTags[]> {
  const { keys } = factsOf(result, 'invoice');
  const needed = neededKeys(await registryKeys(desk));
  return Promise.all(needed.map((key) => tagsOf(desk, asker, key, keys)));
}

function tagList({ epoch, x, n, t }: EpochTags) {
  return [
    { kind: 'X' as const, epoch, tag: x },
    ...n.map((tag) => ({ kind: 'N' as const, epoch, tag })),
    ...t.map((tag) => ({ kind: 'T' as const, epoch, tag })),
  ];
}

/** Facts that guards judge by: what the importer said must be what the document says. */
function holdFacts(document: Uint8Array, claim: ClaimRow, facts: DocumentFacts): void {
  const own = { currency: facts.currency, issued: facts.issued, payable: facts.units };
  for (const [part, found] of Object.entries(own)) {
    const claimed = claim[part as keyof typeof own];
    if (claimed === found) continue;
    const texts = { part, claimed: String(claimed), found: String(found) };
    throw new HanseError('VerdictMismatch', { document: toHex(document), ...texts });
  }
}

async function mayVouch({ client }: Desk, did: string): Promise<boolean> {
  const { value } = await client.query('roles', 'party', { did });
  return value.roles.includes('importer');
}

async function rowOf<R>(
  { client }: Desk,
  table: string,
  key: Readonly<Record<string, unknown>>,
): Promise<R | undefined> {
  // The manifest, which is proved, gives the row its shape; the contract's own types say the same.
  return (await readRow(client, { contract: 'claims', table, key })).value as R | undefined;
}

function unknown(document: Uint8Array): HanseError {
  return new HanseError('TradeObjectUnknown', {
    object: 'verdict',
    reason: `No importer has vouched for document ${toHex(document)} in the epochs that count.`,
  });
}

/** What the chain says of a document to everybody: the state of its claim. */
export async function claimStatus(desk: Desk, document: Uint8Array) {
  return (await askClaims(desk).status({ document })).value;
}
