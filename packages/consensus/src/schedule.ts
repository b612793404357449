import { isAmnesic } from './cast.ts';
import { head } from './justification.ts';
import { ownVotes, type State } from './state.ts';
import { certifyDeadline, proposeDeadline } from './timing.ts';
import { timerNames, type TimerName } from './types.ts';
import { heartbeatMs, workFromMs } from './work.ts';

type Due = { readonly proposeMs: number | undefined; readonly fetchMs: number | undefined };

/** Set the timers to when a rule next has something to do; unchanged ones are left alone. */
export function schedule(s: State, due: Due): void {
  const wanted = wakeTimes(s, due);
  for (const name of timerNames) {
    const at = wanted[name];
    if (s.timers.get(name) === at) continue;
    if (at === undefined) s.timers.delete(name);
    else s.timers.set(name, at);
    s.effects.push({
      kind: 'timer',
      name,
      delayMs: at === undefined ? undefined : Math.max(1, Math.ceil(at - s.nowMs)),
    });
  }
}

function wakeTimes(
  s: State,
  { proposeMs, fetchMs }: Due,
): Readonly<Record<TimerName, number | undefined>> {
  const own = ownVotes(s, s.view);
  const { armedMs } = s;
  const hasGivenUp = own.nullify === true || isAmnesic(s, s.view);
  const waitsForProposal =
    armedMs !== undefined && own.notarize === undefined && !s.proposals.has(s.view);
  return {
    propose: waitsForProposal && !hasGivenUp ? proposeDeadline(s, armedMs) : undefined,
    certify: armedMs !== undefined && !hasGivenUp ? certifyDeadline(s, armedMs) : undefined,
    retry: s.nextRetryMs,
    heartbeat: armedMs === undefined ? heartbeatMs(s) : undefined,
    work: proposeMs ?? (armedMs === undefined ? workFromMs(s, head(s)) : undefined),
    fetch: fetchMs,
    progress: s.progressDueMs,
  };
}
