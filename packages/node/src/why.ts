import type { ValidatorStatus, Why } from '@hanse/model';

const SILENT_AFTER_MS = 3_000;
const STALLED_AFTER_MS = 10_000;

type Facts = {
  readonly validators: readonly ValidatorStatus[];
  readonly quorum: number;
  readonly height: number;
  readonly sinceBlockMs: number;
  readonly pendingTransactions: number;
  readonly diverged: boolean;
  /** Whether something waits for a block. */
  readonly busy: boolean;
  /** Validators without a vote in the recent views, by index. */
  readonly withoutVote: readonly number[];
};

/** The state of the chain in one sentence: who is missing, since when, and what that means. */
export function whySentence(facts: Facts): Why {
  const { validators, quorum, height } = facts;
  const isStalled = facts.busy && facts.sinceBlockMs > STALLED_AFTER_MS;
  const silentOnes = validators.filter(
    (one) => (!one.self && isSilent(one)) || (isStalled && facts.withoutVote.includes(one.index)),
  );
  const voting = validators.length - silentOnes.length;
  const base = { quorum, voting, silent: silentOnes.map((one) => one.name), height };
  if (facts.diverged) {
    return {
      ...base,
      healthy: false,
      sentence: `This node stopped: a quorum agreed on other results than it computed. Run hanse node repair to rejoin from the other validators.`,
      sentenceZh:
        '本节点已停止：多数节点的结果与其计算结果不同。请运行 hanse node repair 从其他验证节点重新加入。',
    };
  }
  const who = silentOnes.map(describe).join(', ');
  const whoZh = silentOnes.map(describeZh).join('、');
  if (voting < quorum) {
    return {
      ...base,
      healthy: false,
      sentence: `No block is being made: ${voting} of ${validators.length} validators vote and ${quorum} are needed. Silent: ${who}. Start them again; nothing acknowledged is lost.`,
      sentenceZh: `当前没有出块：${validators.length} 个验证节点中只有 ${voting} 个在投票，需要 ${quorum} 个。无响应：${whoZh}。请重新启动它们；已确认的内容不会丢失。`,
    };
  }
  if (silentOnes.length > 0) {
    const spare = voting - quorum;
    return {
      ...base,
      healthy: true,
      sentence: `Blocks are being made (height ${height}), but ${who} ${silentOnes.length === 1 ? 'is' : 'are'} silent. Quorum holds; ${spare === 0 ? 'one more failure stops the chain' : `${spare} more may fail`}.`,
      sentenceZh: `正在出块（高度 ${height}），但 ${whoZh} 无响应。法定人数仍满足；${spare === 0 ? '再有一个故障将停链' : `还可容忍 ${spare} 个故障`}。`,
    };
  }
  return {
    ...base,
    healthy: true,
    sentence: `Chain is healthy: height ${height}, ${validators.length} of ${validators.length} validators heard, last block ${seconds(facts.sinceBlockMs)} ago${facts.pendingTransactions === 0 ? ', nothing waits' : `, ${facts.pendingTransactions} transactions wait`}.`,
    sentenceZh: `链运行正常：高度 ${height}，${validators.length} 个验证节点全部在线，上一区块在 ${seconds(facts.sinceBlockMs)} 前${facts.pendingTransactions === 0 ? '，无待处理交易' : `，${facts.pendingTransactions} 笔交易待处理`}。`,
  };
}

function isSilent(validator: ValidatorStatus): boolean {
  return (
    !validator.connected ||
    (validator.silentMs ?? Number.POSITIVE_INFINITY) > SILENT_AFTER_MS + 60_000
  );
}

function describe(validator: ValidatorStatus): string {
  if (validator.self) return `${validator.name} (this node, does not vote)`;
  const since =
    validator.silentMs === undefined ? 'never heard' : `for ${seconds(validator.silentMs)}`;
  return `${validator.name} (${validator.connected ? 'connected, does not vote' : 'not connected'}, ${since})`;
}

function describeZh(validator: ValidatorStatus): string {
  if (validator.self) return `${validator.name}（本节点，未投票）`;
  const since =
    validator.silentMs === undefined ? '从未收到消息' : `已 ${seconds(validator.silentMs)}`;
  return `${validator.name}（${validator.connected ? '已连接，未投票' : '未连接'}，${since}）`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
