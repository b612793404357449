import { contractCommands } from './contracts.ts';
import type { CommandEntry, OptionEntry } from './entry.ts';

const fileArgument = {
  name: '<file>',
  text: { en: 'TypeScript file that exports the contract', zh: '导出合约的 TypeScript 文件' },
} as const;

const signing: readonly OptionEntry[] = [
  {
    flags: '--with <names>',
    text: {
      en: 'identities that sign, too, separated by commas',
      zh: '共同签名的身份，以逗号分隔',
    },
  },
  {
    flags: '--owners <names>',
    text: {
      en: 'organisations that decide on upgrades; the one that signs when absent',
      zh: '决定升级的组织；缺省为签名者所属组织',
    },
  },
  {
    flags: '--threshold <count>',
    text: { en: 'how many owners must sign, 1 when absent', zh: '须签名的所有者数，缺省为 1' },
  },
  {
    flags: '--until <state>',
    text: {
      en: 'wait until "proved" (default) or only "final"',
      zh: '等待到 proved（默认）或仅 final',
    },
  },
  {
    flags: '--dry-run',
    text: { en: 'say what would change and send nothing', zh: '仅说明变更，不发送' },
  },
];

/** `contract call` and `contract query` are the commands of those names. */
function alias(name: 'call' | 'query'): readonly CommandEntry[] {
  return contractCommands
    .filter((entry) => entry.name === name)
    .map((entry) => ({
      ...entry,
      name: `contract ${name}`,
      examples: (entry.examples ?? []).map((example) => `contract ${example}`),
    }));
}

/** Commands about contracts that members deploy. */
export const deploymentCommands: readonly CommandEntry[] = [
  {
    name: 'contract build',
    summary: {
      en: 'build a contract and load it as validators do; sends nothing',
      zh: '构建合约并按验证节点的方式加载，不发送',
    },
    args: [fileArgument],
    options: [
      {
        flags: '-o, --out <file>',
        text: {
          en: 'write the code there, and its source map beside it',
          zh: '写出代码及源码映射',
        },
      },
    ],
    examples: ['contract build contracts/orders.ts'],
    json: '{ name, codeBytes, sha256, gas, manifest, inputs[] }',
    load: () => import('../commands/contract-build.ts'),
  },
  {
    name: 'contract deploy',
    summary: { en: 'put a contract on the chain', zh: '部署合约到链上' },
    args: [fileArgument],
    options: signing,
    examples: ['contract deploy contracts/orders.ts --owners supplier,bank --threshold 2'],
    json: '{ name, version, codeHash, codeBytes, txid, height }',
    load: () => import('../commands/contract-deploy.ts'),
  },
  {
    name: 'contract upgrade',
    summary: {
      en: 'put a new version in its place, after saying what it changes',
      zh: '升级合约，并先列出变更',
    },
    args: [fileArgument],
    options: signing,
    examples: ['contract upgrade contracts/orders.ts --dry-run'],
    json: '{ name, version, codeHash, codeBytes, txid, height, changes[] }',
    load: () => import('../commands/contract-upgrade.ts'),
  },
  {
    name: 'contract list',
    summary: { en: 'list the contracts of the chain', zh: '列出链上合约' },
    options: [
      { flags: '--after <name>', text: { en: 'go on behind this one', zh: '从此合约之后继续' } },
      {
        flags: '--limit <count>',
        text: { en: 'how many, 100 when absent', zh: '数量，缺省为 100' },
      },
    ],
    examples: ['contract list'],
    json: 'as in GET /v1/contracts',
    load: () => import('../commands/contract-list.ts'),
  },
  {
    name: 'contract show',
    summary: {
      en: 'show a contract: owners, code hash, methods, queries, events; proved',
      zh: '显示合约：所有者、代码哈希、方法、查询与事件；经证明',
    },
    args: [{ name: '<contract>', text: { en: 'its name', zh: '合约名' } }],
    options: [{ flags: '--version <number>', text: { en: 'an older version', zh: '较早的版本' } }],
    examples: ['contract show orders'],
    json: '{ name, version, newest, codeHash, codeBytes, owners, height, time, txid, manifest, proved }',
    load: () => import('../commands/contract-show.ts'),
  },
  {
    name: 'contract names',
    summary: {
      en: 'print the methods or queries known here, for completion; asks no node',
      zh: '输出本地已知的方法或查询名，用于补全；不访问节点',
    },
    options: [
      {
        flags: '--kind <kind>',
        text: { en: 'methods (default) or queries', zh: 'methods（默认）或 queries' },
      },
    ],
    examples: ['contract names --kind queries'],
    json: '{ names[] }',
    load: () => import('../commands/contract-names.ts'),
  },
  ...alias('call'),
  ...alias('query'),
];
