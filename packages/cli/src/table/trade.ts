import type { CommandEntry, OptionEntry } from './entry.ts';

const registryOption: OptionEntry = {
  flags: '--registry <url>',
  text: {
    en: 'registry of claim tags; that of the local network when absent',
    zh: '主张标签登记机构；缺省为本地网络的登记机构',
  },
};
const withOption: OptionEntry = {
  flags: '--with <names>',
  text: { en: 'identities that sign as well, with commas', zh: '一同签名的身份，以逗号分隔' },
};
const importerOption: OptionEntry = {
  flags: '--importer <name>',
  text: { en: 'identity that vouches for documents', zh: '为文件登记结论的身份' },
};
const partyOptions: readonly OptionEntry[] = [
  {
    flags: '--seller <name>',
    text: {
      en: 'organisation of the seller; by its identifiers when absent',
      zh: '销售方组织；缺省时按其标识查找',
    },
  },
  {
    flags: '--buyer <name>',
    text: {
      en: 'organisation of the buyer; by its identifiers when absent',
      zh: '购买方组织；缺省时按其标识查找',
    },
  },
];
const fileOption: OptionEntry = {
  flags: '--file <file>',
  text: { en: 'the invoice as it was handed over', zh: '所收到的发票文件' },
};
const title = {
  name: '<title>',
  text: {
    en: 'id of a title, or file, id or number of its invoice',
    zh: '凭证标识，或其发票的文件、标识、号码',
  },
};
const deal = {
  name: '<deal>',
  text: { en: 'id of a deal, or what stands for its title', zh: '融资标识，或其凭证' },
};
const done = 'txids[], height, says { en, zh }';

