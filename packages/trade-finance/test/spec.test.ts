import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CLAIM_TABLE } from '../src/claims/states.ts';
import { REASONS } from '../src/codes.ts';
import { RECEIVABLE } from '../src/packs/acts.ts';

const text = readFileSync(new URL('../../../docs/spec/title-packs.md', import.meta.url), 'utf8');

/** Rows of the tables of the specification, as lists of cells. */
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

describe('the specification', () => {
  it('names every reason to refuse', () => {
    const missing = Object.keys(REASONS).filter((reason) => !text.includes(`\`${reason}\``));
    expect(missing).toEqual([]);
  });

  it.each(RECEIVABLE.map((rule) => [rule.act, rule.from ?? '–', rule] as const))(
    'prints the rule for %s from %s',
    (act, from, { request, sign }) => {
      const [status = '', flag = ''] = from.split('/');
      const row = rows.find(
        ([, name, before = '']) => name === act && before.includes(status) && before.includes(flag),
      );
      expect(row, 'a row of the table').toBeDefined();
      const states = [...request.to, ...(sign?.to ?? [])];
      const line = row?.join(' ') ?? '';
      for (const state of states) {
        const [, after = ''] = state.split('/');
        const isSame = line.includes('same status/') || line.includes('same flag');
        expect(
          isSame ? line.includes(after) || line.includes('same flag') : line.includes(state),
        ).toBe(true);
      }
    },
  );

  it.each(CLAIM_TABLE.map((rule) => [rule.act, rule.to.join(), rule] as const))(
    'prints the rule of claims for %s to %s',
    (act, _, { from = [] }) => {
      const row = rows.find(
        ([, name, before = '']) =>
          name === act &&
          from.every(
            (state) => before.includes(state) || before.includes(`${state.split('_')[0]}_*`),
          ),
      );
      expect(row, 'a row of the table').toBeDefined();
    },
  );
});
