import { callOf, prepareDeposit, type DepositParts, type Signer } from '@hanse/client';
import type { ImportResult } from '@hanse/einvoice';
import { HanseError, isHanseError, toHex } from '@hanse/kit';
import {
  askClaims,
  claimsCall,
  doneBy,
  money,
  nameOf,
  send,
  type Desk,
  type Done,
  type Text,
} from './desk.ts';
import { factsOf, type DocumentFacts } from './facts.ts';
import { registryKeys, tagsOf, type EpochKey, type EpochTags } from './registry.ts';

/** A document on record: its id is the hash of its bytes. */
export type Deposited = { readonly document: Uint8Array; readonly root: Uint8Array };

/**
 * Deposit a document: its fields go under salts that only the depositor can make again, so nothing of it can be
 * read or guessed on the chain. The first deposit of the same bytes stands.
 */
export async function depositDocument(
  desk: Desk,
  depositor: Signer,
  bytes: Uint8Array,
  parts: DepositParts,
): Promise<Done & Deposited> {
  const { suite } = await desk.client.chain();
  const { deposit } = prepareDeposit(suite, bytes, parts);
  const { call } = callOf('evidence', 'deposit', deposit);
  const document = deposit.byteHash;
  try {
    const sent = await send(desk, [depositor], [call]);
    const says = {
      en: `Deposited ${parts.name} with ${deposit.fieldCount} salted fields; none of them is on the chain.`,
      zh: `已存证 ${parts.name}，含 ${deposit.fieldCount} 个加盐字段；链上没有任何字段内容。`,
    };
    return { ...doneBy(sent, says), document, root: deposit.fieldsRoot };
  } catch (error) {
    if (!isHanseError(error) || error.codeName !== 'EvidenceExists') throw error;
    const { value } = await desk.client.evidence(document);
    if (value === undefined) throw error;
    const says = {
      en: `${parts.name} was deposited before, in block ${value.height}; the first deposit stands.`,
      zh: `${parts.name} 此前已在区块 ${value.height} 存证，以首次存证为准。`,
    };
    return { txids: [], height: value.height, says, document, root: value.fieldsRoot };
  }
}

/** What an importer is to vouch for. */
export type Vouching = Deposited & {
  /** What it read in the document. */
  readonly result: ImportResult;
  /** The organisations that seller and buyer are. */
  readonly seller: string;
  readonly buyer: string;
  /** Value of the goods that a receipt advice says were received, in minor units. */
  readonly received?: number;
};

/** What became of an invoice. */
export type Vouched = Done & {
  readonly facts: DocumentFacts;
  readonly state: string;
  readonly hold: string;
};

/**
 * The importer asks for tags under its own name and records its verdict, in each epoch that is open. Throws
 * DocumentRefused and DocumentWithoutKey before anything is asked for or sent.
 */
export async function vouch(desk: Desk, importer: Signer, vouching: Vouching): Promise<Vouched> {
  const { document, root, result, seller, buyer, received } = vouching;
  const facts = factsOf(result, 'invoice');
  const claims = askClaims(desk);
  const [known, keys] = await Promise.all([claims.verdicts({ document }), registryKeys(desk)]);
  const epochs = new Set(known.value.rows.map(({ epoch }) => epoch));
  const { currency, issued, units: payable, ruleSet, isHeld } = facts;
  const calls = [];
  for (const key of keys.filter(({ epoch }) => !epochs.has(epoch))) {
    const tags = await tagsUnless(desk, importer, key, facts);
    if (tags === undefined) continue;
    const own = { seller, buyer, currency, issued, payable, deductions: 0 };
    const verdict = { document, root, ...tags, ruleSet, result: facts.result, ...own, isHeld };
    const all = received === undefined ? verdict : { ...verdict, received };
    calls.push(await claimsCall(desk, 'recordVerdict', all));
  }
  const sent = calls.length === 0 ? undefined : await send(desk, [importer], calls);
  const { value } = await claims.status({ document });
  const { state = 'PENDING', hold = 'none' } = value ?? {};
  const says = sentence(desk, vouching, facts, { state, hold });
  const done = sent === undefined ? { txids: [], height: 0, says } : doneBy(sent, says);
  return { ...done, facts, state, hold };
}

/** Tags of an epoch; none of one that is published ahead while the registry does not serve its key yet. */
async function tagsUnless(
  desk: Desk,
  importer: Signer,
  key: EpochKey,
  { keys }: DocumentFacts,
): Promise<EpochTags | undefined> {
  try {
    return await tagsOf(desk, importer, key, keys);
  } catch (error) {
    const isAhead = isHanseError(error) && error.codeName === 'TagEpochUnknown';
    if (isAhead && key.state === 'published') return undefined;
    throw error;
  }
}

function sentence(
  desk: Desk,
  { seller }: Vouching,
  { invoice, units, currency, result }: DocumentFacts,
  { state, hold }: { readonly state: string; readonly hold: string },
): Text {
  const what = `${invoice.number ?? '?'} · ${money(units, currency)} · ${nameOf(desk, seller)}`;
  const en = result === 'valid' ? 'checked by rules' : 'rules not checked';
  const zh = result === 'valid' ? '已按规则校验' : '未按规则校验';
  if (state.startsWith('DUPLICATE')) {
    const isPaid = state === 'DUPLICATE_FINANCED';
    return {
      en: `${what}: the same invoice is ${isPaid ? 'financed' : 'registered'} already. Nothing can be done with this file.`,
      zh: `${what}：同一发票已${isPaid ? '融资' : '登记'}，此文件不能再用。`,
    };
  }
  if (hold === 'open') {
    return {
      en: `${what} (${en}): held, because another invoice has this number or it can be mistaken for one. The registry must review it.`,
      zh: `${what}（${zh}）：暂缓，存在相同号码或易混淆的发票，须由登记机构复核。`,
    };
  }
  return {
    en: `${what} (${en}): vouched for, and claimed by nobody else.`,
    zh: `${what}（${zh}）：已登记结论，无他人主张。`,
  };
}

/** A document as the chain proves it is on record. Throws RecordUnknown when it is not. */
export async function mustBeDeposited(
  desk: Pick<Desk, 'client'>,
  document: Uint8Array,
): Promise<Deposited> {
  const { value, height } = await desk.client.evidence(document);
  if (value === undefined) {
    throw new HanseError('RecordUnknown', { object: 'deposit', id: toHex(document), height });
  }
  return { document, root: value.fieldsRoot };
}
