import { entry } from './entry.ts';

/** 4xxx: identity and access. */
export const identityErrors = {
  DidUnknown: entry(
    4001,
    401,
    'caller',
    'never',
    [
      'The request was refused; nothing changed.',
      'The identity {did} is not registered on this chain.',
      'Let its organisation register it with hanse id new, or sign with a registered identity.',
    ],
    [
      '请求被拒绝，未发生任何更改。',
      '身份 {did} 未在本链登记。',
      '请由其组织用 hanse id new 登记，或使用已登记的身份签名。',
    ],
  ),
  KeyUnknown: entry(
    4002,
    401,
    'caller',
    'never',
    [
      'The request was refused; nothing changed.',
      '{did} has no key {kid}.',
      'Sign with a key listed by hanse id show {did}.',
    ],
    [
      '请求被拒绝，未发生任何更改。',
      '{did} 没有密钥 {kid}。',
      '请使用 hanse id show {did} 所列的密钥签名。',
    ],
  ),
  KeyRevoked: entry(
    4003,
    401,
    'caller',
    'never',
    [
      'The request was refused; nothing changed.',
      'Key {kid} of {did} was revoked in block {height}.',
      'Sign with a current key.',
    ],
    [
      '请求被拒绝，未发生任何更改。',
      '{did} 的密钥 {kid} 已在区块 {height} 吊销。',
      '请使用有效密钥签名。',
    ],
  ),
  WrongPurpose: entry(
    4004,
    403,
    'caller',
    'never',
    [
      'The request was refused; nothing changed.',
      'Key {kid} of {did} is not registered for {purpose}.',
      'Sign with a key of that purpose.',
    ],
    [
      '请求被拒绝，未发生任何更改。',
      '{did} 的密钥 {kid} 未登记用途 {purpose}。',
      '请使用具有该用途的密钥签名。',
    ],
  ),
  KeyMismatch: entry(
    4005,
    401,
    'caller',
    'never',
    [
      'The transaction was refused; it consumed nothing of its signer.',
      'The envelope carries another public key than {did} registered as {kid}.',
      'Send it in an envelope signed by the registered key.',
    ],
    [
      '交易被拒绝，未消耗签名者的任何资源。',
      '信封所附公钥与 {did} 登记的 {kid} 不符。',
      '请用已登记密钥签名的信封发送。',
    ],
  ),
  NotAuthorised: entry(
    4006,
    403,
    'caller',
    'never',
    [
      'The call was refused; nothing was written.',
      '{caller} may not {action} {subject}.',
      'Let {subject} itself or one of its controllers do it.',
    ],
    [
      '调用被拒绝，未写入任何数据。',
      '{caller} 无权对 {subject} 执行 {action}。',
      '请由 {subject} 本身或其控制者执行。',
    ],
  ),
  DidExists: entry(
    4007,
    409,
    'caller',
    'never',
    [
      'The registration was refused; the first one stands.',
      '{did} is already registered.',
      'Use it, or make another one.',
    ],
    ['登记被拒绝，以首次为准。', '{did} 已登记。', '请直接使用，或另建一个。'],
  ),
  KeyExists: entry(
    4008,
    409,
    'caller',
    'never',
    [
      'The key was refused; nothing was written.',
      '{did} already has a key {kid}; key names are never reused.',
      'Choose another key name.',
    ],
    ['密钥被拒绝，未写入任何数据。', '{did} 已有密钥 {kid}；密钥名不可重用。', '请换一个密钥名。'],
  ),
  BadPublicKey: entry(
    4009,
    400,
    'caller',
    'never',
    [
      'The key was refused; nothing was written.',
      'Key {kid} is not a valid {alg} public key for this chain: {reason}.',
      'Make a new key with hanse id new.',
    ],
    [
      '密钥被拒绝，未写入任何数据。',
      '密钥 {kid} 不是本链有效的 {alg} 公钥：{reason}。',
      '请用 hanse id new 生成新密钥。',
    ],
  ),
  LastKey: entry(
    4010,
    409,
    'caller',
    'never',
    [
      'The revocation was refused; nothing was written.',
      'Key {kid} is the last one that can act for {did}, and nobody else controls it.',
      'Add another key first.',
    ],
    [
      '吊销被拒绝，未写入任何数据。',
      '密钥 {kid} 是 {did} 最后一把可用密钥，且无其他控制者。',
      '请先添加另一把密钥。',
    ],
  ),
  DidDeactivated: entry(
    4011,
    410,
    'caller',
    'never',
    [
      'The request was refused; nothing changed.',
      '{did} was deactivated in block {height}.',
      'Act as another identity; a deactivated one never comes back.',
    ],
    [
      '请求被拒绝，未发生任何更改。',
      '{did} 已在区块 {height} 停用。',
      '请使用其他身份；已停用的身份不可恢复。',
    ],
  ),
  BadDid: entry(
    4012,
    400,
    'caller',
    'never',
    [
      'The request was refused; nothing changed.',
      '"{did}" is not an identifier of this network: {reason}.',
      'Write it as did:hanse:<network>:<32 characters>.',
    ],
    [
      '请求被拒绝，未发生任何更改。',
      '“{did}”不是本网络的标识：{reason}。',
      '格式应为 did:hanse:<网络>:<32 个字符>。',
    ],
  ),
  BadController: entry(
    4013,
    400,
    'caller',
    'never',
    [
      'The registration was refused; nothing was written.',
      '{reason}',
      'Name an active organisation of this chain as controller.',
    ],
    ['登记被拒绝，未写入任何数据。', '{reason}', '请指定本链一个有效组织作为控制者。'],
  ),
} as const;
