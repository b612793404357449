import type { Message, Vote } from '@hanse/model';
import { blockKey } from './availability.ts';
import { countOwn, receiveVote, restoreCertificate, restoreOwn } from './ballots.ts';
import { noteExecuted } from './binding.ts';
import { followClaims, receiveFinals } from './catchup.ts';
import { receiveCertificate } from './certificates.ts';
import { certifyAll } from './certify.ts';
import { enter } from './enter.ts';
import { finalize } from './finality.ts';
import { help, offerHelp, sendBlock } from './help.ts';
import { head } from './justification.ts';
import { leaderOf, silentValidators } from './leader.ts';
import { openBlock, type Progress } from '@hanse/model';
import { giveUp } from './nullify.ts';
import { ownProgress, receiveProgress, tellProgress } from './progress.ts';
import { receiveProposal } from './proposals.ts';
import { propose } from './propose.ts';
import { resend, retry, sendVote } from './retry.ts';
import { createState, finalHeight, finalView, ownVotes, type State } from './state.ts';
import { schedule } from './schedule.ts';
import { backoff } from './timing.ts';
import type {
  ConsensusConfig,
  ConsensusEvent,
  ConsensusStatus,
  Effect,
  Restored,
} from './types.ts';
import { vote } from './vote.ts';
import { heartbeatMs, workFromMs } from './work.ts';

/**
 * The consensus of one chain on one node, as a pure reducer: see the README for its rules. `step` never
 * throws for anything a peer can send; it throws `InvariantBroken` on a fault of this program.
 */
export class Consensus {
  readonly #s: State;

  constructor(config: ConsensusConfig, restored: Restored, nowMs: number) {
    const s = createState(config, restored, nowMs);
    for (const certificate of restored.certificates) restoreCertificate(s, certificate);
    for (const own of restored.ownVotes) restoreOwn(s, own);
    this.#s = s;
  }

  /** Begin: finish what the log holds, send own votes again, tell and ask where everybody is. */
  start(nowMs: number): readonly Effect[] {
    return this.#perform(nowMs, (s) => {
      settle(s);
      resend(s);
      if (s.n === 1) return;
      s.effects.push({ kind: 'broadcast', message: { kind: 'progress', value: ownProgress(s) } });
      s.effects.push({
        kind: 'broadcast',
        message: { kind: 'certificateRequest', value: { view: s.view } },
      });
    });
  }

  /** React to one event. After `diverged` nothing is ever done again. */
  step(event: ConsensusEvent, nowMs: number): readonly Effect[] {
    return this.#perform(nowMs, (s) => receive(s, event));
  }

  get status(): ConsensusStatus {
    const s = this.#s;
    return {
      view: s.view,
      leader: leaderOf(s.view, s.n),
      finalHeight: finalHeight(s),
      finalView: finalView(s),
      executedHeight: s.executed.height,
      boundHeight: s.lastFinal.block.header.executed.height,
      waitingFor: s.waitingFor,
      backoff: backoff(s),
      busy: s.armedMs !== undefined,
      silent: silentValidators(s),
      peers: s.reports.map((report) => ({ ...report })),
      stopped: s.isStopped,
    };
  }

  #perform(nowMs: number, change: (s: State) => void): readonly Effect[] {
    const s = this.#s;
    if (s.isStopped) return [];
    s.nowMs = Math.max(s.nowMs, nowMs);
    s.effects = [];
    s.progressSent = false;
    s.requests.begin();
    change(s);
    apply(s);
    return s.effects;
  }
}

/** Let an event change what is known. */
function receive(s: State, event: ConsensusEvent): void {
  switch (event.kind) {
    case 'message':
      if (event.from !== s.self && s.reports[event.from] !== undefined)
        receiveMessage(s, event.from, event.message);
      return;
    case 'timer':
      s.timers.delete(event.name);
      return;
    case 'voted':
      return receiveVoted(s, event.vote);
    case 'executed':
      return noteExecuted(s, event.executed);
    case 'connected':
      s.config.payload.connected(event.peer);
      return greet(s, event.peer);
    case 'payloadChanged':
  }
}

function receiveMessage(s: State, from: number, message: Message): void {
  switch (message.kind) {
    case 'proposal':
      receiveProgress(s, from, message.value.progress);
      return receiveProposal(s, from, message.value);
    case 'vote':
      receiveProgress(s, from, message.value.progress);
      receiveVote(s, from, message.value.vote);
      return;
    case 'certificate':
      receiveCertificate(s, message.value.certificate, from);
      return;
    case 'progress':
      return receiveLoneProgress(s, from, message.value);
    case 'certificateRequest':
      return help(s, from, message.value.view);
    case 'blockRequest':
      return sendBlock(s, from, message.value.digest);
    case 'block':
      return receiveBlock(s, message.value.block);
    case 'finals':
      return receiveFinals(s, from, message.value.blocks);
    default:
    // Batches and requests that the archive answers are the host's.
  }
}

/** The vote is durable (rule *W1*), so it may be seen; a leader's N takes its block along. */
function receiveVoted(s: State, own: Vote): void {
  if (own.view <= finalView(s)) return;
  countOwn(s, own);
  sendVote(s, own);
}

function receiveLoneProgress(s: State, from: number, progress: Progress): void {
  receiveProgress(s, from, progress);
  if (progress.view + 1 < s.view || progress.finalHeight + 1 < finalHeight(s))
    offerHelp(s, from, progress.view);
}

/** A block counts only when a rule waits for it. */
function receiveBlock(s: State, bytes: Uint8Array): void {
  const opened = openBlock(s.config.suite, bytes);
  if (opened.ok && s.requests.isWanted(blockKey(opened.value.digest)))
    s.blocks.add(opened.value, false);
}

function greet(s: State, peer: number): void {
  if (peer === s.self || s.reports[peer] === undefined) return;
  s.effects.push({ kind: 'send', to: peer, message: { kind: 'progress', value: ownProgress(s) } });
  s.effects.push({
    kind: 'send',
    to: peer,
    message: { kind: 'certificateRequest', value: { view: s.view } },
  });
}

/** Apply every rule to what is known, then say when to look again. */
function apply(s: State): void {
  settle(s);
  if (s.isStopped) return;
  s.waitingFor = undefined;
  const proposeMs = propose(s);
  vote(s);
  arm(s);
  giveUp(s);
  retry(s);
  followClaims(s);
  tellProgress(s);
  schedule(s, { proposeMs, fetchMs: s.requests.end() });
}

/** The rules that feed each other, until nothing changes. */
function settle(s: State): void {
  let changed = true;
  while (changed && !s.isStopped) {
    changed = finalize(s);
    if (certifyAll(s)) changed = true;
    if (enter(s)) changed = true;
  }
}

/** Timers of the view start when this node sees that it should end: work, a vote, a proposal. */
function arm(s: State): void {
  if (s.armedMs !== undefined) return;
  const own = ownVotes(s, s.view);
  const isMoving =
    s.proposals.has(s.view) ||
    own.notarize !== undefined ||
    own.nullify === true ||
    s.votes.hasOthers(s.view, s.self);
  const fromMs = Math.min(heartbeatMs(s), workFromMs(s, head(s)) ?? heartbeatMs(s));
  if (isMoving || s.nowMs >= fromMs) s.armedMs = s.nowMs;
}
