import { entry } from './entry.ts';

/** 31xx: contracts that members deploy, their tables, and who may call them. */
export const contractErrors = {
  ContractRejected: entry(
    3101,
    409,
    'caller',
    'never',
    [
      '{contract}.{method} rejected the call; nothing was written.',
      '{reason} {message}',
      'Change what the contract names, then send a new transaction.',
    ],
    [
      '{contract}.{method} 拒绝了调用，未写入任何数据。',
      '{reason} {message}',
      '请更正合约所指之处后发送新交易。',
    ],
  ),
  ContractFailed: entry(
    3102,
    409,
    'caller',
    'never',
    [
      '{contract}.{method} failed; nothing was written.',
      '{failure}: {message}',
      'Report it to the owners of {contract}: their code has a fault.',
    ],
    [
      '{contract}.{method} 运行失败，未写入任何数据。',
      '{failure}: {message}',
      '请告知 {contract} 的所有者：其代码有缺陷。',
    ],
  ),
  RowExists: entry(
    3103,
    409,
    'caller',
    'never',
    [
      'The call was refused; the first row stands.',
      'Table {table} of {contract} already has a row {key}.',
      'Use another key, or update the row.',
    ],
    [
      '调用被拒绝，以首行为准。',
      '{contract} 的表 {table} 已有行 {key}。',
      '请使用其他键，或更新该行。',
    ],
  ),
  RowUnknown: entry(
    3104,
    404,
    'caller',
    'never',
    [
      'The call was refused; nothing was written.',
      'Table {table} of {contract} has no row {key}.',
      'Check the key.',
    ],
    ['调用被拒绝，未写入任何数据。', '{contract} 的表 {table} 没有行 {key}。', '请检查键。'],
  ),
  UniqueTaken: entry(
    3105,
    409,
    'caller',
    'never',
    [
      'The call was refused; the first row stands.',
      'Index {index} of table {table} of {contract} is unique, and another row has the same values.',
      'Use other values, or change the row that has them.',
    ],
    [
      '调用被拒绝，以首行为准。',
      '{contract} 的表 {table} 的索引 {index} 要求唯一，而另一行已有相同的值。',
      '请使用其他值，或更改已有该值的行。',
    ],
  ),
  NotAllowed: entry(
    3106,
    403,
    'caller',
    'never',
    [
      '{contract}.{method} was not run; nothing was written.',
      'It needs {needs}, which {caller} is not.',
      'Sign as somebody who has it, or let the members grant it in the contract "roles".',
    ],
    [
      '{contract}.{method} 未运行，未写入任何数据。',
      '需要 {needs}，而 {caller} 不具备。',
      '请以具备者的身份签名，或由成员在合约“roles”中授予。',
    ],
  ),
  ReadOnly: entry(
    3107,
    409,
    'caller',
    'never',
    [
      'The query was refused; nothing was written.',
      '{contract}.{method} tried to write, and queries only read.',
      'Declare it as a command, or let it only read.',
    ],
    [
      '查询被拒绝，未写入任何数据。',
      '{contract}.{method} 试图写入，而查询只能读取。',
      '请声明为 command，或仅作读取。',
    ],
  ),
  CallDepth: entry(
    3108,
    409,
    'caller',
    'never',
    [
      'The call was refused; nothing was written.',
      'Contracts call each other more than {limit} deep at {contract}.',
      'Let them call each other less deeply.',
    ],
    [
      '调用被拒绝，未写入任何数据。',
      '合约互相调用在 {contract} 处超过 {limit} 层。',
      '请减少调用层数。',
    ],
  ),
  ReEntry: entry(
    3109,
    409,
    'caller',
    'never',
    [
      'The call was refused; nothing was written.',
      '{contract} is at work in this transaction already and cannot be called again from within.',
      'Finish with it first, then call it.',
    ],
    [
      '调用被拒绝，未写入任何数据。',
      '{contract} 在本交易中正在运行，不可从中再次调用。',
      '请待其完成后再调用。',
    ],
  ),
  ContractExists: entry(
    3110,
    409,
    'caller',
    'never',
    [
      'The deployment was refused; the first one stands.',
      'There is a contract "{contract}" already.',
      'Upgrade it as one of its owners, or choose another name.',
    ],
    ['部署被拒绝，以首次为准。', '已有合约“{contract}”。', '请以其所有者身份升级，或另选名称。'],
  ),
  NotOwner: entry(
    3111,
    403,
    'caller',
    'never',
    [
      'The upgrade of {contract} was refused; nothing was written.',
      'It needs {threshold} of its owners, and {signed} of them signed.',
      'Let more owners sign the same transaction.',
    ],
    [
      '{contract} 的升级被拒绝，未写入任何数据。',
      '需要 {threshold} 个所有者签名，现有 {signed} 个。',
      '请由更多所有者签署同一笔交易。',
    ],
  ),
  BadManifest: entry(
    3112,
    400,
    'caller',
    'never',
    [
      'The code of {contract} was refused; nothing was written.',
      'Its manifest breaks a rule: {reason}.',
      'Correct the contract and build it anew.',
    ],
    [
      '{contract} 的代码被拒绝，未写入任何数据。',
      '其清单违反规则：{reason}。',
      '请更正合约并重新构建。',
    ],
  ),
  IncompatibleUpgrade: entry(
    3113,
    409,
    'caller',
    'never',
    [
      'The upgrade of {contract} was refused; nothing was written.',
      'It does not fit what is stored: {reason}.',
      'Keep stored tables as they are; add optional fields at the end, or new tables.',
    ],
    [
      '{contract} 的升级被拒绝，未写入任何数据。',
      '与已存数据不符：{reason}。',
      '请保持已存的表不变；可在末尾添加可选字段或新增表。',
    ],
  ),
  CodeUnknown: entry(
    3114,
    404,
    'caller',
    'never',
    [
      'The deployment was refused; nothing was written.',
      'There is no piece of code with the hash {hash} on this chain.',
      'Upload it first, then deploy.',
    ],
    ['部署被拒绝，未写入任何数据。', '本链没有哈希为 {hash} 的代码块。', '请先上传，再部署。'],
  ),
  NoOrganisation: entry(
    3115,
    403,
    'caller',
    'never',
    [
      'The call was refused; nothing was written.',
      '{caller} acts for no active organisation of this chain.',
      'Sign as an organisation or as a person of one.',
    ],
    [
      '调用被拒绝，未写入任何数据。',
      '{caller} 不代表本链任何有效组织。',
      '请以组织或其人员的身份签名。',
    ],
  ),
  NoMajority: entry(
    3116,
    403,
    'caller',
    'never',
    [
      'The role was not changed; nothing was written.',
      'It needs {needed} of the organisations that founded the chain, and {signed} of them signed.',
      'Let more of them sign the same transaction.',
    ],
    [
      '角色未更改，未写入任何数据。',
      '需要 {needed} 个创始组织签名，现有 {signed} 个。',
      '请由更多创始组织签署同一笔交易。',
    ],
  ),
  NotItsOrganisation: entry(
    3117,
    403,
    'caller',
    'never',
    [
      'The duty was not changed; nothing was written.',
      'Only the organisation that answers for {did} gives it duties, and none such signed.',
      'Sign as its organisation.',
    ],
    [
      '职责未更改，未写入任何数据。',
      '只有为 {did} 负责的组织可授予其职责，而该组织未签名。',
      '请以其组织的身份签名。',
    ],
  ),
  ContractNotBuilt: entry(
    3118,
    400,
    'caller',
    'never',
    [
      'The contract was not built; nothing was sent.',
      '{file}:{line}:{column} {reason}',
      'Correct the line.',
    ],
    ['合约未构建，未发送任何内容。', '{file}:{line}:{column} {reason}', '请更正该行。'],
  ),
  NotDeterministic: entry(
    3119,
    400,
    'caller',
    'never',
    [
      'The contract would not give every validator the same; nothing was sent.',
      '{file}:{line}:{column} {reason}',
      'Use what the reason names instead.',
    ],
    [
      '合约在各验证节点上的结果会不同，未发送任何内容。',
      '{file}:{line}:{column} {reason}',
      '请改用原因中所述的方式。',
    ],
  ),
} as const;
