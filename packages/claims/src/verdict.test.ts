import { toHex, utf8 } from '@hanse/kit';
import { beforeAll, describe, expect, it } from 'vitest';
import { BANK, createWorld, direct, invoiceKeys, STRANGER } from '../test/world.ts';
import {
  checkVerdict,
  requestTags,
  verdictHash,
  verdictSignBytes,
  verdictTags,
  type Tag,
  type TagInput,
  type Verdict,
  type VerdictCheck,
} from './index.ts';

const world = createWorld();
const { suite, chainId } = world;
const root = suite.hash(utf8('root'));
const DOCUMENTS = 12;
const documentOf = (number: number): Uint8Array => utf8(`<Invoice>${number}</Invoice>`);

// Tags of an input are asked for once and kept: what is tested here is the comparison.
const kept = new Map<string, Tag>();
let asked = 0;
const tagsOf =
  (epoch: number) =>
  async (inputs: readonly TagInput[]): Promise<readonly Tag[]> => {
    asked += inputs.length;
    const name = ({ kind, key }: TagInput): string => `${epoch}/${kind}/${toHex(key)}`;
    const missing = inputs.filter((input) => !kept.has(name(input)));
    const fresh =
      missing.length === 0
        ? []
        : await requestTags(world.client(epoch), missing, direct(world.registry));
    missing.forEach((input, i) => {
      const tag = fresh[i];
      if (tag !== undefined) kept.set(name(input), tag);
    });
    return inputs.map(
      (input) => kept.get(name(input)) ?? { kind: input.kind, epoch: 0, tag: root },
    );
  };

async function verdictOf(number: number, epoch = 1): Promise<Verdict> {
  world.clock.nowMsIs += 60_000;
  return {
    chainId,
    documentId: suite.hash(documentOf(number)),
    root,
    ...verdictTags(await tagsOf(epoch)(invoiceKeys(number))),
    ruleSet: 'en16931-1.3.16',
    importer: BANK,
  };
}

const check = (
  verdict: Verdict,
  number: number,
  changes: Partial<VerdictCheck> = {},
): VerdictCheck => ({
  suite,
  chainId,
  verdict,
  document: documentOf(number),
  root,
  inputs: invoiceKeys(number),
  epoch: 1,
  ruleSets: ['en16931-1.3.16', 'none'],
  isImporter: (did) => did === BANK,
  tagsOf: tagsOf(1),
  ...changes,
});

/** The part that is named as wrong. */
async function wrongPart(args: VerdictCheck): Promise<string | undefined> {
  const result = await checkVerdict(args);
  if (result.ok) return undefined;
  expect(result.error.code).toBe('VerdictMismatch');
  return result.error.params['part'];
}

