import { encode, t } from '@hanse/codec';
import { limits, utf8 } from '@hanse/kit';
import { evidenceKeyBytes } from '@hanse/model';
import { describe, expect, it } from 'vitest';
import { invoices, manifestOf, methodOf, probe, shapeOf } from '../test/contracts.ts';
import { Reject, type FakeContract } from '../test/fake.ts';
import { callOf, native, resultOf, suite, World } from '../test/world.ts';
import type { CallInfo } from './manifest.ts';
import type { HostValue } from './ports.ts';

const row = { seller: 'acme', id: '1', amount: 5n, due: '2026-01-31', status: 'issued' };
const key = { seller: 'acme', id: '1' };
const none = new Uint8Array(0);

function newWorld(...contracts: readonly FakeContract[]): World {
  const world = new World();
  for (const contract of contracts) world.deploy(contract);
  return world;
}

describe('a command', () => {
  it('writes rows, returns its result and announces events in canonical bytes', async () => {
    const world = newWorld(invoices);
    const done = world.ok(world.bank, callOf(invoices, 'issue', row));
    const data = encode(t.struct({ id: t.text(40), amount: t.amount }), { id: '1', amount: 5n });
    expect(done.events).toEqual([{ contract: 'invoices', name: 'Issued', data }]);
    const answer = await world.query('invoices', 'get', callOf(invoices, 'get', key).args);
    expect(resultOf(invoices, 'get', answer as Uint8Array)).toEqual({ ...row, note: undefined });
    expect(world.keys('c/invoices/r/')).toEqual(['c/invoices/r/invoice/acme\0\x001\0\0']);
  });

  it('that rejects leaves nothing, and says where', () => {
    const world = newWorld(invoices);
    const { size } = world;
    const issue = callOf(invoices, 'issue', row);
    const refused = world.run(world.bank, issue, callOf(invoices, 'pay', { seller: 'x', id: 'y' }));
    expect(refused).toMatchObject({ results: [], events: [] });
    expect(refused.status).toEqual({
      code: 'ContractRejected',
      params: {
        contract: 'invoices',
        method: 'pay',
        reason: 'NO_INVOICE',
        message: 'there is none',
      },
      frames: [
        { contract: 'invoices', at: 'inner 3:7' },
        { contract: 'invoices', at: '(code) 9:1' },
      ],
    });
    expect(world.size).toBe(size);
  });

  it('is refused by name when it, its arguments or its contract are not there', () => {
    const world = newWorld(invoices);
    const issue = callOf(invoices, 'issue', row);
    for (const contract of ['none', 'constructor', '__proto__', '', 'a/b']) {
      expect(world.refusal(world.bank, { ...issue, contract }).code).toBe('UnknownContract');
    }
    for (const method of ['none', 'constructor', '']) {
      expect(world.refusal(world.bank, { ...issue, method }).code).toBe('UnknownMethod');
      expect(world.refusal(world.bank, { ...issue, contract: 'roles', method }).code).toBe(
        'UnknownMethod',
      );
    }
    for (const args of [none, issue.args.subarray(1), Uint8Array.of(...issue.args, 0)]) {
      expect(world.refusal(world.bank, { ...issue, args })).toMatchObject({
        code: 'BadArguments',
        params: { contract: 'invoices', method: 'issue' },
      });
    }
    const settle = callOf(invoices, 'settle', key);
    expect(world.refusal(world.bank, settle).params['needs']).toBe('another contract');
  });

  it('cannot put text into a refusal that a receipt does not hold', () => {
    const loud = probe(() => {
      throw new Reject('\ud800'.repeat(300), `${'🚢'.repeat(300)}\udfff`);
    });
    const world = newWorld(loud);
    const { params } = world.refusal(world.bank, callOf(loud, 'run'));
    for (const value of Object.values(params)) {
      expect(utf8(value).length).toBeLessThanOrEqual(200);
      expect(/\p{Surrogate}/u.test(value)).toBe(false);
    }
  });

  it('is refused for a result or an event over its bound, and for events without end', () => {
    const big = t.struct({ bytes: t.bytes(65_536), more: t.bytes(65_536) });
    const result = probe(() => ({ bytes: new Uint8Array(60_000), more: new Uint8Array(6_000) }), {
      returns: big,
    });
    const loud: FakeContract = {
      manifest: manifestOf('loud', {
        events: [{ name: 'Big', data: shapeOf(t.struct({ bytes: t.bytes(65_536) })) }],
        methods: [
          methodOf('run', { args: t.struct({ count: t.int(0, 99), size: t.int(0, 65_536) }) }),
        ],
      }),
      methods: {
        run: (host, { count, size }: { readonly count: number; readonly size: number }) => {
          for (let i = 0; i < count; i++) host.emit('Big', { bytes: new Uint8Array(size) });
        },
      },
    };
    const world = newWorld(result, loud);
    expect(world.refusal(world.bank, callOf(result, 'run')).code).toBe('OverLimit');
    const run = (count: number, size: number) => callOf(loud, 'run', { count, size });
    expect(world.refusal(world.bank, run(1, limits.argsBytesMax)).code).toBe('OverLimit');
    expect(world.ok(world.bank, run(40, 1), run(24, 1)).events).toHaveLength(64);
    expect(world.refusal(world.bank, run(40, 1), run(25, 1))).toMatchObject({
      code: 'OverLimit',
      params: { value: '65', limit: '64' },
    });
  });
});

