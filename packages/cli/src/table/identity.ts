import type { CommandEntry } from './entry.ts';

const name = { name: '<name>', text: { en: 'local name', zh: '本地名称' } };

/** Commands about identities and their keys. */
export const identityCommands: readonly CommandEntry[] = [
  {
    name: 'id list',
    summary: { en: 'list the identities whose keys are here', zh: '列出本地持有密钥的身份' },
    examples: ['id list'],
    json: '{ identities: [{ name, did, kid, alg, current }] }',
    load: () => import('../commands/id-list.ts'),
  },
  {
    name: 'id use',
    summary: { en: 'sign as this identity from now on', zh: '此后以该身份签名' },
    args: [name],
    examples: ['id use bank'],
    json: '{ as, did }',
    load: () => import('../commands/id-use.ts'),
  },
  {
    name: 'id new',
    summary: { en: 'make a key and register a new identity', zh: '生成密钥并登记新身份' },
    args: [name],
    options: [
      {
        flags: '--kind <kind>',
        text: {
          en: 'person (default), organisation, device or application',
          zh: '种类：person（默认）、organisation、device 或 application',
        },
      },
      {
        flags: '--controller <name>',
        text: {
          en: 'organisation that registers it; the signer’s own when absent',
          zh: '登记它的组织；缺省为签名者所属组织',
        },
      },
      {
        flags: '--label <text>',
        text: { en: 'public name; persons have none', zh: '公开名称；个人没有' },
      },
    ],
    examples: ['id new scanner-7 --kind device --controller warehouse'],
    json: '{ name, did, kid, txid, height }',
    load: () => import('../commands/id-new.ts'),
  },
  {
    name: 'id show',
    summary: { en: 'show the proved record of an identity', zh: '显示经证明的身份记录' },
    args: [
      { name: '[name|did]', text: { en: 'the current one when absent', zh: '缺省为当前身份' } },
    ],
    examples: ['id show bank'],
    json: '{ proved, height, record }',
    load: () => import('../commands/id-show.ts'),
  },
  {
    name: 'id rotate',
    summary: { en: 'replace the key of an identity', zh: '更换身份的密钥' },
    args: [{ name: '[name]', text: { en: 'the current one when absent', zh: '缺省为当前身份' } }],
    examples: ['id rotate supplier'],
    json: '{ name, did, kid, replaced, txid, height }',
    load: () => import('../commands/id-rotate.ts'),
  },
  {
    name: 'id revoke',
    summary: { en: 'revoke a key of an identity', zh: '吊销身份的一把密钥' },
    args: [
      { name: '<name|did>', text: { en: 'identity', zh: '身份' } },
      { name: '<kid>', text: { en: 'name of the key', zh: '密钥名' } },
    ],
    options: [
      {
        flags: '--yes',
        text: { en: 'needed: a revoked key never comes back', zh: '必需：吊销不可撤销' },
      },
    ],
    examples: ['id revoke scanner-7 k1 --as warehouse.org --yes'],
    json: '{ did, kid, txid, height }',
    load: () => import('../commands/id-revoke.ts'),
  },
];
