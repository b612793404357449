import { decode, encode } from '@hanse/codec';
import { limits, must, toHex, utf8 } from '@hanse/kit';
import { systemContracts, type Deposit } from '@hanse/model';
import { describe, expect, it } from 'vitest';
import { bank, call, Chain, harbour, idOf, inceptionOf, suite } from '../test/chain.ts';

const harbourDid = idOf(harbour);
const bankDid = idOf(bank);
const person = inceptionOf('person', 'Ada', { controllers: [harbourDid] });
const ada = idOf(person);
const hash = (name: string): Uint8Array => suite.hash(utf8(name));

const form = (name: string): Deposit => ({
  byteHash: hash(name),
  sizeBytes: 5,
  mediaType: 'application/pdf',
  fieldsRoot: hash('fields'),
  fieldCount: 3,
  capture: {
    device: '',
    software: 'scan',
    softwareVersion: '1',
    capturedAt: 900,
    timeSource: 'ntp',
    method: 'scan',
  },
});
const deposit = (name: string, changes: Partial<Deposit> = {}): ReturnType<typeof call> =>
  call('evidence', 'deposit', { ...form(name), ...changes });
const coSign = (name: string): ReturnType<typeof call> =>
  call('evidence', 'coSign', { id: hash(name), statement: 'seen' });
const link = (from: string, to: string): ReturnType<typeof call> =>
  call('evidence', 'link', { from: hash(from), to: hash(to), relation: 'refers-to' });
const supersede = (id: string, by: string): ReturnType<typeof call> =>
  call('evidence', 'supersede', { id: hash(id), by: hash(by) });

/** A chain with deposits `a` and `b` of Ada and `c` of the bank. */
function withDeposits(): Chain {
  const chain = new Chain();
  chain.ok(harbourDid, call('identity', 'register', { inception: person }));
  chain.next();
  chain.ok(ada, deposit('a'), deposit('b'));
  chain.ok(bankDid, deposit('c'));
  chain.next();
  return chain;
}

const { queries } = systemContracts.evidence;

describe('deposit', () => {
  it('keeps who deposited, for whom, when', async () => {
    const chain = withDeposits();
    const found = await chain.query('evidence', 'get', encode(queries.get.args, { id: hash('a') }));
    const record = decode(queries.get.result, found as Uint8Array);
    expect(record).toMatchObject({
      ok: true,
      value: { ...form('a'), depositor: ada, organisation: harbourDid, height: 2, time: 3_000 },
    });
  });

  it('is made once for the same bytes', () => {
    const chain = withDeposits();
    expect(chain.refusal(bankDid, deposit('a'))).toEqual({
      code: 'EvidenceExists',
      params: { id: toHex(hash('a')), depositor: ada, height: '2' },
    });
    expect(chain.refusal(bankDid, deposit('x'), deposit('x')).code).toBe('EvidenceExists');
    // All or nothing: the first of the two was not kept.
    chain.ok(bankDid, deposit('x'));
  });

  it('needs the circumstances of the capture and keeps the bounds', () => {
    const chain = withDeposits();
    const { capture } = form('x');
    const by = (changes: Partial<Deposit>): string =>
      chain.refusal(ada, deposit('x', changes)).code;
    expect(by({ mediaType: '' })).toBe('BadArguments');
    expect(by({ capture: { ...capture, software: '' } })).toBe('BadArguments');
    expect(by({ fieldCount: limits.evidenceFieldsMax + 1 })).toBe('OverLimit');
    expect(by({ sizeBytes: limits.evidenceFileBytesMax + 1 })).toBe('OverLimit');
    chain.ok(ada, deposit('x', { fieldCount: limits.evidenceFieldsMax }));
  });
});

