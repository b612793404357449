import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keySigner, type Client, type SubmissionResult } from '@hanse/client';
import { decode } from '@hanse/codec';
import { createNativeSuite } from '@hanse/native';
import { fromHex, HanseError, must, toHex } from '@hanse/kit';
import { depositSchema, type Deposit, type Evidence, type Receipt } from '@hanse/model';
import { describe, expect, it } from 'vitest';
import { tempDir } from '../../test/host.ts';
import { fileOutbox, fileTrustStore } from '../trust.ts';
import { eachOf, depositFiles, type FileResult } from './flow.ts';
import { KeptDeposits } from './kept.ts';
import { recommit } from './prepare.ts';
import { findFiles } from './walk.ts';

const suite = createNativeSuite('intl');
const chainId = new Uint8Array(32).fill(9);
const did = `did:hanse:dev:${'a'.repeat(32)}`;
const signer = keySigner(suite, {
  did,
  kid: 'k1',
  key: suite.keyPairFromSeed('ed25519', new Uint8Array(32).fill(1)),
});

/** A chain of deposits, as far as depositing files needs one. */
function fakeChain() {
  const deposits = new Map<string, Evidence>();
  const sent: Deposit[] = [];
  let isDown = false;
  const receiptOf = (status: Receipt['status']): Receipt => {
    return {
      txid: new Uint8Array(32).fill(5),
      height: 7,
      index: 0,
      status,
      gas: 1,
      results: [],
      events: [],
    };
  };
  const deposit = (args: Deposit): SubmissionResult => {
    sent.push(args);
    if (isDown) return { kind: 'failed', error: new HanseError('NodeUnreachable') };
    const id = toHex(args.byteHash);
    const txid = '05'.repeat(32);
    if (deposits.has(id)) {
      const value = { code: 'EvidenceExists', message: '', params: [], frames: [] };
      const receipt = receiptOf({ kind: 'refused', value });
      return { kind: 'executed', txid, receipt, refused: new HanseError('EvidenceExists') };
    }
    const facts = {
      depositor: did,
      organisation: did,
      txid: new Uint8Array(32),
      height: 7,
      time: 1,
    };
    deposits.set(id, { ...args, ...facts, supersededBy: undefined });
    return {
      kind: 'executed',
      txid,
      receipt: receiptOf({ kind: 'ok', value: {} }),
      refused: undefined,
    };
  };
  const parts = {
    chain: async () => ({ suite, chainId }),
    submitMany: async (...[submissions, options]: Parameters<Client['submitMany']>) => {
      const results = submissions.map(({ calls }) => {
        const args = decode(depositSchema, must(calls[0], 'one call').args);
        if (!args.ok) throw new Error(args.error);
        return deposit(args.value);
      });
      const total = results.length;
      options?.onProgress?.({ total, taken: total, executed: total - 1, failed: 0 });
      options?.onProgress?.({ total, taken: total, executed: total - 1, failed: 1 });
      return results;
    },
    evidence: async (id: Uint8Array) => ({ value: deposits.get(toHex(id)), height: 7 }),
  };
  return {
    // Depositing uses these three methods only.
    client: parts as unknown as Client,
    deposits,
    sent,
    setDown: (value: boolean) => void (isDown = value),
  };
}

async function deposit(
  chain: ReturnType<typeof fakeChain>,
  dir: string,
  keptDir: string,
  progressed: number[] = [],
): Promise<readonly FileResult[]> {
  return depositFiles(
    {
      client: chain.client,
      signer,
      keptDir,
      options: { withFields: true, mediaType: undefined, device: '', method: 'file' },
      until: 'proved',
      signal: new AbortController().signal,
      progress: { update: (done) => void progressed.push(done), end: () => {} },
    },
    findFiles(dir, ['.']).files,
  );
}

function folder(files: Readonly<Record<string, string>>): string {
  const dir = tempDir();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(dir, name, '..'), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  return dir;
}

describe('finding files', () => {
  it('goes through folders in an order of its own', () => {
    const dir = folder({ 'b/2': '', 'b/10': '', Z: '', a: '', 存: '' });
    expect(findFiles(dir, ['.']).files.map((file) => file.shown)).toEqual([
      'Z',
      'a',
      'b/10',
      'b/2',
      '存',
    ]);
  });

  it('says what it leaves out, and follows what was named', () => {
    const dir = folder({ 'in/a': '1' });
    symlinkSync(join(dir, 'in/a'), join(dir, 'in/link'));
    const found = findFiles(dir, ['in']);
    expect(found.files.map((file) => file.shown)).toEqual(['in/a']);
    expect(found.skipped).toEqual([{ shown: 'in/link', why: 'symbolicLink' }]);
    expect(findFiles(dir, ['in/link']).files).toHaveLength(1);
  });

  it('takes a file named twice once, and refuses one that is not there', () => {
    const dir = folder({ a: '1' });
    expect(findFiles(dir, ['a', '.', './a']).files).toHaveLength(1);
    expect(() => findFiles(dir, ['gone'])).toThrow('HANSE-1003');
  });
});

