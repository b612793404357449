import type { Signer } from '@hanse/client';
import type { ImportResult } from '@hanse/einvoice';
import { HanseError } from '@hanse/kit';
import { doneBy, money, packsCall, send, type Desk, type Done } from './desk.ts';
import { factsOf, type DocumentFacts } from './facts.ts';
import type { Deposited } from './importing.ts';
import { registryKeys, tagsOf } from './registry.ts';
import { titlesOf } from './titles.ts';

/** A credit note that an importer is to vouch for. */
export type Crediting = Deposited & {
  readonly result: ImportResult;
  /** The document of the invoice that it takes something off. */
  readonly invoice: Uint8Array;
  /** The organisation that the seller is. */
  readonly seller: string;
};

/**
 * Record a credit note: the cap of its invoice shrinks, and whoever holds or financed some of that is told in the same
 * transaction. The debtor stays bound by what it confirmed.
 */
export async function recordCreditNote(
  desk: Desk,
  importer: Signer,
  { document, root, result, invoice, seller }: Crediting,
): Promise<Done & { readonly facts: DocumentFacts }> {
  const facts = factsOf(result, 'credit-note');
  const [current] = await registryKeys(desk);
  if (current === undefined) throw new HanseError('RegistryKeyMissing', { contract: 'claims' });
  const { epoch, x } = await tagsOf(desk, importer, current, facts.keys);
  const { currency, units } = facts;
  const note = { document, root, epoch, x, invoice, result: facts.result, seller, currency, units };
  const sent = await send(desk, [importer], [await packsCall(desk, 'creditNote', note)]);
  const what = `${facts.invoice.number ?? '?'} · ${money(units, currency)}`;
  const hasTitles = (await titlesOf(desk, invoice)).some(({ open }) => open > 0);
  const done = doneBy(sent, {
    en: `Credit note ${what}: ${hasTitles ? 'holders and banks were told in the same block; what was confirmed stays owed' : 'the invoice covers so much less from now on'}.`,
    zh: `贷项通知单 ${what}：${hasTitles ? '持有人与银行已在同一区块收到通知；已确认的债务不变' : '该发票的可用额度相应减少'}。`,
  });
  return { ...done, facts };
}

/** Number of the invoice that a credit note names. */
export function creditedNumber({ invoice }: ImportResult): string | undefined {
  return invoice?.references.invoices[0]?.number;
}
