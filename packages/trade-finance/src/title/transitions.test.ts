import { describe, expect, it } from 'vitest';
import { FINALS, RECEIVABLE } from '../packs/acts.ts';
import { ruleOf, tableFaults, type Transition } from './transitions.ts';

const step = (to: Transition<string>['request']['to'][number]) =>
  ({ by: ['holder'], to: [to] }) as const;

describe('transition tables', () => {
  it('find no fault with receivables', () => {
    expect(tableFaults(RECEIVABLE, FINALS)).toEqual([]);
  });

  it('find a rule by act and state, and none for what the table does not have', () => {
    expect(ruleOf(RECEIVABLE, 'transfer', 'RECEIVED/CIRCULATING')?.sign?.by).toEqual(['receiver']);
    expect(ruleOf(RECEIVABLE, 'register', undefined)?.request.to).toEqual(['ISSUED/AWAITING_SIGN']);
    expect(ruleOf(RECEIVABLE, 'transfer', 'RECEIVED/PLEDGED')).toBeUndefined();
    expect(ruleOf(RECEIVABLE, 'transfer', undefined)).toBeUndefined();
  });

  it('find states that nothing leads to, dead ends, left finals, doubles, and requests without an end', () => {
    const faults = tableFaults(
      [
        { act: 'make', request: step('ISSUED/AWAITING_SIGN'), guards: [] },
        { act: 'make', request: step('ISSUED/AWAITING_SIGN'), guards: [] },
        { act: 'lose', from: 'RECEIVED/CIRCULATING', request: step('VOIDED/ENDED'), guards: [] },
        { act: 'wake', from: 'VOIDED/ENDED', request: step('MATURED/CIRCULATING'), guards: [] },
        {
          act: 'sign',
          from: 'ISSUED/AWAITING_SIGN',
          request: step('ACCEPTED/LOCKED'),
          sign: step('VOIDED/ENDED'),
          guards: [],
        },
      ],
      ['VOIDED/ENDED'],
    );
    expect(faults).toEqual([
      'lose: nothing leads to RECEIVED/CIRCULATING',
      'MATURED/CIRCULATING: no way out',
      'VOIDED/ENDED: final, but left',
      'make from nothing: two rules',
      'sign: who signs may also refuse',
      'sign: a request that waits keeps the status',
    ]);
  });
});
