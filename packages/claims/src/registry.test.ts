import { decode, encode } from '@hanse/codec';
import { limits, toHex, utf8, type Result } from '@hanse/kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BANK, createWorld, invoiceKeys, START_MS, STRANGER, type World } from '../test/world.ts';
import {
  openRequest,
  prepareTags,
  sealRequest,
  tagAnswerSchema,
  TagRegistry,
  tagRequestSchema,
  tagRequestSignBytes,
  type TagInput,
  type TagRequest,
} from './index.ts';

const codeOf = (answer: Result<unknown, { readonly code: string }>): string =>
  answer.ok ? 'none' : answer.error.code;

/** A request with changed fields, signed anew by the bank. */
async function changed(world: World, changes: Partial<TagRequest>): Promise<Uint8Array> {
  const { bytes } = await prepareTags(world.client(1), invoiceKeys(1));
  const open = openRequest(bytes);
  if (!open.ok) throw new Error(open.error.code);
  const request = encode(tagRequestSchema, { ...open.value.request, ...changes });
  return sealRequest(request, world.suite.sign(world.bankKey, tagRequestSignBytes(request)));
}

const ask = async (world: World, inputs: readonly TagInput[] = invoiceKeys(1)): Promise<string> =>
  codeOf(await world.registry.evaluate((await prepareTags(world.client(1), inputs)).bytes));

const many = (count: number): readonly TagInput[] =>
  Array.from({ length: count }, (_, i) => ({ kind: 'N', key: utf8(`n${i}`) }));

