import { encode, t, type Infer } from '@hanse/codec';
import {
  leafHash,
  merkleProofOfHashes,
  merkleRootOfHashes,
  verifyMerkleProof,
  type Suite,
} from '@hanse/crypto';
import { assert, compareBytes, HanseError, limits, must, utf8 } from '@hanse/kit';
import { fieldBounds, type Field } from './bounds.ts';

const SALT_BYTES = 16;
const PATH_MAX = 17;

/** A value as it is committed: in clear (to whom it is disclosed), or by its hash when it is long. */
export const fieldValueSchema = t.union({
  text: t.text(fieldBounds.valueBytesMax),
  digest: t.struct({ sizeBytes: t.u64, hash: t.hash }),
});

/** Leaf of the fields tree. The salt hides values that could be guessed. */
export const fieldLeafSchema = t.struct({
  salt: t.fixed(SALT_BYTES),
  path: t.text(fieldBounds.pathBytesMax),
  value: fieldValueSchema,
});

/** One field with what proves it against the fields root of a deposit, and nothing of the others. */
export const disclosureSchema = t.struct({
  leaf: fieldLeafSchema,
  index: t.u32,
  count: t.u32,
  proof: t.list(t.hash, PATH_MAX),
});

export type FieldValue = Infer<typeof fieldValueSchema>;
export type FieldLeaf = Infer<typeof fieldLeafSchema>;
export type Disclosure = Infer<typeof disclosureSchema>;

/** The commitment to all fields of a file, kept by the depositor with the secret. */
export type Commitment = {
  readonly root: Uint8Array;
  readonly count: number;
  /** All paths, in the order of the leaves. */
  readonly paths: readonly string[];
  /** Throws FieldMismatch for a path that is none of the file's. */
  readonly disclose: (path: string) => Disclosure;
};

/**
 * Rule `fields`: commit to fields under a secret of the depositor. Salts are HKDF(secret, path), so
 * the file and 32 bytes are all that is needed to disclose a field years later.
 */
export function commitFields(
  suite: Suite,
  fields: readonly Field[],
  secret: Uint8Array,
): Commitment {
  assert(secret.length === 32, 'a secret has 32 bytes');
  assert(fields.length > 0 && fields.length <= limits.evidenceFieldsMax, 'within the field bound');
  const named = fields.map((field) => ({ field, name: utf8(field.path) }));
  named.sort((a, b) => compareBytes(a.name, b.name));
  const leaves = named.map(({ field, name }, index): FieldLeaf => {
    const before = named[index - 1];
    assert(before === undefined || before.field.path !== field.path, 'paths are unique');
    const salt = suite.hkdf(secret, utf8('hanse-field-salt/1'), name, SALT_BYTES);
    return { salt, path: field.path, value: valueOf(suite, field.value) };
  });
  const hashes = leaves.map((leaf) => leafHash(suite, encode(fieldLeafSchema, leaf)));
  const indexes = new Map(leaves.map((leaf, index) => [leaf.path, index]));
  return {
    root: merkleRootOfHashes(suite, hashes),
    count: leaves.length,
    paths: leaves.map((leaf) => leaf.path),
    disclose: (path) => {
      const index = indexes.get(path);
      if (index === undefined) throw new HanseError('FieldMismatch', { path });
      const leaf = must(leaves[index], 'an index for every leaf');
      const proof = merkleProofOfHashes(suite, hashes, index);
      return { leaf, index, count: leaves.length, proof };
    },
  };
}

function valueOf(suite: Suite, value: string): FieldValue {
  const bytes = utf8(value);
  if (bytes.length <= fieldBounds.valueBytesMax) return { kind: 'text', value };
  return { kind: 'digest', value: { sizeBytes: bytes.length, hash: suite.hash(bytes) } };
}

/** Whether a disclosure belongs to the fields a deposit committed to. */
export function verifyDisclosure(
  suite: Suite,
  deposit: { readonly fieldsRoot: Uint8Array; readonly fieldCount: number },
  disclosure: Disclosure,
): boolean {
  if (disclosure.count !== deposit.fieldCount) return false;
  return verifyMerkleProof(suite, {
    leaf: encode(fieldLeafSchema, disclosure.leaf),
    index: disclosure.index,
    count: disclosure.count,
    root: deposit.fieldsRoot,
    proof: disclosure.proof,
  });
}
