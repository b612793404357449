import { copyFile, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSuite } from '@hanse/crypto';
import { isHanseError } from '@hanse/kit';
import { batchSignBytes, voteSignBytes } from '@hanse/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ViewGuard, type GuardOptions, type VoteIntent } from './guard.ts';
import { LocalSigner } from './local.ts';

const suite = createSuite('intl');
const key = suite.keyPairFromSeed('ed25519', new Uint8Array(32).fill(1));
const chainId = new Uint8Array(32).fill(5);
const digest = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const vote = (kind: VoteIntent['kind'], view: number, byte = 1, epoch = 0): VoteIntent => ({
  kind,
  epoch,
  view,
  digest: kind === 'nullify' ? digest(0) : digest(byte),
});
const base: GuardOptions = { publicKey: key.publicKey, chainId, epoch: 0, finalView: 0, votes: [] };

async function newGuard(): Promise<{ readonly path: string; readonly guard: ViewGuard }> {
  const path = join(await mkdtemp(join(tmpdir(), 'hanse-guard-')), 'guard');
  await ViewGuard.create(path, key.publicKey);
  return { path, guard: ViewGuard.open(path, base) };
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isHanseError(error)) return error.codeName;
    throw error;
  }
  return 'none';
}

describe('conflicting votes', () => {
  it('are refused, whatever comes before, and nothing else is', async () => {
    const { guard } = await newGuard();
    const votes = fc.record({
      kind: fc.constantFrom('notarize' as const, 'nullify' as const, 'finalize' as const),
      view: fc.integer({ min: 1, max: 4 }),
      byte: fc.integer({ min: 1, max: 2 }),
    });
    let epoch = 0;
    fc.assert(
      fc.property(fc.array(votes, { maxLength: 30 }), (list) => {
        epoch++;
        const signed: VoteIntent[] = [];
        for (const { kind, view, byte } of list) {
          const asked = vote(kind, view, byte, epoch);
          const here = signed.filter((one) => one.view === view);
          const isConflict = here.some(
            (one) =>
              (one.kind === kind && kind !== 'nullify' && one.digest[0] !== asked.digest[0]) ||
              (one.kind === 'nullify' && kind === 'finalize') ||
              (one.kind === 'finalize' && kind === 'nullify'),
          );
          expect(codeOf(() => guard.admit(asked))).toBe(isConflict ? 'SignerGuard' : 'none');
          if (!isConflict) signed.push(asked);
        }
      }),
      { numRuns: 50 },
    );
    // The last list may have been empty.
    guard.admit(vote('notarize', 5, 1, epoch));
    expect(codeOf(() => guard.admit(vote('notarize', 1, 1, epoch - 1)))).toBe('SignerGuard');
  });

  it('are refused against votes of the log, and so is everything up to its last final view', async () => {
    const { path, guard } = await newGuard();
    for (const view of [3, 4, 5, 6]) guard.admit(vote('notarize', view));
    guard.admit(vote('nullify', 6));
    guard.close();
    const votes = [vote('notarize', 5), vote('notarize', 6), vote('nullify', 6)];
    const again = ViewGuard.open(path, { ...base, finalView: 4, votes });
    expect(codeOf(() => again.admit(vote('nullify', 4)))).toBe('SignerGuard');
    expect(codeOf(() => again.admit(vote('notarize', 5, 2)))).toBe('SignerGuard');
    expect(codeOf(() => again.admit(vote('finalize', 6)))).toBe('SignerGuard');
    expect(codeOf(() => again.admit(vote('notarize', 5)))).toBe('none');
    expect(codeOf(() => again.admit(vote('finalize', 5)))).toBe('none');
  });
});

