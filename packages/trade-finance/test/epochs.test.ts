import { beforeEach, describe, expect, it } from 'vitest';
import { refused, World, type Actor } from './world.ts';

let world: World;
beforeEach(() => {
  world = new World();
});

const GROUP = 'ristretto255-SHA512';

async function publish(epoch: number, sizeBytes = 32): Promise<void> {
  const publicKey = new Uint8Array(sizeBytes).fill(epoch);
  await world.registry.claims.publish({ epoch, group: GROUP, publicKey });
}

async function states(): Promise<readonly string[]> {
  const { rows } = await world.s1.claims.query.registryKeys({});
  return rows.map(({ epoch, state }) => `${epoch} ${state}`);
}

/** Tags of an invoice in an epoch, its name standing for what the function gives. */
function tagsIn(epoch: number, name: string) {
  return { epoch, ...world.tags({ name: epoch === 1 ? name : `${name} of ${epoch}` }) };
}

/** A verdict of an epoch on a file of an invoice. */
async function vouch(file: string, epoch: number, name = file, changes = {}) {
  const { s1, core } = world;
  const facts = world.verdictOf({ name, seller: s1.organisation, buyer: core.organisation });
  const verdict = { ...world.deposit(file), ...facts, ...tagsIn(epoch, name), ...changes };
  return world.importer.claims.recordVerdict(verdict);
}

async function ask(file: string, banks: readonly Actor[]): Promise<Uint8Array> {
  const document = world.hash(`file ${file}`);
  const dids = banks.map(({ organisation }) => organisation);
  await world.s1.claims.ask({ document, banks: dids });
  return document;
}

const state = (file: string) => world.claimState(world.hash(`file ${file}`));

describe('keys of the registry', () => {
  it('are published in order, by a registry, and never changed', async () => {
    await refused(publish(1), 'EPOCH_ORDER');
    await refused(publish(3), 'EPOCH_ORDER');
    await refused(publish(2, 33), 'KEY_MALFORMED');
    const key = { group: GROUP, publicKey: new Uint8Array(32) } as const;
    await refused(world.importer.claims.publish({ epoch: 2, ...key }), 'NotAllowed');
    await publish(2);
    expect(await states()).toEqual(['1 current', '2 published']);
    const { value: _, ...rest } = { value: 0, ...(await world.s1.claims.query.epochs({})) };
    expect(rest).toEqual({ newest: 2, current: 1 });
    const [first] = (await world.s1.claims.query.registryKeys({})).rows;
    expect(first?.registry).toBe(world.registry.organisation);
  });

  it('become current one after the other; the one before stays open until it is closed', async () => {
    const { makeCurrent, close } = world.registry.claims;
    await refused(makeCurrent({ epoch: 1 }), 'EPOCH_ORDER');
    await refused(makeCurrent({ epoch: 2 }), 'EPOCH_ORDER');
    await refused(world.importer.claims.makeCurrent({ epoch: 1 }), 'NotAllowed');
    await publish(2);
    await makeCurrent({ epoch: 2 });
    expect(await states()).toEqual(['1 open', '2 current']);
    await publish(3);
    await refused(makeCurrent({ epoch: 3 }), 'EPOCH_OPEN');
    await refused(close({ epoch: 2 }), 'EPOCH_ORDER');
    await refused(world.importer.claims.close({ epoch: 1 }), 'NotAllowed');
    await close({ epoch: 1 });
    await refused(close({ epoch: 1 }), 'EPOCH_ORDER');
    await makeCurrent({ epoch: 3 });
    expect(await states()).toEqual(['1 closed', '2 open', '3 current']);
  });

  it('that leaked before they were current are closed and passed over', async () => {
    const { makeCurrent, close } = world.registry.claims;
    await publish(2);
    await close({ epoch: 2 });
    await refused(makeCurrent({ epoch: 2 }), 'EPOCH_ORDER');
    await publish(3);
    await makeCurrent({ epoch: 3 });
    expect(await states()).toEqual(['1 open', '2 closed', '3 current']);
  });
});

