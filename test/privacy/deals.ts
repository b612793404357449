import { randomBytes } from 'node:crypto';
import { must } from '@hanse/kit';
import {
  acceptTerms,
  askBank,
  askWhole,
  confirmTitle,
  issueTitle,
  importWithRules,
  lockWhole,
  offerTerms,
  payDeal,
  readTitle,
  receiveTitle,
  vouch,
  type StoryFile,
  type StoryStage,
} from '@hanse/trade-finance';

/** A deal whose content must be nowhere but with its parties. */
export type PrivateDeal = {
  readonly file: StoryFile;
  /** Texts of the document: numbers, names, prices, amounts. */
  readonly texts: readonly string[];
  /** What the bank and the holder agree on, in minor units. */
  readonly counts: readonly number[];
};

const TAX_PERCENT = 20;
/** Face of every title: a little below the limit from which four eyes are needed. */
const FACE = 99_000_000;

function word(sizeBytes: number): string {
  return randomBytes(sizeBytes).toString('hex').toUpperCase();
}

function amount(minor: number): string {
  return (minor / 100).toFixed(2);
}

function between(min: number, max: number): number {
  return min + (randomBytes(4).readUInt32BE() % (max - min));
}

/** An invoice that nobody has seen before: every number, name and price is fresh. */
export function makeDeal(template: string): PrivateDeal {
  const number = `IV-${word(6)}`;
  const order = `PO-${word(6)}`;
  const [seller, buyer, contact] = [
    `Seller ${word(8)} GmbH`,
    `Buyer ${word(8)} AG`,
    `Name ${word(8)}`,
  ];
  const item = `Goods ${word(8)}`;
  const account = `AT${between(10, 99)}${word(9)}`;
  const quantity = between(2, 9);
  // Larger than any gas, height or offset that a node writes, so that none of those is taken for one.
  const price = between(1_000_000_000, 4_000_000_000);
  const net = price * quantity;
  const tax = Math.round((net * TAX_PERCENT) / 100);
  const due = net + tax;
  const fee = between(50_000_000, 85_000_000);
  const replaced = (
    [
      [/KS-88213/g, number],
      [/MM-PO-3310/g, order],
      [/Kestrel Smelting GmbH/g, seller],
      [/Meridian Metals GmbH/g, buyer],
      [/Paul Huber/g, contact],
      [/Smelting of copper concentrate, campaign 44/g, item],
      [/AT483200000012345864/g, account],
      [/25\.020/g, String(quantity)],
      [/3400\.00/g, amount(price)],
      [/85068\.00/g, amount(net)],
      [/17013\.60/g, amount(tax)],
      [/102081\.60/g, amount(due)],
    ] as const
  ).reduce((text, [from, to]) => text.replace(from, to), template);
  const bytes = new TextEncoder().encode(replaced);
  const name = `${number}.xml`;
  const result = importWithRules(bytes, name, undefined);
  must(
    result.verdict === 'accepted' ? true : undefined,
    `a made-up invoice is read: ${result.code}`,
  );
  return {
    file: { name, bytes, result },
    texts: [
      number,
      order,
      seller,
      buyer,
      contact,
      item,
      account,
      amount(price),
      amount(net),
      amount(tax),
      amount(due),
      amount(fee),
      amount(FACE - fee),
    ],
    counts: [price, tax, fee, FACE - fee],
  };
}

/** Identifiers of the parties in every made-up invoice. */
export const PARTY_IDS = ['ATU00005500', 'ATU00004173', '9520000005504', '0000HANSEMERIDIAN062'];

/** Take a deal from deposit to payment, with a twin that is refused. Gives its document's id. */
export async function goThrough(stage: StoryStage, deal: PrivateDeal): Promise<Uint8Array> {
  const { desk, signers, organisations } = stage;
  const { file, counts } = deal;
  const { document, root } = await stage.deposit(file, 'supplier2');
  const parties = { seller: organisations.supplier2, buyer: organisations.buyer };
  const { facts } = await vouch(desk, signers.importer, {
    document,
    root,
    result: file.result,
    ...parties,
  });
  const { units, currency } = facts;
  const due = new Date(desk.clock.nowMs() + 90 * 86_400_000).toISOString().slice(0, 10);
  must(units > FACE ? true : undefined, 'a made-up invoice covers its title');
  const { pack } = await issueTitle(desk, [signers.supplier2], {
    document,
    units: FACE,
    currency,
    due,
  });
  const title = await readTitle(desk, pack);
  await confirmTitle(desk, [signers.buyer, signers['buyer.checker']], title.pack);
  await receiveTitle(desk, signers.supplier2, title.pack);
  const asking = { units: FACE, bank: organisations.bank, kind: 'finance' } as const;
  const asked = await askBank(desk, [signers.supplier2], await readTitle(desk, pack), asking);
  const fee = counts[2] ?? 0;
  const offer = { ...file, deal: asked.deal, fee };
  const { terms } = await offerTerms(desk, signers.bank, offer);
  await acceptTerms(desk, [signers.supplier2], terms);
  const message = new TextEncoder().encode(`paid ${amountText(file)} for ${deal.texts[0] ?? ''}`);
  await payDeal(desk, signers.bank, asked.deal, message);
  await refusedTwin(stage, deal, parties);
  return document;
}

function amountText({ result }: StoryFile): string {
  return String(result.invoice?.amounts.payable ?? 0n);
}

/** The same invoice with another white space is another file: both of its steps are refused, and leave receipts. */
async function refusedTwin(
  stage: StoryStage,
  { file }: PrivateDeal,
  parties: { readonly seller: string; readonly buyer: string },
): Promise<void> {
  const { desk, signers, organisations } = stage;
  const text = new TextDecoder().decode(file.bytes);
  const bytes = new TextEncoder().encode(text.replace('<cbc:ID>', '\n<cbc:ID>'));
  const twin = {
    name: `twin-${file.name}`,
    bytes,
    result: importWithRules(bytes, file.name, undefined),
  };
  const { document, root } = await stage.deposit(twin, 'supplier2');
  await vouch(desk, signers.importer, { document, root, result: twin.result, ...parties });
  const refused = async (work: Promise<unknown>): Promise<void> => {
    const outcome = await work.then(
      () => 'accepted',
      () => 'refused',
    );
    must(outcome === 'refused' ? true : undefined, 'a twin is refused');
  };
  await refused(askWhole(desk, signers.supplier2, document, [organisations.bank2]));
  await refused(lockWhole(desk, signers.bank2, twin));
}
