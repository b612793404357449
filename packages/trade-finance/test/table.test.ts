import { describe, expect, it } from 'vitest';
import { ACTS, RECEIVABLE, type Act } from '../src/packs/acts.ts';
import type { State } from '../src/title/transitions.ts';
import { DAY_MS, refused, World, type Actor } from './world.ts';

const ALL = { from: 1, to: 100_000 };

/** Everything that the acts need besides the pack. */
type Setup = { readonly world: World; readonly pack: Uint8Array };

/** Ways to bring a fresh pack of S1 into a state. */
const REACH: Partial<Record<State, (setup: Setup) => Promise<void>>> = {
  'ISSUED/AWAITING_SIGN': async () => undefined,
  'ISSUED/LOCKED': async ({ world, pack }) => world.s1.packs.requestConfirm({ pack }),
  'ACCEPTED/AWAITING_SIGN': async ({ world, pack }) => confirmed(world, pack, true),
  'ACCEPTED/LOCKED': async ({ world, pack }) => {
    await confirmed(world, pack, true);
    await world.coreMaker.packs.requestReceipt({ pack });
  },
  'RECEIVED/CIRCULATING': async ({ world, pack }) => {
    await confirmed(world, pack, true);
    await world.s1.packs.receive({ pack });
  },
  'RECEIVED/NON_TRANSFERABLE': async ({ world, pack }) => {
    await confirmed(world, pack, false);
    await world.s1.packs.receive({ pack });
  },
  'RECEIVED/LOCKED': async (setup) => {
    await reach(setup, 'RECEIVED/CIRCULATING');
    await request(setup, 'transfer', setup.world.s1);
  },
  'RECEIVED/PLEDGED': async (setup) => {
    await reach(setup, 'RECEIVED/CIRCULATING');
    const { s1: holder, b1: bank } = setup.world;
    await setup.world.financed(setup.pack, ALL, { holder, bank, kind: 'pledge' });
  },
  'MATURED/CIRCULATING': async (setup) => matured(setup, 'RECEIVED/CIRCULATING'),
  'MATURED/NON_TRANSFERABLE': async (setup) => matured(setup, 'RECEIVED/NON_TRANSFERABLE'),
  'MATURED/PLEDGED': async (setup) => matured(setup, 'RECEIVED/PLEDGED'),
  'MATURED/COLLECTING': async (setup) => {
    await reach(setup, 'MATURED/CIRCULATING');
    await request(setup, 'present', setup.world.s1);
  },
  'DISHONOURED/RECOURSING': async (setup) => {
    await reach(setup, 'MATURED/COLLECTING');
    await setup.world.b2.packs.refuse({ pack: setup.pack, from: 1 });
  },
  'DISHONOURED/COLLECTING': async (setup) => {
    await reach(setup, 'DISHONOURED/RECOURSING');
    await request(setup, 'present', setup.world.s1);
  },
  'SETTLED/ENDED': async (setup) => {
    await reach(setup, 'MATURED/COLLECTING');
    await sign(setup, 'present', setup.world.b2);
  },
  'VOIDED/ENDED': async ({ world, pack }) => world.s1.packs.withdraw({ pack }),
};

async function confirmed(world: World, pack: Uint8Array, isTransferable: boolean): Promise<void> {
  await world.s1.packs.requestConfirm({ pack });
  await world.pair('Core').packs.confirm({ pack, isTransferable });
}

async function matured(setup: Setup, from: State): Promise<void> {
  await reach(setup, from);
  setup.world.chain.next({ afterMs: 90 * DAY_MS });
  await setup.world.coreMaker.packs.mature({ pack: setup.pack, from: 1 });
}

async function reach(setup: Setup, state: State): Promise<void> {
  const way = REACH[state];
  if (way === undefined) throw new Error(`no way to ${state}`);
  await way(setup);
  expect(await stateOf(setup)).toBe(state);
}

async function stateOf({ world, pack }: Setup): Promise<string | undefined> {
  return (await world.picture(pack))[0]?.split(' ')[2];
}