describe('acts on a deposit', () => {
  it('co-sign: each signer once, of a deposit that is there', () => {
    const chain = withDeposits();
    const done = chain.ok(bankDid, coSign('a'));
    expect(done.events).toMatchObject([{ contract: 'evidence', name: 'coSigned' }]);
    expect(chain.refusal(bankDid, coSign('a')).code).toBe('AlreadySigned');
    expect(chain.refusal(bankDid, coSign('x')).code).toBe('EvidenceUnknown');
    chain.ok(ada, coSign('a'));
  });

  it('link: by its depositor or the organisation, each link once', () => {
    const chain = withDeposits();
    expect(chain.refusal(bankDid, link('a', 'c')).code).toBe('NotDepositor');
    chain.ok(harbourDid, link('a', 'c'));
    expect(chain.refusal(ada, link('a', 'c')).code).toBe('LinkExists');
    expect(chain.refusal(ada, link('a', 'x')).code).toBe('EvidenceUnknown');
    expect(chain.refusal(ada, link('x', 'a')).code).toBe('EvidenceUnknown');
    expect(chain.refusal(ada, link('a', 'a')).code).toBe('BadArguments');
    chain.ok(
      ada,
      call('evidence', 'link', { from: hash('a'), to: hash('c'), relation: 'derived-from' }),
    );
  });

  it('link: a bounded number of times', () => {
    const chain = withDeposits();
    for (let i = 0; i < limits.evidenceLinksPerDepositMax; i++) {
      chain.ok(bankDid, deposit(`target ${i}`));
      chain.ok(ada, link('a', `target ${i}`));
    }
    expect(chain.refusal(ada, link('a', 'b')).code).toBe('OverLimit');
    chain.ok(ada, link('b', 'a'));
  });

  it('supersede: once, by a deposit that is itself the newest', () => {
    const chain = withDeposits();
    expect(chain.refusal(bankDid, supersede('a', 'c')).code).toBe('NotDepositor');
    expect(chain.refusal(ada, supersede('a', 'a')).code).toBe('BadArguments');
    expect(chain.refusal(ada, supersede('a', 'x')).code).toBe('EvidenceUnknown');
    expect(chain.refusal(ada, supersede('x', 'a')).code).toBe('EvidenceUnknown');
    chain.ok(harbourDid, supersede('a', 'b'));
    const params = { id: toHex(hash('a')), by: toHex(hash('b')) };
    expect(chain.refusal(ada, supersede('a', 'c'))).toEqual({ code: 'EvidenceSuperseded', params });
    // No circle.
    expect(chain.refusal(ada, supersede('b', 'a')).code).toBe('EvidenceSuperseded');
    expect(chain.refusal(bankDid, coSign('a')).code).toBe('EvidenceSuperseded');
    expect(chain.refusal(ada, link('a', 'c')).code).toBe('EvidenceSuperseded');
    chain.ok(ada, link('b', 'a'));
  });
});

describe('evidence queries', () => {
  it('page deposits, co-signatures and links to their ends', async () => {
    const chain = withDeposits();
    for (const name of ['d', 'e', 'f', 'g']) chain.ok(bankDid, deposit(name));
    for (const name of ['c', 'd', 'e', 'f', 'g']) chain.ok(ada, link('a', name));
    for (const signer of [ada, bankDid, harbourDid]) chain.ok(signer, coSign('a'));

    const pages = async <R extends { readonly next: unknown }>(
      read: (after: R['next'] | undefined) => Promise<R>,
    ): Promise<R[]> => {
      const all: R[] = [];
      for (let after: R['next'] | undefined; ;) {
        const page = await read(after);
        all.push(page);
        if (page.next === undefined) return all;
        after = page.next;
      }
    };
    const ask = async (
      name: 'list' | 'links' | 'coSignatures',
      args: Uint8Array,
    ): Promise<Uint8Array> => {
      const answer = await chain.query('evidence', name, args);
      if (typeof answer === 'string') throw new Error(answer);
      return answer;
    };
    const id = hash('a');
    const deposits = await pages<{ rows: readonly unknown[]; next: Uint8Array | undefined }>(
      async (after) => {
        const page = decode(
          queries.list.result,
          await ask('list', encode(queries.list.args, { after, limit: 3 })),
        );
        return must(page.ok ? page.value : undefined, 'a page');
      },
    );
    expect(deposits.map(({ rows }) => rows.length)).toEqual([3, 3, 1]);
    const links = await pages<{ rows: readonly { to: Uint8Array }[]; next: string | undefined }>(
      async (after) => {
        const page = decode(
          queries.links.result,
          await ask('links', encode(queries.links.args, { id, after, limit: 2 })),
        );
        return must(page.ok ? page.value : undefined, 'a page');
      },
    );
    const targets = links.flatMap(({ rows }) => rows.map(({ to }) => toHex(to)));
    expect(targets).toEqual(['c', 'd', 'e', 'f', 'g'].map((name) => toHex(hash(name))).sort());
    const signatures = await pages<{
      rows: readonly { signer: string }[];
      next: string | undefined;
    }>(async (after) => {
      const args = encode(queries.coSignatures.args, { id, after, limit: 2 });
      const page = decode(queries.coSignatures.result, await ask('coSignatures', args));
      return must(page.ok ? page.value : undefined, 'a page');
    });
    expect(signatures.flatMap(({ rows }) => rows.map(({ signer }) => signer))).toEqual(
      [ada, bankDid, harbourDid].sort(),
    );
  });

  it('refuse what is not there and what is no cursor', async () => {
    const chain = withDeposits();
    const unknown = encode(queries.get.args, { id: hash('x') });
    expect(await chain.query('evidence', 'get', unknown)).toBe('RecordUnknown');
    const cursor = encode(queries.links.args, { id: hash('a'), after: '../b', limit: 1 });
    expect(await chain.query('evidence', 'links', cursor)).toBe('BadArguments');
    expect(await chain.query('evidence', 'list', utf8('?'))).toBe('BadArguments');
    expect(await chain.query('evidence', 'all', utf8('?'))).toBe('UnknownQuery');
    expect(await chain.query('none', 'get', utf8('?'))).toBe('UnknownContract');
  });
});
