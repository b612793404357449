import type { Purpose, DidRecord } from '@hanse/model';
import { describe, expect, it } from 'vitest';
import { createMembers } from './members.ts';

const didOf = (letter: string): string => `did:hanse:dev:${letter.repeat(32)}`;
const [ORG, PERSON, LONE] = [didOf('o'), didOf('p'), didOf('l')];

function record(
  did: string,
  changes: Partial<DidRecord> = {},
  purposes: readonly Purpose[] = ['authenticate'],
): DidRecord {
  return {
    did,
    kind: 'person',
    name: '',
    version: 1,
    controllers: [ORG],
    keys: [
      {
        kid: 'k1',
        alg: 'ed25519',
        publicKey: new Uint8Array(32).fill(1),
        purposes,
        fromHeight: 1,
        untilHeight: undefined,
      },
      {
        kid: 'old',
        alg: 'ed25519',
        publicKey: new Uint8Array(32).fill(2),
        purposes,
        fromHeight: 1,
        untilHeight: 8,
      },
      {
        kid: 'other',
        alg: 'ed25519',
        publicKey: new Uint8Array(32).fill(3),
        purposes: ['invoke'],
        fromHeight: 1,
        untilHeight: undefined,
      },
    ],
    nextKeys: [],
    createdHeight: 1,
    updatedHeight: 1,
    deactivatedHeight: undefined,
    ...changes,
  };
}

function world(records: readonly DidRecord[]) {
  const state = new Map(records.map((one) => [one.did, one]));
  const clock = { now: 1_000, nowMs: (): number => clock.now };
  const asked: string[] = [];
  const members = createMembers((did) => {
    asked.push(did);
    return Promise.resolve(state.get(did));
  }, clock);
  const ask = async (did: string, kid = 'k1'): Promise<string> => {
    const found = await members(did, kid);
    return found.ok ? found.value.organisation : found.error.code;
  };
  return { state, clock, asked, members, ask };
}

const organisation = record(ORG, { kind: 'organisation', name: 'bank', controllers: [] });

describe('members', () => {
  it('are keys that may authenticate, of identities that answer to an active organisation', async () => {
    const { ask, members, state } = world([
      organisation,
      record(PERSON),
      record(LONE, { kind: 'organisation', name: 'x', controllers: [], deactivatedHeight: 5 }),
      record(didOf('c'), { controllers: [LONE] }),
      record(didOf('d'), { controllers: [didOf('z')] }),
    ]);
    expect(await ask(PERSON)).toBe(ORG);
    expect(await ask(ORG)).toBe(ORG);
    expect(await ask(LONE)).toBe('DidDeactivated');
    expect(await ask(didOf('c'))).toBe('NotMember');
    expect(await ask(didOf('d'))).toBe('NotMember');
    expect(await ask(didOf('e'))).toBe('DidUnknown');
    expect(await ask(PERSON, 'old')).toBe('KeyRevoked');
    expect(await ask(PERSON, 'other')).toBe('WrongPurpose');
    expect(await ask(PERSON, 'none')).toBe('KeyUnknown');
    const found = await members(PERSON, 'k1');
    expect(found.ok && found.value).toEqual({
      alg: 'ed25519',
      publicKey: state.get(PERSON)?.keys[0]?.publicKey,
      organisation: ORG,
    });
  });

  it('are asked about once in five seconds, strangers too, and never by text that is no DID', async () => {
    const { ask, asked, clock, state } = world([organisation, record(PERSON)]);
    for (let i = 0; i < 5; i++) await ask(PERSON);
    for (let i = 0; i < 5; i++) await ask(didOf('e'));
    expect(await ask('../etc/passwd')).toBe('DidUnknown');
    expect(asked).toEqual([PERSON, ORG, didOf('e')]);
    state.set(PERSON, record(PERSON, { deactivatedHeight: 9 }));
    clock.now += 4_999;
    expect(await ask(PERSON)).toBe(ORG);
    clock.now += 1;
    expect(await ask(PERSON)).toBe('DidDeactivated');
  });

  it('are asked about again at once when the node did not answer', async () => {
    let tries = 0;
    const members = createMembers(
      () => (++tries === 1 ? Promise.reject(new Error('away')) : Promise.resolve(organisation)),
      { nowMs: () => 1 },
    );
    await expect(members(ORG, 'k1')).rejects.toThrow('away');
    expect((await members(ORG, 'k1')).ok).toBe(true);
  });
});