describe('verdicts of epochs', () => {
  it('are taken while their epoch is published and not closed, once each, with the same facts', async () => {
    await vouch('a', 1);
    await refused(vouch('a', 2), 'EPOCH_CLOSED');
    await publish(2);
    await refused(vouch('a', 2, 'a', { payable: 5 }), 'FACTS_CHANGED');
    await refused(vouch('a', 2, 'a', { result: 'invalid' }), 'FACTS_CHANGED');
    await vouch('a', 2);
    await refused(vouch('a', 2), 'VERDICT_EXISTS');
    const document = world.hash('file a');
    const { rows } = await world.s1.claims.query.verdicts({ document });
    expect(rows.map(({ epoch }) => epoch)).toEqual([1, 2]);
  });

  it('are all looked at by a lock while two epochs count, and only the current one afterwards', async () => {
    const { b1, registry } = world;
    await vouch('a', 1);
    const document = await ask('a', [b1]);
    await publish(2);
    await registry.claims.makeCurrent({ epoch: 2 });
    const [one, two] = [tagsIn(1, 'a'), tagsIn(2, 'a')];
    const lock = (...checked: readonly (typeof one)[]) => b1.claims.lock({ document, checked });
    await refused(lock(one), 'TAG_MISMATCH');
    await refused(lock(two, one), 'VERDICT_MISSING');
    await vouch('a', 2);
    await refused(lock(two), 'TAG_MISMATCH');
    await refused(lock(two, two), 'TAG_MISMATCH');
    await refused(lock(two, { ...one, x: world.fresh() }), 'TAG_MISMATCH');
    await refused(lock({ ...two, n: one.n }, one), 'TAG_MISMATCH');
    const { lock: id } = await lock(two, one);
    await b1.claims.release({ lock: id });
    await registry.claims.close({ epoch: 1 });
    await refused(lock(two, one), 'TAG_MISMATCH');
    await lock(two);
  });

  it('find a duplicate that has tags of the other epoch only, before anything is locked', async () => {
    const { b1, b2, registry } = world;
    await vouch('ubl', 1, 'sale');
    const original = await ask('ubl', [b1]);
    const one = tagsIn(1, 'sale');
    const { lock } = await b1.claims.lock({ document: original, checked: [one] });
    await b1.claims.finance({ lock, proof: world.fresh() });
    await publish(2);
    await registry.claims.makeCurrent({ epoch: 2 });
    // Nobody has tagged the financed one again yet: its twin gets the new tag ...
    expect(await vouch('cii', 2, 'sale')).toEqual({ state: 'PENDING', hold: 'none' });
    const twin = await ask('cii', [b2]);
    const two = tagsIn(2, 'sale');
    await refused(b2.claims.lock({ document: twin, checked: [two, one] }), 'VERDICT_MISSING');
    await refused(vouch('ubl', 2, 'sale'), 'DUPLICATE_REGISTERED');
    // ... and is found by the old one, which no lock goes without; the new tag is free then.
    expect(await vouch('cii', 1, 'sale')).toMatchObject({ state: 'DUPLICATE_FINANCED' });
    await refused(b2.claims.lock({ document: twin, checked: [two, one] }), 'DUPLICATE_FINANCED');
    expect(await vouch('ubl', 2, 'sale')).toMatchObject({ state: 'FINANCED' });
    expect([await state('ubl'), await state('cii')]).toEqual(['FINANCED', 'DUPLICATE_FINANCED']);
  });

  it('are no way to take a tag back: a claim that is cancelled sets those of all epochs free', async () => {
    const { s1 } = world;
    await publish(2);
    await vouch('a', 1, 'sale');
    await vouch('a', 2, 'sale');
    await vouch('b', 2, 'sale');
    expect(await state('b')).toBe('DUPLICATE_REGISTERED');
    await s1.claims.cancel({ document: world.hash('file a') });
    expect(await s1.claims.recheck({ document: world.hash('file b') })).toEqual({
      state: 'PENDING',
      hold: 'none',
    });
    await vouch('c', 1, 'sale');
    expect(await vouch('b', 1, 'sale')).toMatchObject({ state: 'DUPLICATE_REGISTERED' });
    await refused(vouch('a', 1, 'sale'), 'VERDICT_EXISTS');
  });

  it('hold a claim whose number another one has in any epoch', async () => {
    await publish(2);
    const same = { n: world.tags({ name: 'number' }).n };
    await vouch('a', 1, 'a', same);
    await vouch('b', 2, 'b', same);
    expect((await world.s1.claims.query.get({ document: world.hash('file b') }))?.hold).toBe(
      'open',
    );
  });

  it('hold a claim when their importer asks for it', async () => {
    expect(await vouch('a', 1, 'a', { isHeld: true })).toEqual({ state: 'PENDING', hold: 'open' });
    await refused(
      world.s1.claims.ask({ document: world.hash('file a'), banks: [] }),
      'DOCUMENT_HELD',
    );
  });

  it('of credit notes are of the current epoch', async () => {
    await vouch('a', 1);
    const { document, root } = world.deposit('note');
    const note = {
      document,
      root,
      x: world.fresh(),
      invoice: world.hash('file a'),
      result: 'valid',
      seller: world.s1.organisation,
      currency: 'EUR',
      units: 1,
    } as const;
    await publish(2);
    await refused(world.importer.packs.creditNote({ ...note, epoch: 2 }), 'EPOCH_CLOSED');
    await world.importer.packs.creditNote({ ...note, epoch: 1 });
  });
});
