import type { CommandEntry } from './entry.ts';

/** Commands that run validators and say how they are. */
export const networkCommands: readonly CommandEntry[] = [
  {
    name: 'dev',
    summary: {
      en: 'run a network of four validators on this machine, with the console',
      zh: '在本机运行四个验证节点的网络及控制台',
    },
    options: [
      {
        flags: '--port <port>',
        text: { en: 'first port; the next free block when absent', zh: '起始端口；缺省时自动选择' },
      },
      {
        flags: '--suite <suite>',
        text: {
          en: 'intl or sm (SM2, SM3, SM4) for a new chain',
          zh: '新链的算法套件：intl 或 sm（国密）',
        },
      },
      {
        flags: '--contracts <path>',
        text: {
          en: 'deploy the contracts of a folder or file, and again whenever they are saved',
          zh: '部署目录或文件中的合约，保存后即自动升级',
        },
      },
      {
        flags: '--demo',
        text: {
          en: 'deposit the demo documents and tell the trade-finance story',
          zh: '存证演示文档并演示贸易融资',
        },
      },
      {
        flags: '--temp',
        text: {
          en: 'keep nothing: a new chain that goes when it stops',
          zh: '不保留数据：停止后即删除的新链',
        },
      },
      {
        flags: '--reset',
        text: { en: 'move the old chain aside and start a new one', zh: '移开旧链并启动新链' },
      },
    ],
    examples: [
      'dev',
      'dev --contracts contracts',
      'dev --suite sm --temp',
      'dev --demo --port 7400',
    ],
    json: '{ ready, chainId, suite, console, api[], registry, data, identity, height, organisations[], pid }, once it is ready; then a line { contract, version, state, elapsedMs } per contract',
    isService: true,
    load: () => import('../commands/dev.ts'),
  },
  {
    name: 'why',
    summary: {
      en: 'say in one sentence whether blocks are being made, and why not',
      zh: '用一句话说明是否正在出块以及原因',
    },
    examples: ['why'],
    json: '{ healthy, sentence, sentenceZh, quorum, voting, silent[], height }',
    load: () => import('../commands/why.ts'),
  },
  {
    name: 'doctor',
    summary: {
      en: 'check this machine, the keys and the nodes; every finding with its fix',
      zh: '检查本机、密钥和节点，并给出处理方法',
    },
    examples: ['doctor'],
    json: '{ ok, checks: [{ name, status: ok|warning|failed, detail, fix? }] }',
    load: () => import('../commands/doctor.ts'),
  },
  {
    name: 'node start',
    summary: {
      en: 'run the validator of a configuration file in this process',
      zh: '在本进程运行配置文件所描述的验证节点',
    },
    options: [
      {
        flags: '--config <file>',
        text: { en: 'configuration of the validator (JSON)', zh: '验证节点配置（JSON）' },
      },
    ],
    examples: ['node start --config .hanse/dev/bank/node.json'],
    json: '{ ready, api }, once it is ready',
    isService: true,
    load: () => import('../commands/node-start.ts'),
  },
  {
    name: 'node repair',
    summary: {
      en: 'move the damaged data of a stopped validator aside, so that it fetches the chain again',
      zh: '移开已停止验证节点的损坏数据，使其重新获取链数据',
    },
    examples: ['node repair --data .hanse/dev/bank/data'],
    json: '{ data, moved[], to }',
    load: () => import('../commands/node-repair.ts'),
  },
  {
    name: 'block show',
    summary: {
      en: 'show a block: header, signers, transactions',
      zh: '显示区块：区块头、签名者、交易',
    },
    args: [
      {
        name: '<height>',
        text: { en: 'height of the block, or "latest"', zh: '区块高度，或 latest' },
      },
    ],
    examples: ['block show 1', 'block show latest --json'],
    json: 'the block as in GET /v1/blocks/:height, with proved: true where its results were checked',
    load: () => import('../commands/block-show.ts'),
  },
  {
    name: 'block list',
    summary: { en: 'list blocks, newest first', zh: '按新到旧列出区块' },
    options: [
      {
        flags: '--before <height>',
        text: { en: 'only blocks below this height', zh: '仅列此高度以下的区块' },
      },
      { flags: '--limit <count>', text: { en: 'how many, 20 when absent', zh: '数量，缺省为 20' } },
    ],
    examples: ['block list --limit 5'],
    json: '{ blocks: [ …as in GET /v1/blocks ] }',
    load: () => import('../commands/block-list.ts'),
  },
  {
    name: 'block watch',
    summary: { en: 'follow blocks as they become final', zh: '实时查看新的最终区块' },
    options: [
      {
        flags: '--count <count>',
        text: { en: 'end after so many blocks', zh: '收到指定数量的区块后结束' },
      },
    ],
    examples: ['block watch'],
    json: 'one line per block, as in GET /v1/watch',
    isService: true,
    load: () => import('../commands/block-watch.ts'),
  },
];
