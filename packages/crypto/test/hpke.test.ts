import { utf8 } from '@hanse/kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHpke, createSuite, type Hpke, type HpkeAead, type KemName } from '../src/index.ts';
import { hasVectors, hex, readVectors, titled } from './shared.ts';

type Vector = Readonly<
  Record<
    | 'info'
    | 'ikmR'
    | 'ikmE'
    | 'ikmS'
    | 'skRm'
    | 'skEm'
    | 'pkRm'
    | 'enc'
    | 'key'
    | 'base_nonce'
    | 'exporter_secret',
    string
  >
> & {
  readonly mode: number;
  readonly kem_id: number;
  readonly aead_id: number;
  readonly encryptions: readonly Readonly<Record<'aad' | 'ct' | 'pt' | 'nonce', string>>[];
  readonly exports: readonly {
    readonly exporter_context: string;
    readonly L: number;
    readonly exported_value: string;
  }[];
};

const intl = createSuite('intl');
const AEADS: Readonly<Record<number, HpkeAead>> = {
  1: 'aes-128-gcm',
  2: 'own',
  3: 'chacha20-poly1305',
};
const none = new Uint8Array(0);

function check(vector: Vector, hpke: Hpke): void {
  const isAuth = vector.mode === 2;
  const recipient = hpke.kem.deriveKeyPair(hex(vector.ikmR));
  expect(recipient.secretKey).toEqual(hex(vector.skRm));
  expect(recipient.publicKey).toEqual(hex(vector.pkRm));
  const sender = isAuth ? hpke.kem.deriveKeyPair(hex(vector.ikmS)) : undefined;
  const info = hex(vector.info);
  const sent = hpke.send({
    recipient: recipient.publicKey,
    seed: hex(vector.ikmE),
    info,
    ...(sender === undefined ? {} : { sender }),
  });
  expect(sent?.enc).toEqual(hex(vector.enc));
  const received = hpke.receive({
    enc: hex(vector.enc),
    recipient,
    info,
    ...(sender === undefined ? {} : { sender: sender.publicKey }),
  });
  expect(received).toEqual(sent?.context);
  if (received === undefined) throw new Error('no context');
  expect(received.exporterSecret).toEqual(hex(vector.exporter_secret));
  expect(received.key).toEqual(hex(vector.key));
  expect(received.baseNonce).toEqual(hex(vector.base_nonce));
  vector.encryptions.forEach((message) => {
    const base = hex(vector.base_nonce);
    // The vectors name the nonce, from which the number of the message follows.
    const seq = hex(message.nonce).reduce((sum, byte, i) => sum * 256 + (byte ^ (base[i] ?? 0)), 0);
    const header = { context: received, seq, aad: hex(message.aad) };
    expect(hpke.seal(header, hex(message.pt))).toEqual(hex(message.ct));
    expect(hpke.open(header, hex(message.ct))).toEqual(hex(message.pt));
    expect(hpke.open({ ...header, seq: seq + 1 }, hex(message.ct))).toBeUndefined();
  });
  for (const { exporter_context, L, exported_value } of vector.exports) {
    expect(hpke.exportSecret(received, hex(exporter_context), L)).toEqual(hex(exported_value));
  }
}

describe.skipIf(!hasVectors('hpke-rfc9180'))(titled('hpke-rfc9180'), () => {
  it('base and auth mode', () => {
    let count = 0;
    for (const vector of readVectors<readonly Vector[]>('hpke-rfc9180/vectors.json')) {
      const aead = AEADS[vector.aead_id];
      if (aead === undefined || (vector.mode !== 0 && vector.mode !== 2)) continue;
      const kem: KemName = vector.kem_id === 0x20 ? 'x25519' : 'p256';
      const hpke = createHpke(intl, { kem, aead });
      expect(hpke.kem.id).toBe(vector.kem_id);
      expect(hpke.aeadId).toBe(vector.aead_id);
      check(vector, hpke);
      count++;
    }
    expect(count).toBeGreaterThanOrEqual(7);
  });
});

describe.each(['intl', 'sm'] as const)('hpke of the %s suite', (id) => {
  const hpke = createHpke(createSuite(id));
  const pair = (fill: number) => hpke.kem.deriveKeyPair(new Uint8Array(32).fill(fill));

  it('opens what was sealed, for this recipient and sender only', () => {
    const [recipient, sender, other] = [pair(1), pair(2), pair(3)];
    const info = utf8('info');
    const seed = new Uint8Array(32).fill(9);
    const sent = hpke.send({ recipient: recipient.publicKey, seed, info, sender });
    if (sent === undefined) throw new Error('not sent');
    const sealed = hpke.seal({ context: sent.context, seq: 0, aad: none }, utf8('text'));
    const openAs = (args: Parameters<Hpke['receive']>[0]): Uint8Array | undefined => {
      const context = hpke.receive(args);
      return context && hpke.open({ context, seq: 0, aad: none }, sealed);
    };
    const right = { enc: sent.enc, recipient, info, sender: sender.publicKey };
    expect(openAs(right)).toEqual(utf8('text'));
    expect(openAs({ enc: sent.enc, recipient, info })).toBeUndefined();
    expect(openAs({ ...right, recipient: other })).toBeUndefined();
    expect(openAs({ ...right, sender: other.publicKey })).toBeUndefined();
    expect(openAs({ ...right, info: none })).toBeUndefined();
    expect(openAs({ ...right, enc: other.publicKey })).toBeUndefined();
    expect(openAs({ ...right, enc: sent.enc.subarray(1) })).toBeUndefined();
    if (hpke.kem.encBytes === 32) return;
    // The same point in its compressed form is no encapsulation.
    const odd = ((sent.enc.at(-1) ?? 0) & 1) + 2;
    const enc = Uint8Array.of(odd, ...sent.enc.subarray(1, 33));
    expect(hpke.receive({ ...right, enc })).toBeUndefined();
  });

  it('never throws on malformed keys', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (key) => {
        hpke.receive({ enc: key, recipient: pair(1), info: none });
        hpke.receive({ enc: pair(2).publicKey, recipient: pair(1), info: none, sender: key });
        hpke.send({ recipient: key, seed: new Uint8Array(32), info: none });
      }),
      { numRuns: 30 },
    );
    const zero = new Uint8Array(hpke.kem.encBytes);
    expect(hpke.receive({ enc: zero, recipient: pair(1), info: none })).toBeUndefined();
    expect(hpke.send({ recipient: zero, seed: new Uint8Array(32), info: none })).toBeUndefined();
  });
});