describe('guards', () => {
  const guarded: FakeContract = {
    manifest: manifestOf('guarded', {
      methods: [
        methodOf('finance', {
          allow: [
            { kind: 'role', role: 'bank' },
            { kind: 'duty', duty: 'maker' },
          ],
        }),
      ],
    }),
    methods: { finance: () => undefined },
  };

  it('are checked before any code runs: a role, a duty or an organisation', () => {
    const world = newWorld(guarded);
    const { harbour, bank, mill } = world;
    const own = probe(() => undefined, {
      name: 'own',
      allow: [{ kind: 'organisation', did: bank }],
    });
    world.deploy(own);
    const [ada, bob] = [
      world.identity('person', 'Ada', bank),
      world.identity('person', 'Bob', mill),
    ];
    const call = callOf(guarded, 'finance');
    expect(world.refusal(bank, call)).toEqual({
      code: 'NotAllowed',
      params: {
        contract: 'guarded',
        method: 'finance',
        needs: 'role bank or duty maker',
        caller: bank,
      },
    });
    const grant = native('roles', 'grant', { organisation: bank, role: 'bank' });
    world.ok([harbour, mill], grant);
    world.ok(bank, call);
    world.ok(ada, call);
    expect(world.refusal(bob, call).code).toBe('NotAllowed');
    world.ok(mill, native('roles', 'grantDuty', { did: bob, duty: 'maker' }));
    world.ok(bob, call);
    expect(world.refusal([mill, bob], call).code).toBe('NotAllowed');
    world.ok(ada, callOf(own, 'run'));
    expect(world.refusal(bob, callOf(own, 'run')).params['needs']).toBe(bank);
  });

  it('see what the transaction itself has changed', () => {
    const world = newWorld(guarded);
    const { harbour, bank, mill } = world;
    const grant = native('roles', 'grant', { organisation: bank, role: 'bank' });
    const revoke = native('roles', 'revoke', { organisation: bank, role: 'bank' });
    const call = callOf(guarded, 'finance');
    world.ok([bank, harbour], grant, call);
    expect(world.refusal([bank, harbour, mill], revoke, call).code).toBe('NotAllowed');
  });
});

