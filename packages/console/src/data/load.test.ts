import { decode } from '@hanse/codec';
import { fromBase64Url, must, toHex } from '@hanse/kit';
import { receiptProofSchema } from '@hanse/model';
import { describe, expect, it } from 'vitest';
import { fakeApi, trustedChain } from '../../test/api.ts';
import { Fake, type Lie } from '../../test/fake.ts';
import { verdictOf, type Step } from '../verify/trail.ts';
import { loadBlock, loadDeposits, loadEvidence, loadRelations, loadTx } from './load.ts';

const { signal } = new AbortController();

// Building a chain takes a second; tests only read it, but for one that makes its own.
const shared = { intl: new Fake('intl', Date.now()), sm: new Fake('sm', Date.now()) };

function start(suite: 'intl' | 'sm' = 'intl', lie: Lie = 'none') {
  const fake = shared[suite];
  fake.lie = lie;
  return { fake, api: fakeApi(fake), chain: trustedChain(fake) };
}

function firstId(fake: Fake): string {
  return must([...fake.story.deposits.keys()][0], 'the story has deposits');
}

function statesOf(steps: readonly Step[]): readonly string[] {
  return steps.map(({ name, state }) => `${name} ${state}`);
}

describe.each(['intl', 'sm'] as const)('a deposit under suite %s', (suite) => {
  it('is verified from the genesis down to the names of the parties', async () => {
    const { fake, api, chain } = start(suite);
    const loaded = await loadEvidence(api, chain, firstId(fake), signal);
    expect(statesOf(loaded.steps)).toEqual([
      'genesis verified',
      'certificate verified',
      'header verified',
      'record verified',
      'history verified',
      'receipt verified',
      'transaction verified',
      'names verified',
    ]);
    expect(verdictOf(loaded.steps)).toBe('verified');
    expect([...loaded.names.values()].sort()).toEqual(['Scan desk 3', '华东供应链'].sort());
    expect(loaded.bundle?.id).toBe(firstId(fake));
  });

  it('that does not exist is proved absent', async () => {
    const { api, chain } = start(suite);
    const loaded = await loadEvidence(api, chain, 'ab'.repeat(32), signal);
    expect(loaded.isAbsent).toBe(true);
    expect(loaded.evidence).toBeUndefined();
    expect(statesOf(loaded.steps).at(-1)).toBe('absence verified');
    expect(verdictOf(loaded.steps)).toBe('verified');
  });
});

describe('a node that lies about a deposit', () => {
  const lies: readonly (readonly [Lie, string])[] = [
    ['certificate', 'certificate forged'],
    ['record', 'record forged'],
    ['receipt', 'receipt forged'],
  ];
  it.each(lies)('is caught in its %s', async (lie, expected) => {
    const { fake, api, chain } = start('intl', lie);
    const loaded = await loadEvidence(api, chain, firstId(fake), signal);
    const states = statesOf(loaded.steps);
    expect(states).toContain(expected);
    // Whatever leans on the broken step is not verified, and nothing is offered for download.
    const at = states.indexOf(expected);
    expect(states.slice(at + 1).every((state) => state.endsWith('unverified'))).toBe(true);
    expect(verdictOf(loaded.steps)).toBe('forged');
  });

  it('never has its deposit shown when the record is forged', async () => {
    const { fake, api, chain } = start('intl', 'record');
    const loaded = await loadEvidence(api, chain, firstId(fake), signal);
    expect(loaded.evidence).toBeUndefined();
    expect(loaded.isAbsent).toBe(false);
    expect(loaded.bundle).toBeUndefined();
  });

  it('verifies nothing of a chain that is not the trusted one', async () => {
    const { fake, api } = start();
    const trust = { hash: 'ab'.repeat(32), how: 'first-use', sinceMs: 1 } as const;
    const loaded = await loadEvidence(api, trustedChain(fake, trust), firstId(fake), signal);
    expect(statesOf(loaded.steps)[0]).toBe('genesis forged');
    expect(loaded.steps.some(({ state }) => state === 'verified')).toBe(false);
  });
});

