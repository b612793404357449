import { assert, limits } from '@hanse/kit';
import {
  ENGINE_VERSION,
  justRoot,
  PROTOCOL_VERSION,
  sealBlock,
  ZERO_HASH,
  type Block,
  type Certificate,
  type Payload,
  type Vote,
} from '@hanse/model';
import { requestCertificates } from './availability.ts';
import { isWithinLag, leaderTriple } from './binding.ts';
import { cast, isAmnesic } from './cast.ts';
import { persistBlock } from './certify.ts';
import { justify, type Justification } from './justification.ts';
import { leaderOf } from './leader.ts';
import { ownProgress } from './progress.ts';
import { ownVotes, type State } from './state.ts';
import { backoff } from './timing.ts';
import { blockError } from './validity.ts';
import { heartbeatMs, workFromMs } from './work.ts';

/**
 * Rule *propose*: the leader of the current view makes one block, once it knows its parent, the minimum
 * interval has passed, and there is work or the heartbeat is due. Returns when to try again, if by time.
 */
export function propose(s: State): number | undefined {
  const own = ownVotes(s, s.view);
  if (leaderOf(s.view, s.n) !== s.self || own.notarize !== undefined || own.nullify === true)
    return undefined;
  if (isAmnesic(s, s.view)) return undefined;
  const just = justify(s, s.view);
  if ('unknownView' in just) {
    s.waitingFor = `certificate of view ${just.unknownView}`;
    requestCertificates(s, [just.unknownView], s.self);
    return undefined;
  }
  const dueMs = Math.max(
    Math.min(heartbeatMs(s), workFromMs(s, just.parent) ?? heartbeatMs(s)),
    pacedMs(s, just.parent),
  );
  if (s.nowMs < dueMs) return dueMs;
  const block = buildBlock(s, just);
  const error = blockError(s, just.parent, block);
  assert(error === undefined, `own block is invalid: ${error ?? ''}`);
  const node = s.blocks.add(block, false);
  const check = s.config.payload.check(just.parent.payload, block.payload);
  assert(check.kind === 'held', 'own block names batches that are not held');
  node.held = true;
  persistBlock(s, node);
  s.waitingFor = undefined;
  cast(s, 'notarize', s.view, block.digest);
  return undefined;
}

/** The proposal of an own N, when that vote is durable; again on every retry. */
export function sendProposal(s: State, vote: Vote): boolean {
  const node = s.blocks.get(vote.digest);
  if (node === undefined || node.block.header.proposer !== s.self) return false;
  const value = {
    block: node.block.bytes,
    just: justOf(s, node.block),
    vote,
    progress: ownProgress(s),
  };
  s.effects.push({ kind: 'broadcast', message: { kind: 'proposal', value } });
  return true;
}

/** Rule *minimum interval*: not before it has passed after the parent, nor longer than that after entering the view. */
function pacedMs(s: State, parent: Block): number {
  const { minBlockIntervalMs } = s.config.parameters;
  return Math.min(parent.header.time, s.enteredMs) + minBlockIntervalMs;
}

function buildBlock(s: State, { parent, certificate, skipped }: Justification): Block {
  const { suite, chainId, set } = s.config;
  const executed = leaderTriple(s, parent);
  const height = parent.header.height + 1;
  return sealBlock(
    suite,
    {
      protocolVersion: PROTOCOL_VERSION,
      engineVersion: ENGINE_VERSION,
      chainId,
      epoch: set.epoch,
      view: s.view,
      height,
      parentView: parent.header.view,
      parentDigest: parent.digest,
      time: Math.max(s.nowMs, parent.header.time + 1),
      proposer: s.self,
      executed,
      outboxRoot: ZERO_HASH,
      justRoot: justRoot(suite, certificate, skipped),
      nextSetHash: ZERO_HASH,
    },
    isWithinLag(s, height, executed.height) ? buildPayload(s, parent) : parent.payload,
  );
}

/** Younger lane tips than a quorum reports are taken only while the chain runs smoothly. */
function buildPayload(s: State, parent: Block): Payload {
  const isSmooth = parent.header.view === s.view - 1 && backoff(s) === 1;
  return s.config.payload.build(parent.payload, isSmooth);
}

/**
 * Certificates a voter needs: the parent's, those of skipped views (the newest ones where they are too
 * many for a message), and the last finality while some peer may lack it, which covers the bound height.
 */
function justOf(s: State, { header }: Block): readonly Certificate[] {
  const final = s.lastFinal.certificate;
  const isFinalKnown = s.reports.every(
    (report, index) => index === s.self || report.finalHeight >= header.executed.height,
  );
  const just: Certificate[] =
    final === undefined || (isFinalKnown && header.parentView !== final.view) ? [] : [final];
  for (let view = header.parentView; view < header.view; view++) {
    const certificate =
      view === header.parentView ? s.notarizations.get(view) : s.nullifications.get(view);
    if (certificate !== undefined) just.push(certificate);
  }
  return just.slice(-limits.justCertificatesMax);
}