describe('older copies', () => {
  it('of the log are refused, with both views', async () => {
    const { path, guard } = await newGuard();
    for (let view = 1; view <= 2_500; view++) {
      guard.admit(vote('notarize', view));
      guard.logged(view);
    }
    // No close: the process was killed.
    for (const [finalView, voted, expected] of [
      [0, undefined, 'SignerGuard'],
      [2_000, 2_499, 'SignerGuard'],
      [2_499, undefined, 'SignerGuard'],
      [2_000, 2_500, 'none'],
      [2_700, undefined, 'none'],
    ] as const) {
      const votes = voted === undefined ? [] : [vote('notarize', voted)];
      expect(codeOf(() => ViewGuard.open(path, { ...base, finalView, votes }))).toBe(expected);
    }
    expect(() => ViewGuard.open(path, base)).toThrowError(/signed for view 2500 .* view 0/);
    expect(codeOf(() => ViewGuard.open(path, { ...base, epoch: 1 }))).toBe('none');
  });

  it('of the log are noticed without the note too, from the last reservation on', async () => {
    const { path, guard } = await newGuard();
    for (let view = 1; view <= 2_500; view++) {
      guard.admit(vote('notarize', view));
      guard.logged(view);
    }
    const bytes = await readFile(path);
    bytes.fill(0, 1024 + 100, 1024 + 200);
    await writeFile(path, bytes);
    const at = (view: number): string =>
      codeOf(() => ViewGuard.open(path, { ...base, votes: [vote('notarize', view)] }));
    expect(at(1_900)).toBe('SignerGuard');
    expect(at(2_498)).toBe('none');
  });

  it('of the file of the guard are refused', async () => {
    const { path, guard } = await newGuard();
    guard.admit(vote('notarize', 1));
    await copyFile(path, `${path}.old`);
    for (const view of [2, 1_001, 1_500]) guard.admit(vote('notarize', view));
    const votes = [vote('notarize', 1_500)];
    expect(codeOf(() => ViewGuard.open(path, { ...base, votes }))).toBe('none');
    expect(codeOf(() => ViewGuard.open(`${path}.old`, { ...base, votes }))).toBe('SignerGuard');
  });
});

describe('bounds of memory', () => {
  it('an earlier epoch has its own views', async () => {
    const { path, guard } = await newGuard();
    guard.admit(vote('notarize', 5));
    guard.logged(5);
    const votes = [vote('notarize', 5)];
    const next = ViewGuard.open(path, { ...base, epoch: 1, votes });
    expect(codeOf(() => next.admit(vote('notarize', 5)))).toBe('SignerGuard');
    // Nothing was signed in the new epoch, so the file still speaks of the old one.
    next.logged(50);
    expect(codeOf(() => ViewGuard.open(path, { ...base, votes }))).toBe('none');
    expect(codeOf(() => next.admit(vote('notarize', 5, 2, 1)))).toBe('none');
    expect(codeOf(() => ViewGuard.open(path, { ...base, votes }))).toBe('SignerGuard');
  });

  it('a later note of an earlier view changes nothing', async () => {
    const { path, guard } = await newGuard();
    for (const view of [3, 5]) guard.admit(vote('notarize', view));
    guard.logged(5);
    guard.logged(3);
    expect(codeOf(() => ViewGuard.open(path, { ...base, finalView: 4 }))).toBe('SignerGuard');
    expect(codeOf(() => ViewGuard.open(path, { ...base, finalView: 5 }))).toBe('none');
  });

  it('views that are forgotten are refused', async () => {
    const { guard } = await newGuard();
    for (let view = 1; view <= 65_537; view++) guard.admit(vote('nullify', view));
    expect(codeOf(() => guard.admit(vote('nullify', 1)))).toBe('SignerGuard');
    expect(codeOf(() => guard.admit(vote('nullify', 2)))).toBe('none');
  });

  it('no vote of the log lacks a reservation', async () => {
    const { path, guard } = await newGuard();
    guard.admit(vote('notarize', 1));
    const at = (view: number): string =>
      codeOf(() => ViewGuard.open(path, { ...base, votes: [vote('notarize', view)] }));
    expect([at(64), at(65)]).toEqual(['none', 'SignerGuard']);
  });
});

