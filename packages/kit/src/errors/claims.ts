import { entry } from './entry.ts';

/** 71xx: claim tags and the registry that evaluates them. */
export const claimErrors = {
  TagRequestElsewhere: entry(
    7101,
    409,
    'caller',
    'never',
    [
      'The tags were not evaluated.',
      'The request is for {object} {got}, this registry serves {expected}.',
      'Send it to the registry it names, or sign a new one for this registry.',
    ],
    [
      '未计算标签。',
      '请求针对 {object} {got}，而本登记机构服务于 {expected}。',
      '请发送到所指的登记机构，或为本登记机构重新签名。',
    ],
  ),
  TagRequestStale: entry(
    7102,
    409,
    'caller',
    'never',
    [
      'The tags were not evaluated.',
      'The request was made at {time}; the registry takes those from {from} to {to}.',
      'Sign a new request, and check the clock of this machine.',
    ],
    [
      '未计算标签。',
      '请求的时间为 {time}，登记机构接受 {from} 至 {to} 之间的请求。',
      '请重新签名请求，并检查本机时钟。',
    ],
  ),
  TagRequestReplayed: entry(
    7103,
    409,
    'caller',
    'never',
    [
      'The tags were not evaluated.',
      'The registry has answered this request of {did} already.',
      'Sign a new request; one is answered once.',
    ],
    ['未计算标签。', '登记机构已应答过 {did} 的此请求。', '请重新签名请求；每个请求只应答一次。'],
  ),
  TagRequestUnsigned: entry(
    7104,
    401,
    'caller',
    'never',
    [
      'The tags were not evaluated.',
      'The signature of {did} with key {kid} does not verify over the request.',
      'Sign the request with a current key of this chain whose purpose is authenticate.',
    ],
    [
      '未计算标签。',
      '{did} 用密钥 {kid} 对请求的签名未通过验证。',
      '请用本链中用途为 authenticate 的有效密钥签名。',
    ],
  ),
  NotMember: entry(
    7105,
    403,
    'caller',
    'never',
    [
      'The request was refused; only members are served.',
      '{did} acts for no active organisation of this chain.',
      'Let an organisation of the chain register it with hanse id new.',
    ],
    [
      '请求被拒绝，仅为成员提供服务。',
      '{did} 不代表本链任何有效组织。',
      '请由本链的组织用 hanse id new 登记。',
    ],
  ),
  TagQuota: entry(
    7106,
    429,
    'caller',
    'later',
    [
      'The tags were not evaluated.',
      '{organisation} has used {used} of {limit} tags within {windowMs} ms and asks for {asked} more.',
      'Repeat it in {afterMs} ms. The quota keeps tags from being guessed in bulk.',
    ],
    [
      '未计算标签。',
      '{organisation} 在 {windowMs} 毫秒内限额 {limit} 个标签，已用 {used} 个，现再请求 {asked} 个。',
      '请在 {afterMs} 毫秒后重试。限额用于防止批量猜测标签。',
    ],
  ),
  TagEpochUnknown: entry(
    7107,
    409,
    'caller',
    'never',
    [
      'The tags were not evaluated.',
      'The registry has no key of epoch {epoch}; it has those of {open}.',
      'Read the key of the current epoch from the chain and ask again.',
    ],
    [
      '未计算标签。',
      '登记机构没有周期 {epoch} 的密钥；现有周期：{open}。',
      '请从链上读取当前周期的密钥后重试。',
    ],
  ),
  RegistryKeyInvalid: entry(
    7108,
    409,
    'peer',
    'never',
    [
      'No tags were asked for.',
      'The key that the chain names for epoch {epoch} is no {group} key.',
      'Let the registry publish a valid key.',
    ],
    [
      '未请求标签。',
      '链上登记的周期 {epoch} 的密钥不是有效的 {group} 密钥。',
      '请由登记机构发布有效密钥。',
    ],
  ),
  TagProofInvalid: entry(
    7109,
    502,
    'peer',
    'never',
    [
      'The answer of the registry was refused; it gives no tags.',
      'It does not prove that the key of epoch {epoch} on the chain was used: {reason}.',
      'Do not lock anything; report it to the operator of the registry and to the regulator.',
    ],
    [
      '登记机构的应答被拒绝，未得到标签。',
      '应答未能证明使用了链上周期 {epoch} 的密钥：{reason}。',
      '请勿锁定；请通知登记机构的运维人员和监管机构。',
    ],
  ),
  RegistryUnreachable: entry(
    7110,
    503,
    'operator',
    'later',
    [
      'No tags were evaluated.',
      'The registry at {url} gave no answer: {reason}.',
      'Repeat it when the registry is back; sign a new request.',
    ],
    ['未计算标签。', '{url} 的登记机构没有应答：{reason}。', '请在登记机构恢复后重新签名请求。'],
  ),
  VerdictMismatch: entry(
    7111,
    409,
    'caller',
    'never',
    [
      'The verdict on document {document} was refused; do not lock on it.',
      'Its {part} is {claimed}; recomputed from the document it is {found}.',
      'Ask the importer to check the document again; a wrong {part} hides who else claims it.',
    ],
    [
      '文件 {document} 的结论被拒绝，请勿据此锁定。',
      '其 {part} 为 {claimed}，而由文件重新计算得 {found}。',
      '请由导入方重新核对文件；错误的 {part} 会掩盖其他人的主张。',
    ],
  ),
  RegistryKeyMissing: entry(
    7112,
    409,
    'operator',
    'later',
    [
      'No tags were asked for.',
      'The contract {contract} names no current key of a registry.',
      'Let the registry publish its key and make it current: hanse registry key publish.',
    ],
    [
      '未请求标签。',
      '合约 {contract} 没有登记机构的当前密钥。',
      '请由登记机构发布其密钥并设为当前：hanse registry key publish。',
    ],
  ),
  DocumentRefused: entry(
    7113,
    409,
    'caller',
    'never',
    [
      'The document was not recorded; nothing was sent.',
      '{finding} {message}',
      'Ask its sender for a corrected document, or hand in another one.',
    ],
    [
      '文件未登记，未发送任何内容。',
      '{finding} {message}',
      '请向出具方索取更正后的文件，或提交其他文件。',
    ],
  ),
  DocumentWithoutKey: entry(
    7114,
    409,
    'caller',
    'never',
    [
      'No verdict was recorded: the document has no exact key.',
      'It does not give {missing}, and without that nobody could tell whether it is claimed already.',
      'Ask the seller for the invoice with {missing}; as it is, it cannot be financed here.',
    ],
    [
      '未登记结论：该文件没有精确业务键。',
      '文件未给出 {missing}，因此无法判断是否已有人主张。',
      '请向销售方索取含有 {missing} 的发票；现状下无法融资。',
    ],
  ),
  PartyUnknown: entry(
    7115,
    404,
    'caller',
    'never',
    [
      'Nothing was recorded: it is not known which organisation the {side} is.',
      'The document identifies it by {ids}.',
      'Name it with --{side} and the name or DID of its organisation.',
    ],
    [
      '未登记：无法确定 {side} 对应的组织。',
      '文件中的标识为 {ids}。',
      '请用 --{side} 指定其组织的名称或 DID。',
    ],
  ),
  TermsMismatch: entry(
    7116,
    409,
    'caller',
    'never',
    [
      'The offer was not accepted; nothing was signed.',
      'The opened terms have {part} {opened}, the offer on the chain says {offered}.',
      'Ask the bank for the terms of this offer.',
    ],
    [
      '未接受报价，未签署任何内容。',
      '所给条款的 {part} 为 {opened}，链上报价为 {offered}。',
      '请向银行索取此报价的条款。',
    ],
  ),
  TitleNotHeld: entry(
    7117,
    409,
    'caller',
    'never',
    [
      'Nothing was signed.',
      '{holder} holds no circulating part of {units} units of this title; the largest has {largest}.',
      'Choose a smaller part, or look at who holds which part with hanse invoice show.',
    ],
    [
      '未签署任何内容。',
      '{holder} 没有 {units} 个单位的可流转部分；最大一段为 {largest}。',
      '请减少数额，或用 hanse invoice show 查看持有情况。',
    ],
  ),
  TradeObjectUnknown: entry(
    7118,
    404,
    'caller',
    'never',
    ['There is no such {object}.', '{reason}', 'List what is known with hanse invoice show.'],
    ['没有此 {object}。', '{reason}', '请用 hanse invoice show 查看已知内容。'],
  ),
  RulePackInvalid: entry(
    7119,
    400,
    'operator',
    'never',
    [
      'The rule pack {path} was not installed.',
      'Line {line}, {rule}: {reason}',
      'Install an ISO Schematron file with query binding xslt2 or xpath2.',
    ],
    [
      '规则包 {path} 未安装。',
      '第 {line} 行，{rule}：{reason}',
      '请安装查询语言为 xslt2 或 xpath2 的 ISO Schematron 文件。',
    ],
  ),
} as const;