describe('depositing files', () => {
  it('deposits each once and counts every one', async () => {
    const chain = fakeChain();
    const dir = folder({ 'a.json': '{"n":1}', 'b.txt': 'b', 'c.txt': 'b' });
    const progressed: number[] = [];
    const results = await deposit(chain, dir, join(tempDir(), 'kept'), progressed);
    expect(results.map(({ file, status }) => `${file.shown} ${status}`)).toEqual([
      'a.json deposited',
      'b.txt deposited',
      'c.txt existed',
    ]);
    expect(chain.sent).toHaveLength(2);
    expect(progressed.at(-1)).toBe(3);
  });

  it('shows the first deposit the second time, and sends nothing', async () => {
    const chain = fakeChain();
    const dir = folder({ a: 'x' });
    const kept = join(tempDir(), 'kept');
    await deposit(chain, dir, kept);
    const [again] = await deposit(chain, dir, kept);
    expect(again).toMatchObject({ status: 'existed', height: 7, depositor: did });
    expect(chain.sent).toHaveLength(1);
  });

  it('shows the first deposit of somebody else', async () => {
    const chain = fakeChain();
    const dir = folder({ a: 'x' });
    await deposit(chain, dir, join(tempDir(), 'theirs'));
    const [result] = await deposit(chain, dir, join(tempDir(), 'ours'));
    expect(result).toMatchObject({ status: 'existed' });
    expect(chain.sent).toHaveLength(2);
  });

  it('sends the same commitment again after a failure', async () => {
    const chain = fakeChain();
    const dir = folder({ a: 'x' });
    const kept = join(tempDir(), 'kept');
    chain.setDown(true);
    expect(await deposit(chain, dir, kept)).toMatchObject([{ status: 'failed' }]);
    chain.setDown(false);
    expect(await deposit(chain, dir, kept)).toMatchObject([{ status: 'deposited' }]);
    const [first, second] = chain.sent;
    expect(second?.fieldsRoot).toEqual(first?.fieldsRoot);
  });

  it('goes on after a file that cannot be read', async () => {
    const chain = fakeChain();
    const dir = folder({ a: 'x', b: 'y' });
    const files = findFiles(dir, ['.']).files.map((file, index) =>
      index === 0 ? { ...file, path: join(dir, 'gone') } : file,
    );
    const results = await depositFiles(
      {
        client: chain.client,
        signer,
        keptDir: join(tempDir(), 'kept'),
        options: { withFields: false, mediaType: undefined, device: '', method: 'scan' },
        until: 'proved',
        signal: new AbortController().signal,
        progress: { update: () => {}, end: () => {} },
      },
      files,
    );
    expect(results.map((one) => one.status)).toEqual(['failed', 'deposited']);
    expect(results[1]?.fieldCount).toBe(3);
    expect(chain.sent[0]?.capture.method).toBe('scan');
  });
});

describe('what a depositor keeps', () => {
  it('is readable by its owner only, and enough to disclose a field later', async () => {
    const chain = fakeChain();
    const dir = folder({ 'a.json': '{"amount":"12.50","party":{"name":"Meridian"}}' });
    const keptDir = join(tempDir(), 'kept');
    const [result] = await deposit(chain, dir, keptDir);
    const id = must(result?.id, 'an id');
    expect(statSync(join(keptDir, `${id}.json`)).mode & 0o777).toBe(0o600);
    const kept = must(new KeptDeposits(keptDir).read(id), 'kept');
    const commitment = must(await recommit(suite, kept, join(dir, 'a.json')), 'the same file');
    expect(commitment.root).toEqual(chain.deposits.get(id)?.fieldsRoot);
    expect(commitment.paths).toContain('/amount');
    expect(commitment.disclose('/amount').leaf.value).toEqual({ kind: 'text', value: '12.50' });
  });

  it('does not fit another file', async () => {
    const chain = fakeChain();
    const dir = folder({ a: 'x', b: 'y' });
    const keptDir = join(tempDir(), 'kept');
    const [result] = await deposit(chain, dir, keptDir);
    const kept = must(new KeptDeposits(keptDir).read(must(result?.id, 'an id')), 'kept');
    expect(await recommit(suite, kept, join(dir, 'b'))).toBeUndefined();
  });

  it('is refused when damaged', () => {
    const dir = folder({ 'ab.json': '{"version":1}' });
    expect(() => new KeptDeposits(dir).read('ab')).toThrow('HANSE-6009');
    expect(new KeptDeposits(dir).read('cd')).toBeUndefined();
  });
});

describe('stores on disk', () => {
  it('remember the newest block of each chain', async () => {
    const dir = join(tempDir(), 'trust');
    const newest = { epoch: 0, height: 12, digest: 'ab' };
    await fileTrustStore(dir).save('chain', newest);
    expect(await fileTrustStore(dir).load('chain')).toEqual(newest);
    expect(await fileTrustStore(dir).load('other')).toBeUndefined();
  });

  it('give back the bytes that were signed under a key', async () => {
    const dir = join(tempDir(), 'outbox');
    const entry = {
      key: 'order/7781 – ä',
      attempt: 1,
      envelope: must(fromHex('0102'), 'hex'),
      txid: new Uint8Array(32).fill(3),
      validUntil: 99,
    };
    await fileOutbox(dir).put([entry]);
    expect(await fileOutbox(dir).get(entry.key)).toEqual(entry);
    expect(await fileOutbox(dir).get('order/7782')).toBeUndefined();
  });
});

describe('doing many things', () => {
  it('does each once and no more than so many at a time', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    await eachOf([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      done.push(item);
      running -= 1;
    });
    expect(done.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(3);
  });
});