async function request({ world, pack }: Setup, act: Act, by: Actor): Promise<unknown> {
  const { s2, b1, b2 } = world;
  switch (act) {
    case 'register':
      return by.packs.issue({
        document: await world.sale('other'),
        units: 1_000,
        due: '2027-06-01',
      });
    case 'confirm':
      return by.packs.requestConfirm({ pack });
    case 'withdraw':
      return by.packs.withdraw({ pack });
    case 'receive':
      return by.packs.requestReceipt({ pack });
    case 'transfer':
      return by.packs.transfer({
        pack,
        ...ALL,
        receiver: s2.organisation,
        purpose: 'trade',
        document: await world.invoice({
          name: `trade ${world.fresh().join('')}`,
          seller: s2.organisation,
          buyer: world.s1.organisation,
        }),
      });
    case 'finance':
    case 'pledge':
      return by.packs.ask({ pack, ...ALL, bank: b1.organisation, kind: act });
    case 'release':
      return by.packs.release({ pack, ...ALL });
    case 'mature':
      return by.packs.mature({ pack, from: 1 });
    case 'present':
      return by.packs.present({ pack, from: 1, collector: b2.organisation });
    default:
      return act satisfies never;
  }
}

async function sign({ world, pack }: Setup, act: Act, by: Actor): Promise<unknown> {
  switch (act) {
    case 'confirm': {
      // Both persons of whichever organisation it is.
      const name = by.organisation === world.core.organisation ? 'Core' : 'S4';
      return world.pair(name).packs.confirm({ pack, isTransferable: true });
    }
    case 'receive':
      return by.packs.receive({ pack });
    case 'transfer':
      return by.packs.sign({ pack, from: 1 });
    case 'finance':
    case 'pledge': {
      const { rows } = await by.packs.query.deals({ pack });
      const deal = rows.at(-1);
      const lock = deal?.lock ?? world.fresh();
      return by.packs.finance({ deal: deal?.id ?? world.fresh(), lock, proof: world.fresh() });
    }
    case 'present':
      return by.packs.settle({ pack, ...ALL, proof: world.fresh() });
    case 'register':
    case 'withdraw':
    case 'release':
    case 'mature':
      throw new Error(`${act} needs no signature`);
    default:
      return act satisfies never;
  }
}

/** Bring a deal to the stage at which the bank's money signs it. */
async function offerAndAccept({ world, pack }: Setup): Promise<void> {
  const { rows } = await world.s1.packs.query.deals({ pack });
  const deal = rows.at(-1)?.id ?? new Uint8Array(32);
  const terms = world.fresh();
  await world.b1.packs.offer({ deal, terms, ...world.checked({ name: 'sale' }) });
  await world.s1.packs.accept({ deal, terms });
}

async function setUp(): Promise<Setup> {
  const world = new World();
  return { world, pack: await world.issued() };
}

/** Who asks in these tests, where S1 is the supplier and holder, B1 the bank, and B2 collects. */
function askerOf({ b1, s1 }: World, act: Act, from: State | undefined): Actor {
  return act === 'release' || (act === 'present' && from === 'MATURED/PLEDGED') ? b1 : s1;
}

function signerOf({ coreMaker, s1, s2, b1, b2 }: World, act: Act): Actor {
  if (act === 'confirm') return coreMaker;
  if (act === 'receive') return s1;
  if (act === 'transfer') return s2;
  return act === 'present' ? b2 : b1;
}

/** Acts whose request comes from somebody else than the one who can do both. */
const ASKED_BY_DEBTOR: readonly Act[] = ['receive'];

async function ask(setup: Setup, act: Act, from: State | undefined): Promise<void> {
  const { world } = setup;
  if (act === 'release' || act === 'mature') await waitIfDue(setup, from);
  const asker = ASKED_BY_DEBTOR.includes(act) ? world.coreMaker : askerOf(world, act, from);
  await request(setup, act, asker);
}

async function waitIfDue({ world }: Setup, from: State | undefined): Promise<void> {
  if (from?.startsWith('RECEIVED') === true) world.chain.next({ afterMs: 90 * DAY_MS });
}

const rules = RECEIVABLE.filter(({ from }) => from !== undefined).map(
  (rule) => [`${rule.act} from ${rule.from}`, rule] as const,
);
const signed = rules.filter(([, { sign }]) => sign !== undefined);

