import { encode, t, type Infer } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { assert, concatBytes, limits, utf8 } from '@hanse/kit';

/**
 * What a tag is of. Invoices: `X` exact (seller, number, date, currency, amount), `N` number (seller,
 * number), `T` trade (seller, buyer, currency, amount, month). `G` a lot of goods, `B` a bill of lading.
 */
export const tagKindSchema = t.oneOf('X', 'N', 'T', 'G', 'B');
export type TagKind = Infer<typeof tagKindSchema>;

/** A business key in its normal form, as bytes, and what kind it is. */
export type TagInput = { readonly kind: TagKind; readonly key: Uint8Array };

/** Business keys of a document as text, each kind from the strongest to the weakest. */
export type KeyTexts = {
  readonly X: string | undefined;
  readonly N: readonly string[];
  readonly T: readonly string[];
};

/** A claim tag, 32 bytes: equal for equal keys of one kind in one epoch, and telling nothing about them. */
export type Tag = { readonly kind: TagKind; readonly epoch: number; readonly tag: Uint8Array };

const inputSchema = t.struct({ kind: tagKindSchema, key: t.bytes(limits.claimKeyBytesMax) });
const preimageSchema = t.struct({ kind: tagKindSchema, epoch: t.u32, output: t.bytes(64) });

/** Bytes under a domain tag, so that no two kinds of object share a preimage. */
export function domain(tag: string, bytes: Uint8Array): Uint8Array {
  return concatBytes(utf8(tag), Uint8Array.of(0), bytes);
}

/** The inputs of a document's business keys, in the order that verdicts keep their tags in. */
export function tagInputs({ X, N, T }: KeyTexts): readonly TagInput[] {
  const of = (kind: TagKind, texts: readonly string[]): readonly TagInput[] =>
    texts.map((text) => ({ kind, key: utf8(text) }));
  return [...of('X', X === undefined ? [] : [X]), ...of('N', N), ...of('T', T)];
}

/** Rule *input*: what the registry's function is evaluated on. Keys have 1 to `claimKeyBytesMax` bytes. */
export function functionInput(input: TagInput): Uint8Array {
  assert(input.key.length > 0, 'a business key is not empty');
  return domain('hanse-claim-input/1', encode(inputSchema, input));
}

/** Rule *tag*: the tag of an output of the registry's function. */
export function tagOf(
  suite: Suite,
  parts: { readonly kind: TagKind; readonly epoch: number; readonly output: Uint8Array },
): Tag {
  const { kind, epoch } = parts;
  return {
    kind,
    epoch,
    tag: suite.hash(domain('hanse-claim-tag/1', encode(preimageSchema, parts))),
  };
}
