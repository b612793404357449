import { isHanseError, limits, utf8 } from '@hanse/kit';
import type { Inception } from '@hanse/model';
import { describe, expect, it } from 'vitest';
import { bank, call, Chain, harbour, idOf, inceptionOf, keyOf, suite } from '../test/chain.ts';
import { refusal } from './refuse.ts';

const harbourDid = idOf(harbour);
const register = call('identity', 'register', {
  inception: inceptionOf('person', 'Ada', { controllers: [harbourDid] }),
});

describe('dispatch', () => {
  it('refuses unknown contracts and methods and arguments of another form', () => {
    const chain = new Chain();
    for (const contract of ['none', 'constructor', '__proto__', '']) {
      expect(chain.refusal(harbourDid, { ...register, contract }).code).toBe('UnknownContract');
    }
    for (const method of ['none', 'constructor', 'toString', '']) {
      expect(chain.refusal(harbourDid, { ...register, method }).code).toBe('UnknownMethod');
    }
    const { args } = register;
    const forms = [args.subarray(1), Uint8Array.of(...args, 0), new Uint8Array(0)];
    for (const form of forms) {
      const params = { contract: 'identity', method: 'register' };
      const refused = chain.refusal(harbourDid, { ...register, args: form });
      expect(refused).toMatchObject({ code: 'BadArguments', params });
    }
  });

  it('keeps nothing of a transaction of which one call is refused', () => {
    const chain = new Chain();
    const refused = chain.run(harbourDid, register, { ...register, method: 'none' });
    expect(refused).toMatchObject({ results: [], events: [] });
    chain.ok(harbourDid, register);
  });

  it('bounds parameters, also of hostile text', () => {
    const { params } = refusal('BadController', { reason: '🚢'.repeat(300) });
    expect(utf8(params['reason'] ?? '').length).toBeLessThanOrEqual(200);
    expect(refusal('LastKey', { kid: 'x'.repeat(197) }).params['kid']?.length).toBe(197);
  });
});

describe('gas', () => {
  it('is charged up to the limit, and not one unit more', () => {
    const chain = new Chain();
    const { gas } = new Chain().ok(harbourDid, register);
    chain.gasLimit = gas - 1;
    const short = chain.run(harbourDid, register);
    expect(short.status).toEqual({ code: 'OutOfGas', params: { limit: String(gas - 1) } });
    expect(short.gas).toBe(gas - 1);
    chain.gasLimit = gas;
    expect(chain.ok(harbourDid, register).gas).toBe(gas);
  });

  it('grows with the bucket that a write lands in, which is bounded', () => {
    const gasAt = (crowd: number): number => {
      const chain = new Chain();
      chain.crowd = crowd;
      return chain.ok(harbourDid, register).gas;
    };
    expect(gasAt(limits.bucketTargetEntries)).toBe(gasAt(0));
    expect(gasAt(100)).toBeGreaterThan(gasAt(50));
    const chain = new Chain();
    chain.crowd = limits.bucketEntriesMax;
    expect(chain.refusal(harbourDid, register).code).toBe('OverLimit');
  });
});

describe('genesis', () => {
  const codeOf = (identities: readonly Inception[]): string => {
    try {
      return String(new Chain(identities).height);
    } catch (error) {
      if (isHanseError(error)) return error.codeName;
      throw error;
    }
  };

  it('registers identities that name each other in any order', () => {
    const node = inceptionOf('node', 'n', {
      controllers: [harbourDid],
      keys: [keyOf('c', 'c', ['consensus'])],
    });
    const chain = new Chain([node, bank, harbour]);
    expect(chain.did(idOf(node))).toMatchObject({ version: 1, createdHeight: 0 });
  });

  it('refuses identities that registration would refuse', () => {
    expect(codeOf([harbour, harbour])).toBe('ConfigInvalid');
    expect(codeOf([inceptionOf('person', 'Ada')])).toBe('ConfigInvalid');
    expect(codeOf([inceptionOf('person', 'Ada', { controllers: [harbourDid] })])).toBe(
      'ConfigInvalid',
    );
    const point = { ...keyOf('k1'), publicKey: suite.hash(utf8('no point')) };
    expect(codeOf([inceptionOf('organisation', 'X', { keys: [point] })])).toBe('ConfigInvalid');
  });
});