describe('the registry', () => {
  it('answers a member and records who asked for how many, not for what', async () => {
    const world = createWorld();
    const { bytes, blinded } = await prepareTags(world.client(1), invoiceKeys(1));
    const answer = await world.registry.evaluate(bytes);
    if (!answer.ok) throw new Error(answer.error.code);
    const value = decode(tagAnswerSchema, answer.value);
    expect(value.ok && value.value.evaluated.length).toBe(4);
    const open = openRequest(bytes);
    expect(world.grants).toEqual([
      {
        time: START_MS,
        organisation: `${BANK}.org`,
        requester: BANK,
        kid: 'k1',
        epoch: 1,
        tags: 4,
        digest: open.ok ? toHex(world.suite.hash(open.value.bytes)) : '',
      },
    ]);
    const text = JSON.stringify(world.grants);
    for (const { element } of blinded) expect(text).not.toContain(toHex(element));
  });

  it('refuses by name what is for another chain, registry, epoch or time', async () => {
    const world = createWorld();
    const cases: readonly (readonly [Partial<TagRequest>, string])[] = [
      [{}, 'none'],
      [{ chainId: new Uint8Array(32) }, 'TagRequestElsewhere'],
      [{ registry: BANK }, 'TagRequestElsewhere'],
      [{ epoch: 3 }, 'TagEpochUnknown'],
      [{ time: START_MS - limits.claimRequestAgeMsMax }, 'none'],
      [{ time: START_MS - limits.claimRequestAgeMsMax - 1 }, 'TagRequestStale'],
      [{ time: START_MS + limits.claimRequestAgeMsMax }, 'none'],
      [{ time: START_MS + limits.claimRequestAgeMsMax + 1 }, 'TagRequestStale'],
      [{ requester: STRANGER }, 'DidUnknown'],
      [{ kid: 'k2' }, 'KeyUnknown'],
      [{ elements: [new Uint8Array(32)] }, 'Malformed'],
      [{ elements: [new Uint8Array(33).fill(2)] }, 'Malformed'],
      [{ elements: [new Uint8Array(0)] }, 'Malformed'],
    ];
    for (const [changes, code] of cases) {
      const bytes = await changed(world, changes);
      expect(codeOf(await world.registry.evaluate(bytes)), JSON.stringify(changes)).toBe(code);
    }
    expect(world.grants.length).toBe(3);
  });

  it('refuses a request whose signature, signer or bytes are another', async () => {
    const world = createWorld();
    const { bytes } = await prepareTags(world.client(1), invoiceKeys(1));
    const open = openRequest(bytes);
    if (!open.ok) throw new Error(open.error.code);
    const { bytes: request, signature, request: fields } = open.value;
    const other = encode(tagRequestSchema, { ...fields, nonce: new Uint8Array(16) });
    const outsider = world.suite.keyPairFromSeed('ed25519', new Uint8Array(32).fill(6));
    const forged = [
      sealRequest(other, signature),
      sealRequest(
        request,
        signature.map((byte, i) => (i === 5 ? byte ^ 1 : byte)),
      ),
      sealRequest(request, world.suite.sign(outsider, tagRequestSignBytes(request))),
      sealRequest(request, world.suite.sign(world.bankKey, request)),
    ];
    for (const one of forged)
      expect(codeOf(await world.registry.evaluate(one))).toBe('TagRequestUnsigned');
    expect(codeOf(await world.registry.evaluate(bytes))).toBe('none');
  });

  it('answers a request once, at the same time too, and as long as it is fresh', async () => {
    const world = createWorld();
    const ahead = await changed(world, { time: START_MS + limits.claimRequestAgeMsMax });
    const answers = await Promise.all([1, 2, 3].map(() => world.registry.evaluate(ahead)));
    expect(answers.map(codeOf).toSorted()).toEqual([
      'TagRequestReplayed',
      'TagRequestReplayed',
      'none',
    ]);
    world.clock.nowMsIs = START_MS + 2 * limits.claimRequestAgeMsMax;
    expect(codeOf(await world.registry.evaluate(ahead))).toBe('TagRequestReplayed');
    world.clock.nowMsIs += 1;
    expect(codeOf(await world.registry.evaluate(ahead))).toBe('TagRequestStale');
  });

  it('keeps to the quota of an organisation, over a restart as well', async () => {
    const world = createWorld();
    for (let i = 0; i < 2; i++) expect(await ask(world, many(48))).toBe('none');
    expect(await ask(world, many(25))).toBe('TagQuota');
    expect(await ask(world, many(24))).toBe('none');
    expect(await ask(world, many(1))).toBe('TagQuota');
    const next = new TagRegistry(world.config);
    for (const grant of world.grants) next.restore(grant);
    expect(await ask({ ...world, registry: next }, many(1))).toBe('TagQuota');
    world.clock.nowMsIs += 60_000;
    expect(await ask({ ...world, registry: next }, many(1))).toBe('none');
  });

  it('answers nothing again after a restart', async () => {
    const world = createWorld();
    const { bytes } = await prepareTags(world.client(1), invoiceKeys(1));
    expect(codeOf(await world.registry.evaluate(bytes))).toBe('none');
    const next = new TagRegistry(world.config);
    for (const grant of world.grants) next.restore(grant);
    expect(codeOf(await next.evaluate(bytes))).toBe('TagRequestReplayed');
  });

  it('answers nothing that it could not record', async () => {
    const world = createWorld({
      changes: { record: () => Promise.reject(new Error('the disk is full')) },
    });
    await expect(ask(world)).rejects.toThrow('the disk is full');
  });

  it('refuses every cut, longer and random request without throwing', async () => {
    const world = createWorld();
    const { bytes } = await prepareTags(world.client(1), invoiceKeys(1));
    for (let size = 0; size < bytes.length; size += 7)
      expect(codeOf(await world.registry.evaluate(bytes.subarray(0, size)))).not.toBe('none');
    const longer = new Uint8Array([...bytes, 0]);
    expect(codeOf(await world.registry.evaluate(longer))).toBe('Malformed');
    const huge = new Uint8Array(limits.claimRequestBytesMax + 1);
    expect(codeOf(await world.registry.evaluate(huge))).toBe('OverLimit');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (random) => {
        expect(codeOf(await world.registry.evaluate(random))).not.toBe('none');
      }),
      { numRuns: 200 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, mask) => {
          const bent = bytes.map((byte, i) => (i === at ? byte ^ mask : byte));
          expect(codeOf(await world.registry.evaluate(bent))).not.toBe('none');
        },
      ),
      { numRuns: 100 },
    );
    expect(world.grants).toEqual([]);
  });
});
