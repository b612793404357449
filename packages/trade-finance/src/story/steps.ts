import { dateOfDays, dateOfTime, daysOfDate } from '@hanse/codec';
import { fromHex, must } from '@hanse/kit';
import { recordCreditNote } from '../flow/crediting.ts';
import { askClaims, askPacks, type Text } from '../flow/desk.ts';
import {
  acceptTerms,
  askBank,
  askWhole,
  lockWhole,
  offerTerms,
  payDeal,
  readTerms,
  termsJson,
} from '../flow/financing.ts';
import { vouch } from '../flow/importing.ts';
import { passOn, signFor } from '../flow/passing.ts';
import { readTitle } from '../flow/titles.ts';
import { confirmTitle, issueTitle, receiveTitle } from '../flow/titling.ts';
import { factsOf } from '../flow/facts.ts';
import { daysBetween } from '../title/calendar.ts';
import { DEFAULT_RULES } from '../packs/rules.ts';
import {
  noted,
  type CastName,
  type Notes,
  type OrganisationName,
  type Stage,
  type StoryFileName,
  type StoryStep,
  type Taken,
} from './story.ts';

/** What the bank of the story keeps: 1.25 % of the face. */
const FEE_DIVISOR = 80;

/** Every step of the story in order. */
export const STORY: readonly StoryStep[] = [
  importStep('sale', 'supplier', 'buyer', {
    en: 'Tier 1 deposits its invoice; the importer vouches for it',
    zh: '一级供应商存证发票，导入方登记结论',
  }),
  importStep('trade2', 'supplier2', 'supplier', {
    en: 'Tier 2 deposits its invoice to tier 1',
    zh: '二级供应商存证开给一级供应商的发票',
  }),
  importStep('trade3', 'supplier3', 'supplier2', {
    en: 'Tier 3 deposits its invoice to tier 2',
    zh: '三级供应商存证开给二级供应商的发票',
  }),
  {
    id: 'issue',
    by: 'supplier',
    title: { en: 'Tier 1 makes a title over its invoice', zh: '一级供应商以发票开立凭证' },
    take: issue,
  },
  {
    id: 'confirm-alone',
    by: 'buyer',
    refusedFor: 'FOUR_EYES',
    title: {
      en: 'The maker of the buyer tries to confirm alone',
      zh: '买方经办人试图单独确认',
    },
    take: async (stage, notes) => confirm(stage, notes, ['buyer']),
  },
  {
    id: 'confirm',
    by: 'buyer',
    title: { en: 'The buyer confirms: maker and checker', zh: '买方经办与复核双人确认' },
    take: async (stage, notes) => confirm(stage, notes, ['buyer', 'buyer.checker']),
  },
  {
    id: 'receive',
    by: 'supplier',
    title: { en: 'Tier 1 receives the title', zh: '一级供应商签收凭证' },
    take: async ({ desk, signers }, notes) => {
      const { pack } = await readTitle(desk, notes.bytes('pack'));
      return receiveTitle(desk, signers.supplier, pack);
    },
  },
  passStep('supplier', 'supplier2', 'trade2', {
    en: 'Tier 1 divides the title and pays tier 2 with a part; tier 2 signs',
    zh: '一级供应商拆分凭证向二级供应商付款，二级供应商签收',
  }),
  passStep('supplier2', 'supplier3', 'trade3', {
    en: 'Tier 2 pays tier 3 with a part of its part; tier 3 signs',
    zh: '二级供应商以部分凭证向三级供应商付款，三级供应商签收',
  }),
  {
    id: 'ask',
    by: 'supplier3',
    title: { en: 'Tier 3 asks the first bank for money', zh: '三级供应商向第一家银行申请融资' },
    take: ask,
  },
  {
    id: 'offer',
    by: 'bank',
    title: {
      en: 'The first bank recomputes the verdict, locks the claim and offers',
      zh: '第一家银行重新计算结论、锁定主张并报价',
    },
    take: offer,
  },
  {
    id: 'accept',
    by: 'supplier3',
    title: { en: 'Tier 3 sees the fee and accepts', zh: '三级供应商查看费用并接受' },
    take: async ({ desk, signers }, notes) =>
      acceptTerms(desk, [signers.supplier3], readTerms(JSON.parse(notes.text('terms')))),
  },
  {
    id: 'pay',
    by: 'bank',
    title: { en: 'The first bank pays and proves it', zh: '第一家银行付款并出具证明' },
    take: pay,
  },
  importStep('twin', 'supplier', 'buyer', {
    en: 'Tier 1 deposits the same invoice in the other syntax',
    zh: '一级供应商以另一种格式存证同一发票',
  }),
  {
    id: 'twin-ask',
    by: 'supplier',
    refusedFor: 'DUPLICATE_FINANCED',
    title: {
      en: 'Tier 1 offers that twin to the second bank',
      zh: '一级供应商向第二家银行申请以该孪生文件融资',
    },
    take: async ({ desk, signers, organisations }, notes) =>
      askWhole(desk, signers.supplier, notes.bytes('twin'), [organisations.bank2]),
  },
  {
    id: 'twin-lock',
    by: 'bank2',
    refusedFor: 'DUPLICATE_FINANCED',
    title: {
      en: 'The second bank, which saw nothing of that deal, tries to lock it',
      zh: '第二家银行从未看到第一笔交易，尝试锁定该孪生文件',
    },
    take: async ({ desk, signers, files }) => lockWhole(desk, signers.bank2, files.twin),
  },
  {
    id: 'spent-ask',
    by: 'supplier2',
    refusedFor: 'CLAIM_IN_PACKS',
    title: {
      en: 'Tier 2 tries to finance an invoice that a title has paid',
      zh: '二级供应商试图以已用凭证支付的发票再次融资',
    },
    take: async ({ desk, signers, organisations }, notes) =>
      askWhole(desk, signers.supplier2, notes.bytes('trade2'), [organisations.bank2]),
  },
  creditStep('credit', 'sale', {
    en: 'A credit note comes in; holders and banks are told at once',
    zh: '收到贷项通知单，持有人与银行在同一区块获知',
  }),
  {
    id: 'supervise',
    by: 'regulator',
    title: {
      en: 'The regulator sees what the rules have noticed',
      zh: '监管机构查看规则命中情况',
    },
    take: supervise,
  },
  importStep('sale-cn', 'supplier', 'buyer', {
    en: 'Another chain, with Chinese e-invoices: tier 1 deposits its own',
    zh: '另一条供应链（数电票）：一级供应商存证发票',
  }),
  importStep('trade-cn', 'supplier2', 'supplier', {
    en: 'Tier 2 deposits its Chinese e-invoice',
    zh: '二级供应商存证数电票',
  }),
  creditStep('red-cn', 'sale-cn', {
    en: 'A red-letter invoice takes a part of it back',
    zh: '红字数电票冲减部分金额',
  }),
];

