import { expect, test } from 'vitest';
import { fuzzHostCalls } from './fuzz.ts';
import { isolate } from './rig.ts';

test('random calls of host functions end in outcomes, and hand over well-formed bytes only', () => {
  const { calls, endings } = fuzzHostCalls(isolate(), 4_000, 20_260_101);
  expect(calls).toBeGreaterThanOrEqual(4_000);
  expect(endings.get('BadValue')).toBeGreaterThan(50);
  for (const ending of endings.keys()) {
    expect(['returned', 'Threw', 'BadValue', 'OutOfGas', 'StackOverflow']).toContain(ending);
  }
});