describe('who calls', () => {
  let seen: CallInfo[] = [];
  const inner = probe((_host, _args, info) => void seen.push(info), { name: 'inner' });
  const outer = probe(
    (host, _args, info) => {
      seen.push(info);
      host.call('inner', 'run', {});
    },
    { name: 'outer' },
  );

  it('is the first signer with its organisation, then the contract with none', () => {
    const world = newWorld(inner, outer);
    const { harbour, bank, mill } = world;
    const ada = world.identity('person', 'Ada', bank);
    world.ok([harbour, mill], native('roles', 'grant', { organisation: bank, role: 'bank' }));
    world.ok(bank, native('roles', 'grantDuty', { did: ada, duty: 'maker' }));
    seen = [];
    const { height, time } = world;
    world.ok([ada, mill], callOf(outer, 'run'));
    const signers = [
      { did: ada, organisation: bank, duties: ['maker'] },
      { did: mill, organisation: mill, duties: [] },
    ];
    const [first, second] = seen;
    const self = { caller: ada, organisation: bank, roles: ['bank'], duties: ['maker'] };
    expect(first).toMatchObject({ ...self, via: '', height, time, signers });
    const contract = { caller: 'outer', organisation: '', roles: [], duties: [] };
    expect(second).toMatchObject({ ...contract, via: 'outer', height, time, signers });
    expect(second?.txid).toEqual(first?.txid);
  });

  it('of a query is nobody', async () => {
    const asked = probe((_host, _args, info) => void seen.push(info), {
      name: 'asked',
      kind: 'query',
    });
    const world = newWorld(asked);
    seen = [];
    await world.query('asked', 'run', none);
    expect(seen).toEqual([
      {
        caller: '',
        organisation: '',
        roles: [],
        duties: [],
        signers: [],
        via: '',
        height: world.height - 1,
        time: world.time,
        txid: new Uint8Array(32),
      },
    ]);
  });
});

describe('contracts that call contracts', () => {
  const money = t.struct({ of: t.text(40), sum: t.amount, note: t.option(t.text(9)) });
  const bankContract: FakeContract = {
    manifest: manifestOf('cash', {
      methods: [
        methodOf('pay', { args: money, returns: money }),
        methodOf('burn', { args: t.struct({ gas: t.int() }) }),
        methodOf('no', {}),
        methodOf('peek', { kind: 'query', args: t.struct({}), returns: t.int() }),
        methodOf('back', {}),
      ],
    }),
    methods: {
      pay: (_host, args: object) => args,
      burn: (host, { gas }: { readonly gas: number }) => host.spend(gas),
      no: () => {
        throw new Reject('NO');
      },
      peek: () => 7,
      back: (host) => void host.call('front', 'run', {}),
    },
  };
  const front = (run: Parameters<typeof probe>[0], kind: 'command' | 'query' = 'command') =>
    probe(run, { name: 'front', kind, returns: t.struct({}) });

  it('hand over values and get values back', () => {
    let got: HostValue;
    const caller = front((host) => {
      got = host.call('cash', 'pay', { of: 'acme', sum: 7n });
    });
    const world = newWorld(bankContract, caller);
    world.ok(world.bank, callOf(caller, 'run'));
    expect(got).toEqual({ of: 'acme', sum: 7n });
  });

  it('share one transaction: gas, refusals and rows', () => {
    const settle = front((host) => void host.call('invoices', 'settle', key));
    const world = newWorld(invoices, settle);
    world.ok(world.bank, callOf(invoices, 'issue', row), callOf(settle, 'run'));
    expect(
      world.refusal(world.bank, callOf(settle, 'run'), callOf(invoices, 'issue', row)).code,
    ).toBe('RowExists');
    const cheap = newWorld(
      bankContract,
      front(() => undefined),
    );
    const base = cheap.ok(
      cheap.bank,
      callOf(
        front(() => undefined),
        'run',
      ),
    ).gas;
    const burner = front((host) => void host.call('cash', 'burn', { gas: 100_000 }));
    const other = newWorld(bankContract, burner);
    const { gas } = other.ok(other.bank, callOf(burner, 'run'));
    expect(gas).toBeGreaterThan(base + 100_000);
    other.gasLimit = gas - 1;
    expect(other.run(other.bank, callOf(burner, 'run'))).toMatchObject({
      status: { code: 'OutOfGas', params: { limit: String(gas - 1) } },
      gas: gas - 1,
    });
    other.gasLimit = gas;
    expect(other.ok(other.bank, callOf(burner, 'run')).gas).toBe(gas);
  });

  it('end the whole transaction when the one called refuses, even if the caller would go on', () => {
    const stubborn = front((host) => {
      try {
        host.call('cash', 'no', {});
      } catch (error) {
        // An isolate lets no code catch it; this one is only JavaScript.
        throw error instanceof Error ? error : new Error('no');
      }
    });
    const world = newWorld(bankContract, stubborn);
    expect(world.refusal(world.bank, callOf(stubborn, 'run'))).toMatchObject({
      code: 'ContractRejected',
      params: { contract: 'cash', method: 'no', reason: 'NO' },
      frames: [{ contract: 'cash' }, { contract: 'cash' }],
    });
  });

  const misuses: readonly (readonly [string, string, string, HostValue])[] = [
    ['UnknownContract', 'none', 'pay', {}],
    ['UnknownContract', 'roles', 'grant', {}],
    ['UnknownMethod', 'cash', 'none', {}],
    ['BadArguments', 'cash', 'pay', { of: 'acme' }],
    ['BadArguments', 'cash', 'pay', { of: 'acme', sum: 7n, more: true }],
    ['BadArguments', 'cash', 'pay', { of: 'acme', sum: 7 }],
    ['BadArguments', 'cash', 'pay', { of: 'acme', sum: -1n }],
    ['BadArguments', 'cash', 'pay', { of: '\ud800', sum: 1n }],
    ['BadArguments', 'cash', 'pay', undefined],
    ['ReEntry', 'front', 'run', {}],
    ['ReEntry', 'cash', 'back', {}],
  ];
  it.each(misuses)('are refused with %s for %s.%s', (code, contract, method, args) => {
    const caller = front((host) => void host.call(contract, method, args));
    const world = newWorld(bankContract, caller);
    expect(world.refusal(world.bank, callOf(caller, 'run')).code).toBe(code);
  });

  it('go so deep and no deeper', () => {
    const links = Array.from({ length: 9 }, (_, i) =>
      probe((host) => void (i < 8 && host.call(`link-${i + 1}`, 'run', {})), { name: `link-${i}` }),
    );
    const world = newWorld(...links);
    const [deepest, allowed] = links;
    if (deepest === undefined || allowed === undefined) throw new Error('links');
    expect(world.refusal(world.bank, callOf(deepest, 'run'))).toMatchObject({
      code: 'CallDepth',
      params: { contract: 'link-8', limit: String(limits.callDepthMax) },
    });
    world.ok(world.bank, callOf(allowed, 'run'));
  });

  it('read from a query, and only read', async () => {
    let got: HostValue;
    const asking = front((host) => {
      got = host.call('cash', 'peek', {});
    }, 'query');
    const world = newWorld(bankContract, asking);
    expect(await world.query('front', 'run', none)).toBeInstanceOf(Uint8Array);
    expect(got).toBe(7);
    const paying = front((host) => void host.call('cash', 'pay', { of: 'a', sum: 1n }), 'query');
    const other = newWorld(bankContract, paying);
    expect(await other.query('front', 'run', none)).toMatchObject({ code: 'ReadOnly' });
    expect(other.refusal(other.bank, callOf(paying, 'run')).code).toBe('ReadOnly');
  });
});