function importStep(
  file: StoryFileName,
  seller: OrganisationName,
  buyer: OrganisationName,
  title: Text,
): StoryStep {
  return {
    id: `import-${file}`,
    by: seller,
    title,
    take: async (stage) => {
      const { desk, signers, organisations, files } = stage;
      const own = files[file];
      const deposited = await stage.deposit(own, seller);
      const vouching = {
        document: deposited.document,
        root: deposited.root,
        result: own.result,
        seller: organisations[seller],
        buyer: organisations[buyer],
      };
      const { txids, height, says } = await vouch(desk, signers.importer, vouching);
      return {
        txids: [...deposited.txids, ...txids],
        height: Math.max(height, deposited.height),
        says,
        notes: noted({ [file]: deposited.document }),
      };
    },
  };
}

function creditStep(file: StoryFileName, invoice: StoryFileName, title: Text): StoryStep {
  return {
    id: `import-${file}`,
    by: 'supplier',
    title,
    take: async (stage, notes) => {
      const { desk, signers, organisations, files } = stage;
      const own = files[file];
      const deposited = await stage.deposit(own, 'supplier');
      const { txids, height, says } = await recordCreditNote(desk, signers.importer, {
        document: deposited.document,
        root: deposited.root,
        result: own.result,
        invoice: notes.bytes(invoice),
        seller: organisations.supplier,
      });
      return { txids: [...deposited.txids, ...txids], height, says };
    },
  };
}

