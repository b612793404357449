import { decode, encode, t } from '@hanse/codec';
import { limits } from '@hanse/kit';
import {
  contractRecordSchema,
  systemContracts,
  type Call,
  type ContractRecord,
} from '@hanse/model';
import { describe, expect, it } from 'vitest';
import { failing, invoices, manifestOf, methodOf, probe } from '../test/contracts.ts';
import type { FakeContract } from '../test/fake.ts';
import { callOf, native, resultOf, suite, World } from '../test/world.ts';

const { queries } = systemContracts.contracts;

function deployOf(
  world: World,
  contract: FakeContract,
  owners?: { readonly organisations: readonly string[]; readonly threshold: number },
): readonly Call[] {
  const { name } = contract.manifest;
  const alone = { organisations: [world.harbour], threshold: 1 };
  return world.pieces(contract, (chunks) =>
    native('contracts', 'deploy', { name, chunks, owners: owners ?? alone }),
  );
}

function upgradeOf(world: World, contract: FakeContract): readonly Call[] {
  const { name } = contract.manifest;
  return world.pieces(contract, (chunks) =>
    native('contracts', 'upgrade', { name, chunks, owners: undefined }),
  );
}

async function record(world: World, name: string, version?: number): Promise<ContractRecord> {
  const bytes = await world.query('contracts', 'get', encode(queries.get.args, { name, version }));
  const found = bytes instanceof Uint8Array ? decode(contractRecordSchema, bytes) : undefined;
  if (found?.ok !== true) throw new Error(`no record: ${JSON.stringify(bytes)}`);
  return found.value;
}

const note = (version: number): FakeContract => ({
  manifest: manifestOf('note', {
    methods: [methodOf('version', { kind: 'query', returns: t.int() })],
  }),
  methods: { version: () => version },
});