describe('queries', () => {
  it('read pages with cursors and write nothing', async () => {
    const world = newWorld(invoices);
    for (let i = 0; i < 250; i++) {
      const due = `2026-0${1 + (i % 9)}-01`;
      world.ok(world.bank, callOf(invoices, 'issue', { ...row, id: `I${i}`, due }));
    }
    for (const list of ['list', 'dues']) {
      const ids = new Set<unknown>();
      for (let after: unknown; ;) {
        const { args } = callOf(invoices, list, { limit: 60, after });
        const answer = await world.query('invoices', list, args);
        const page = resultOf(invoices, list, answer as Uint8Array) as {
          readonly rows: readonly { readonly id: string }[];
          readonly next: Uint8Array | undefined;
        };
        for (const { id } of page.rows) ids.add(id);
        after = page.next;
        if (after === undefined) break;
      }
      expect(ids.size).toBe(250);
    }
    const { size } = world;
    expect(await world.query('invoices', 'cheat', callOf(invoices, 'cheat', key).args)).toEqual({
      code: 'ReadOnly',
      params: { contract: 'invoices', method: 'cheat' },
    });
    expect(world.refusal(world.bank, callOf(invoices, 'cheat', key)).code).toBe('ReadOnly');
    expect(world.size).toBe(size);
  });

  it('are refused by name', async () => {
    const world = newWorld(invoices);
    const ask = async (contract: string, query: string, args: Uint8Array = none) => {
      const answer = await world.query(contract, query, args);
      return answer instanceof Uint8Array ? 'ok' : answer.code;
    };
    expect(await ask('none', 'get')).toBe('UnknownContract');
    expect(await ask('invoices', 'none')).toBe('UnknownMethod');
    expect(await ask('invoices', 'issue')).toBe('UnknownQuery');
    expect(await ask('invoices', 'settle')).toBe('UnknownQuery');
    expect(await ask('contracts', 'none')).toBe('UnknownQuery');
    expect(await ask('invoices', 'get')).toBe('BadArguments');
    expect(await ask('contracts', 'get')).toBe('BadArguments');
  });

  it('have ten times the gas of a transaction, and no more', async () => {
    const heavy = probe((host) => host.spend(limits.gasPerQueryMax), { kind: 'query' });
    const world = newWorld(heavy);
    expect(await world.query('probe', 'run', none)).toMatchObject({
      code: 'OutOfGas',
      params: { limit: String(limits.gasPerQueryMax) },
    });
  });

  it('can be called in a transaction, for an answer that is ordered', () => {
    const world = newWorld(invoices);
    const done = world.ok(world.bank, callOf(invoices, 'issue', row), callOf(invoices, 'get', key));
    expect(resultOf(invoices, 'get', done.results[1])).toMatchObject(row);
  });
});

