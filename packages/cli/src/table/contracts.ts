import type { CommandEntry } from './entry.ts';

/** Commands about contracts, transactions and events. */
export const contractCommands: readonly CommandEntry[] = [
  {
    name: 'call',
    summary: { en: 'call a method of a contract in a transaction', zh: '以交易调用合约方法' },
    args: [
      {
        name: '<contract.method>',
        text: { en: 'such as evidence.coSign', zh: '例如 evidence.coSign' },
      },
      {
        name: '[json]',
        text: { en: 'arguments as JSON; "-" reads stdin', zh: 'JSON 参数；“-”读取标准输入' },
      },
    ],
    options: [
      {
        flags: '--until <state>',
        text: {
          en: 'wait until "proved" (default) or only "final"',
          zh: '等待到 proved（默认）或仅 final',
        },
      },
      {
        flags: '--key <text>',
        text: {
          en: 'idempotency key: the same key is executed at most once',
          zh: '幂等键：同一键最多执行一次',
        },
      },
      { flags: '--gas <limit>', text: { en: 'gas limit', zh: '燃料上限' } },
      {
        flags: '--timeout <seconds>',
        text: { en: 'how long to wait, 60 when absent', zh: '等待秒数，缺省为 60' },
      },
    ],
    examples: [`call evidence.coSign '{"id":"…","statement":"seen"}' --as bank`],
    json: '{ txid, height, state, gas, results[], events[] }',
    load: () => import('../commands/call.ts'),
  },
  {
    name: 'query',
    summary: {
      en: 'ask a contract without a transaction (word of one node)',
      zh: '查询合约，不产生交易（单节点答复）',
    },
    args: [
      { name: '<contract.query>', text: { en: 'such as identity.list', zh: '例如 identity.list' } },
      {
        name: '[json]',
        text: { en: 'arguments as JSON; "-" reads stdin', zh: 'JSON 参数；“-”读取标准输入' },
      },
    ],
    options: [
      {
        flags: '--min-height <height>',
        text: { en: 'height the answer must have reached', zh: '答复须达到的高度' },
      },
    ],
    examples: [`query identity.list '{"limit":10}'`],
    json: '{ result, height, ageMs }',
    load: () => import('../commands/query.ts'),
  },
  {
    name: 'contracts',
    summary: {
      en: 'describe native contracts, or one of any: methods, queries and events',
      zh: '说明原生合约或任一合约：方法、查询和事件',
    },
    args: [
      {
        name: '[contract]',
        text: { en: 'only this one, with its arguments', zh: '仅此合约，含参数' },
      },
    ],
    examples: ['contracts', 'contracts evidence'],
    json: '{ <contract>: { methods, queries, events } } with JSON Schemas',
    load: () => import('../commands/contracts.ts'),
  },
  {
    name: 'tx show',
    summary: {
      en: 'show a transaction: proved receipt, calls, events',
      zh: '显示交易：经证明的回执、调用与事件',
    },
    args: [{ name: '<id>', text: { en: 'transaction id', zh: '交易标识' } }],
    examples: ['tx show <txid>'],
    json: '{ txid, height, index, status, gas, signers[], calls[], events[], proved }',
    load: () => import('../commands/tx-show.ts'),
  },
  {
    name: 'events',
    summary: { en: 'print events in order, each once', zh: '按序输出事件，每个一次' },
    args: [
      {
        name: '[contract.event]',
        text: { en: 'only these; the event may be left out', zh: '仅此事件；可省略事件名' },
      },
    ],
    options: [
      {
        flags: '--from <cursor>',
        text: { en: 'go on behind this cursor', zh: '从此游标之后继续' },
      },
      { flags: '-f, --follow', text: { en: 'wait for new events', zh: '持续等待新事件' } },
    ],
    examples: ['events evidence.deposited -f'],
    json: 'one line per event: { cursor, height, txid, contract, name, data }',
    isService: true,
    load: () => import('../commands/events.ts'),
  },
];
