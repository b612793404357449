import { decode, encode } from '@hanse/codec';
import { limits } from '@hanse/kit';
import { didOf, systemContracts, type DidRecord, type Inception } from '@hanse/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bank, call, Chain, harbour, idOf, inceptionOf, keyOf, suite } from '../test/chain.ts';

const harbourDid = idOf(harbour);
const bankDid = idOf(bank);
const register = (inception: Inception): ReturnType<typeof call> =>
  call('identity', 'register', { inception });
const person = inceptionOf('person', 'Ada', { controllers: [harbourDid] });
const ada = idOf(person);

/** A chain on which Ada is registered since the block before. */
function withAda(): Chain {
  const chain = new Chain();
  chain.ok(harbourDid, register(person));
  chain.next();
  return chain;
}

describe('register', () => {
  it('makes the record whose identifier is the hash of its inception', () => {
    const chain = new Chain();
    const done = chain.ok(harbourDid, register(person));
    const { result } = systemContracts.identity.methods.register;
    expect(decode(result, done.results[0]!)).toEqual({ ok: true, value: { did: ada } });
    expect(done.events.map(({ name }) => name)).toEqual(['registered']);
    expect(chain.did(ada)).toMatchObject({
      version: 1,
      createdHeight: 1,
      controllers: [harbourDid],
    });
    expect(chain.refusal(harbourDid, register(person)).code).toBe('DidExists');
  });

  it('takes an organisation from any active organisation, and from nobody else', () => {
    const chain = withAda();
    const port = inceptionOf('organisation', 'Port');
    expect(chain.refusal(ada, register(port)).code).toBe('NotAuthorised');
    expect(chain.refusal(idOf(port), register(port)).code).toBe('NotAuthorised');
    chain.ok(bankDid, register(port));
    const depot = inceptionOf('organisation', 'Depot');
    chain.ok(idOf(port), register(depot));
  });

  it('takes everything else only from a controller that it names', () => {
    const chain = withAda();
    for (const kind of ['person', 'node', 'device', 'application'] as const) {
      const thing = inceptionOf(kind, kind, { controllers: [harbourDid] });
      expect(chain.refusal(bankDid, register(thing)).code).toBe('NotAuthorised');
      expect(chain.refusal(ada, register(thing)).code).toBe('NotAuthorised');
      chain.ok(harbourDid, register(thing));
      const free = inceptionOf(kind, `free ${kind}`);
      expect(chain.refusal(bankDid, register(free)).code).toBe('BadController');
    }
    const both = inceptionOf('device', 'Crane', { controllers: [harbourDid, bankDid] });
    chain.ok([ada, bankDid], register(both));
  });

  it('refuses controllers that are no active organisation of this network', () => {
    const chain = withAda();
    const by = (...controllers: string[]): string => {
      const device = inceptionOf('device', 'Scale', { controllers });
      return chain.refusal([harbourDid], register(device)).code;
    };
    expect(by(harbourDid, ada)).toBe('BadController');
    expect(by(harbourDid, harbourDid)).toBe('BadController');
    expect(by(harbourDid, idOf(inceptionOf('organisation', 'Unknown')))).toBe('BadController');
    expect(by(harbourDid, didOf(suite, 'other', bank))).toBe('BadDid');
    expect(by(harbourDid, 'Bank')).toBe('BadDid');
    chain.ok(bankDid, call('identity', 'deactivate', { did: bankDid }));
    expect(by(harbourDid, bankDid)).toBe('BadController');
  });

  it('refuses keys that cannot be registered', () => {
    const chain = new Chain();
    const by = (keys: Inception['keys'], name = 'Crane'): string => {
      const inception = inceptionOf('device', name, { controllers: [harbourDid], keys });
      return chain.refusal(harbourDid, register(inception)).code;
    };
    expect(by([keyOf('a'), keyOf('a', 'b')])).toBe('KeyExists');
    expect(by([keyOf('a', 'same'), keyOf('b', 'same')])).toBe('BadPublicKey');
    expect(by([keyOf('')])).toBe('BadPublicKey');
    expect(by([keyOf('a b')])).toBe('BadPublicKey');
    expect(by([keyOf('a', 'a', ['invoke', 'invoke'])])).toBe('BadPublicKey');
    expect(by([keyOf('a', 'a', ['invoke', 'consensus'])])).toBe('BadPublicKey');
    expect(by([{ ...keyOf('a'), publicKey: new Uint8Array(32) }])).toBe('BadPublicKey');
    expect(by([{ ...keyOf('a'), alg: 'sm2' }])).toBe('BadPublicKey');
    expect(by([{ ...keyOf('a'), publicKey: new Uint8Array(31) }])).toBe('BadPublicKey');
  });

  it('refuses a person with a name, an organisation without one or without a key that acts', () => {
    const chain = new Chain();
    const named = inceptionOf('person', 'Ada', { controllers: [harbourDid], name: 'Ada' });
    const unnamed = inceptionOf('organisation', 'X', { name: '' });
    const mute = inceptionOf('organisation', 'X', { keys: [keyOf('a', 'a', ['consensus'])] });
    for (const inception of [named, unnamed, mute]) {
      expect(chain.refusal(harbourDid, register(inception)).code).toBe('BadArguments');
    }
  });
});

