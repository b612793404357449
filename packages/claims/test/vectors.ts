import { encode, type Json } from '@hanse/codec';
import type { SuiteId, VoprfName } from '@hanse/crypto';
import { must, toHex } from '@hanse/kit';
import {
  finishTags,
  functionInput,
  prepareTags,
  registryKeySchema,
  verdictHash,
  verdictSchema,
  verdictSignBytes,
  verdictTags,
} from '../src/index.ts';
import { BANK, countingRandom, createWorld, epochKey, invoiceKeys, REGISTRY } from './world.ts';

/**
 * Vectors of claim tags, the same on every machine. Blinds and the proof's random scalar come from
 * `random`, so that every byte can be computed again.
 */
export async function makeClaimVectors(): Promise<Json> {
  const cases: readonly (readonly [SuiteId, VoprfName, number])[] = [
    ['intl', 'ristretto255-SHA512', 1],
    ['intl', 'P256-SHA256', 2],
    ['sm', 'ristretto255-SHA512', 1],
  ];
  return Promise.all(cases.map(([suiteId, group, epoch]) => vectorsOf(suiteId, group, epoch)));
}

async function vectorsOf(suiteId: SuiteId, group: VoprfName, epoch: number): Promise<Json> {
  const own = epochKey(epoch, group);
  const world = createWorld({ suiteId, keys: [own] });
  const { suite, chainId } = world;
  const inputs = invoiceKeys(1);
  const random = countingRandom(suite, 'client');
  const prepared = await prepareTags(world.client(epoch, { random }), inputs);
  const answer = await world.registry.evaluate(prepared.bytes);
  if (!answer.ok) throw new Error(answer.error.code);
  const tags = finishTags(suite, prepared, answer.value);
  if (!tags.ok) throw new Error(tags.error.code);
  const verdict = {
    chainId,
    documentId: suite.hash(Uint8Array.of(1)),
    root: suite.hash(Uint8Array.of(2)),
    ...verdictTags(tags.value),
    ruleSet: 'en16931-1.3.16',
    importer: BANK,
  };
  const key = world.keyOf(epoch);
  return {
    suite: suiteId,
    group,
    registry: REGISTRY,
    epoch,
    secretKey: toHex(own.key.secretKey),
    publicKey: toHex(own.key.publicKey),
    keyRecord: toHex(encode(registryKeySchema, key)),
    chainId: toHex(chainId),
    requester: BANK,
    kid: 'k1',
    requesterKey: toHex(world.bankKey.publicKey),
    tags: inputs.map((input, i) => ({
      kind: input.kind,
      key: toHex(input.key),
      input: toHex(functionInput(input)),
      blind: toHex(must(prepared.blinded[i], 'a blind').blind),
      element: toHex(must(prepared.blinded[i], 'an element').element),
      tag: toHex(must(tags.value[i], 'a tag').tag),
    })),
    request: toHex(prepared.bytes),
    answer: toHex(answer.value),
    verdict: verdictSchema.toJson(verdict),
    verdictBytes: toHex(encode(verdictSchema, verdict)),
    verdictHash: toHex(verdictHash(suite, verdict)),
    verdictSignBytes: toHex(verdictSignBytes(suite, verdict)),
  };
}
