import { entry } from './entry.ts';

/** 6xxx: storage, keys at rest and recovery. */
export const storageErrors = {
  LogCorrupt: entry(
    6001,
    500,
    'operator',
    'never',
    [
      'The node did not start.',
      'The block log {file} is damaged at byte {offset}: {reason}.',
      'Run hanse node repair --data {dir}: it moves the damaged folder aside and fetches the chain from the other validators.',
    ],
    [
      '节点未启动。',
      '区块日志 {file} 在第 {offset} 字节处损坏：{reason}。',
      '请运行 hanse node repair --data {dir}：它会移开损坏的目录并从其他验证节点获取链数据。',
    ],
  ),
  StateCorrupt: entry(
    6002,
    500,
    'operator',
    'never',
    [
      'The node stopped serving.',
      'The stored {object} does not match its checksum or the state tree.',
      'Start the node again: it rebuilds the state from its block log.',
    ],
    [
      '节点已停止服务。',
      '存储的 {object} 与其校验和或状态树不符。',
      '请重新启动节点：它会从区块日志重建状态。',
    ],
  ),
  SyncFailed: entry(
    6003,
    500,
    'operator',
    'never',
    [
      'The node stopped at once, so that nothing is acknowledged that is not on disk.',
      'Writing to {file} failed: {reason}.',
      'Check the disk, free space if it is full, then start the node again.',
    ],
    [
      '节点已立即停止，以免确认未落盘的内容。',
      '写入 {file} 失败：{reason}。',
      '请检查磁盘，如已满请释放空间，然后重新启动节点。',
    ],
  ),
  StateAheadOfLog: entry(
    6004,
    500,
    'operator',
    'never',
    [
      'The node did not start.',
      'Its state is at height {stateHeight} but its block log ends at {logHeight}: the folder mixes two copies.',
      'Restore the whole folder from one backup, or run hanse node repair --data {dir}.',
    ],
    [
      '节点未启动。',
      '其状态高度为 {stateHeight}，而区块日志止于 {logHeight}：目录混合了两份副本。',
      '请从同一备份恢复整个目录，或运行 hanse node repair --data {dir}。',
    ],
  ),
  GenesisMismatch: entry(
    6005,
    500,
    'operator',
    'never',
    [
      'The node did not start.',
      'The folder {dir} belongs to chain {found}, the genesis file to chain {expected}.',
      'Use the genesis file of that chain or another data folder.',
    ],
    [
      '节点未启动。',
      '目录 {dir} 属于链 {found}，而创世文件属于链 {expected}。',
      '请使用该链的创世文件或另选数据目录。',
    ],
  ),
  SignerGuard: entry(
    6006,
    500,
    'operator',
    'never',
    [
      'The signer refused to sign and the node stopped.',
      'It signed for view {signed} already and was asked for view {asked}: this looks like a copied or restored folder.',
      'Stop the other copy; if the disk was lost, rejoin with a new consensus key.',
    ],
    [
      '签名器拒绝签名，节点已停止。',
      '已对视图 {signed} 签名，却被要求签署视图 {asked}：这像是复制或恢复的目录。',
      '请停止另一份副本；如磁盘丢失，请用新的共识密钥重新加入。',
    ],
  ),
  KeyFileMode: entry(
    6007,
    500,
    'operator',
    'never',
    [
      'The key file {path} was not used.',
      'Its permissions are {mode}; other users of this machine could read it.',
      'Run chmod 600 {path}.',
    ],
    [
      '未使用密钥文件 {path}。',
      '其权限为 {mode}，本机其他用户可读取。',
      '请运行 chmod 600 {path}。',
    ],
  ),
  KeyFileInvalid: entry(
    6008,
    500,
    'operator',
    'never',
    ['The key file {path} was not used.', '{reason}', 'Restore it from your backup of keys.'],
    ['未使用密钥文件 {path}。', '{reason}', '请从密钥备份恢复。'],
  ),
  FileCorrupt: entry(
    6009,
    500,
    'operator',
    'never',
    [
      'The node did not start.',
      'The file {path} is damaged: {reason}.',
      'Restore it from a backup or from another validator.',
    ],
    ['节点未启动。', '文件 {path} 已损坏：{reason}。', '请从备份或其他验证节点恢复。'],
  ),
} as const;