describe('keys', () => {
  const add = (did: string, kid: string, name = kid): ReturnType<typeof call> =>
    call('identity', 'addKey', { did, key: keyOf(kid, name) });
  const revoke = (did: string, kid: string): ReturnType<typeof call> =>
    call('identity', 'revokeKey', { did, kid });
  const rotate = (did: string, kid: string, to: string): ReturnType<typeof call> =>
    call('identity', 'rotateKey', { did, kid, key: keyOf(to) });

  it('may sign from the block after they came, and not in the one after they went', () => {
    const chain = withAda();
    expect(chain.authorize(ada, 'k1', 'Ada')).toBeUndefined();
    chain.ok(ada, rotate(ada, 'k1', 'k2'));
    // Its block: the old key still signs, the new one does not yet.
    expect(chain.authorize(ada, 'k1', 'Ada')).toBeUndefined();
    expect(chain.authorize(ada, 'k2', 'k2')?.code).toBe('KeyUnknown');
    const { height } = chain;
    chain.next();
    expect(chain.authorize(ada, 'k1', 'Ada')).toEqual({
      code: 'KeyRevoked',
      params: { did: ada, kid: 'k1', height: String(height) },
    });
    expect(chain.authorize(ada, 'k2', 'k2')).toBeUndefined();
    expect(chain.did(ada).keys).toMatchObject([
      { kid: 'k1', fromHeight: 1, untilHeight: height + 1 },
      { kid: 'k2', fromHeight: height, untilHeight: undefined },
    ]);
  });

  it('are refused where they do not belong', () => {
    const chain = withAda();
    const device = inceptionOf('device', 'Crane', {
      controllers: [harbourDid],
      keys: [keyOf('k1', 'Crane', ['assert'])],
    });
    chain.ok(harbourDid, register(device));
    expect(chain.authorize(idOf(device), 'k1', 'Crane')?.code).toBe('DidUnknown');
    chain.next();
    expect(chain.authorize(idOf(device), 'k1', 'Crane')?.code).toBe('WrongPurpose');
    expect(chain.authorize(ada, 'k9', 'Ada')?.code).toBe('KeyUnknown');
    expect(chain.authorize(ada, 'k1', 'Eve')?.code).toBe('KeyMismatch');
    expect(chain.authorize(didOf(suite, 'other', person), 'k1', 'Ada')?.code).toBe('DidUnknown');
    expect(chain.authorize('Ada', 'k1', 'Ada')?.code).toBe('DidUnknown');
    chain.ok(harbourDid, call('identity', 'deactivate', { did: ada }));
    expect(chain.authorize(ada, 'k1', 'Ada')).toBeUndefined();
    chain.next();
    expect(chain.authorize(ada, 'k1', 'Ada')?.code).toBe('DidDeactivated');
  });

  it('are changed by the identity itself or one of its controllers', () => {
    const chain = withAda();
    chain.ok(ada, add(ada, 'k2'));
    chain.ok(harbourDid, add(ada, 'k3'));
    chain.ok([bankDid, ada], add(ada, 'k4'));
    for (const act of [add(ada, 'k5'), revoke(ada, 'k1'), rotate(ada, 'k1', 'k6')]) {
      expect(chain.refusal(bankDid, act).code).toBe('NotAuthorised');
    }
    expect(chain.refusal(ada, add(harbourDid, 'k5')).code).toBe('NotAuthorised');
    const gone = call('identity', 'deactivate', { did: ada });
    expect(chain.refusal(bankDid, gone).code).toBe('NotAuthorised');
  });

  it('are named once, also after they were revoked', () => {
    const chain = withAda();
    expect(chain.refusal(ada, add(ada, 'k1', 'new')).code).toBe('KeyExists');
    chain.ok(ada, rotate(ada, 'k1', 'k2'));
    expect(chain.refusal(ada, add(ada, 'k1', 'new')).code).toBe('KeyExists');
    expect(chain.refusal(ada, add(ada, 'k3', 'Ada')).code).toBe('BadPublicKey');
    const params = { did: ada, kid: 'k1', height: String(chain.height) };
    expect(chain.refusal(ada, revoke(ada, 'k1'))).toEqual({ code: 'KeyRevoked', params });
    expect(chain.refusal(ada, rotate(ada, 'k1', 'k4')).code).toBe('KeyRevoked');
    expect(chain.refusal(ada, revoke(ada, 'k9')).code).toBe('KeyUnknown');
  });

  it('leave one that can act, unless an active organisation controls the identity', () => {
    const chain = withAda();
    const last = chain.refusal(harbourDid, revoke(harbourDid, 'k1'));
    expect(last).toEqual({ code: 'LastKey', params: { did: harbourDid, kid: 'k1' } });
    const mute = call('identity', 'rotateKey', {
      did: harbourDid,
      kid: 'k1',
      key: keyOf('k2', 'k2', ['assert']),
    });
    expect(chain.refusal(harbourDid, mute).code).toBe('LastKey');
    chain.ok(harbourDid, rotate(harbourDid, 'k1', 'k2'));
    chain.ok(harbourDid, revoke(ada, 'k1'));
    const orphan = inceptionOf('device', 'Crane', { controllers: [bankDid] });
    chain.ok(bankDid, register(orphan));
    chain.ok(bankDid, call('identity', 'deactivate', { did: bankDid }));
    expect(chain.refusal(idOf(orphan), revoke(idOf(orphan), 'k1')).code).toBe('LastKey');
  });

  it('are bounded in number', () => {
    const chain = withAda();
    for (let i = 2; i <= limits.keysPerDidMax; i++) chain.ok(ada, add(ada, `k${i}`));
    expect(chain.refusal(ada, add(ada, 'more')).code).toBe('OverLimit');
  });

  it('and nothing else change once the identity is deactivated', () => {
    const chain = withAda();
    chain.ok(ada, call('identity', 'deactivate', { did: ada }));
    const acts = [
      add(ada, 'k2'),
      revoke(ada, 'k1'),
      rotate(ada, 'k1', 'k2'),
      call('identity', 'deactivate', { did: ada }),
    ];
    for (const act of acts) expect(chain.refusal(harbourDid, act).code).toBe('DidDeactivated');
    const stranger = idOf(inceptionOf('person', 'Eve'));
    expect(chain.refusal(harbourDid, add(stranger, 'k2')).code).toBe('DidUnknown');
    expect(chain.refusal(harbourDid, add('Eve', 'k2')).code).toBe('BadDid');
  });

  it('raise the version by one with each change, and by nothing with a refusal', () => {
    const act = fc.constantFrom('add', 'rotate', 'revoke');
    const step = fc.record({ act, kid: fc.integer({ min: 1, max: 6 }), to: fc.nat({ max: 9 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), (steps) => {
        const chain = withAda();
        let before: DidRecord = chain.did(ada);
        for (const { act, kid, to } of steps) {
          const from = `k${kid}`;
          const calls = {
            add: add(ada, `k${to}`),
            rotate: rotate(ada, from, `k${to}`),
            revoke: revoke(ada, from),
          };
          const done = chain.run(harbourDid, calls[act]);
          const after = chain.did(ada);
          if (done.status === 'ok') {
            expect(after.version).toBe(before.version + 1);
            expect(after.updatedHeight).toBe(chain.height);
            expect(done.gas).toBeGreaterThan(0);
          } else {
            expect(after).toEqual(before);
          }
          // A key never comes back and none is forgotten.
          for (const key of before.keys) {
            const same = after.keys.find((one) => one.kid === key.kid);
            expect(same?.publicKey).toEqual(key.publicKey);
            if (key.untilHeight !== undefined) expect(same?.untilHeight).toBe(key.untilHeight);
          }
          before = after;
          if (to % 2 === 0) chain.next();
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('identity queries', () => {
  const { queries } = systemContracts.identity;

  it('get an identity, or say that there is none', async () => {
    const chain = withAda();
    const found = await chain.query('identity', 'get', encode(queries.get.args, { did: ada }));
    const result = decode(queries.get.result, found as Uint8Array);
    expect(result).toEqual({ ok: true, value: chain.did(ada) });
    for (const did of ['Eve', idOf(inceptionOf('person', 'Eve'))]) {
      const args = encode(queries.get.args, { did });
      expect(await chain.query('identity', 'get', args)).toBe('RecordUnknown');
    }
  });

  it('list all in pages that meet', async () => {
    const chain = withAda();
    const seen: string[] = [];
    for (let after: string | undefined; ;) {
      const args = encode(queries.list.args, { after, limit: 2 });
      const page = decode(
        queries.list.result,
        (await chain.query('identity', 'list', args)) as Uint8Array,
      );
      if (!page.ok) throw new Error(page.error);
      seen.push(...page.value.rows.map(({ did }) => did));
      if (page.value.next === undefined) break;
      after = page.value.next;
    }
    expect(seen).toEqual([ada, bankDid, harbourDid].sort());
    const none = encode(queries.list.args, { after: undefined, limit: 0 });
    expect(await chain.query('identity', 'list', none)).toBe('BadArguments');
    const many = encode(queries.list.args, { after: undefined, limit: 101 });
    expect(await chain.query('identity', 'list', many)).toBe('OverLimit');
  });
});