describe('an old header', () => {
  it('leaves a proved record standing and says that it may be overtaken', async () => {
    const fake = new Fake('intl', Date.now() - 3_600_000);
    const loaded = await loadEvidence(fakeApi(fake), trustedChain(fake), firstId(fake), signal);
    const states = statesOf(loaded.steps);
    expect(states).toContain('header unverified');
    expect(states).toContain('record verified');
    expect(verdictOf(loaded.steps)).toBe('unverified');
  });
});

describe('what others say about a deposit', () => {
  it('is held against its records', async () => {
    const { fake, api, chain } = start();
    const { coSignatures, links } = await loadRelations(api, chain, firstId(fake), signal);
    expect(coSignatures.map(({ state }) => state)).toEqual(['verified', 'verified']);
    expect(links.map(({ state }) => state)).toEqual(['verified']);
  });

  it('is forged when the record says something else', async () => {
    const { fake, api, chain } = start();
    const rows = fake.story.coSignatures;
    const row = must(rows[0], 'a row');
    rows[0] = { ...row, statement: 'never said' };
    const { coSignatures } = await loadRelations(api, chain, firstId(fake), signal);
    rows[0] = row;
    expect(coSignatures.map(({ state }) => state)).toEqual(['forged', 'verified']);
  });
});

describe('a block', () => {
  it('is verified up to its header', async () => {
    const { api, chain } = start();
    const { steps, waiting } = await loadBlock(api, chain, 12, signal);
    expect(waiting).toBeUndefined();
    expect(statesOf(steps).at(-1)).toBe('block verified');
    expect(verdictOf(steps)).toBe('verified');
  });

  it('that no later header binds waits, unverified', async () => {
    const { fake, api, chain } = start();
    const { steps, waiting } = await loadBlock(api, chain, fake.story.chain.height, signal);
    expect(steps).toEqual([]);
    expect(waiting).toBeDefined();
  });

  it('whose shown header was changed is forged', async () => {
    const { fake, chain } = start();
    const honest = fakeApi(fake);
    const api = {
      ...honest,
      get: async <T>(path: string): Promise<T> => {
        const value = await honest.get<T>(path);
        if (path !== '/v1/blocks/12') return value;
        const detail = value as { header: Record<string, unknown> };
        return { ...detail, header: { ...detail.header, proposer: 3 } } as T;
      },
    };
    const { steps } = await loadBlock(api, chain, 12, signal);
    expect(statesOf(steps).at(-1)).toBe('block forged');
  });
});

describe('a transaction', () => {
  it('that was refused is proved refused', async () => {
    const { fake, api, chain } = start();
    const { verified, steps } = await loadTx(api, chain, fake.story.refused.txid, signal);
    expect(verdictOf(steps)).toBe('verified');
    expect(verified?.receipt.status.kind).toBe('refused');
  });

  it('is not answered with the receipt of another', async () => {
    const { fake, chain } = start();
    const honest = fakeApi(fake);
    const other = toHex(must(fake.story.chain.block(3).receipts[0], 'a receipt').txid);
    const api = { ...honest, get: <T>(): Promise<T> => honest.get<T>(`/v1/tx/${other}`) };
    const { steps, verified } = await loadTx(api, chain, fake.story.refused.txid, signal);
    expect(statesOf(steps)).toContain('receipt forged');
    expect(verified).toBeUndefined();
  });

  it('has the path it claims', async () => {
    const { fake, api, chain } = start();
    const { outcome } = await loadTx(api, chain, fake.story.refused.txid, signal);
    if (outcome.state !== 'proved') throw new Error('not proved');
    const bytes = must(fromBase64Url(outcome.proof?.receipt ?? ''), 'base64url');
    expect(decode(receiptProofSchema, bytes).ok).toBe(true);
  });
});

describe('the list of deposits', () => {
  it('comes page by page, each deposit once', async () => {
    const { fake, api } = start();
    const first = await loadDeposits(api, undefined, signal);
    const second = await loadDeposits(api, first.next, signal);
    const ids = [...first.rows, ...second.rows].map(({ byteHash }) => toHex(byteHash));
    expect(ids).toEqual([...fake.story.deposits.keys()].sort());
    expect(second.next).toBeUndefined();
  });
});