describe('every rule of the table', () => {
  it('register makes an interval of all units', async () => {
    const { world, pack } = await setUp();
    expect(await world.picture(pack)).toEqual(['1-100000 s1 ISSUED/AWAITING_SIGN']);
  });

  it.each(rules)('%s: the request', async (_, { act, from, request: step }) => {
    const setup = await setUp();
    await reach(setup, from ?? 'ISSUED/AWAITING_SIGN');
    await ask(setup, act, from);
    expect(await stateOf(setup)).toBe(step.to[0]);
  });

  it.each(rules)('%s: by nobody else', async (_, { act, from }) => {
    const setup = await setUp();
    await reach(setup, from ?? 'ISSUED/AWAITING_SIGN');
    if (act === 'mature') await waitIfDue(setup, from);
    await refused(request(setup, act, setup.world.s4), 'NOT_YOUR_ACT');
  });

  it.each(signed)('%s: the signature', async (_, { act, from, sign: step }) => {
    const setup = await setUp();
    await reach(setup, from ?? 'ISSUED/AWAITING_SIGN');
    await ask(setup, act, from);
    if (act === 'finance' || act === 'pledge') await offerAndAccept(setup);
    await sign(setup, act, signerOf(setup.world, act));
    expect(await stateOf(setup)).toBe(step?.to[0]);
  });

  it.each(signed)('%s: signed by nobody else', async (_, { act, from }) => {
    const setup = await setUp();
    const { world } = setup;
    await reach(setup, from ?? 'ISSUED/AWAITING_SIGN');
    await ask(setup, act, from);
    if (act === 'finance' || act === 'pledge') await offerAndAccept(setup);
    if (act === 'confirm') world.chain.as({ organisation: 'S4', roles: ['core-enterprise'] });
    const stranger =
      act === 'present' || act === 'finance' || act === 'pledge' ? world.b3 : world.s4;
    await refused(sign(setup, act, stranger), 'NOT_YOUR_ACT');
  });

  it.each(signed)('%s: the refusal', async (_, { act, from, refuse }) => {
    const setup = await setUp();
    const { world, pack } = setup;
    await reach(setup, from ?? 'ISSUED/AWAITING_SIGN');
    await ask(setup, act, from);
    await refused(world.s4.packs.refuse({ pack, from: 1 }), 'NOT_YOUR_ACT');
    await signerOf(world, act).packs.refuse({ pack, from: 1 });
    expect(await stateOf(setup)).toBe(refuse?.to[0]);
    await refused(signerOf(world, act).packs.refuse({ pack, from: 1 }), 'REQUEST_UNKNOWN');
  });

  it.each(signed)('%s: taken back', async (_, { act, from, recall }) => {
    const setup = await setUp();
    const { world, pack } = setup;
    await reach(setup, from ?? 'ISSUED/AWAITING_SIGN');
    await ask(setup, act, from);
    const asker = ASKED_BY_DEBTOR.includes(act) ? world.coreMaker : askerOf(world, act, from);
    if (recall === undefined) {
      await refused(asker.packs.recall({ pack, from: 1 }), 'ILLEGAL_ACT');
      return;
    }
    await refused(world.s4.packs.recall({ pack, from: 1 }), 'NOT_YOUR_ACT');
    await asker.packs.recall({ pack, from: 1 });
    expect(await stateOf(setup)).toBe(recall.to[0]);
  });

  it('a title that may not circulate is received as such', async () => {
    const setup = await setUp();
    await reach(setup, 'RECEIVED/NON_TRANSFERABLE');
    await refused(request(setup, 'transfer', setup.world.s1), 'ILLEGAL_ACT');
  });
});

describe('nothing but the table', () => {
  const states = Object.keys(REACH) as State[];
  const acts = ACTS.filter((act) => act !== 'register');
  const pairs = states.flatMap((state) =>
    acts
      .filter((act) => !RECEIVABLE.some((rule) => rule.act === act && rule.from === state))
      // A received interval that is due matures on its way to being presented.
      .filter((act) => !(act === 'present' && state.startsWith('RECEIVED/')))
      .map((act) => [`${act} from ${state}`, act, state] as const),
  );

  it.each(pairs)('%s is refused', async (_, act, state) => {
    const setup = await setUp();
    await reach(setup, state);
    if (act === 'mature') setup.world.chain.next({ afterMs: 90 * DAY_MS });
    for (const by of [setup.world.s1, setup.world.coreMaker, setup.world.b1]) {
      await refused(request(setup, act, by), 'ILLEGAL_ACT');
    }
    expect(await stateOf(setup)).toBe(state);
  });

  it('covers every state that the table knows', () => {
    const known = new Set(
      RECEIVABLE.flatMap(({ from, request: asked, sign: done, refuse, recall }) => [
        ...(from === undefined ? [] : [from]),
        ...[asked, done, refuse, recall].flatMap((step) => step?.to ?? []),
      ]),
    );
    expect(new Set(states)).toEqual(known);
  });
});