describe('file of the guard', () => {
  it('syncs once for 64 views', async () => {
    const { path, guard } = await newGuard();
    const slots = async (): Promise<string> =>
      (await readFile(path)).subarray(0, 1024).toString('hex');
    guard.admit(vote('notarize', 1));
    const before = await slots();
    for (let view = 2; view <= 64; view++) guard.admit(vote('finalize', view));
    expect(await slots()).toBe(before);
    guard.admit(vote('finalize', 65));
    expect(await slots()).not.toBe(before);
  });

  it('survives damage to either half, and is refused when both are damaged', async () => {
    const { path, guard } = await newGuard();
    guard.admit(vote('notarize', 1));
    guard.admit(vote('notarize', 5_000));
    guard.close();
    const whole = await readFile(path);
    const votes = [vote('notarize', 5_000)];
    const open = async (...offsets: readonly number[]): Promise<string> => {
      const bytes = Buffer.from(whole);
      for (const offset of offsets) bytes[offset]! ^= 8;
      await writeFile(path, bytes);
      return codeOf(() => ViewGuard.open(path, { ...base, votes }));
    };
    expect(await open(40, 512 + 40)).toBe('FileCorrupt');
    expect([await open(40), await open(512 + 40)]).toEqual(['none', 'none']);
  });

  it('belongs to one key and one chain, is private, and is never made by opening', async () => {
    const { path, guard } = await newGuard();
    guard.close();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const other = { ...base, publicKey: new Uint8Array(32) };
    expect(codeOf(() => ViewGuard.open(path, other))).toBe('FileCorrupt');
    const elsewhere = { ...base, chainId: digest(9) };
    expect(codeOf(() => ViewGuard.open(path, elsewhere))).toBe('GenesisMismatch');
    expect(codeOf(() => ViewGuard.open(`${path}.none`, base))).toBe('FileCorrupt');
    await expect(ViewGuard.create(path, key.publicKey)).rejects.toThrowError(/HANSE-6008/);
  });
});

describe('local signer', () => {
  it('signs admitted votes and batches of its chain, and nothing else', async () => {
    const { guard } = await newGuard();
    const signer = new LocalSigner({ suite, chainId, key, guard });
    const intent = vote('notarize', 1);
    const signature = await signer.vote(intent);
    expect(
      suite.verify('ed25519', signer.publicKey, voteSignBytes(chainId, intent), signature),
    ).toBe(true);
    expect(await signer.vote(intent)).toEqual(signature);
    await expect(signer.vote(vote('notarize', 1, 2))).rejects.toThrowError(/HANSE-6006/);
    const header = {
      chainId,
      epoch: 0,
      lane: 0,
      seq: 1,
      prevDigest: digest(0),
      envelopesRoot: digest(1),
      txCount: 1,
      sizeBytes: 1,
      gasSum: 1,
    };
    const message = batchSignBytes(header, digest(3));
    expect(suite.verify('ed25519', key.publicKey, message, signer.batch(message))).toBe(true);
    expect(() => signer.batch(voteSignBytes(chainId, intent))).toThrowError();
    expect(() =>
      signer.batch(batchSignBytes({ ...header, chainId: digest(8) }, digest(3))),
    ).toThrowError();
    signer.close();
  });

  it('lets a key whose log is lost sign only above everything it may have signed', async () => {
    const { path, guard } = await newGuard();
    for (let view = 1; view <= 70; view++) guard.admit(vote('notarize', view));
    guard.logged(70);
    guard.close();
    const lost = { ...base, votes: [] };
    expect(codeOf(() => ViewGuard.open(path, lost))).toBe('SignerGuard');
    const lostUpTo = ViewGuard.reservedUpTo(path, base.publicKey);
    expect(lostUpTo).toBeGreaterThan(70);
    const again = ViewGuard.open(path, { ...lost, lostUpTo });
    expect(codeOf(() => again.admit(vote('notarize', lostUpTo)))).toBe('SignerGuard');
    expect(codeOf(() => again.admit(vote('notarize', lostUpTo + 1)))).toBe('none');
    again.close();
  });
});
