import type { Signer } from '@hanse/client';
import { packIdBytes } from '../packs/issue.ts';
import type { Pack } from '../packs/tables.ts';
import { askPacks, doneBy, money, nameOf, packsCall, send, type Desk, type Done } from './desk.ts';

/** What a supplier makes a title of. */
export type Issuing = {
  readonly document: Uint8Array;
  readonly units: number;
  readonly currency: string;
  readonly due: string;
  /** Why the tenor is over the usual one: a bank reviews it then, before the debtor is asked. */
  readonly reason?: Pack['reason'];
};

/**
 * The supplier makes a title over its invoice and asks the debtor to confirm it, in one transaction. With a reason
 * for a long tenor the debtor is asked later, by `askConfirmation`, when a bank has reviewed it.
 */
export async function issueTitle(
  desk: Desk,
  supplier: readonly Signer[],
  issuing: Issuing,
): Promise<Done & { readonly pack: Uint8Array }> {
  const { document, units, currency, due, reason } = issuing;
  const { suite } = await desk.client.chain();
  const { value: used } = await askPacks(desk).used({ document });
  // Its id is known beforehand; should another one be issued at the same moment, all of this is refused.
  const pack = suite.hash(packIdBytes(document, (used?.packs ?? 0) + 1));
  const args = { document, units, due };
  const issue = await packsCall(desk, 'issue', reason === undefined ? args : { ...args, reason });
  const calls =
    reason === undefined ? [issue, await packsCall(desk, 'requestConfirm', { pack })] : [issue];
  const sent = await send(desk, supplier, calls);
  const says = {
    en: `A title of ${money(units, currency)}, due ${due}, waits for ${reason === undefined ? "the debtor's confirmation" : "a bank's review of its tenor"}.`,
    zh: `${money(units, currency)}、到期日 ${due} 的权属凭证，等待${reason === undefined ? '债务人确认' : '银行复核期限'}。`,
  };
  return { ...doneBy(sent, says), pack };
}

/** A bank has looked at a long tenor. */
export async function reviewTenor(desk: Desk, bank: Signer, pack: Uint8Array): Promise<Done> {
  const sent = await send(desk, [bank], [await packsCall(desk, 'review', { pack })]);
  return doneBy(sent, { en: 'A bank has reviewed the tenor.', zh: '银行已复核期限。' });
}

/** Ask the debtor to confirm. */
export async function askConfirmation(
  desk: Desk,
  supplier: Signer,
  pack: Uint8Array,
): Promise<Done> {
  const sent = await send(desk, [supplier], [await packsCall(desk, 'requestConfirm', { pack })]);
  return doneBy(sent, { en: 'The debtor is asked to confirm.', zh: '已请债务人确认。' });
}

/** The debtor confirms: a maker and a checker sign one transaction. It cannot be taken back. */
export async function confirmTitle(
  desk: Desk,
  debtor: readonly Signer[],
  { id: pack, units, currency, due, debtor: who }: Pack,
  isTransferable = true,
): Promise<Done> {
  const call = await packsCall(desk, 'confirm', { pack, isTransferable });
  const sent = await send(desk, debtor, [call]);
  const name = nameOf(desk, who);
  return doneBy(sent, {
    en: `${name} confirmed, maker and checker, that it will pay ${money(units, currency)} on ${due}.`,
    zh: `${name} 经办与复核双人确认：将于 ${due} 支付 ${money(units, currency)}。`,
  });
}

/** The supplier receives the title; from now on it circulates, if the debtor allowed that. */
export async function receiveTitle(
  desk: Desk,
  supplier: Signer,
  { id: pack, units, currency, supplier: who }: Pack,
): Promise<Done> {
  const sent = await send(desk, [supplier], [await packsCall(desk, 'receive', { pack })]);
  const name = nameOf(desk, who);
  return doneBy(sent, {
    en: `${name} received the title and holds all of it: ${money(units, currency)}.`,
    zh: `${name} 已签收，持有全部 ${money(units, currency)}。`,
  });
}
