import { decode, encode } from '@hanse/codec';
import { limits } from '@hanse/kit';
import { systemContracts, type Call, type Party } from '@hanse/model';
import { describe, expect, it } from 'vitest';
import { native, World } from '../test/world.ts';

const { queries } = systemContracts.roles;

async function party(world: World, did: string): Promise<Party> {
  const answer = await world.query('roles', 'party', encode(queries.party.args, { did }));
  const found = answer instanceof Uint8Array ? decode(queries.party.result, answer) : undefined;
  if (found?.ok !== true) throw new Error(`no party ${JSON.stringify(answer)}`);
  return found.value;
}

const grant = (organisation: string, role: string): Call =>
  native('roles', 'grant', { organisation, role });
const revoke = (organisation: string, role: string): Call =>
  native('roles', 'revoke', { organisation, role });

describe('roles of organisations', () => {
  it('are given and taken by more than half of the founders, each with its own key', async () => {
    const world = new World();
    const { harbour, bank, mill } = world;
    const ada = world.identity('person', 'Ada', bank);
    const guest = world.identity('organisation', 'Guest');
    expect(world.refusal(harbour, grant(guest, 'supplier'))).toEqual({
      code: 'NoMajority',
      params: { needed: '2', signed: '1' },
    });
    for (const signers of [
      [harbour, ada],
      [harbour, guest],
      [guest, ada],
    ]) {
      expect(world.refusal(signers, grant(guest, 'supplier')).code).toBe('NoMajority');
    }
    const done = world.ok([harbour, mill], grant(guest, 'supplier'), grant(guest, 'carrier'));
    expect(done.events.map(({ name }) => name)).toEqual(['granted', 'granted']);
    expect((await party(world, guest)).roles).toEqual(['supplier', 'carrier']);
    expect(world.ok([harbour, mill], grant(guest, 'carrier')).events).toEqual([]);
    expect(world.refusal(guest, revoke(guest, 'carrier')).code).toBe('NoMajority');
    world.ok([bank, mill], revoke(guest, 'supplier'));
    expect((await party(world, guest)).roles).toEqual(['carrier']);
    world.ok([bank, mill], revoke(guest, 'carrier'));
    expect(world.keys('roles/')).toEqual([]);
    expect(world.ok([bank, mill], revoke(guest, 'carrier')).events).toEqual([]);
  });

  it('count founders that are still active', () => {
    const world = new World();
    world.deactivate(world.mill);
    expect(world.refusal(world.bank, grant(world.bank, 'bank')).params).toEqual({
      needed: '2',
      signed: '1',
    });
    world.ok([world.bank, world.harbour], grant(world.bank, 'bank'));
    expect(world.refusal([world.bank, world.harbour], grant(world.mill, 'bank')).code).toBe(
      'BadArguments',
    );
  });

  it('have names of one form, and a bound', () => {
    const world = new World();
    const signers = [world.bank, world.harbour];
    for (const name of ['', 'Bank', '-a', 'a b', 'x'.repeat(33).slice(0, 32).toUpperCase()]) {
      expect(world.refusal(signers, grant(world.bank, name)).code).toBe('BadArguments');
    }
    for (let i = 0; i < limits.rolesPerOrganisationMax; i++)
      world.ok(signers, grant(world.bank, `r${i}`));
    expect(world.refusal(signers, grant(world.bank, 'more')).code).toBe('OverLimit');
    const person = world.identity('person', 'Ada', world.bank);
    expect(world.refusal(signers, grant(person, 'bank')).code).toBe('BadArguments');
  });

  it('are listed', async () => {
    const world = new World();
    const signers = [world.bank, world.harbour];
    world.ok(signers, grant(world.bank, 'bank'), grant(world.mill, 'supplier'));
    const rows: string[] = [];
    for (let after: string | undefined; ;) {
      const answer = await world.query(
        'roles',
        'list',
        encode(queries.list.args, { after, limit: 1 }),
      );
      const page = answer instanceof Uint8Array ? decode(queries.list.result, answer) : undefined;
      if (page?.ok !== true) throw new Error('no page');
      rows.push(...page.value.rows.map(({ organisation }) => organisation));
      if (page.value.next === undefined) break;
      after = page.value.next;
    }
    expect(rows.toSorted()).toEqual([world.bank, world.mill].toSorted());
  });
});

describe('duties', () => {
  const give = (did: string, duty: string): Call => native('roles', 'grantDuty', { did, duty });
  const take = (did: string, duty: string): Call => native('roles', 'revokeDuty', { did, duty });

  it('are given and taken by the organisation that answers', async () => {
    const world = new World();
    const { harbour, bank } = world;
    const ada = world.identity('person', 'Ada', harbour);
    expect(world.refusal(bank, give(ada, 'maker')).code).toBe('NotItsOrganisation');
    expect(world.refusal(ada, give(ada, 'maker')).code).toBe('NotItsOrganisation');
    expect(world.refusal(harbour, give(harbour, 'maker')).code).toBe('BadArguments');
    expect(world.refusal(harbour, give(`${ada.slice(0, -1)}a`, 'maker')).code).toBe('DidUnknown');
    expect(world.refusal(harbour, give('nobody', 'maker')).code).toBe('DidUnknown');
    expect(world.refusal(harbour, give(ada, 'Maker')).code).toBe('BadArguments');
    world.ok(harbour, give(ada, 'maker'), give(ada, 'checker'), give(ada, 'maker'));
    expect(await party(world, ada)).toEqual({
      did: ada,
      organisation: harbour,
      roles: [],
      duties: ['maker', 'checker'],
    });
    expect(world.refusal(ada, take(ada, 'maker')).code).toBe('NotItsOrganisation');
    const done = world.ok(harbour, take(ada, 'maker'));
    expect(done.events.map(({ name }) => name)).toEqual(['dutyRevoked']);
    expect((await party(world, ada)).duties).toEqual(['checker']);
    const args = encode(queries.duties.args, { organisation: harbour, after: undefined, limit: 9 });
    const answer = await world.query('roles', 'duties', args);
    const page = answer instanceof Uint8Array ? decode(queries.duties.result, answer) : undefined;
    expect(page?.ok === true && page.value.rows).toEqual([
      { did: ada, organisation: harbour, duties: ['checker'] },
    ]);
  });

  it('end with the organisation; the next one that answers gave none', async () => {
    const world = new World();
    const { harbour, bank } = world;
    const ada = world.identity('person', 'Ada', harbour, bank);
    world.ok(harbour, give(ada, 'maker'));
    world.deactivate(harbour);
    expect(await party(world, ada)).toMatchObject({ organisation: bank, duties: [] });
    world.deactivate(bank);
    expect(await party(world, ada)).toMatchObject({ organisation: '', roles: [], duties: [] });
    expect(world.refusal(world.mill, give(ada, 'maker')).code).toBe('NoOrganisation');
    const nobody = await world.query('roles', 'party', encode(queries.party.args, { did: 'x' }));
    expect(nobody).toMatchObject({ code: 'RecordUnknown' });
  });

  it('have a bound', () => {
    const world = new World();
    const ada = world.identity('person', 'Ada', world.harbour);
    for (let i = 0; i < limits.dutiesPerPartyMax; i++) world.ok(world.harbour, give(ada, `d${i}`));
    expect(world.refusal(world.harbour, give(ada, 'more')).code).toBe('OverLimit');
  });
});
