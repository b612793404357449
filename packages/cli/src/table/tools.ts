import type { CommandEntry } from './entry.ts';

/** Commands for developers and shells. */
export const toolCommands: readonly CommandEntry[] = [
  {
    name: 'init',
    summary: {
      en: 'make a small project: a contract, its test and a program that uses it',
      zh: '创建小型项目：合约、测试及调用程序',
    },
    args: [
      {
        name: '[dir]',
        text: { en: 'its folder, this one when absent', zh: '目录，缺省为当前目录' },
      },
    ],
    examples: ['init orders'],
    json: '{ dir, name, files[], packages }',
    load: () => import('../commands/init.ts'),
  },
  {
    name: 'run',
    summary: {
      en: 'run a TypeScript program with the packages of Hanse',
      zh: '以 Hanse 软件包运行 TypeScript 程序',
    },
    args: [{ name: '<file>', text: { en: 'the program', zh: '程序文件' } }],
    examples: ['run app.ts'],
    json: 'as the program prints it',
    passesOptions: true,
    load: () => import('../commands/run.ts'),
  },
  {
    name: 'sim',
    summary: {
      en: 'run simulated networks with faults; prints the seed that breaks',
      zh: '运行带故障的模拟网络，输出出错的种子',
    },
    options: [
      { flags: '--seeds <count>', text: { en: 'how many, 20 when absent', zh: '数量，缺省为 20' } },
      {
        flags: '--from <seed>',
        text: { en: 'first seed, 1 when absent', zh: '起始种子，缺省为 1' },
      },
      { flags: '--seed <seed>', text: { en: 'only this one', zh: '仅此种子' } },
      {
        flags: '--tier <tier>',
        text: {
          en: 'fast (consensus) or whole (the node)',
          zh: 'fast（共识）或 whole（完整节点）',
        },
      },
    ],
    examples: ['sim --seeds 100', 'sim --seed 42 --tier whole'],
    json: 'one line per seed: { tier, seed, ok, reason? }',
    load: () => import('../commands/sim.ts'),
  },
  {
    name: 'seed',
    summary: { en: 'replay one seed of the simulator', zh: '重放模拟器的一个种子' },
    args: [{ name: '<seed>', text: { en: 'the seed', zh: '种子' } }],
    options: [
      {
        flags: '--tier <tier>',
        text: {
          en: 'fast (consensus) or whole (the node)',
          zh: 'fast（共识）或 whole（完整节点）',
        },
      },
    ],
    examples: ['seed 42'],
    json: '{ tier, seed, ok, reason? }',
    load: () => import('../commands/seed.ts'),
  },
  {
    name: 'bench',
    summary: {
      en: 'measure a network on this machine (needs the checkout)',
      zh: '在本机测量网络性能（需要源码）',
    },
    examples: ['bench'],
    json: 'as the benchmark prints it',
    passesOptions: true,
    load: () => import('../commands/bench.ts'),
  },
  {
    name: 'chaos',
    summary: {
      en: 'kill and cut off real validators (needs the checkout)',
      zh: '对真实验证节点做故障测试（需要源码）',
    },
    examples: ['chaos'],
    json: 'as the test prints it',
    passesOptions: true,
    load: () => import('../commands/chaos.ts'),
  },
  {
    name: 'config show',
    summary: { en: 'show the settings and where each comes from', zh: '显示各项设置及其来源' },
    examples: ['config show'],
    json: '{ settings: [{ name, value, origin }] }',
    load: () => import('../commands/config-show.ts'),
  },
  {
    name: 'docs',
    summary: { en: 'explain an error code', zh: '解释错误代码' },
    args: [{ name: '<code>', text: { en: 'such as HANSE-3020', zh: '例如 HANSE-3020' } }],
    examples: ['docs HANSE-3020'],
    json: '{ code, name, retry, blame, http, en, zh }',
    load: () => import('../commands/docs.ts'),
  },
  {
    name: 'completion',
    summary: { en: 'print the completion script of a shell', zh: '输出 shell 补全脚本' },
    args: [{ name: '<shell>', text: { en: 'bash, zsh or fish', zh: 'bash、zsh 或 fish' } }],
    examples: ['completion bash'],
    json: '{ shell, script }',
    load: () => import('../commands/completion.ts'),
  },
  {
    name: 'version',
    summary: {
      en: 'show versions of Hanse, Node and the protocol',
      zh: '显示 Hanse、Node 和协议的版本',
    },
    examples: ['version'],
    json: '{ hanse, protocol, engine, node, platform, native }',
    load: () => import('../commands/version.ts'),
  },
];