describe('deploying', () => {
  it('keeps code, manifest and owners, announces it, and the contract can be called', async () => {
    const world = new World();
    const done = world.deploy(invoices);
    expect(done.events.map(({ contract, name }) => `${contract}.${name}`)).toEqual([
      'contracts.deployed',
    ]);
    const found = await record(world, 'invoices');
    expect(found).toMatchObject({ version: 1, owners: { threshold: 1 }, height: 1 });
    expect(found.codeHash).toEqual(found.chunks[0]);
    expect(JSON.parse(new TextDecoder().decode(found.manifest))).toEqual(
      JSON.parse(JSON.stringify(invoices.manifest)),
    );
    expect(await record(world, 'invoices', 1)).toEqual(found);
    const row = { seller: 'acme', id: '1', amount: 1n, due: '2026-01-01', status: 'issued' };
    world.ok(world.bank, callOf(invoices, 'issue', row));
  });

  it('is for active organisations and their people, not for their things', () => {
    const world = new World();
    const ada = world.identity('person', 'Ada', world.harbour);
    const scale = world.identity('device', 'Scale', world.harbour);
    const bob = world.identity('person', 'Bob', world.mill);
    world.deactivate(world.mill);
    const [upload] = deployOf(world, invoices);
    if (upload === undefined) throw new Error('a call');
    for (const did of [scale, bob]) {
      expect(world.refusal(did, upload)).toMatchObject({ code: 'NoOrganisation' });
      expect(world.refusal(did, ...deployOf(world, invoices)).code).toBe('NoOrganisation');
    }
    world.ok(ada, ...deployOf(world, invoices));
  });

  it('takes owners that are active organisations, the one that deploys among them', () => {
    const world = new World();
    world.deactivate(world.mill);
    const { harbour, bank, mill } = world;
    const person = world.identity('person', 'Ada', harbour);
    const bad = [
      { organisations: [bank], threshold: 1 },
      { organisations: [harbour, harbour], threshold: 1 },
      { organisations: [harbour], threshold: 0 },
      { organisations: [harbour, bank], threshold: 3 },
      { organisations: [harbour, mill], threshold: 1 },
      { organisations: [harbour, person], threshold: 1 },
    ];
    for (const owners of bad) {
      expect(world.refusal(harbour, ...deployOf(world, invoices, owners)).code).toBe(
        'BadArguments',
      );
    }
    world.ok(
      harbour,
      ...deployOf(world, invoices, { organisations: [bank, harbour], threshold: 2 }),
    );
  });

  it('is refused for names that are taken, code that is missing and manifests of another name', () => {
    const world = new World();
    world.deploy(invoices);
    expect(
      world.refusal(
        world.bank,
        ...deployOf(world, invoices, { organisations: [world.bank], threshold: 1 }),
      ).code,
    ).toBe('ContractExists');
    const owners = { organisations: [world.harbour], threshold: 1 };
    const chunks = [suite.hash(Uint8Array.of(1))];
    for (const name of ['identity', 'roles', 'Upper', 'x', 'constructor-']) {
      const code = name === 'constructor-' ? 'CodeUnknown' : 'BadArguments';
      const call = native('contracts', 'deploy', { name, chunks, owners });
      expect(world.refusal(world.harbour, call).code).toBe(code);
    }
    const other = world.pieces(note(1), (pieces) =>
      native('contracts', 'deploy', { name: 'other', chunks: pieces, owners }),
    );
    expect(world.refusal(world.harbour, ...other)).toMatchObject({
      code: 'BadManifest',
      params: { contract: 'other', reason: 'it is that of note' },
    });
    const bad: FakeContract = { ...note(1), manifest: { ...note(1).manifest, abi: 2 as never } };
    expect(world.refusal(world.harbour, ...deployOf(world, bad)).code).toBe('BadManifest');
  });

  it('tells how code fails to load, and is metered', () => {
    const world = new World();
    const bad = { ...note(1), fails: 'BadCode' as const };
    expect(world.refusal(world.harbour, ...deployOf(world, bad))).toEqual({
      code: 'ContractFailed',
      params: { contract: 'note', method: 'load', failure: 'BadCode', message: 'no code' },
      frames: [
        { contract: 'note', at: 'inner 3:7' },
        { contract: 'note', at: '(code) 9:1' },
      ],
    });
    const heavy = { ...note(1), loadGas: 3_000_000 };
    const done = world.run(world.harbour, ...deployOf(world, heavy));
    expect(done.gas).toBeGreaterThan(3_000_000);
    world.gasLimit = 2_000_000;
    expect(
      world.run(world.harbour, ...deployOf(world, { ...heavy, manifest: manifestOf('m2') })),
    ).toMatchObject({
      status: { code: 'OutOfGas' },
      gas: 2_000_000,
    });
  });

  it('takes large code in pieces up to its bound, and keeps equal pieces once', async () => {
    const world = new World();
    const owners = { organisations: [world.harbour], threshold: 1 };
    const calls = world.pieces(
      note(7),
      (chunks) => native('contracts', 'deploy', { name: 'note', chunks, owners }),
      limits.codeBytesMax - 6,
    );
    expect(calls).toHaveLength(12);
    for (const call of calls) world.ok(world.harbour, call);
    const before = world.size;
    const [first] = calls;
    if (first === undefined) throw new Error('a call');
    world.ok(world.bank, first);
    expect(world.size).toBe(before);
    const { chunks, codeBytes } = await record(world, 'note');
    expect(codeBytes).toBe(limits.codeBytesMax);
    const args = encode(queries.code.args, { hash: chunks[0] ?? new Uint8Array(32) });
    const answer = await world.query('contracts', 'code', args);
    const piece = answer instanceof Uint8Array ? decode(queries.code.result, answer) : undefined;
    expect(piece?.ok === true && piece.value.bytes.length).toBe(limits.codeChunkBytesMax);

    const tooLarge = world.pieces(
      { ...note(8), manifest: { ...note(8).manifest, name: 'note2' } },
      (pieces) => native('contracts', 'deploy', { name: 'note2', chunks: pieces, owners }),
      limits.codeBytesMax - 5,
    );
    for (const call of tooLarge.slice(0, -1)) world.ok(world.harbour, call);
    expect(world.refusal(world.harbour, ...tooLarge.slice(-1))).toMatchObject({
      code: 'OverLimit',
      params: { limit: String(limits.codeBytesMax) },
    });
    expect(
      world.refusal(world.harbour, native('contracts', 'upload', { bytes: new Uint8Array(0) }))
        .code,
    ).toBe('BadArguments');
  });
});