async function issue({ desk, signers, files }: Stage, notes: Notes): Promise<Taken> {
  const { units, currency, invoice, issued } = factsOf(files.sale.result, 'invoice');
  const today = dateOfTime(desk.clock.nowMs());
  const due = dueOf(today, { issued, due: invoice.dueDate });
  const issuing = { document: notes.bytes('sale'), units, currency, due };
  const done = await issueTitle(desk, [signers.supplier], issuing);
  return { ...done, notes: noted({ pack: done.pack }) };
}

/** The invoice's own due date where that is a usual tenor from today, otherwise three months from now. */
function dueOf(
  today: string,
  days: { readonly issued: string; readonly due: string | undefined },
): string {
  const { due, issued } = days;
  const { tenorDays } = DEFAULT_RULES;
  const isUsual = due !== undefined && due > today && daysBetween(today, due) <= tenorDays;
  if (isUsual) return due;
  const later = dateOfDays(must(daysOfDate(today), 'a date') + 90);
  return later > issued ? later : issued;
}

async function confirm(
  { desk, signers }: Stage,
  notes: Notes,
  who: readonly CastName[],
): Promise<Taken> {
  const { pack } = await readTitle(desk, notes.bytes('pack'));
  return confirmTitle(
    desk,
    who.map((name) => signers[name]),
    pack,
  );
}

function passStep(
  holder: OrganisationName,
  receiver: OrganisationName,
  trade: StoryFileName,
  title: Text,
): StoryStep {
  return {
    id: `pass-${receiver}`,
    by: holder,
    title,
    take: async ({ desk, signers, organisations, files }, notes) => {
      const before = await readTitle(desk, notes.bytes('pack'));
      const { units } = factsOf(files[trade].result, 'invoice');
      const share = { units, receiver: organisations[receiver], trade: notes.bytes(trade) };
      const passed = await passOn(desk, [signers[holder]], before, [share]);
      const signed = await signFor(desk, signers[receiver], before.pack.id);
      return {
        txids: [...passed.txids, ...signed.txids],
        height: signed.height,
        says: {
          en: `${passed.says.en} ${signed.says.en}`,
          zh: `${passed.says.zh}${signed.says.zh}`,
        },
      };
    },
  };
}

async function ask({ desk, signers, organisations, files }: Stage, notes: Notes): Promise<Taken> {
  const title = await readTitle(desk, notes.bytes('pack'));
  const { units } = factsOf(files.trade3.result, 'invoice');
  const asking = { units, bank: organisations.bank, kind: 'finance' } as const;
  const done = await askBank(desk, [signers.supplier3], title, asking);
  return { ...done, notes: noted({ deal: done.deal }) };
}

async function offer({ desk, signers, files, keep }: Stage, notes: Notes): Promise<Taken> {
  const deal = notes.bytes('deal');
  const { units } = factsOf(files.trade3.result, 'invoice');
  const fee = Math.floor(units / FEE_DIVISOR);
  const offered = await offerTerms(desk, signers.bank, { ...files.sale, deal, fee });
  keep?.terms(offered.terms);
  return { ...offered, notes: { terms: JSON.stringify(termsJson(offered.terms)) } };
}

async function pay({ desk, signers, message, keep }: Stage, notes: Notes): Promise<Taken> {
  const deal = notes.bytes('deal');
  const report = await message(deal);
  const done = await payDeal(desk, signers.bank, deal, report);
  keep?.payment(deal, report, done.payment);
  return { ...done, notes: noted({ proof: done.payment.proof, paymentSalt: done.payment.salt }) };
}

async function supervise({ desk }: Stage): Promise<Taken> {
  const [packHits, claimHits] = await Promise.all([
    askPacks(desk).hits({}),
    askClaims(desk).hits({}),
  ]);
  const rows = [...packHits.value.rows, ...claimHits.value.rows];
  const rules = [...new Set(rows.map(({ rule }) => rule))].toSorted();
  const txids = [...new Set(rows.map(({ txid }) => txid))].filter(
    (id) => fromHex(id) !== undefined,
  );
  const height = Math.max(0, ...rows.map(({ height }) => height));
  must(txids.length > 0 ? true : undefined, 'the story gives a regulator something to see');
  return {
    txids,
    height,
    says: {
      en: `Rule hits: ${rules.join(', ')}. Each names its act and transaction; the refused attempts are refused receipts.`,
      zh: `规则命中：${rules.join('、')}。每条均指明行为与交易；被拒尝试留有被拒回执。`,
    },
  };
}
