import { entry } from './entry.ts';

/** 8xxx: proofs and bundles. */
export const proofErrors = {
  ProofMalformed: entry(
    8001,
    400,
    'caller',
    'never',
    [
      'The proof was refused; nothing is proved.',
      'It does not decode: {reason}.',
      'Export it again with hanse proof export.',
    ],
    [
      '证明被拒绝，未能证明任何内容。',
      '无法解码：{reason}。',
      '请用 hanse proof export 重新导出。',
    ],
  ),
  ProofWrongChain: entry(
    8002,
    409,
    'caller',
    'never',
    [
      'The proof was refused; nothing is proved.',
      'It is of chain {got}, you trust chain {expected}.',
      'Ask for a proof of the chain you trust, or name its genesis hash with --genesis.',
    ],
    [
      '证明被拒绝，未能证明任何内容。',
      '它属于链 {got}，而您信任链 {expected}。',
      '请索取您信任的链的证明，或用 --genesis 指定其创世哈希。',
    ],
  ),
  ProofBadCertificate: entry(
    8003,
    409,
    'caller',
    'never',
    [
      'The proof was refused; nothing is proved.',
      'The certificate of its header does not hold: {reason}.',
      'Do not rely on this document; ask its sender for a new export.',
    ],
    [
      '证明被拒绝，未能证明任何内容。',
      '其区块头的证书不成立：{reason}。',
      '请勿依赖此文件；请向发送者索取新的导出。',
    ],
  ),
  ProofMismatch: entry(
    8004,
    409,
    'caller',
    'never',
    [
      'The proof was refused; nothing is proved.',
      'The {object} does not lead to the {root} that the validators signed.',
      'Do not rely on this document; ask its sender for a new export.',
    ],
    [
      '证明被拒绝，未能证明任何内容。',
      '{object} 无法推导到验证节点签署的 {root}。',
      '请勿依赖此文件；请向发送者索取新的导出。',
    ],
  ),
  FileMismatch: entry(
    8005,
    409,
    'caller',
    'never',
    [
      'The file is not the deposited one.',
      'Its hash is {got}, the deposit says {expected}.',
      'Check that you have the right file; any changed byte gives another hash.',
    ],
    [
      '该文件不是存证的文件。',
      '其哈希为 {got}，存证为 {expected}。',
      '请确认文件正确；任何字节更改都会得到不同的哈希。',
    ],
  ),
  FieldMismatch: entry(
    8006,
    409,
    'caller',
    'never',
    [
      'The field {path} was refused; nothing is proved about it.',
      'Its value and salt do not lead to the fields root of the deposit.',
      'Ask the depositor to disclose the field again.',
    ],
    [
      '字段 {path} 被拒绝，未能证明其内容。',
      '其值和盐无法推导到存证的字段根。',
      '请向存证人再次索取该字段的披露。',
    ],
  ),
  ProofStale: entry(
    8007,
    409,
    'caller',
    'later',
    [
      'The proof was refused as too old.',
      'Its header is {ageMs} ms old and at most {limit} ms was asked for.',
      'Export a fresh proof, or allow a greater age with --max-age.',
    ],
    [
      '证明因过旧被拒绝。',
      '其区块头已有 {ageMs} 毫秒，要求不超过 {limit} 毫秒。',
      '请导出新证明，或用 --max-age 放宽限制。',
    ],
  ),
} as const;