describe('upgrading', () => {
  it('runs the new code from then on and keeps the old version readable', async () => {
    const world = new World();
    world.deploy(note(1));
    const first = await record(world, 'note');
    const done = world.ok(world.harbour, ...upgradeOf(world, note(2)));
    expect(done.events.map(({ name }) => name)).toEqual(['upgraded']);
    const answer = await world.query('note', 'version', new Uint8Array(0));
    expect(resultOf(note(2), 'version', answer as Uint8Array)).toBe(2);
    expect(await record(world, 'note')).toMatchObject({ version: 2, height: 2 });
    expect(await record(world, 'note', 1)).toEqual(first);
    const missing = await world.query(
      'contracts',
      'get',
      encode(queries.get.args, { name: 'note', version: 3 }),
    );
    expect(missing).toMatchObject({ code: 'RecordUnknown' });
  });

  it('needs its threshold of owners, who sign themselves or by people with the duty', () => {
    const world = new World();
    const { harbour, bank, mill } = world;
    const [ada, bob] = [
      world.identity('person', 'Ada', harbour),
      world.identity('person', 'Bob', bank),
    ];
    const owners = { organisations: [harbour, bank], threshold: 2 };
    world.ok(harbour, ...deployOf(world, note(1), owners));
    const upgrade = upgradeOf(world, note(2));
    expect(world.refusal(harbour, ...upgrade)).toEqual({
      code: 'NotOwner',
      params: { contract: 'note', threshold: '2', signed: '1' },
    });
    for (const signers of [[mill], [harbour, mill], [harbour, ada], [ada, bob], [harbour, bob]]) {
      expect(world.refusal(signers, ...upgrade).code).toBe('NotOwner');
    }
    world.ok(bank, native('roles', 'grantDuty', { did: bob, duty: 'deployer' }));
    world.ok([harbour, bob], ...upgrade);
    world.ok([bank, harbour], ...upgradeOf(world, note(3)));
  });

  it('may change the owners, under the same rules', async () => {
    const world = new World();
    world.deploy(note(1));
    const to = (organisations: readonly string[]): readonly Call[] =>
      world.pieces(note(2), (chunks) =>
        native('contracts', 'upgrade', {
          name: 'note',
          chunks,
          owners: { organisations, threshold: 1 },
        }),
      );
    expect(
      world.refusal(world.harbour, ...to([world.identity('person', 'Ada', world.bank)])).code,
    ).toBe('BadArguments');
    world.ok(world.harbour, ...to([world.bank]));
    expect((await record(world, 'note')).owners.organisations).toEqual([world.bank]);
    expect(world.refusal(world.harbour, ...upgradeOf(world, note(3))).code).toBe('NotOwner');
  });

  it('is refused where it does not fit what is stored', () => {
    const world = new World();
    world.deploy(invoices);
    const without = { ...invoices, manifest: { ...invoices.manifest, tables: [] } };
    expect(world.refusal(world.harbour, ...upgradeOf(world, without))).toMatchObject({
      code: 'IncompatibleUpgrade',
      params: { contract: 'invoices', reason: 'table invoice is gone' },
    });
    expect(world.refusal(world.harbour, ...upgradeOf(world, note(1))).code).toBe('UnknownContract');
  });
});

describe('what is deployed', () => {
  it('is listed in pages', async () => {
    const world = new World();
    for (const name of ['bbb', 'aaa', 'ccc'])
      world.deploy({ ...note(1), manifest: { ...note(1).manifest, name } });
    const list = async (after: string | undefined): Promise<readonly string[]> => {
      const answer = await world.query(
        'contracts',
        'list',
        encode(queries.list.args, { after, limit: 2 }),
      );
      const page = answer instanceof Uint8Array ? decode(queries.list.result, answer) : undefined;
      if (page?.ok !== true) throw new Error('no page');
      return [...page.value.rows.map(({ name }) => name), String(page.value.next)];
    };
    expect(await list(undefined)).toEqual(['aaa', 'bbb', 'bbb']);
    expect(await list('bbb')).toEqual(['ccc', 'undefined']);
    const none = await world.query(
      'contracts',
      'list',
      encode(queries.list.args, { after: undefined, limit: 0 }),
    );
    expect(none).toMatchObject({ code: 'BadArguments' });
  });

  it('does not depend on what a node has at hand', async () => {
    const world = new World();
    const counter = probe((host) => host.spend(777));
    world.deploy(counter);
    const gas = (): number => world.ok(world.bank, callOf(counter, 'run')).gas;
    const warm = gas();
    const { loads } = world.isolate;
    expect(gas()).toBe(warm);
    expect(world.isolate.loads).toBe(loads);
    const cold = world.freshVm();
    const call = callOf(counter, 'run');
    const read = world.read();
    const prepared = world.freshVm();
    prepared.prepare(read, 'none');
    prepared.prepare(read, 'probe');
    expect(world.isolate.loads).toBe(loads + 1);
    const state = {
      ...read,
      set: () => undefined,
      delete: () => undefined,
      bucketEntries: () => 0,
    };
    const context = {
      height: 9,
      time: 9,
      txid: new Uint8Array(32),
      signers: [{ did: world.bank, kid: 'k1' }],
    };
    for (const vm of [cold, prepared]) {
      const done = vm.execute({ state, context, call, gasLeft: 1_000_000, eventsLeft: 1 });
      expect(done.gas).toBe(warm);
      expect(world.isolate.loads).toBe(loads + 2);
    }
  });

  it('fails by name', () => {
    const world = new World();
    for (const failure of [
      'OutOfMemory',
      'StackOverflow',
      'Threw',
      'BadValue',
      'Unfinished',
    ] as const) {
      const contract = failing(failure);
      const name = `fails-${failure.toLowerCase()}`;
      const named = { ...contract, manifest: { ...contract.manifest, name } };
      world.deploy(named);
      expect(world.refusal(world.bank, callOf(named, 'run'))).toMatchObject({
        code: 'ContractFailed',
        params: { contract: name, method: 'run', failure },
      });
    }
  });
});
