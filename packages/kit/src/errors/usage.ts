import { entry } from './entry.ts';

/** 1xxx: usage and configuration. */
export const usageErrors = {
  UsageError: entry(
    1001,
    400,
    'caller',
    'never',
    ['The command was not run.', '{message}', 'See the options with --help.'],
    ['命令未执行。', '{message}', '请用 --help 查看选项。'],
  ),
  UnknownCommand: entry(
    1002,
    400,
    'caller',
    'never',
    [
      'There is no command "{name}"; nothing was run.',
      'The closest one is "{suggestion}".',
      'List all commands with hanse --help.',
    ],
    [
      '没有命令“{name}”，未执行任何操作。',
      '最接近的命令是“{suggestion}”。',
      '请用 hanse --help 列出所有命令。',
    ],
  ),
  FileUnreadable: entry(
    1003,
    400,
    'caller',
    'never',
    [
      'The file {path} was not read.',
      '{reason}',
      'Check the path and its permissions, then repeat the command.',
    ],
    ['文件 {path} 未能读取。', '{reason}', '请检查路径和权限后重试。'],
  ),
  NoNetwork: entry(
    1004,
    503,
    'operator',
    'later',
    [
      'No node answered at {url}; nothing was sent.',
      '{reason}',
      'Start a network with hanse dev, or name another node with --url.',
    ],
    [
      '{url} 没有节点应答，未发送任何内容。',
      '{reason}',
      '请用 hanse dev 启动网络，或用 --url 指定其他节点。',
    ],
  ),
  InputNeeded: entry(
    1005,
    400,
    'caller',
    'never',
    [
      'The command stopped before doing anything.',
      '{what} is needed and there is no terminal to ask on.',
      'Pass it with {flag}.',
    ],
    ['命令在执行前停止。', '需要 {what}，但没有可供询问的终端。', '请用 {flag} 传入。'],
  ),
  ConfigInvalid: entry(
    1006,
    400,
    'operator',
    'never',
    [
      'The configuration was refused; nothing was started.',
      '{key} is "{value}" but must be {expected}.',
      'Correct {key} and start again.',
    ],
    [
      '配置被拒绝，未启动任何进程。',
      '{key} 的值为“{value}”，但应为 {expected}。',
      '请更正 {key} 后重新启动。',
    ],
  ),
  PortInUse: entry(
    1007,
    500,
    'operator',
    'later',
    [
      'The node could not listen on port {port}.',
      'Another process uses it.',
      'Stop that process or choose another port with --port.',
    ],
    [
      '节点无法监听端口 {port}。',
      '该端口已被其他进程占用。',
      '请停止该进程或用 --port 选择其他端口。',
    ],
  ),
  DataInUse: entry(
    1008,
    500,
    'operator',
    'later',
    [
      'The data folder {path} was not opened.',
      'Process {pid} is using it.',
      'Stop that process first; two nodes must never share one folder.',
    ],
    [
      '数据目录 {path} 未打开。',
      '进程 {pid} 正在使用它。',
      '请先停止该进程；两个节点不得共用一个目录。',
    ],
  ),
  IdentityUnknown: entry(
    1009,
    404,
    'caller',
    'never',
    [
      'There is no identity named "{name}" here; nothing was signed.',
      'Known identities: {known}.',
      'List them with hanse id list, or make one with hanse id new.',
    ],
    [
      '此处没有名为“{name}”的身份，未签署任何内容。',
      '已知身份：{known}。',
      '请用 hanse id list 查看，或用 hanse id new 新建。',
    ],
  ),
  NodeStopped: entry(
    1010,
    500,
    'operator',
    'later',
    [
      'The validator {name} stopped with exit code {exit}.',
      '{reason}',
      'Read its log {path}, then start the network again.',
    ],
    ['验证节点 {name} 已停止，退出码 {exit}。', '{reason}', '请查看日志 {path} 后重新启动网络。'],
  ),
  RouteUnknown: entry(
    1011,
    404,
    'caller',
    'never',
    [
      'There is nothing at {method} {path}; nothing was done.',
      'No route of this node has that method and path.',
      'See the routes in /openapi.json.',
    ],
    [
      '{method} {path} 不存在，未执行任何操作。',
      '本节点没有该方法和路径的路由。',
      '请查看 /openapi.json 中的路由。',
    ],
  ),
} as const;
