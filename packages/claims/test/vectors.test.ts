import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSuite, createVoprf, type SuiteId, type VoprfName } from '@hanse/crypto';
import { fromHex, must, toHex, utf8 } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import { openRequest, tagRequestSignBytes } from '../src/index.ts';
import { makeClaimVectors } from './vectors.ts';

/*
 * The public vectors, read as a stranger would: layouts and hashes by hand as docs/spec/claim-tags.md
 * writes them. `npm run vectors` writes the file anew.
 */
const path = new URL('../../../docs/spec/vectors/claim-tags.json', import.meta.url);

type Vector = Readonly<
  Record<
    | 'secretKey'
    | 'publicKey'
    | 'chainId'
    | 'registry'
    | 'requester'
    | 'requesterKey'
    | 'request'
    | 'answer'
    | 'verdictBytes'
    | 'verdictHash'
    | 'verdictSignBytes',
    string
  >
> & {
  readonly suite: SuiteId;
  readonly group: VoprfName;
  readonly epoch: number;
  readonly tags: readonly Readonly<
    Record<'kind' | 'key' | 'input' | 'blind' | 'element' | 'tag', string>
  >[];
};

const hex = (text: string): Uint8Array => must(fromHex(text), 'hexadecimal');
const join = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));
const KINDS = ['X', 'N', 'T', 'G', 'B'];

describe('vectors of claim tags', () => {
  it('are what the sources give', async () => {
    const made = await makeClaimVectors();
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(JSON.stringify(made)));
  });

  const vectors = JSON.parse(readFileSync(path, 'utf8')) as readonly Vector[];

  it.each(vectors)('$suite $group: tags follow from key, input and blind', (vector) => {
    const suite = createSuite(vector.suite);
    const hash = (bytes: Uint8Array): Uint8Array =>
      vector.suite === 'intl'
        ? Uint8Array.from(createHash('sha256').update(bytes).digest())
        : suite.hash(bytes);
    const voprf = createVoprf(vector.group);
    const key = must(voprf.keyPairFromSecret(hex(vector.secretKey)), 'a key');
    expect(toHex(key.publicKey)).toBe(vector.publicKey);
    const answer = hex(vector.answer);
    const size = voprf.elementBytes;
    expect(answer.length).toBe(1 + 4 * (1 + size) + 64);
    const evaluated = [0, 1, 2, 3].map((i) =>
      answer.subarray(2 + i * (1 + size), 2 + i * (1 + size) + size),
    );
    const inputs = vector.tags.map(({ input, blind, element }) => ({
      input: hex(input),
      blind: hex(blind),
      element: hex(element),
    }));
    const outputs = voprf.finalize(inputs, key.publicKey, {
      evaluated,
      proof: answer.subarray(-64),
    });
    vector.tags.forEach((tag, i) => {
      const kind = KINDS.indexOf(tag.kind);
      const bytes = hex(tag.key);
      const input = join(utf8('hanse-claim-input/1\0'), [kind, bytes.length], bytes);
      expect(toHex(input)).toBe(tag.input);
      const output = must(outputs?.[i], 'an output');
      const epoch = [0, 0, 0, vector.epoch];
      const preimage = join(utf8('hanse-claim-tag/1\0'), [kind], epoch, [output.length], output);
      expect(toHex(hash(preimage))).toBe(tag.tag);
    });
    const verdict = hex(vector.verdictBytes);
    const verdictHash = hash(join(utf8('hanse-claim-verdict/1\0'), verdict));
    expect(toHex(verdictHash)).toBe(vector.verdictHash);
    expect(toHex(join(utf8('hanse-claim-verdict-sig/1\0'), verdictHash))).toBe(
      vector.verdictSignBytes,
    );
  });

  it.each(vectors)('$suite $group: the request is signed over its bytes', (vector) => {
    const suite = createSuite(vector.suite);
    const open = openRequest(hex(vector.request));
    if (!open.ok) throw new Error(open.error.code);
    const { bytes, signature, request } = open.value;
    const text = (value: string): Uint8Array => join([value.length], utf8(value));
    const number = (value: number): number[] =>
      [...Array(8).keys()].map((i) => Math.floor(value / 2 ** (56 - 8 * i)) % 256);
    const layout = join(
      hex(vector.chainId),
      text(vector.registry),
      [0, 0, 0, vector.epoch],
      text(vector.requester),
      text('k1'),
      number(request.time),
      request.nonce,
      [4],
      ...vector.tags.map(({ element }) => join([element.length / 2], hex(element))),
    );
    expect(toHex(bytes)).toBe(toHex(layout));
    const message = join(utf8('hanse-tag-request-sig/1\0'), bytes);
    expect(message).toEqual(tagRequestSignBytes(bytes));
    expect(suite.verify(suite.defaultAlg, hex(vector.requesterKey), message, signature)).toBe(true);
  });
});
