import { contractCommands } from './contracts.ts';
import { deploymentCommands } from './deployment.ts';
import type { CommandEntry, GroupEntry, OptionEntry } from './entry.ts';
import { evidenceCommands } from './evidence.ts';
import { identityCommands } from './identity.ts';
import { networkCommands } from './network.ts';
import { toolCommands } from './tools.ts';
import { tradeCommands } from './trade.ts';

/** Every command. Help, completion and the parser are made from this. */
export const commands: readonly CommandEntry[] = [
  ...networkCommands,
  ...evidenceCommands,
  ...tradeCommands,
  ...contractCommands,
  ...deploymentCommands,
  ...identityCommands,
  ...toolCommands,
];

/** First words that stand for several commands. */
export const groups: readonly GroupEntry[] = [
  {
    name: 'evidence',
    summary: { en: 'deposit files, show and check them', zh: '存证、查看与核验文件' },
  },
  {
    name: 'invoice',
    summary: {
      en: 'finance invoices: import, confirm, divide, pass on, pay',
      zh: '发票融资：导入、确认、拆分、流转、付款',
    },
  },
  { name: 'rules', summary: { en: 'rule packs for invoices', zh: '发票规则包' } },
  { name: 'registry', summary: { en: 'the registry of claim tags', zh: '主张标签登记机构' } },
  { name: 'demo', summary: { en: 'stories to look at', zh: '演示' } },
  { name: 'proof', summary: { en: 'export proofs', zh: '导出证明' } },
  {
    name: 'contract',
    summary: { en: 'build, deploy, upgrade and call contracts', zh: '构建、部署、升级与调用合约' },
  },
  { name: 'id', summary: { en: 'identities and their keys', zh: '身份与密钥' } },
  { name: 'block', summary: { en: 'look at blocks', zh: '查看区块' } },
  { name: 'tx', summary: { en: 'look at transactions', zh: '查看交易' } },
  { name: 'node', summary: { en: 'run or repair one validator', zh: '运行或修复单个验证节点' } },
  { name: 'config', summary: { en: 'settings', zh: '设置' } },
];

/** Options that every command takes. */
export const globalOptions: readonly OptionEntry[] = [
  {
    flags: '--url <urls>',
    text: { en: 'nodes to ask, separated by commas', zh: '要访问的节点，以逗号分隔' },
  },
  { flags: '--as <name>', text: { en: 'identity that signs', zh: '签名所用身份' } },
  {
    flags: '--genesis <hash>',
    text: { en: 'hash of the genesis to trust', zh: '所信任的创世哈希' },
  },
  {
    flags: '--data <dir>',
    text: { en: 'data folder of the local network', zh: '本地网络的数据目录' },
  },
  { flags: '--json', text: { en: 'print JSON', zh: '输出 JSON' } },
  { flags: '--quiet', text: { en: 'print results and errors only', zh: '仅输出结果和错误' } },
  { flags: '--lang <lang>', text: { en: 'en or zh-CN', zh: 'en 或 zh-CN' } },
];

/** Examples on the first screen of help. */
export const firstExamples: readonly string[] = [
  'dev',
  'evidence deposit README.md',
  'evidence show README.md',
  'proof export README.md -o readme.bundle.json',
  'verify readme.bundle.json README.md',
  'why',
];