describe('what else code can ask for', () => {
  it('is a deposit by its id, and the hash of the chain', () => {
    const id = suite.hash(utf8('a file'));
    const found: unknown[] = [];
    const reader = probe((host) => {
      found.push(host.deposit(id), host.deposit(suite.hash(id)), host.deposit(id.subarray(1)));
      found.push(host.hash(utf8('x')));
    });
    const world = newWorld(reader);
    const record = Uint8Array.of(1, 2, 3);
    world.set(evidenceKeyBytes(id), record);
    world.ok(world.bank, callOf(reader, 'run'));
    expect(found).toEqual([record, undefined, undefined, suite.hash(utf8('x'))]);
  });

  it('is refused where the code names no table, no event or no mode of its manifest', () => {
    const wild = [
      probe((host) => void host.raw.get(0, none), { name: 'wild-0' }),
      probe((host) => host.raw.put(-1, none, 'put'), { name: 'wild-1' }),
      probe((host) => void host.raw.remove(3, none), { name: 'wild-2' }),
      probe((host) => host.raw.emit(0, none), { name: 'wild-3' }),
    ];
    const world = newWorld(...wild);
    for (const one of wild) {
      expect(world.refusal(world.bank, callOf(one, 'run'))).toMatchObject({
        code: 'ContractFailed',
        params: { failure: 'BadValue' },
      });
    }
  });
});

describe('gas', () => {
  it('is charged before the work: with less, nothing more is done than it pays for', () => {
    const world = newWorld(invoices);
    const issue = callOf(invoices, 'issue', row);
    const { gas } = world.run(world.bank, issue);
    const other = newWorld(invoices);
    for (const gasLimit of [gas - 1, gas - 5_000, 10_000, 6_000, 1, 0]) {
      other.gasLimit = gasLimit;
      expect(other.run(other.bank, issue)).toMatchObject({
        status: { code: 'OutOfGas' },
        gas: gasLimit,
      });
    }
    other.gasLimit = gas;
    expect(other.ok(other.bank, issue).gas).toBe(gas);
  });

  it('grows with the bucket that a write lands in, which is bounded', () => {
    const gasAt = (crowd: number): number => {
      const world = newWorld(invoices);
      world.crowd = crowd;
      return world.ok(world.bank, callOf(invoices, 'issue', row)).gas;
    };
    expect(gasAt(limits.bucketTargetEntries)).toBe(gasAt(0));
    expect(gasAt(100)).toBeGreaterThan(gasAt(50));
    const world = newWorld(invoices);
    world.crowd = limits.bucketEntriesMax;
    expect(world.refusal(world.bank, callOf(invoices, 'issue', row)).code).toBe('OverLimit');
  });
});