/** Commands of trade finance. */
export const tradeCommands: readonly CommandEntry[] = [
  {
    name: 'invoice import',
    summary: {
      en: 'read invoices, deposit them and let the importer vouch for them',
      zh: '读取发票、存证，并由导入方登记结论',
    },
    args: [
      {
        name: '<file...>',
        text: { en: 'UBL, CII, Chinese e-invoice (XML or OFD)', zh: 'UBL、CII、数电票 XML 或 OFD' },
      },
    ],
    options: [importerOption, ...partyOptions, registryOption],
    examples: ['invoice import demo/invoices/meridian-MM-2026-1102.ubl.xml'],
    json: '{ documents: [{ file, verdict, code, kind, findings[], document, state, hold, txids[], … } or with error] }',
    load: () => import('../commands/invoice-import.ts'),
  },
  {
    name: 'invoice show',
    summary: {
      en: 'show the invoices kept here, or one: its claim, and who holds which part of its title',
      zh: '显示此处的发票，或其中一张的主张及各部分持有人',
    },
    args: [
      {
        name: '[invoice]',
        text: { en: 'file, id or number; id of a title', zh: '文件、标识或号码；凭证标识' },
      },
    ],
    options: [registryOption],
    examples: ['invoice show', 'invoice show MM-2026-1102'],
    json: '{ documents[] } or { document, number, claim, proved, titles: [{ title, parts[], requests[], deals[] }] }',
    load: () => import('../commands/invoice-show.ts'),
  },
  {
    name: 'invoice issue',
    summary: {
      en: 'make a title over an invoice and ask the debtor to confirm it',
      zh: '以发票开立凭证并请债务人确认',
    },
    args: [{ name: '<invoice>', text: { en: 'file, id or number', zh: '文件、标识或号码' } }],
    options: [
      {
        flags: '--amount <amount>',
        text: { en: 'less than what is payable', zh: '小于应付金额的数额' },
      },
      { flags: '--due <date>', text: { en: 'YYYY-MM-DD', zh: 'YYYY-MM-DD' } },
      {
        flags: '--reason <reason>',
        text: {
          en: 'of a long tenor: seasonal, project, export, public-buyer',
          zh: '较长期限的理由：seasonal、project、export、public-buyer',
        },
      },
      withOption,
      registryOption,
    ],
    examples: ['invoice issue MM-2026-1102 --as supplier'],
    json: `{ title, units, currency, due, ${done} }`,
    load: () => import('../commands/invoice-issue.ts'),
  },
  {
    name: 'invoice confirm',
    summary: {
      en: 'confirm a title as its debtor: maker and checker sign',
      zh: '债务人确认凭证：经办与复核共同签名',
    },
    args: [title],
    options: [
      withOption,
      {
        flags: '--no-transfer',
        text: { en: 'the title may not be passed on', zh: '凭证不得流转' },
      },
      registryOption,
    ],
    examples: ['invoice confirm MM-2026-1102 --as buyer --with buyer.checker'],
    json: `{ title, ${done} }`,
    load: () => import('../commands/invoice-confirm.ts'),
  },
  {
    name: 'invoice receive',
    summary: { en: 'receive a confirmed title as its supplier', zh: '供应商签收已确认的凭证' },
    args: [title],
    options: [registryOption],
    examples: ['invoice receive MM-2026-1102 --as supplier'],
    json: `{ title, ${done} }`,
    load: () => import('../commands/invoice-receive.ts'),
  },
  {
    name: 'invoice split',
    summary: {
      en: 'divide what one holds among several receivers, in one transaction',
      zh: '在一笔交易中将所持部分拆分给多个接收方',
    },
    args: [
      title,
      {
        name: '<share...>',
        text: {
          en: 'amount:receiver:invoice, the invoice being what it pays for',
          zh: '金额:接收方:发票，发票为所支付的贸易',
        },
      },
    ],
    options: [withOption, registryOption],
    examples: ['invoice split MM-2026-1102 102081.60:supplier2:KS-88213 --as supplier'],
    json: `{ title, parts[], ${done} }`,
    load: () => import('../commands/invoice-split.ts'),
  },
  {
    name: 'invoice transfer',
    summary: { en: 'pass a part of a title on', zh: '流转凭证的一部分' },
    args: [
      title,
      { name: '<amount>', text: { en: 'such as 11760.00', zh: '例如 11760.00' } },
      { name: '<receiver>', text: { en: 'organisation that gets it', zh: '接收方组织' } },
    ],
    options: [
      {
        flags: '--trade <invoice>',
        text: { en: "the receiver's invoice that it pays for", zh: '所支付的接收方发票' },
      },
      withOption,
      registryOption,
    ],
    examples: ['invoice transfer MM-2026-1102 11760.00 supplier3 --trade 5507 --as supplier2'],
    json: `{ title, parts[], ${done} }`,
    load: () => import('../commands/invoice-transfer.ts'),
  },
  {
    name: 'invoice sign',
    summary: { en: 'sign for what somebody passes on to you', zh: '签收他人流转的部分' },
    args: [title],
    options: [registryOption],
    examples: ['invoice sign MM-2026-1102 --as supplier2'],
    json: `{ title, ${done} }`,
    load: () => import('../commands/invoice-sign.ts'),
  },
  {
    name: 'invoice ask',
    summary: {
      en: 'ask a bank for money against a part of a title, or "whole" for an invoice without one',
      zh: '以部分凭证（或以 whole 表示整张发票）向银行申请融资',
    },
    args: [
      title,
      {
        name: '<amount>',
        text: { en: 'such as 11760.00, or whole', zh: '例如 11760.00，或 whole' },
      },
      { name: '<bank>', text: { en: 'organisation', zh: '组织' } },
    ],
    options: [
      {
        flags: '--pledge',
        text: { en: 'as a pledge; the title is sold otherwise', zh: '作为质押；否则为转让' },
      },
      withOption,
      registryOption,
    ],
    examples: ['invoice ask MM-2026-1102 11760.00 bank --as supplier3'],
    json: `{ deal, title, units, kind, ${done} }`,
    load: () => import('../commands/invoice-ask.ts'),
  },
  {
    name: 'invoice offer',
    summary: {
      en: 'as a bank: recompute the verdict, lock the claim and commit to terms',
      zh: '银行：重新计算结论、锁定主张并承诺条款',
    },
    args: [deal],
    options: [
      { flags: '--fee <amount>', text: { en: 'what the bank keeps', zh: '银行收取的费用' } },
      fileOption,
      registryOption,
    ],
    examples: ['invoice offer MM-2026-1102 --fee 147.00 --as bank'],
    json: `{ deal, disbursed, fee, terms, until, ${done} }`,
    load: () => import('../commands/invoice-offer.ts'),
  },
  {
    name: 'invoice accept',
    summary: { en: 'see the fee and accept exactly these terms', zh: '查看费用并按此条款接受' },
    args: [
      deal,
      {
        name: '[terms]',
        text: {
          en: 'file that the bank handed over; the one kept here when absent',
          zh: '银行提供的条款文件；缺省为此处所存',
        },
      },
    ],
    options: [withOption, registryOption],
    examples: ['invoice accept MM-2026-1102 --as supplier3'],
    json: `{ deal, units, disbursed, fee, ${done} }`,
    load: () => import('../commands/invoice-accept.ts'),
  },
  {
    name: 'invoice finance',
    summary: { en: 'as a bank: prove that you paid as agreed', zh: '银行：证明已按约付款' },
    args: [deal],
    options: [
      {
        flags: '--message <file>',
        text: {
          en: 'your payment message; only its hash is sent',
          zh: '付款报文；仅发送其哈希',
        },
      },
      registryOption,
    ],
    examples: ['invoice finance MM-2026-1102 --as bank'],
    json: `{ deal, proof, ${done} }`,
    load: () => import('../commands/invoice-finance.ts'),
  },
  {
    name: 'invoice release',
    summary: { en: 'as a bank: let go what was pledged', zh: '银行：解除质押' },
    args: [deal],
    options: [registryOption],
    examples: ['invoice release MM-2026-1102 --as bank'],
    json: `{ deal, ${done} }`,
    load: () => import('../commands/invoice-release.ts'),
  },
  {
    name: 'invoice credit-note',
    summary: {
      en: 'record a credit note; whoever holds or financed some of its invoice is told',
      zh: '登记贷项通知单，并通知其发票的持有人与融资银行',
    },
    args: [{ name: '<file>', text: { en: 'the credit note', zh: '贷项通知单' } }],
    options: [
      {
        flags: '--invoice <invoice>',
        text: {
          en: 'what it is on; by its number when absent',
          zh: '所冲减的发票；缺省按号码查找',
        },
      },
      importerOption,
      ...partyOptions,
      registryOption,
    ],
    examples: ['invoice credit-note demo/invoices/meridian-credit-MM-2026-1119.ubl.xml'],
    json: `{ document, invoice, ${done} }`,
    load: () => import('../commands/invoice-credit-note.ts'),
  },
  {
    name: 'rules install',
    summary: {
      en: 'compile a Schematron file and check invoices against it from now on',
      zh: '编译 Schematron 规则文件，此后据此校验发票',
    },
    args: [{ name: '<file>', text: { en: 'ISO Schematron (.sch)', zh: 'ISO Schematron 文件' } }],
    options: [
      {
        flags: '--name <name>',
        text: { en: 'such as "EN16931 1.3.16"', zh: '例如 "EN16931 1.3.16"' },
      },
      {
        flags: '--syntax <syntax>',
        text: { en: 'ubl or cii, when the file does not say', zh: 'ubl 或 cii，当文件未说明时' },
      },
    ],
    examples: ['rules install EN16931-UBL-validation.sch'],
    json: '{ syntax, name, path, sha256, title, checks }',
    load: () => import('../commands/rules-install.ts'),
  },
  {
    name: 'rules list',
    summary: { en: 'list installed rule packs', zh: '列出已安装的规则包' },
    examples: ['rules list'],
    json: '{ rules: [{ syntax, name, path, sha256, title, checks }] }',
    load: () => import('../commands/rules-list.ts'),
  },
  {
    name: 'registry start',
    summary: {
      en: 'run the registry of claim tags of a configuration file in this process',
      zh: '在本进程运行配置文件所描述的主张标签登记机构',
    },
    options: [
      {
        flags: '--config <file>',
        text: { en: 'configuration of the registry (JSON)', zh: '登记机构配置（JSON）' },
      },
    ],
    examples: ['registry start --config .hanse/dev/registry/registry.json'],
    json: '{ ready, url, did }, once it is ready',
    isService: true,
    load: () => import('../commands/registry-start.ts'),
  },
  {
    name: 'registry key',
    summary: {
      en: 'show keys of claim tags; make, publish, make current or close one',
      zh: '显示主张标签密钥；生成、发布、设为当前或关闭',
    },
    options: [
      { flags: '--new', text: { en: 'make the key of the next epoch', zh: '生成下一周期的密钥' } },
      {
        flags: '--publish',
        text: { en: 'publish the oldest one not on the chain', zh: '发布尚未上链的最早密钥' },
      },
      {
        flags: '--current <epoch>',
        text: { en: 'take locks under this epoch', zh: '此后按该周期锁定' },
      },
      { flags: '--close <epoch>', text: { en: 'close an epoch', zh: '关闭周期' } },
      {
        flags: '--dir <dir>',
        text: { en: 'folder of the registry', zh: '登记机构目录' },
      },
      registryOption,
    ],
    examples: ['registry key', 'registry key --new', 'registry key --publish --as regulator'],
    json: '{ keys: [{ epoch, group, publicKey, state }] }, or the change',
    load: () => import('../commands/registry-key.ts'),
  },
  {
    name: 'demo trade-finance',
    summary: {
      en: 'tell the trade-finance story: who holds which part, the refused second financing, each with its proof',
      zh: '演示贸易融资：各部分持有人、被拒的二次融资，逐步附证明',
    },
    examples: ['demo trade-finance', 'demo trade-finance --json'],
    json: '{ story, proved, receipts, steps: [{ id, title, by, says, refused, parts[], proofs[] }] }',
    load: () => import('../commands/demo-trade-finance.ts'),
  },
];
