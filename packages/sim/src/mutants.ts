import type { ActorName } from './fast/actors/index.ts';

/** One change to one source file; `find` must occur exactly once, whatever the layout. */
export type Edit = { readonly file: string; readonly find: string; readonly replace: string };

/** A fault planted in the source, and how long the simulator may take to find it. */
export type Mutant = {
  readonly name: string;
  /** The rule it breaks. */
  readonly rule: string;
  readonly edits: readonly Edit[];
  readonly tier: 'fast' | 'whole';
  /** Seeds within which it must be found, from 1 up. */
  readonly seedsMax: number;
  /** Only seeds with this actor are tried: nobody else provokes the fault. */
  readonly actor?: ActorName;
};

type Options = { readonly actor?: ActorName; readonly seedsMax?: number };

const consensus = 'packages/consensus/src';
const fast = 'packages/sim/src/fast';
const SEEDS_MAX = 500;

/** At least one mutant per rule of agreement, durability, repair and binding. */
export const mutants: readonly Mutant[] = [
  // Durability. Those of the log's owner change the simulator's host.
  mutant(
    'vote before durable',
    'W1',
    edit(
      `${fast}/node.ts`,
      "this.#afterSync(() => this.step({ kind: 'voted', vote }));",
      "this.step({ kind: 'voted', vote });",
    ),
  ),
  mutant(
    'certificates not logged',
    'W2',
    edit(
      `${fast}/node.ts`,
      'this.disk.append(record);',
      "if (record.kind !== 'certificate') this.disk.append(record);",
    ),
  ),
  mutant(
    'certificates not persisted',
    'W2',
    edit(
      `${consensus}/certificates.ts`,
      "s.effects.push({ kind: 'persist', record: { kind: 'certificate', certificate } });",
      '',
    ),
  ),
  mutant(
    'block not persisted before finalize',
    'W3',
    edit(
      `${consensus}/certify.ts`,
      "s.effects.push({ kind: 'persist', record: { kind: 'block', block: node.block } });",
      '',
    ),
  ),
  mutant(
    'finalize without batches',
    'W3',
    edit(`${consensus}/certify.ts`, "if (batches === 'missing') return false;", ''),
  ),
  mutant(
    'told before durable',
    'W4',
    edit(`${fast}/node.ts`, 'this.#afterSync(() => this.#tell(height));', 'this.#tell(height);'),
  ),
  mutant(
    'own votes forgotten',
    'W1',
    edit(
      `${consensus}/consensus.ts`,
      'for (const own of restored.ownVotes) restoreOwn(s, own);',
      '',
    ),
  ),
  mutant(
    'own votes not counted again',
    'replay',
    edit(
      `${consensus}/ballots.ts`,
      'else own.finalize = vote.digest; countOwn(s, vote);',
      'else own.finalize = vote.digest;',
    ),
  ),

  // Agreement.
  mutant(
    'quorum one short',
    'quorum',
    edit(
      'packages/model/src/vote.ts',
      'return validatorCount - faultsOf(validatorCount);',
      'return validatorCount - faultsOf(validatorCount) - 1;',
    ),
  ),
  mutant(
    'finalize after nullify',
    'cast',
    edit(
      `${consensus}/cast.ts`,
      'if (own.finalize !== undefined || own.nullify === true) return false;',
      'if (own.finalize !== undefined) return false;',
    ),
  ),
  mutant(
    'notarize after nullify, and twice',
    'cast',
    edit(
      `${consensus}/cast.ts`,
      'if (own.notarize !== undefined || own.nullify === true || own.finalize !== undefined) return false;',
      '',
    ),
    edit(
      `${consensus}/vote.ts`,
      'if (proposal === undefined || own.notarize !== undefined || own.nullify === true) return;',
      'if (proposal === undefined || own.notarize === proposal.block.digest) return;',
    ),
    edit(
      `${consensus}/proposals.ts`,
      'view <= finalView(s) || s.proposals.has(view)',
      'view <= finalView(s)',
    ),
  ),
  mutant(
    'skipped views not checked',
    'vote',
    { actor: 'random-signer' },
    edit(
      `${consensus}/vote.ts`,
      'if (missing.length === 0) return skipped;',
      'if (s.view > 0) return skipped;',
    ),
  ),
  mutant(
    'justification not compared',
    'vote',
    { actor: 'random-signer' },
    edit(
      `${consensus}/vote.ts`,
      "if (!commitsTo(s, proposal.block, parent, skipped)) return never('justification');",
      '',
    ),
  ),
  mutant(
    'height not checked',
    'validity',
    { actor: 'random-signer' },
    edit(
      `${consensus}/validity.ts`,
      "if (header.height !== parent.header.height + 1) return 'height';",
      '',
    ),
  ),
  mutant(
    'anybody leads',
    'leader',
    { actor: 'random-signer' },
    edit(`${consensus}/proposals.ts`, ' || from !== leaderOf(view, s.n)', ''),
    edit(
      `${consensus}/validity.ts`,
      "if (header.proposer !== leaderOf(header.view, s.n)) return 'proposer';",
      '',
    ),
  ),
  mutant(
    'votes of another epoch count',
    'epoch',
    { actor: 'random-signer' },
    edit(
      `${consensus}/ballots.ts`,
      'vote.signer !== from || vote.epoch !== s.config.set.epoch',
      'vote.signer !== from',
    ),
    edit(
      'packages/model/src/vote.ts',
      'validator === undefined || vote.epoch !== set.epoch',
      'validator === undefined',
    ),
  ),
  mutant(
    'certificates not verified',
    'receive certificate',
    { actor: 'random-signer' },
    edit(
      `${consensus}/certificates.ts`,
      "if (from !== 'own') {",
      "if (from !== 'own' && s.nowMs < 0) {",
    ),
  ),
  mutant(
    'final blocks without proof',
    'catch-up',
    { actor: 'random-signer' },
    edit(
      `${consensus}/catchup.ts`,
      '!receiveCertificate(s, last, from)',
      "!receiveCertificate(s, last, 'own')",
    ),
  ),
  mutant(
    'any time is right',
    'time',
    { actor: 'skewed' },
    edit(
      `${consensus}/validity.ts`,
      'return s.nowMs - late <= header.time && header.time <= s.nowMs + limits.timePrecisionMs;',
      'return late > 0;',
    ),
  ),
  mutant(
    'nullified views are not left',
    'enter',
    edit(`${consensus}/enter.ts`, 's.nullifications.get(highestView(s.nullifications)),', ''),
  ),

  // Binding and idling.
  mutant(
    'binds what few report',
    'B2',
    edit(`${consensus}/binding.ts`, 'height <= reported && ', ''),
  ),
  mutant(
    'the report of one suffices',
    'B2',
    edit(`${consensus}/binding.ts`, '[s.quorum - 1]', '[0]'),
  ),
  mutant(
    'results not compared',
    'B2',
    { actor: 'miscalculator' },
    edit(
      `${consensus}/binding.ts`,
      "return sameTriple(executed, own) ? { kind: 'ok' } : { kind: 'wrong', own };",
      "return s.n > 0 ? { kind: 'ok' } : { kind: 'wrong', own };",
    ),
  ),
  mutant(
    'unknown results accepted',
    'B2',
    { actor: 'random-signer' },
    edit(
      `${consensus}/binding.ts`,
      "if (executed.height > s.executed.height) return { kind: 'wait' };",
      "if (executed.height > s.executed.height) return { kind: 'ok' };",
    ),
  ),
  mutant(
    'repeated results not compared',
    'B2',
    { actor: 'random-signer' },
    edit(
      `${consensus}/binding.ts`,
      "return sameTriple(executed, bound) ? { kind: 'ok' }",
      "return s.n > 0 ? { kind: 'ok' }",
    ),
  ),
  mutant(
    'binding may go back',
    'B2',
    { actor: 'random-signer' },
    edit(
      `${consensus}/binding.ts`,
      "if (executed.height < bound.height) return { kind: 'invalid', reason: 'binds less than its parent' };",
      "if (executed.height < bound.height) return { kind: 'ok' };",
    ),
  ),
  mutant(
    'no lag rule',
    'B3',
    edit(
      `${consensus}/binding.ts`,
      'return height - boundHeight <= s.config.parameters.executionLagBlocksMax;',
      'return s.n > 0 || height === boundHeight;',
    ),
  ),
  mutant(
    'diverged goes on',
    'B4',
    { actor: 'miscalculator' },
    edit(
      `${consensus}/binding.ts`,
      'if (own === undefined || sameTriple(own, claim) || s.isStopped) return;',
      'if (s.n > 0) return;',
    ),
  ),
  mutant(
    'results not bound when idle',
    'idle',
    edit(
      `${consensus}/binding.ts`,
      'return s.unbound > block.header.executed.height;',
      'return s.unbound < 0;',
    ),
  ),
  mutant(
    'blocks without work',
    'idle',
    edit(
      `${consensus}/propose.ts`,
      'workFromMs(s, just.parent) ?? heartbeatMs(s)',
      'workFromMs(s, just.parent) ?? s.nowMs',
    ),
  ),

  // Repair and liveness.
  mutant(
    'no help',
    'help',
    edit(`${consensus}/help.ts`, 'if (!spend(s, to)) return;', 'if (s.n > 0) return;'),
  ),
  mutant(
    'blocks not fetched',
    'requests',
    edit(
      `${consensus}/availability.ts`,
      "if (to !== undefined) s.effects.push({ kind: 'send', to, message: { kind: 'blockRequest', value: { digest } } });",
      '',
    ),
  ),
  mutant(
    'batches not fetched',
    'requests',
    { actor: 'withholder' },
    edit(
      `${consensus}/availability.ts`,
      "if (peer !== undefined) s.effects.push({ kind: 'wantBatches', wants: check.wants, from: [peer] });",
      '',
    ),
  ),
  mutant(
    'final blocks not fetched',
    'catch-up',
    edit(
      `${consensus}/catchup.ts`,
      "s.effects.push({ kind: 'send', to, message: { kind: 'finalRequest', value } });",
      '',
    ),
  ),
  mutant('nothing said twice', 'retry', edit(`${consensus}/retry.ts`, 'resend(s);', '')),
  mutant(
    'a view without proposal lasts',
    't_prop',
    edit(`${consensus}/nullify.ts`, "nullify(s, 'no proposal in time');", ''),
  ),
  mutant(
    'a view without certificate lasts',
    't_cert',
    edit(`${consensus}/nullify.ts`, "nullify(s, 'no certificate in time');", ''),
  ),
  mutant(
    'no back-off',
    'back-off',
    edit(
      `${consensus}/timing.ts`,
      'return Math.min(limits.backoffFactorMax, BACKOFF_BASE ** exponent);',
      'return Math.min(1, BACKOFF_BASE ** exponent);',
    ),
  ),
  mutant(
    'votes of others start no timer',
    'idle',
    edit(`${consensus}/consensus.ts`, 's.votes.hasOthers(s.view, s.self)', 's.n < 1'),
  ),
  mutant(
    'progress is not told',
    'progress',
    edit(`${consensus}/consensus.ts`, 'tellProgress(s);', ''),
  ),
];

function edit(file: string, find: string, replace: string): Edit {
  return { file, find, replace };
}

function mutant(name: string, rule: string, first: Options | Edit, ...rest: Edit[]): Mutant {
  const options: Options = 'file' in first ? {} : first;
  const edits = 'file' in first ? [first, ...rest] : rest;
  return { name, rule, edits, tier: 'fast', seedsMax: SEEDS_MAX, ...options };
}
