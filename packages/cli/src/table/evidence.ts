import type { CommandEntry, OptionEntry } from './entry.ts';

const until: OptionEntry = {
  flags: '--until <state>',
  text: {
    en: 'wait until "proved" (default) or only "final"',
    zh: '等待到 proved（默认）或仅 final',
  },
};
const output: OptionEntry = {
  flags: '-o, --output <file>',
  text: { en: 'write to a file instead of stdout', zh: '写入文件而非标准输出' },
};
const deposit = {
  name: '<id|file>',
  text: { en: 'id of a deposit, or its file', zh: '存证标识或其文件' },
};

/** Commands about evidence and its proofs. */
export const evidenceCommands: readonly CommandEntry[] = [
  {
    name: 'evidence deposit',
    summary: {
      en: 'put the hash and the hidden fields of files on the chain',
      zh: '将文件的哈希及隐藏字段存证上链',
    },
    args: [{ name: '<paths...>', text: { en: 'files or folders', zh: '文件或文件夹' } }],
    options: [
      until,
      {
        flags: '--no-fields',
        text: { en: 'commit to the file as a whole only', zh: '仅对整个文件存证，不拆分字段' },
      },
      {
        flags: '--bundles <dir>',
        text: {
          en: 'where proof bundles go, .hanse/bundles when absent',
          zh: '证明包目录，缺省为 .hanse/bundles',
        },
      },
      { flags: '--no-bundles', text: { en: 'write no proof bundles', zh: '不写证明包' } },
      {
        flags: '--media-type <type>',
        text: {
          en: 'media type, when the name does not say it',
          zh: '媒体类型（文件名无法体现时）',
        },
      },
      {
        flags: '--device <id>',
        text: { en: 'DID or serial number of the capturing device', zh: '采集设备的 DID 或序列号' },
      },
      {
        flags: '--method <method>',
        text: {
          en: 'file, scan, photo, sensor, export or api',
          zh: '采集方式：file、scan、photo、sensor、export 或 api',
        },
      },
    ],
    examples: ['evidence deposit README.md', 'evidence deposit demo/documents --as carrier'],
    json: '{ total, deposited, existed, failed, files: [{ path, id, status: deposited|existed|failed, height?, txid?, bundle?, note?, error? }] }',
    load: () => import('../commands/evidence-deposit.ts'),
  },
  {
    name: 'evidence show',
    summary: {
      en: 'show a deposit, proved, with co-signatures and links',
      zh: '显示经证明的存证及其联署与关联',
    },
    args: [deposit],
    examples: ['evidence show README.md'],
    json: '{ id, proved, evidence, depositorName?, coSignatures[], links[], height, time }',
    load: () => import('../commands/evidence-show.ts'),
  },
  {
    name: 'evidence list',
    summary: { en: 'list deposits of the chain', zh: '列出链上存证' },
    options: [
      { flags: '--after <id>', text: { en: 'go on behind this deposit', zh: '从此存证之后继续' } },
      { flags: '--limit <count>', text: { en: 'how many, 20 when absent', zh: '数量，缺省为 20' } },
    ],
    examples: ['evidence list'],
    json: '{ rows: [evidence], next }',
    load: () => import('../commands/evidence-list.ts'),
  },
  {
    name: 'evidence verify',
    summary: {
      en: 'check a file against its deposit on the chain, or a bundle without a network',
      zh: '将文件与链上存证核对，或离线核验证明包',
    },
    args: [{ name: '<file|bundle>', text: { en: 'file or proof bundle', zh: '文件或证明包' } }],
    examples: ['evidence verify README.md'],
    json: 'as `verify`, or as `evidence show` for a file',
    load: () => import('../commands/evidence-verify.ts'),
  },
  {
    name: 'evidence disclose',
    summary: {
      en: 'make a bundle that shows single fields of a deposit and hides the rest',
      zh: '生成仅披露个别字段的证明包，其余保密',
    },
    args: [
      deposit,
      {
        name: '<fields...>',
        text: { en: 'paths of fields; "?" lists them', zh: '字段路径；“?”列出全部' },
      },
    ],
    options: [
      output,
      {
        flags: '--file <file>',
        text: { en: 'the deposited file, when it was moved', zh: '存证文件（如已移动）' },
      },
    ],
    examples: [
      'evidence disclose invoice.xml "?"',
      'evidence disclose invoice.xml "#name" -o name.bundle.json',
    ],
    json: 'the bundle; { fields: [{ path }] } for "?"',
    load: () => import('../commands/evidence-disclose.ts'),
  },
  {
    name: 'evidence co-sign',
    summary: { en: 'put your own statement under a deposit', zh: '为存证附上自己的联署声明' },
    args: [deposit, { name: '<statement>', text: { en: 'what you state', zh: '声明内容' } }],
    options: [until],
    examples: ['evidence co-sign README.md "received" --as bank'],
    json: '{ id, txid, height, state }',
    load: () => import('../commands/evidence-cosign.ts'),
  },
  {
    name: 'evidence link',
    summary: { en: 'link a deposit to another one', zh: '将一项存证关联到另一项' },
    args: [
      { name: '<from>', text: { en: 'id or file', zh: '标识或文件' } },
      { name: '<to>', text: { en: 'id or file', zh: '标识或文件' } },
    ],
    options: [
      {
        flags: '--relation <relation>',
        text: {
          en: 'attachment-of, derived-from, refers-to (default) or same-content',
          zh: 'attachment-of、derived-from、refers-to（默认）或 same-content',
        },
      },
      until,
    ],
    examples: ['evidence link scan.png contract.txt --relation derived-from'],
    json: '{ from, to, relation, txid, height, state }',
    load: () => import('../commands/evidence-link.ts'),
  },
  {
    name: 'evidence supersede',
    summary: {
      en: 'say that a newer deposit replaces an older one',
      zh: '声明较新的存证取代旧存证',
    },
    args: [
      { name: '<old>', text: { en: 'id or file', zh: '标识或文件' } },
      { name: '<new>', text: { en: 'id or file', zh: '标识或文件' } },
    ],
    options: [until],
    examples: ['evidence supersede draft.txt final.txt'],
    json: '{ id, by, txid, height, state }',
    load: () => import('../commands/evidence-supersede.ts'),
  },
  {
    name: 'proof export',
    summary: {
      en: 'write the proof bundle of a deposit, or the proved receipt of a transaction',
      zh: '导出存证的证明包或交易的回执证明',
    },
    args: [{ name: '<id>', text: { en: 'deposit, file or transaction', zh: '存证、文件或交易' } }],
    options: [output],
    examples: ['proof export README.md -o readme.bundle.json'],
    json: 'the bundle itself',
    load: () => import('../commands/proof-export.ts'),
  },
  {
    name: 'verify',
    summary: {
      en: 'check a proof bundle offline, with or without the file',
      zh: '离线核验证明包（可附文件）',
    },
    args: [
      { name: '<bundle>', text: { en: 'proof bundle (JSON)', zh: '证明包（JSON）' } },
      { name: '[file]', text: { en: 'the file it is about', zh: '所涉文件' } },
    ],
    options: [
      {
        flags: '--max-age <seconds>',
        text: { en: 'refuse an older proof', zh: '拒绝早于此秒数的证明' },
      },
    ],
    examples: ['verify readme.bundle.json README.md'],
    json: '{ verified, anchored, report }; for a receipt { verified, anchored, receipt }',
    load: () => import('../commands/verify.ts'),
  },
];
