import { encode } from '@hanse/codec';
import { systemContracts } from '@hanse/model';
import { describe, expect, it } from 'vitest';
import { refusalText } from './refusal.tsx';
import { decodePart } from './value.tsx';

describe('decoded parts', () => {
  it('read by the schema of their contract', () => {
    const { args } = systemContracts.evidence.methods.coSign;
    const id = new Uint8Array(32).fill(7);
    const bytes = encode(args, { id, statement: 'seen' });
    const part = { contract: 'evidence', method: 'coSign', side: 'args' } as const;
    expect(decodePart(part, bytes)).toEqual({ id: '07'.repeat(32), statement: 'seen' });
  });

  it('stay raw when nothing is known of them', () => {
    const bytes = Uint8Array.of(1, 2);
    for (const contract of ['nope', 'constructor', 'evidence']) {
      const part = { contract, method: 'toString', side: 'args' } as const;
      expect(decodePart(part, bytes)).toBeUndefined();
    }
    const short = { contract: 'evidence', method: 'coSign', side: 'args' } as const;
    expect(decodePart(short, bytes)).toBeUndefined();
  });
});

describe('refusals', () => {
  it('are said in the language of the reader', () => {
    const params = { depositor: 'did:x', height: '3', id: 'ab' };
    expect(refusalText('EvidenceExists', params, 'en')).toContain('in block 3');
    expect(refusalText('EvidenceExists', params, 'zh-CN')).toContain('区块 3');
    expect(refusalText('HANSE-3020', params, 'zh-CN')).toContain('区块 3');
  });

  it('keep a code nobody knows', () => {
    expect(refusalText('INVOICE_PAID', {}, 'en')).toBe('INVOICE_PAID');
  });
});
