import type { Signer } from '@hanse/client';
import { isJsonObject, type Json } from '@hanse/codec';
import { equalBytes, fromHex, HanseError, toHex } from '@hanse/kit';
import type { Deal } from '../packs/tables.ts';
import { isWholeFace, paymentBytes, termsBytes, type Terms } from '../terms.ts';
import { sizeOf } from '../title/intervals.ts';
import { checkClaim, type ClaimCheck } from './checking.ts';
import {
  askClaims,
  askPacks,
  claimsCall,
  doneBy,
  money,
  nameOf,
  organisationOf,
  packsCall,
  send,
  type Desk,
  type Done,
} from './desk.ts';
import { pickUnits, readTitle, type Title } from './titles.ts';

/** How a document of opened terms names itself: what a bank hands to a holder beside its offer on the chain. */
export const TERMS_FORMAT = 'hanse-terms/1';

/** The holder asks a bank for money against so many of its units: for their title, or as a pledge. */
export async function askBank(
  desk: Desk,
  holder: readonly Signer[],
  title: Title,
  asking: { readonly units: number; readonly bank: string; readonly kind: Deal['kind'] },
): Promise<Done & { readonly deal: Uint8Array }> {
  const [first] = holder;
  if (first === undefined) throw new HanseError('UsageError', { message: 'Nobody signs.' });
  const own = await organisationOf(desk, first);
  const { pack, intervals } = title;
  const { units, bank, kind } = asking;
  const range = pickUnits(desk, intervals, own, units);
  const sent = await send(desk, holder, [
    await packsCall(desk, 'ask', { pack: pack.id, ...range, bank, kind }),
  ]);
  const { value } = await askPacks(desk).request({ pack: pack.id, from: range.from });
  const deal = value?.deal;
  if (deal === undefined) {
    throw new HanseError('TradeObjectUnknown', { object: 'deal', reason: 'It was ended already.' });
  }
  const what = money(units, pack.currency);
  const done = doneBy(sent, {
    en: `${nameOf(desk, own)} asks ${nameOf(desk, bank)} for money against ${what}.`,
    zh: `${nameOf(desk, own)} 以 ${what} 向 ${nameOf(desk, bank)} 申请融资。`,
  });
  return { ...done, deal };
}

/** A deal, as one node answers. Throws TradeObjectUnknown. */
export async function readDeal(desk: Desk, id: Uint8Array): Promise<Deal> {
  const { value } = await askPacks(desk).deal({ id });
  if (value !== undefined) return value;
  const reason = `There is no deal with the id ${toHex(id)}.`;
  throw new HanseError('TradeObjectUnknown', { object: 'deal', reason });
}

/** What a bank offers. */
export type Offering = ClaimCheck & {
  readonly deal: Uint8Array;
  /** What the bank keeps, in minor units; the rest of the face is paid out. */
  readonly fee: number;
  /** Hash of whatever else is agreed; zero bytes when nothing is. */
  readonly rest?: Uint8Array;
};

/** An offer on the chain, and the terms that the bank hands to the holder off it. */
export type Offered = Done & { readonly terms: Terms; readonly until: number | undefined };

/**
 * The bank recomputes the verdict from the document, locks the claim and commits to its terms. Throws VerdictMismatch
 * before it locks anything; the chain refuses a claim that is taken.
 */
export async function offerTerms(desk: Desk, bank: Signer, offering: Offering): Promise<Offered> {
  const { deal: id, fee, rest = new Uint8Array(32) } = offering;
  const deal = await readDeal(desk, id);
  const { pack } = await readTitle(desk, deal.pack);
  const { document, checked } = await checkClaim(desk, bank, offering);
  if (!equalBytes(document, pack.document)) {
    const texts = { claimed: toHex(pack.document), found: toHex(document), part: 'document' };
    throw new HanseError('VerdictMismatch', { document: toHex(document), ...texts });
  }
  const { suite } = await desk.client.chain();
  const units = sizeOf(deal);
  const salt = desk.random.bytes(32);
  const terms = { deal: id, units, disbursed: units - fee, fee, salt, rest };
  if (!isWholeFace(terms)) {
    throw new HanseError('UsageError', { message: `A fee of ${fee} leaves nothing of ${units}.` });
  }
  const hash = suite.hash(termsBytes(terms));
  const call = await packsCall(desk, 'offer', { deal: id, terms: hash, checked });
  const sent = await send(desk, [bank], [call]);
  const { until } = await readDeal(desk, id);
  const name = nameOf(desk, deal.bank);
  const done = doneBy(sent, {
    en: `${name} recomputed every tag from the document, locked the claim and committed to its terms.`,
    zh: `${name} 已由文件重新计算全部标签，锁定主张并承诺条款。`,
  });
  return { ...done, terms, until };
}

