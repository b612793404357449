import { entry } from './entry.ts';

/** 9xxx: faults of Hanse itself. */
export const internalErrors = {
  InvariantBroken: entry(
    9001,
    500,
    'hanse',
    'never',
    [
      'The program stopped to protect its data.',
      'A condition that must always hold did not: {message}.',
      'Please report this message with the log of the node.',
    ],
    ['程序为保护数据已停止。', '必须成立的条件未成立：{message}。', '请附上节点日志报告此消息。'],
  ),
  CryptoSelfTestFailed: entry(
    9002,
    500,
    'hanse',
    'never',
    [
      'The program did not start.',
      'The start-up test of {algorithm} gave a wrong answer on this machine.',
      'Use a supported Node.js build, and please report this message.',
    ],
    [
      '程序未启动。',
      '{algorithm} 的启动自检在本机得到错误结果。',
      '请使用受支持的 Node.js 版本，并报告此消息。',
    ],
  ),
  Internal: entry(
    9003,
    500,
    'hanse',
    'same-key',
    [
      'The request failed inside the node; its outcome may be unknown.',
      '{message}',
      'Repeat it with the same idempotency key, and please report this message.',
    ],
    ['请求在节点内部失败，结果可能未知。', '{message}', '请用相同幂等键重试，并报告此消息。'],
  ),
} as const;
