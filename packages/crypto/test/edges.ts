import { concatBytes, fromHex, must, toHex, utf8 } from '@hanse/kit';
import { ed25519, ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';

/** One signature at the edge of validity and what `sigRule` 1 says of it. */
export type EdgeCase = {
  readonly comment: string;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
  readonly rule1: boolean;
};

const Point = ed25519.Point;
type EdwardsPoint = InstanceType<typeof Point>;
const ORDER = Point.Fn.ORDER;
const FIELD = 2n ** 255n - 19n;
const torsion = ED25519_TORSION_SUBGROUP.map((text) => Point.fromHex(text));

function scalarOf(label: string): bigint {
  return Point.Fn.create(bytesToNumberLE(sha512(utf8(label))));
}

function challenge(r: Uint8Array, publicKey: Uint8Array, message: Uint8Array): bigint {
  return Point.Fn.create(bytesToNumberLE(sha512(concatBytes(r, publicKey, message))));
}

/**
 * A signature under key a·B + A' with R = r·B + R', where A' and R' have small order. The equation
 * without cofactor holds exactly when R' + k·A' = 0: that gives the answer without a verifier.
 */
function mixedCase(label: string, keyTorsion: EdwardsPoint, rTorsion: EdwardsPoint): EdgeCase {
  const a = scalarOf(`key ${label}`);
  const r = scalarOf(`nonce ${label}`);
  const message = utf8(label);
  const publicKey = Point.BASE.multiply(a).add(keyTorsion).toBytes();
  const rBytes = Point.BASE.multiply(r).add(rTorsion).toBytes();
  const k = challenge(rBytes, publicKey, message);
  const s = Point.Fn.create(r + k * a);
  return {
    comment: label,
    publicKey: toHex(publicKey),
    message: toHex(message),
    signature: toHex(concatBytes(rBytes, numberToBytesLE(s, 32))),
    rule1: rTorsion.add(keyTorsion.multiplyUnsafe(k)).is0(),
  };
}

/** A key of small order: R is chosen so that the equation holds; the key is refused all the same. */
function smallKeyCase(index: number): EdgeCase {
  const key = must(torsion[index], 'eight points of small order');
  const publicKey = key.toBytes();
  const s = scalarOf(`small ${index}`);
  // The challenge depends on R, so try nonces until it fits.
  for (let attempt = 0; attempt < 64; attempt++) {
    const message = utf8(`small ${index} ${attempt}`);
    const rBytes = Point.BASE.multiply(s).toBytes();
    if (!key.multiplyUnsafe(challenge(rBytes, publicKey, message)).is0()) continue;
    return {
      comment: `key of small order ${index}`,
      publicKey: toHex(publicKey),
      message: toHex(message),
      signature: toHex(concatBytes(rBytes, numberToBytesLE(s, 32))),
      rule1: false,
    };
  }
  throw new Error('no message fits');
}

/** R of small order under an honest key: S = k·a, R' the neutral element makes the equation hold. */
function smallRCase(index: number): EdgeCase {
  const a = scalarOf('honest key');
  const publicKey = Point.BASE.multiply(a).toBytes();
  const message = utf8(`small R ${index}`);
  const rBytes = must(torsion[index], 'eight points of small order').toBytes();
  const s = Point.Fn.create(challenge(rBytes, publicKey, message) * a);
  return {
    comment: `R of small order ${index}`,
    publicKey: toHex(publicKey),
    message: toHex(message),
    signature: toHex(concatBytes(rBytes, numberToBytesLE(s, 32))),
    rule1: false,
  };
}

/** The same signature with S + L: below 2^256 and equal modulo L, so a second form. */
function unreducedCase(multiple: bigint): EdgeCase {
  const valid = mixedCase(`S + ${multiple} L`, Point.ZERO, Point.ZERO);
  const s = bytesToNumberLE(must(fromHex(valid.signature.slice(64)), 'hex'));
  const form = numberToBytesLE(s + multiple * ORDER, 32);
  return {
    ...valid,
    signature: valid.signature.slice(0, 64) + toHex(form),
    rule1: multiple === 0n,
  };
}

/** Encodings of y at or above the field prime, and of x = 0 with a sign: decodable, not canonical. */
function nonCanonicalCases(): EdgeCase[] {
  const cases: EdgeCase[] = [];
  for (let y = FIELD; y < 2n ** 255n; y++) {
    for (const sign of [0n, 1n]) {
      const key = numberToBytesLE(y + sign * 2n ** 255n, 32);
      let point: EdwardsPoint;
      try {
        point = Point.fromBytes(key, true);
      } catch {
        continue;
      }
      cases.push(withKeyBytes(`key y = p + ${y - FIELD}, sign ${sign}`, key, point));
    }
  }
  for (const y of [1n, FIELD - 1n]) {
    const key = numberToBytesLE(y + 2n ** 255n, 32);
    cases.push(withKeyBytes(`key x = 0 with a sign, y = ${y === 1n ? 1 : -1}`, key, Point.ZERO));
  }
  return cases;
}

/** S = r with R = r·B: holds when k times the key is neutral; otherwise invalid anyway. */
function withKeyBytes(comment: string, key: Uint8Array, point: EdwardsPoint): EdgeCase {
  const r = scalarOf(comment);
  const rBytes = Point.BASE.multiply(r).toBytes();
  let message = utf8(comment);
  for (let attempt = 0; attempt < 64; attempt++) {
    message = utf8(`${comment} ${attempt}`);
    if (point.multiplyUnsafe(challenge(rBytes, key, message)).is0()) break;
  }
  const signature = toHex(concatBytes(rBytes, numberToBytesLE(r, 32)));
  return { comment, publicKey: toHex(key), message: toHex(message), signature, rule1: false };
}

/** Every edge case, the same on every run. */
export function edgeCases(): EdgeCase[] {
  const cases = [0, 1, 2, 3].map((i) => mixedCase(`plain ${i}`, Point.ZERO, Point.ZERO));
  torsion.forEach((point, i) => {
    cases.push(mixedCase(`key with small part ${i}`, point, Point.ZERO));
    cases.push(mixedCase(`R with small part ${i}`, Point.ZERO, point));
    torsion.forEach((other, j) =>
      cases.push(mixedCase(`key and R with parts ${i} ${j}`, point, other)),
    );
    cases.push(smallKeyCase(i), smallRCase(i));
  });
  for (const multiple of [0n, 1n, 2n, 7n, 14n]) cases.push(unreducedCase(multiple));
  return [...cases, ...nonCanonicalCases()];
}