/**
 * The holder looks at the opened terms, fee and all, and accepts exactly them. Throws TermsMismatch before anything
 * is signed.
 */
export async function acceptTerms(
  desk: Desk,
  holder: readonly Signer[],
  terms: Terms,
): Promise<Done> {
  const deal = await readDeal(desk, terms.deal);
  const { pack } = await readTitle(desk, deal.pack);
  const { suite } = await desk.client.chain();
  const hash = suite.hash(termsBytes(terms));
  const mismatch = (part: string, opened: string, offered: string): HanseError =>
    new HanseError('TermsMismatch', { part, opened, offered });
  const face = sizeOf(deal);
  if (terms.units !== face) throw mismatch('units', String(terms.units), String(face));
  if (!isWholeFace(terms)) {
    const sum = String(terms.disbursed + terms.fee);
    throw mismatch('disbursement and fee', sum, String(face));
  }
  if (deal.terms === undefined || !equalBytes(deal.terms, hash)) {
    throw mismatch('hash', toHex(hash), deal.terms === undefined ? '–' : toHex(deal.terms));
  }
  const sent = await send(desk, holder, [
    await packsCall(desk, 'accept', { deal: terms.deal, terms: hash }),
  ]);
  const [paid, kept] = [terms.disbursed, terms.fee].map((units) => money(units, pack.currency));
  const name = nameOf(desk, deal.holder);
  return doneBy(sent, {
    en: `${name} saw the terms, ${paid} paid out and a fee of ${kept}, and accepted exactly them.`,
    zh: `${name} 已查看条款：实付 ${paid}，费用 ${kept}，并按此接受。`,
  });
}

/** A payment as the bank keeps it: with these its proof on the chain can be opened later. */
export type Payment = {
  readonly proof: Uint8Array;
  readonly message: Uint8Array;
  readonly salt: Uint8Array;
};

/** The bank proves that it paid as agreed; it holds the title, or the pledge, from now on. */
export async function payDeal(
  desk: Desk,
  bank: Signer,
  id: Uint8Array,
  message: Uint8Array,
): Promise<Done & { readonly payment: Payment }> {
  const deal = await readDeal(desk, id);
  const { pack } = await readTitle(desk, deal.pack);
  const { suite } = await desk.client.chain();
  const units = sizeOf(deal);
  const opened = { subject: id, units, message: suite.hash(message), salt: desk.random.bytes(32) };
  const proof = suite.hash(paymentBytes(opened));
  const lock = deal.lock ?? new Uint8Array(32);
  const call = await packsCall(desk, 'finance', { deal: id, lock, proof });
  const sent = await send(desk, [bank], [call]);
  const what = money(units, pack.currency);
  const [name, holder] = [nameOf(desk, deal.bank), nameOf(desk, deal.holder)];
  const done = doneBy(sent, {
    en: `${name} proved that it paid ${holder} and ${deal.kind === 'finance' ? 'holds' : 'has as a pledge'} ${what} now.`,
    zh: `${name} 已证明向 ${holder} 付款，现${deal.kind === 'finance' ? '持有' : '质押持有'} ${what}。`,
  });
  return { ...done, payment: { proof, message: opened.message, salt: opened.salt } };
}

/** The bank lets go what was pledged to it. */
export async function releasePledge(desk: Desk, bank: Signer, id: Uint8Array): Promise<Done> {
  const deal = await readDeal(desk, id);
  const { pack, intervals } = await readTitle(desk, deal.pack);
  const pledged = intervals.filter(
    (one) => one.flag === 'PLEDGED' && one.deal !== undefined && equalBytes(one.deal, id),
  );
  if (pledged.length === 0) {
    const reason = 'Nothing of this deal is pledged any more; what was sold is not released.';
    throw new HanseError('TradeObjectUnknown', { object: 'pledge', reason });
  }
  const calls = await Promise.all(
    pledged.map(({ from, to }) => packsCall(desk, 'release', { pack: pack.id, from, to })),
  );
  const sent = await send(desk, [bank], calls);
  const units = pledged.reduce((sum, one) => sum + sizeOf(one), 0);
  const name = nameOf(desk, deal.bank);
  return doneBy(sent, {
    en: `${name} released the pledge of ${money(units, pack.currency)}.`,
    zh: `${name} 已解除 ${money(units, pack.currency)} 的质押。`,
  });
}

