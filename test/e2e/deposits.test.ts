import {
  makeBundle,
  prepareDeposit,
  verifyBundle,
  type Bundle,
  type PreparedDeposit,
} from '@hanse/client';
import type { Json } from '@hanse/codec';
import { isHanseError, toHex, utf8 } from '@hanse/kit';
import { createNativeSuite, randomBytes } from '@hanse/native';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Network } from '../harness/network.ts';

const invoice = utf8(
  JSON.stringify({
    number: 'INV-2026-0815',
    seller: { name: 'Nordlicht Shipping', country: 'DE' },
    buyer: { name: 'Baltic Foods', country: 'EE' },
    total: { currency: 'EUR', amount: '18250.00' },
    lines: [{ text: 'Reefer container, 14 days', amount: '18250.00' }],
  }),
);

let network: Network;
beforeAll(async () => {
  network = await Network.start();
});
afterAll(() => network.remove());

function prepare(bytes: Uint8Array): PreparedDeposit {
  return prepareDeposit(network.files.suite, bytes, {
    name: 'invoice.json',
    secret: randomBytes(32),
    capture: {
      device: '',
      software: 'e2e',
      softwareVersion: '1',
      capturedAt: Date.now(),
      timeSource: 'system',
      method: 'file',
    },
  });
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return isHanseError(error) ? error.codeName : String(error);
  }
  return 'accepted';
}

describe('a deposit', () => {
  let bundle: Bundle;
  let height = 0;

  const check = (document: Json, file: Uint8Array = invoice, trusted = network.genesisHash) =>
    verifyBundle(document, { trustedGenesisHash: trusted, file, suiteOf: createNativeSuite });
  const bundleJson = (): Json => JSON.parse(JSON.stringify(bundle)) as Json;

  it('is proved when the client says so, and its bundle verifies without a network', async () => {
    const client = network.clientOf(0);
    const { deposit, commitment } = prepare(invoice);
    const done = await client.call('evidence', 'deposit', deposit);
    height = done.height;
    expect(done.result.id).toEqual(network.files.suite.hash(invoice));
    const parts = { commitment, disclose: ['/total/amount'] };
    expect(commitment.paths).toContain('/total/amount');
    bundle = await makeBundle(client, done.result.id, parts);
    const report = check(bundleJson());
    expect(report).toMatchObject({
      genesisHash: network.genesisHash,
      id: toHex(done.result.id),
      txid: done.txid,
      depositor: { did: network.operator(0).did, kind: 'person' },
      organisation: { did: network.files.organisations[0]?.did, name: 'harbour' },
      file: 'matches',
      fields: [{ path: '/total/amount' }],
      state: { validators: 4 },
    });
    expect(report.when.height).toBe(height);
    expect(report.state.signers.length).toBeGreaterThanOrEqual(3);
  });

  it('of the same bytes by somebody else shows the first one', async () => {
    const second = network.clientOf(1).call('evidence', 'deposit', prepare(invoice).deposit);
    await expect(second).rejects.toMatchObject({
      codeName: 'EvidenceExists',
      params: { depositor: network.operator(0).did, height: String(height) },
    });
  });

  it('does not verify with one byte of the file changed', () => {
    for (const at of [0, 17, invoice.length - 1]) {
      const changed = invoice.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(codeOf(() => check(bundleJson(), changed))).toBe('FileMismatch');
    }
  });

  it('does not verify with one character of the bundle changed, nor on another chain', () => {
    const text = JSON.stringify(bundle);
    const accepted: string[] = [];
    for (let i = 0; i < 300; i++) {
      const at = Math.floor((i * text.length) / 300);
      const changed = `${text.slice(0, at)}${other(text.charAt(at))}${text.slice(at + 1)}`;
      const verdict = codeOf(() => check(JSON.parse(changed) as Json));
      if (verdict === 'accepted') accepted.push(`${at}: ${text.slice(at - 20, at + 20)}`);
    }
    expect(accepted).toEqual([]);
    const elsewhere = toHex(network.files.suite.hash(utf8('another genesis')));
    expect(codeOf(() => check(bundleJson(), invoice, elsewhere))).toBe('ProofWrongChain');
  });

  it('is found by everybody, proved, at every validator', async () => {
    const id = network.files.suite.hash(invoice);
    for (const index of network.running()) {
      const client = network.client({ nodes: [index] });
      const found = await client.evidence(id);
      expect(found.value).toMatchObject({ height, depositor: network.operator(0).did });
      const absent = await client.evidence(randomBytes(32));
      expect(absent.value).toBeUndefined();
    }
  });
});

function other(char: string): string {
  if (/[0-8]/.test(char)) return String(Number(char) + 1);
  if (/[a-yA-Y]/.test(char)) return String.fromCharCode(char.charCodeAt(0) + 1);
  return 'q';
}
