import { assert, equalBytes, HanseError, limits, must, toHex } from '@hanse/kit';
import { openEnvelope, type Call, type Sealed, type Tx } from '@hanse/model';
import type { Chain } from './connection.ts';
import type { Signer } from './keys.ts';
import { asksTheSame } from './outcome.ts';
import type { Outbox, OutboxEntry } from './outbox.ts';
import { buildTx, draftEnvelope, saltOf, signDraft } from './tx.ts';

/** One transaction to be: its calls under its idempotency key. */
export type Work = { readonly key: string; readonly calls: readonly Call[] };

/** A transaction in an envelope that will be sent. `work` is its place in the caller's list. */
export type Packed = {
  readonly work: number;
  readonly key: string;
  readonly attempt: number;
  readonly tx: Sealed<Tx>;
};

/** An envelope and the transactions in it whose outcome is wanted. */
export type Pack = { readonly envelope: Uint8Array; readonly items: readonly Packed[] };

/** How new transactions are made. */
export type PackRules = {
  readonly chain: Chain;
  readonly outbox: Outbox;
  readonly signers: readonly Signer[];
  readonly validUntil: number;
  readonly gasLimit: number | undefined;
};

const ENVELOPE_OVERHEAD_BYTES = 4_096;

/**
 * Envelopes for works `from` … `to`: stored bytes where their key has been used before, new ones
 * otherwise, stored before this returns. Throws SaltReused when a key was used for something else.
 */
export async function packWorks(
  rules: PackRules,
  works: readonly Work[],
  range: { readonly from: number; readonly to: number },
): Promise<readonly Pack[]> {
  const stored = new Map<string, { envelope: Uint8Array; items: Packed[] }>();
  const fresh: Packed[] = [];
  for (let index = range.from; index < range.to; index++) {
    const work = must(works[index], 'works hold the range');
    const entry = await rules.outbox.get(work.key);
    const tx = buildTx(rules.chain.suite, txParts(rules, work, entry?.attempt ?? 0));
    const item = { work: index, key: work.key, attempt: entry?.attempt ?? 0, tx };
    if (entry === undefined) {
      fresh.push(item);
      continue;
    }
    const found = storedTx(rules.chain, entry, tx);
    const name = toHex(rules.chain.suite.hash(entry.envelope));
    const pack = stored.get(name) ?? { envelope: entry.envelope, items: [] };
    pack.items.push({ ...item, tx: found });
    stored.set(name, pack);
  }
  return [...stored.values(), ...(await sealNew(rules, fresh))];
}

/** A new envelope for one work whose earlier bytes have expired. */
export async function repack(rules: PackRules, work: Work, old: Packed): Promise<Pack> {
  const attempt = old.attempt + 1;
  const tx = buildTx(rules.chain.suite, txParts(rules, work, attempt));
  const [pack] = await sealNew(rules, [{ ...old, attempt, tx }]);
  return must(pack, 'one item makes one envelope');
}

function txParts({ chain, signers, validUntil, gasLimit }: PackRules, work: Work, attempt: number) {
  return {
    chainId: chain.chainId,
    salt: saltOf(chain.suite, work.key, attempt),
    validUntil,
    signers,
    calls: work.calls,
    ...(gasLimit === undefined ? {} : { gasLimit }),
  };
}

/** The transaction that was signed under the key, checked to ask for what is asked now. */
function storedTx(chain: Chain, entry: OutboxEntry, wanted: Sealed<Tx>): Sealed<Tx> {
  const open = openEnvelope(chain.suite, chain.chainId, entry.envelope);
  const tx = open.ok ? open.value.txs.find((one) => equalBytes(one.digest, entry.txid)) : undefined;
  if (tx === undefined || !asksTheSame(tx.value, wanted.value)) {
    throw new HanseError('SaltReused', { first: toHex(entry.txid) });
  }
  return tx;
}

async function sealNew(rules: PackRules, items: readonly Packed[]): Promise<readonly Pack[]> {
  const packs: Pack[] = [];
  for (const group of groups(items)) {
    const draft = draftEnvelope(
      rules.chain.suite,
      group.map((item) => item.tx),
    );
    const envelope = await signDraft(draft, rules.signers);
    assert(envelope.length <= limits.envelopeBytesMax, 'groups fit an envelope');
    await rules.outbox.put(
      group.map(({ key, attempt, tx }) => ({
        key,
        attempt,
        envelope,
        txid: tx.digest,
        validUntil: tx.value.validUntil,
      })),
    );
    packs.push({ envelope, items: group });
  }
  return packs;
}

function* groups(items: readonly Packed[]): Generator<readonly Packed[]> {
  let group: Packed[] = [];
  let sizeBytes = ENVELOPE_OVERHEAD_BYTES;
  let gas = 0;
  for (const item of items) {
    const itemBytes = item.tx.bytes.length + 5;
    const { gasLimit } = item.tx.value;
    const isFull =
      group.length === limits.txsPerEnvelopeMax ||
      sizeBytes + itemBytes > limits.envelopeBytesMax ||
      gas + gasLimit > limits.blockGasMax;
    if (isFull && group.length > 0) {
      yield group;
      group = [];
      [sizeBytes, gas] = [ENVELOPE_OVERHEAD_BYTES, 0];
    }
    group.push(item);
    sizeBytes += itemBytes;
    gas += gasLimit;
  }
  if (group.length > 0) yield group;
}