/** The seller asks banks about its whole invoice, without a title over it. */
export async function askWhole(
  desk: Desk,
  seller: Signer,
  document: Uint8Array,
  banks: readonly string[],
): Promise<Done> {
  const sent = await send(desk, [seller], [await claimsCall(desk, 'ask', { document, banks })]);
  const names = banks.map((did) => nameOf(desk, did)).join(', ');
  return doneBy(sent, {
    en: `${names} may lock the claim on the whole invoice.`,
    zh: `${names} 可锁定整张发票的主张。`,
  });
}

/** A bank locks the claim on a whole invoice, after it has recomputed the verdict. */
export async function lockWhole(desk: Desk, bank: Signer, check: ClaimCheck): Promise<Done> {
  const { document, checked } = await checkClaim(desk, bank, check);
  const sent = await send(desk, [bank], [await claimsCall(desk, 'lock', { document, checked })]);
  return doneBy(sent, {
    en: 'The bank recomputed every tag and locked the claim on the whole invoice.',
    zh: '银行已重新计算全部标签并锁定整张发票的主张。',
  });
}

/** The lock of a bank on a whole invoice. Throws TradeObjectUnknown. */
async function wholeLockOf(desk: Desk, document: Uint8Array): Promise<Uint8Array> {
  const { value } = await askClaims(desk).get({ document });
  if (value?.lock !== undefined) return value.lock;
  const reason = `No bank has locked the whole of document ${toHex(document)}.`;
  throw new HanseError('TradeObjectUnknown', { object: 'lock', reason });
}

/** A bank that has locked a whole invoice proves that it paid for it. */
export async function payWhole(
  desk: Desk,
  bank: Signer,
  document: Uint8Array,
  message: Uint8Array,
): Promise<Done & { readonly payment: Payment }> {
  const { suite } = await desk.client.chain();
  const { value } = await askClaims(desk).get({ document });
  const lock = await wholeLockOf(desk, document);
  const units = value?.payable ?? 0;
  const salt = desk.random.bytes(32);
  const opened = { subject: lock, units, message: suite.hash(message), salt };
  const proof = suite.hash(paymentBytes(opened));
  const sent = await send(desk, [bank], [await claimsCall(desk, 'finance', { lock, proof })]);
  const done = doneBy(sent, {
    en: 'The bank proved that it paid for the whole invoice.',
    zh: '银行已证明为整张发票付款。',
  });
  return { ...done, payment: { proof, message: opened.message, salt } };
}

/** A bank gives its lock on a whole invoice up, or says that what it financed has ended. */
export async function releaseWhole(desk: Desk, bank: Signer, document: Uint8Array): Promise<Done> {
  const lock = await wholeLockOf(desk, document);
  const sent = await send(desk, [bank], [await claimsCall(desk, 'release', { lock })]);
  return doneBy(sent, {
    en: 'The bank released its claim on the whole invoice.',
    zh: '银行已解除对整张发票的主张。',
  });
}

/** Opened terms as a document. */
export function termsJson({ deal, units, disbursed, fee, salt, rest }: Terms): Json {
  const hashes = { deal: toHex(deal), salt: toHex(salt), rest: toHex(rest) };
  return { format: TERMS_FORMAT, units, disbursed, fee, ...hashes };
}

/** The terms in a document. Throws TradeObjectUnknown when it holds none. */
export function readTerms(json: Json): Terms {
  const { format, units, disbursed, fee, deal, salt, rest } = isJsonObject(json) ? json : {};
  const [id, own, other] = [deal, salt, rest].map((one) =>
    typeof one === 'string' ? fromHex(one) : undefined,
  );
  const counts = [units, disbursed, fee];
  const isWhole =
    format === TERMS_FORMAT &&
    counts.every((one) => typeof one === 'number' && Number.isSafeInteger(one));
  if (!isWhole || id?.length !== 32 || own?.length !== 32 || other?.length !== 32) {
    const reason = `It is no document of the format ${TERMS_FORMAT}.`;
    throw new HanseError('TradeObjectUnknown', { object: 'terms', reason });
  }
  const [face = 0, paid = 0, kept = 0] = counts.map(Number);
  return { deal: id, units: face, disbursed: paid, fee: kept, salt: own, rest: other };
}