describe('a verdict', () => {
  const verdicts: Verdict[] = [];
  const at = (number: number): Verdict => {
    const verdict = verdicts[number % DOCUMENTS];
    if (verdict === undefined) throw new Error('no verdict');
    return verdict;
  };
  beforeAll(async () => {
    for (let number = 0; number < DOCUMENTS; number++) verdicts.push(await verdictOf(number));
  });

  it('holds when document, root and tags follow from what is at hand', async () => {
    for (let number = 0; number < DOCUMENTS; number++) {
      const result = await checkVerdict(check(at(number), number));
      expect(result).toEqual({ ok: true, value: verdictHash(suite, at(number)) });
    }
  });

  it('has a hash of its own for every change', () => {
    const verdict = at(0);
    const changes: readonly Partial<Verdict>[] = [
      {},
      { chainId: root },
      { documentId: root },
      { root: chainId },
      { epoch: 2 },
      { x: root },
      { n: verdict.n.toReversed() },
      { n: verdict.n.slice(1) },
      { n: verdict.n.slice(0, 1), t: [...verdict.n.slice(1), ...verdict.t] },
      { t: [] },
      { ruleSet: '' },
      { importer: STRANGER },
    ];
    const hashes = changes.map((change) => toHex(verdictHash(suite, { ...verdict, ...change })));
    expect(new Set(hashes).size).toBe(changes.length);
    expect(toHex(verdictSignBytes(suite, verdict))).toContain(hashes[0]);
  });

  it('is refused for each of 100 made-up, swapped, borrowed and bent tags', async () => {
    const bent = (tag: Uint8Array, i: number): Uint8Array =>
      tag.map((byte, j) => (j === i % 32 ? byte ^ (1 << (i % 8)) : byte));
    const madeUp = (i: number): Uint8Array => suite.hash(utf8(`made up ${i}`));
    const forgeries: readonly ((i: number, one: Verdict) => readonly [Partial<Verdict>, string])[] =
      [
        (i) => [{ x: madeUp(i) }, 'X'],
        (i, { n }) => [{ n: [madeUp(i), ...n.slice(1)] }, 'N'],
        (i, { n }) => [{ n: [...n.slice(0, 1), madeUp(i)] }, 'N'],
        (i) => [{ t: [madeUp(i)] }, 'T'],
        (_, { x, n }) => [{ x: n[0] ?? root, n: [x, ...n.slice(1)] }, 'X'],
        (_, { n, t }) => [{ n: [t[0] ?? root, ...n.slice(1)], t: n.slice(0, 1) }, 'N'],
        (_, { n }) => [{ n: n.toReversed() }, 'N'],
        (_, { n }) => [{ n: n.slice(0, 1) }, 'N'],
        (_, { n }) => [{ n: [...n, ...n.slice(0, 1)] }, 'N'],
        (i) => [{ x: at(i + 1).x, n: at(i + 1).n, t: at(i + 1).t }, 'X'],
        (i) => [{ n: at(i + 1).n }, 'N'],
        (i) => [{ t: at(i + 1).t }, 'T'],
        () => [{ t: [] }, 'T'],
        (i, { x }) => [{ x: bent(x, i) }, 'X'],
        (i, { t }) => [{ t: t.map((tag) => bent(tag, i)) }, 'T'],
      ];
    let refused = 0;
    for (let i = 0; i < 100; i++) {
      const [changes, part] = forgeries[i % forgeries.length]?.(i, at(i)) ?? [{}, ''];
      const number = i % DOCUMENTS;
      expect(await wrongPart(check({ ...at(i), ...changes }, number)), `forgery ${i}`).toBe(part);
      refused += 1;
    }
    expect(refused).toBe(100);
  });

  it('is refused for another fact, without asking the registry', async () => {
    asked = 0;
    const verdict = at(0);
    const cases: readonly (readonly [Partial<VerdictCheck>, string])[] = [
      [{ chainId: root }, 'chain'],
      [{ document: documentOf(1) }, 'document'],
      [{ root: chainId }, 'root'],
      [{ epoch: 2 }, 'epoch'],
      [{ ruleSets: [] }, 'ruleSet'],
      [{ isImporter: () => false }, 'importer'],
      [{ inputs: invoiceKeys(0).slice(1) }, 'X'],
      [{ inputs: invoiceKeys(0).filter(({ kind }) => kind !== 'N') }, 'N'],
      [{ inputs: invoiceKeys(0).slice(0, 3) }, 'T'],
      [{ verdict: { ...verdict, t: [] } }, 'T'],
    ];
    for (const [changes, part] of cases)
      expect(await wrongPart(check(verdict, 0, changes))).toBe(part);
    expect(asked).toBe(0);
  });

  it('is refused when its tags are of another epoch than it says, or the recomputed ones are', async () => {
    const old = await verdictOf(0, 2);
    expect(await wrongPart(check({ ...old, epoch: 1 }, 0))).toBe('X');
    expect(await wrongPart(check(at(0), 0, { tagsOf: tagsOf(2) }))).toBe('epoch');
    expect(await wrongPart(check(old, 0, { epoch: 2, tagsOf: tagsOf(2) }))).toBeUndefined();
  });

  it('of a document without a trade key holds without T', async () => {
    const inputs = invoiceKeys(0).slice(0, 3);
    const verdict = { ...at(0), t: [] };
    expect(await wrongPart(check(verdict, 0, { inputs }))).toBeUndefined();
  });

  it('gives no lock when the registry does not answer', async () => {
    const tagsOf = (): Promise<readonly Tag[]> => Promise.reject(new Error('no answer'));
    await expect(checkVerdict(check(at(0), 0, { tagsOf }))).rejects.toThrow('no answer');
  });
});
