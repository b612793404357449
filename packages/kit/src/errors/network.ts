import { entry } from './entry.ts';

/** 5xxx: consensus and network. */
export const networkErrors = {
  NoQuorum: entry(
    5001,
    503,
    'operator',
    'same-key',
    [
      'No block is being made.',
      '{voting} of {validators} validators vote and {quorum} are needed; silent: {silent}.',
      'Start the silent validators again; nothing acknowledged is lost.',
    ],
    [
      '当前没有出块。',
      '{validators} 个验证节点中有 {voting} 个在投票，需要 {quorum} 个；无响应：{silent}。',
      '请重新启动无响应的验证节点；已确认的内容不会丢失。',
    ],
  ),
  PeerRefused: entry(
    5002,
    403,
    'peer',
    'later',
    [
      'The link to {peer} was closed.',
      '{reason}',
      'Check that both nodes use the same genesis and their own keys.',
    ],
    ['与 {peer} 的连接已关闭。', '{reason}', '请检查双方是否使用相同的创世文件和各自的密钥。'],
  ),
  NodeUnreachable: entry(
    5003,
    503,
    'operator',
    'same-key',
    [
      'No node could be reached; the outcome is unknown.',
      'Tried {urls}: {reason}.',
      'Repeat the command with the same idempotency key when a node is back.',
    ],
    ['无法连接任何节点，结果未知。', '已尝试 {urls}：{reason}。', '节点恢复后请用相同幂等键重试。'],
  ),
  Diverged: entry(
    5004,
    503,
    'operator',
    'never',
    [
      'This node stopped voting, executing and serving.',
      'A quorum agreed on other results at height {height} than this node computed.',
      'Keep the data folder for diagnosis and rejoin with an empty one.',
    ],
    [
      '本节点已停止投票、执行和服务。',
      '在高度 {height}，多数节点的结果与本节点计算结果不同。',
      '请保留数据目录以供诊断，并用空目录重新加入。',
    ],
  ),
  FrameInvalid: entry(
    5005,
    400,
    'peer',
    'never',
    [
      'A message from {peer} was dropped.',
      '{reason}',
      'Update that node; if it goes on, its operator should look for a fault.',
    ],
    ['已丢弃来自 {peer} 的消息。', '{reason}', '请更新该节点；若持续出现，请其运维人员排查故障。'],
  ),
} as const;
