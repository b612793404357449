import { describe, expect, it } from 'vitest';
import { Fake } from '../../test/fake.ts';
import { mustAnchor, decideTrust, openChain, parseTrust, withTrust, type Trust } from './trust.ts';

const fake = new Fake('intl', 1_790_000_000_000);
const document = fake.story.chain.genesisJson();

describe('rule first use', () => {
  it('trusts the first chain it meets and says so', () => {
    const chain = openChain(document, undefined, 5);
    expect(chain.trust).toEqual({ hash: chain.served, how: 'first-use', sinceMs: 5 });
    expect(chain.isChanged).toBe(false);
    expect(mustAnchor(chain).genesis.network).toBe('harbour-test');
  });

  it('does not take another chain for the trusted one until a person decides', () => {
    const trust: Trust = { hash: 'ab'.repeat(32), how: 'first-use', sinceMs: 1 };
    const chain = openChain(document, trust, 5);
    expect(chain.isChanged).toBe(true);
    expect(() => mustAnchor(chain)).toThrow('HANSE-8002');
    const decided = withTrust(chain, { hash: chain.served, how: 'entered', sinceMs: 6 });
    expect(decided.isChanged).toBe(false);
  });

  it('keeps what is stored and takes broken text for nothing', () => {
    const trust: Trust = { hash: '01'.repeat(32), how: 'entered', sinceMs: 7 };
    expect(parseTrust(JSON.stringify(trust))).toEqual(trust);
    expect(decideTrust(trust, 'x', 9)).toBe(trust);
    for (const text of [undefined, '', '{}', 'null', '{"hash":"01","how":"entered","sinceMs":1}']) {
      expect(parseTrust(text)).toBeUndefined();
    }
  });

  it('names validators by their organisations', () => {
    expect(openChain(document, undefined, 5).validatorNames).toEqual([
      'Bank of the East',
      '华东供应链',
      'Harbour Logistics',
      'Audit Office',
    ]);
  });

  it('refuses a document that is no genesis', () => {
    expect(() => openChain({ network: 'x' }, undefined, 5)).toThrow('HANSE-8001');
  });
});
