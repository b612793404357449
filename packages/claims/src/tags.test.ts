import { decode, encode } from '@hanse/codec';
import { createVoprf, VOPRF_RANDOM_BYTES } from '@hanse/crypto';
import { isHanseError, limits, must, toHex, utf8 } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import { createWorld, direct, epochKey, invoiceKeys } from '../test/world.ts';
import {
  finishTags,
  functionInput,
  httpTagTransport,
  prepareTags,
  requestTags,
  tagAnswerSchema,
  TagRegistry,
  tagOf,
  type Tag,
} from './index.ts';

const hexes = (tags: readonly Tag[]): readonly string[] => tags.map(({ tag }) => toHex(tag));

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (isHanseError(error)) return error.codeName;
    if (error instanceof Error) return error.message;
  }
  return 'none';
}

describe.each(['intl', 'sm'] as const)('tags on a chain of suite %s', (suiteId) => {
  const world = createWorld({ suiteId });
  const transport = direct(world.registry);

  it.each([1, 2])('of one key are equal for everybody who asks, epoch %i', async (epoch) => {
    const inputs = invoiceKeys(1);
    const first = await requestTags(world.client(epoch), inputs, transport);
    const again = await requestTags(world.client(epoch), inputs.toReversed(), transport);
    expect(hexes(again.toReversed())).toEqual(hexes(first));
    expect(first.map(({ kind }) => kind)).toEqual(['X', 'N', 'N', 'T']);
    expect(first.every((tag) => tag.epoch === epoch && tag.tag.length === 32)).toBe(true);
  });

  it('differ by key, kind and epoch', async () => {
    const same = utf8('the same bytes');
    const inputs = [
      { kind: 'X', key: same },
      { kind: 'N', key: same },
      { kind: 'X', key: utf8('the same byte') },
    ] as const;
    const one = await requestTags(world.client(1), inputs, transport);
    const two = await requestTags(world.client(2), inputs, transport);
    expect(new Set([...hexes(one), ...hexes(two)]).size).toBe(6);
  });
});

describe('a request', () => {
  it('shows the registry nothing of its inputs, and two for one input have nothing in common', async () => {
    const world = createWorld();
    const inputs = invoiceKeys(7);
    const first = await prepareTags(world.client(1), inputs);
    const second = await prepareTags(world.client(1), inputs);
    for (const { key } of inputs) {
      expect(toHex(first.bytes)).not.toContain(toHex(key.subarray(0, 12)));
      expect(toHex(first.bytes)).not.toContain(toHex(world.suite.hash(key)));
    }
    const elements = [...first.blinded, ...second.blinded].map(({ element }) => toHex(element));
    expect(new Set(elements).size).toBe(8);
  });

  it('is bounded', async () => {
    const { client } = createWorld();
    const key = utf8('k');
    const many = Array.from({ length: limits.claimTagsPerRequestMax + 1 }, () => ({
      kind: 'X' as const,
      key,
    }));
    expect(await codeOf(prepareTags(client(1), many))).toBe('OverLimit');
    expect(await codeOf(prepareTags(client(1), []))).toBe('UsageError');
    const long = { kind: 'X' as const, key: new Uint8Array(limits.claimKeyBytesMax + 1) };
    expect(await codeOf(prepareTags(client(1), [long]))).toBe('OverLimit');
    const full = await prepareTags(client(1), many.slice(1));
    expect(full.bytes.length).toBeLessThanOrEqual(limits.claimRequestBytesMax);
  });

  it('is not made for a key that is none', async () => {
    const { client, keyOf } = createWorld();
    for (const key of [
      { ...keyOf(1), publicKey: new Uint8Array(32) },
      { ...keyOf(1), publicKey: new Uint8Array(32).fill(0xff) },
      { ...keyOf(1), group: 'P256-SHA256' as const },
      { ...keyOf(1), epoch: 0 },
    ])
      expect(await codeOf(prepareTags(client(1, { key }), invoiceKeys(1)))).toBe(
        'RegistryKeyInvalid',
      );
  });
});

describe('an answer gives no tags', () => {
  const world = createWorld();
  const refused = async (
    change: (answer: { evaluated: readonly Uint8Array[]; proof: Uint8Array }) => Uint8Array,
  ): Promise<string> => {
    const asked = await prepareTags(world.client(1), invoiceKeys(3));
    const answer = decode(tagAnswerSchema, await direct(world.registry)(asked.bytes));
    if (!answer.ok) throw new Error(answer.error);
    const tags = finishTags(world.suite, asked, change(answer.value));
    return tags.ok ? 'none' : tags.error.code;
  };

  it('when its proof, an element or their order is another', async () => {
    expect(await refused((answer) => encode(tagAnswerSchema, answer))).toBe('none');
    expect(
      await refused(({ evaluated, proof }) =>
        encode(tagAnswerSchema, {
          evaluated,
          proof: proof.map((byte, i) => (i === 3 ? byte ^ 4 : byte)),
        }),
      ),
    ).toBe('TagProofInvalid');
    expect(
      await refused(({ evaluated, proof }) =>
        encode(tagAnswerSchema, { evaluated: evaluated.toReversed(), proof }),
      ),
    ).toBe('TagProofInvalid');
    expect(
      await refused(({ evaluated, proof }) =>
        encode(tagAnswerSchema, { evaluated: evaluated.slice(1), proof }),
      ),
    ).toBe('TagProofInvalid');
    expect(await refused(() => utf8('nonsense'))).toBe('TagProofInvalid');
  });

  it('when another key answers under the registry name: a registry with two keys is caught', async () => {
    const twoFaced = new TagRegistry({
      ...world.config,
      keys: [epochKey(1, 'ristretto255-SHA512', 99)],
    });
    const asked = requestTags(world.client(1), invoiceKeys(3), direct(twoFaced));
    expect(await codeOf(asked)).toBe('TagProofInvalid');
  });

  it('when the key of another epoch answers', async () => {
    const keys = [epochKey(1, 'ristretto255-SHA512', 3), epochKey(2, 'ristretto255-SHA512', 3)];
    const { registry, client, keyOf } = createWorld({ keys });
    const swapped = { ...keyOf(1), publicKey: keyOf(2).publicKey };
    const asked = requestTags(client(1, { key: swapped }), invoiceKeys(3), direct(registry));
    expect(await codeOf(asked)).toBe('TagProofInvalid');
    const unknown = { ...keyOf(1), epoch: 9 };
    const other = requestTags(client(1, { key: unknown }), invoiceKeys(3), direct(registry));
    expect(await codeOf(other)).toBe('TagEpochUnknown');
  });
});

describe('a dictionary of all business keys', () => {
  it('matches no tag without the key', async () => {
    const world = createWorld();
    const { suite } = world;
    const invoices = Array.from({ length: 400 }, (_, number) => invoiceKeys(number));
    const victim = must(invoices[123], 'an invoice');
    const tags = new Set(hexes(await requestTags(world.client(1), victim, direct(world.registry))));
    const all = invoices.flat();
    const candidates = all.flatMap(({ kind, key }) => {
      const input = functionInput({ kind, key });
      const outputs = [key, input, suite.hash(key), suite.hash(input), world.keyOf(1).publicKey]
        .map((output) => output.subarray(0, 64))
        .map((output) => tagOf(suite, { kind, epoch: 1, output }).tag);
      return [key, suite.hash(key), suite.hash(input), ...outputs];
    });
    // The whole protocol with a key of the attacker's own, over what surrounds the victim.
    const own = epochKey(1, 'ristretto255-SHA512', 66);
    const attacker = new TagRegistry({ ...world.config, keys: [own] });
    const key = must(attacker.publicKeys[0], 'a key');
    const near = all.slice(4 * 120, 4 * 130);
    const guessed = await requestTags(world.client(1, { key }), near, direct(attacker));
    const hits = [...candidates, ...guessed.map(({ tag }) => tag)].filter((bytes) =>
      tags.has(toHex(bytes)),
    );
    expect(candidates.length + guessed.length).toBeGreaterThan(12_000);
    expect(hits).toEqual([]);
    // The attack is a fair one: with the key the same guesses match.
    const voprf = createVoprf('ristretto255-SHA512');
    const secret = must(world.config.keys[0], 'a key').key;
    const blinded = voprf.blind(
      functionInput(must(victim[0], 'X')),
      new Uint8Array(VOPRF_RANDOM_BYTES).fill(1),
    );
    const answer = must(
      voprf.blindEvaluate(secret, [blinded.element], new Uint8Array(VOPRF_RANDOM_BYTES)),
      'answer',
    );
    const output = must(voprf.finalize([blinded], secret.publicKey, answer)?.[0], 'an output');
    expect(tags.has(toHex(tagOf(suite, { kind: 'X', epoch: 1, output }).tag))).toBe(true);
  });
});

describe('the way over HTTP', () => {
  const problem =
    (body: object, status = 429) =>
    (): Promise<{ status: number; body: Uint8Array }> =>
      Promise.resolve({ status, body: utf8(JSON.stringify(body)) });

  it('throws the error of a problem document, or RegistryUnreachable', async () => {
    const url = 'http://127.0.0.1:1/';
    const ask = (post: Parameters<typeof httpTagTransport>[1]): Promise<string> =>
      codeOf(httpTagTransport(url, post)(new Uint8Array(0)));
    expect(
      await ask(problem({ code: 'HANSE-7106', params: { organisation: 'o', afterMs: 5 } })),
    ).toBe('TagQuota');
    expect(await ask(problem({ code: 'HANSE-1' }))).toBe('RegistryUnreachable');
    expect(await ask(problem({}, 500))).toBe('RegistryUnreachable');
    expect(await ask(() => Promise.resolve({ status: 502, body: utf8('<html>') }))).toBe(
      'RegistryUnreachable',
    );
    expect(await ask(() => Promise.reject(new Error('refused')))).toBe('RegistryUnreachable');
    const urls: string[] = [];
    const answer = await httpTagTransport(url, (to, body) => {
      urls.push(to);
      return Promise.resolve({ status: 200, body });
    })(Uint8Array.of(1));
    expect([answer, urls]).toEqual([Uint8Array.of(1), ['http://127.0.0.1:1/v1/tags']]);
  });
});
