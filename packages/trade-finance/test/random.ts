/**
 * Random operations on packs, judged after each one. What is right is computed here in the simplest way there is:
 * unit by unit.
 */
import { RECEIVABLE, type Act } from '../src/packs/acts.ts';
import { isSameTitle } from '../src/packs/book.ts';
import { DEFAULT_RULES } from '../src/packs/rules.ts';
import type { Deal, Entry, Interval, Pack, Request } from '../src/packs/tables.ts';
import { isEqual } from '../src/title/bytes.ts';
import { sizeOf, tilingError, type Range } from '../src/title/intervals.ts';
import { ruleOf, type State, type Transition } from '../src/title/transitions.ts';
import { DAY_MS, World, type Actor } from './world.ts';

/** Random numbers of a seed, for runs that can be repeated. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer from 0 to `below` - 1. */
  roll(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  }

  pick<T>(list: readonly T[]): T {
    const found = list[this.roll(list.length)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  }
}

type Unit = {
  state: State | undefined;
  holder: string;
  /** The rule of the open request on it. */
  pending: Transition<Act> | undefined;
};

type Operation = readonly [name: string, call: () => Promise<unknown>];

type Tracked = {
  readonly id: Uint8Array;
  readonly name: string;
  pack: Pack;
  intervals: readonly Interval[];
  /** Where the history has led each unit so far. */
  readonly units: readonly Unit[];
};

/** Packs with fewer units than this are small enough to be looked at unit by unit. */
const UNITS_MAX = 60;
const PACKS_LIVE = 4;

/** Codes that are no refusal but a mistake of the contract. */
const FAULTS = ['ContractFailed', 'RowExists', 'RowUnknown', 'UniqueTaken', 'OverLimit'];

/** A run of random operations. */
export class RandomRun {
  readonly world: World;
  readonly #dice: Dice;
  readonly #packs: Tracked[] = [];
  readonly #done: Record<string, number> = {};
  #names = 0;

  constructor(seed: number, mode: 'plain' | 'metered' = 'plain') {
    this.world = new World(mode);
    this.#dice = new Dice(seed);
  }

  /** Operations that were not refused, by name. */
  get done(): Readonly<Record<string, number>> {
    return this.#done;
  }

  /** Rules under which small packs live, and somebody to be a checker everywhere. */
  async begin(): Promise<void> {
    const rules = { ...DEFAULT_RULES, sliceUnitsMin: 1, splitsMax: 12, depthMax: 4 };
    await this.world.pair('Regulator').packs.setRules(rules);
  }

  /** Do one operation and look at what it did. */
  async step(): Promise<void> {
    const live = this.#packs.filter(({ pack }) => pack.open > 0);
    if (live.length < PACKS_LIVE || this.#dice.roll(200) === 0) return this.#issue();
    const tracked =
      this.#dice.roll(20) === 0 ? this.#dice.pick(this.#packs) : this.#dice.pick(live);
    const interval = this.#dice.pick(tracked.intervals);
    const request = await this.world.s1.packs.query.request(interval);
    const [name, call] = this.#operation(tracked, interval, request);
    const error = await call().then(
      () => undefined,
      (thrown: unknown) => thrown as { readonly codeName?: string; readonly code: string },
    );
    const code = error?.codeName ?? error?.code ?? '';
    check(!FAULTS.includes(code), `${name} ended with ${code}`);
    if (error === undefined) this.#done[name] = (this.#done[name] ?? 0) + 1;
    // A whole deal is several transactions, of which the first may have been done.
    await this.#judge(tracked, error === undefined || name === 'deal');
  }

  async #issue(): Promise<void> {
    const name = `sale ${++this.#names}`;
    const units = 1 + this.#dice.roll(UNITS_MAX);
    const document = await this.world.sale(name, { payable: units + this.#dice.roll(3) });
    const due = new Date(this.world.chain.time + 40 * DAY_MS).toISOString().slice(0, 10);
    const id = await this.world.issued(units, document, due);
    const pack = await this.#packOf(id);
    const fresh = { state: undefined, holder: '', pending: undefined };
    const unitList = Array.from({ length: units }, () => ({ ...fresh }));
    const tracked = { id, name, pack: { ...pack, acts: 0 }, intervals: [], units: unitList };
    this.#packs.push(tracked);
    await this.#judge(tracked, true);
    if (this.#dice.roll(3) === 0) return;
    // Most packs come into circulation at once, or nothing else would ever happen.
    await this.world.s1.packs.requestConfirm({ pack: id });
    const isTransferable = this.#dice.roll(8) > 0;
    await this.world.pair('Core').packs.confirm({ pack: id, isTransferable });
    await this.world.s1.packs.receive({ pack: id });
    await this.#judge(tracked, true);
  }

  /** Mostly hours go by, now and then as many days as locks hold. */
  async #wait(): Promise<void> {
    const days = this.#dice.roll(15) === 0 ? 3 : 0.2;
    this.world.chain.next({ afterMs: this.#dice.roll(days * DAY_MS) });
  }

  /** Some units of an interval, or now and then any units. */
  #part({ pack }: Tracked, { from, to }: Range): Range {
    if (this.#dice.roll(10) === 0) {
      const start = 1 + this.#dice.roll(pack.units);
      return { from: start, to: start + this.#dice.roll(UNITS_MAX) };
    }
    if (this.#dice.roll(3) === 0) return { from, to };
    const start = from + this.#dice.roll(to - from + 1);
    return { from: start, to: start + this.#dice.roll(to - start + 1) };
  }

  #anybody(): Actor {
    const { coreMaker, s1, s2, s3, s4, b1, b2, b3 } = this.world;
    return this.#dice.pick([coreMaker, s1, s2, s3, s4, b1, b2, b3]);
  }

  /** Who is meant by an organisation, or now and then somebody else. */
  #actor(organisation: string): Actor {
    const { core, s1, s2, s3, s4, b1, b2, b3 } = this.world;
    const found = [core, s1, s2, s3, s4, b1, b2, b3].find(
      (actor) => actor.organisation === organisation,
    );
    return found === undefined || this.#dice.roll(12) === 0 ? this.#anybody() : found;
  }

  #operation(tracked: Tracked, interval: Interval, request: Request | undefined): Operation {
    if (this.#dice.roll(10) === 0) {
      const all = [...this.#beginnings(tracked, interval), ...this.#endings(tracked, interval, '')];
      return this.#dice.pick(all);
    }
    if (request === undefined) return this.#dice.pick(this.#beginnings(tracked, interval));
    return this.#dice.pick(this.#endings(tracked, interval, request.signer, request.act));
  }

  #beginnings(tracked: Tracked, interval: Interval): readonly Operation[] {
    const { world } = this;
    const { id: pack } = tracked;
    const part = this.#part(tracked, interval);
    const holder = this.#actor(interval.holder);
    const owner = this.#actor(interval.pledgee ?? interval.holder);
    const last = interval.path.at(-1);
    const all: readonly (readonly [string, () => Promise<unknown>, readonly string[]])[] = [
      ['transfer', async () => this.#transfer(pack, part, holder, 'trade'), ['RECEIVED']],
      ['transfer', async () => this.#transfer(pack, part, holder, 'trade'), ['RECEIVED']],
      ['transfer', async () => this.#transfer(pack, part, holder, 'trade'), ['RECEIVED']],
      ['return', async () => this.#transfer(pack, part, holder, 'return', last), ['RECEIVED']],
      ['ask', async () => this.#ask(pack, part, holder), ['RECEIVED']],
      ['deal', async () => this.#deal(tracked, part, holder), ['RECEIVED']],
      ['release', async () => owner.packs.release({ pack, ...part }), ['RECEIVED', 'MATURED']],
      ['mature', async () => this.#mature(pack, part.from, owner), ['RECEIVED']],
      ['present', async () => this.#present(pack, part.from, owner), ['MATURED', 'DISHONOURED']],
      ['credit', async () => this.#credit(tracked), []],
      ['time', async () => this.#wait(), []],
      ['requestConfirm', async () => holder.packs.requestConfirm({ pack }), ['ISSUED']],
      ['requestConfirm', async () => holder.packs.requestConfirm({ pack }), ['ISSUED']],
      ['requestConfirm', async () => holder.packs.requestConfirm({ pack }), ['ISSUED']],
      ['requestConfirm', async () => holder.packs.requestConfirm({ pack }), ['ISSUED']],
      ['requestReceipt', async () => world.coreMaker.packs.requestReceipt({ pack }), ['ACCEPTED']],
      ['receive', async () => holder.packs.receive({ pack }), ['ACCEPTED']],
      ['receive', async () => holder.packs.receive({ pack }), ['ACCEPTED']],
      ['withdraw', async () => holder.packs.withdraw({ pack }), ['ISSUED', 'ACCEPTED']],
    ];
    const fitting = all.filter(([, , statuses]) => statuses.includes(interval.status));
    // Mostly what the status allows, or hardly anything would be done.
    return (fitting.length > 0 && this.#dice.roll(5) > 0 ? fitting : all).map(
      ([name, call]) => [name, call] as const,
    );
  }

  #endings(tracked: Tracked, interval: Interval, asked: string, act?: Act): readonly Operation[] {
    const { world } = this;
    const { id: pack } = tracked;
    const { from } = interval;
    const part = this.#part(tracked, interval);
    const signer = this.#actor(asked);
    const proof = world.fresh();
    const signature: Partial<Record<Act, Operation>> = {
      confirm: [
        'confirm',
        async () => world.pair('Core').packs.confirm({ pack, isTransferable: true }),
      ],
      receive: ['receive', async () => signer.packs.receive({ pack })],
      transfer: ['sign', async () => signer.packs.sign({ pack, from })],
      finance: ['advance', async () => this.#advance(tracked)],
      pledge: ['advance', async () => this.#advance(tracked)],
      present: ['settle', async () => signer.packs.settle({ pack, from, to: part.to, proof })],
    };
    const other: readonly Operation[] = [
      ['refuse', async () => signer.packs.refuse({ pack, from })],
      ['recall', async () => this.#actor(interval.holder).packs.recall({ pack, from })],
      ['time', async () => this.#wait()],
    ];
    const own = act === undefined ? Object.values(signature) : [signature[act]];
    const signing = own.flatMap((one) => (one === undefined ? [] : [one]));
    return [...signing, ...signing, ...signing, ...other];
  }

  async #transfer(
    pack: Uint8Array,
    part: Range,
    holder: Actor,
    purpose: 'trade' | 'return',
    last?: string,
  ): Promise<unknown> {
    const target = last === undefined ? this.#anybody() : this.#actor(last);
    const receiver = target.organisation;
    const document = purpose === 'trade' ? await this.#tradeOf(target, holder) : undefined;
    const isTogether = this.#dice.roll(2) === 0 && target !== holder;
    const caller = isTogether ? this.world.chain.asAll([holder, target]) : holder;
    return caller.packs.transfer({ pack, ...part, receiver, purpose, document });
  }

  /** The one invoice between two parties, large enough for a while. */
  async #tradeOf(seller: Actor, buyer: Actor): Promise<Uint8Array> {
    const name = `trade ${seller.organisation} ${buyer.organisation} ${this.#dice.roll(3)}`;
    const document = this.world.hash(`file ${name}`);
    const known = await this.world.s1.claims.query.get({ document });
    if (known !== undefined) return document;
    const parties = { seller: seller.organisation, buyer: buyer.organisation };
    return this.world.invoice({ name, ...parties, payable: 100 + this.#dice.roll(500) });
  }

  async #ask(pack: Uint8Array, part: Range, holder: Actor): Promise<unknown> {
    const bank = this.#dice.pick([this.world.b1, this.world.b2, this.world.b3]).organisation;
    const kind = this.#dice.pick(['finance', 'pledge'] as const);
    return holder.packs.ask({ pack, ...part, bank, kind });
  }

  /** A whole deal at once. */
  async #deal({ id, name }: Tracked, part: Range, holder: Actor): Promise<unknown> {
    const bank = this.#dice.pick([this.world.b1, this.world.b2, this.world.b3]);
    const kind = this.#dice.pick(['finance', 'pledge'] as const);
    return this.world.financed(id, part, { holder, bank, kind, name });
  }

  /** Bring an open deal of a pack one step on. */
  async #advance({ id, name }: Tracked): Promise<unknown> {
    const { rows } = await this.world.s1.packs.query.deals({ pack: id });
    const open = rows.filter(({ stage }) => stage !== 'closed' && stage !== 'financed');
    if (open.length === 0) return undefined;
    const { id: deal, stage, bank, holder, lock, terms } = this.#dice.pick(open);
    const { world } = this;
    if (stage === 'asked') {
      const isMadeUp = this.#dice.roll(10) === 0;
      const tags = world.checked({ name: isMadeUp ? 'made up' : name });
      return this.#actor(bank).packs.offer({ deal, terms: world.fresh(), ...tags });
    }
    if (stage === 'offered') {
      return this.#actor(holder).packs.accept({ deal, terms: terms ?? world.fresh() });
    }
    const proof = world.fresh();
    return this.#actor(bank).packs.finance({ deal, lock: lock ?? world.fresh(), proof });
  }

  async #mature(pack: Uint8Array, from: number, owner: Actor): Promise<unknown> {
    // Nothing is due for weeks.
    if (this.#dice.roll(8) === 0) this.world.days(45);
    return owner.packs.mature({ pack, from });
  }

  async #present(pack: Uint8Array, from: number, owner: Actor): Promise<unknown> {
    if (this.#dice.roll(20) === 0) this.world.days(45);
    const collector = this.#dice.pick([this.world.b1, this.world.b2]).organisation;
    return owner.packs.present({ pack, from, collector });
  }

  async #credit({ name }: Tracked): Promise<unknown> {
    if (this.#dice.roll(20) > 0) return undefined;
    const { world } = this;
    const note = world.deposit(`credit ${world.fresh().join('')}`);
    return world.importer.packs.creditNote({
      ...note,
      epoch: 1,
      x: world.fresh(),
      invoice: world.hash(`file ${name}`),
      result: 'valid',
      seller: world.s1.organisation,
      currency: 'EUR',
      units: 1,
    });
  }

  async #packOf(id: Uint8Array): Promise<Pack> {
    const pack = await this.world.s1.packs.query.get({ pack: id });
    if (pack === undefined) throw new Error('there is no such pack');
    return pack;
  }

  /** Look at a pack after an operation on it. */
  async #judge(tracked: Tracked, isDone: boolean): Promise<void> {
    const { pack: packBefore, intervals: before } = tracked;
    tracked.pack = await this.#packOf(tracked.id);
    tracked.intervals = await this.#intervalsOf(tracked.id);
    if (!isDone) {
      const [now, then] = [tracked, { pack: packBefore, intervals: before }].map(
        ({ pack, intervals }) => JSON.stringify([pack, intervals]),
      );
      check(now === then, 'a refused operation changed something');
      return;
    }
    judgeShape(tracked);
    const { pack } = tracked;
    const news = await this.#history(tracked.id, pack.acts - packBefore.acts);
    judgeHistory(tracked, news, packBefore.acts);
    await this.#judgeRequests(tracked);
    await this.#judgeDeals(tracked);
  }

  async #intervalsOf(pack: Uint8Array): Promise<readonly Interval[]> {
    const { rows, next } = await this.world.s1.packs.query.intervals({ pack });
    check(next === undefined, 'so many intervals');
    return rows;
  }

  /** The newest acts of a pack in order. */
  async #history(pack: Uint8Array, acts: number): Promise<readonly Entry[]> {
    check(acts <= 100, 'so many acts');
    if (acts === 0) return [];
    const { history } = this.world.s1.packs.query;
    const { rows } = await history({ pack, reverse: true, limit: acts });
    return [...rows].reverse();
  }

  /** An interval waits exactly when there is a request on all of it. */
  async #judgeRequests({ id, intervals }: Tracked): Promise<void> {
    for (const interval of intervals) {
      const { from, to, flag } = interval;
      const isWaiting = flag === 'LOCKED' || flag === 'COLLECTING';
      if (!isWaiting && this.#dice.roll(4) > 0) continue;
      const request = await this.world.s1.packs.query.request({ pack: id, from });
      check(
        (request !== undefined) === isWaiting,
        'a request and no lock, or a lock and no request',
      );
      if (request !== undefined) check(request.to === to, 'a request on other units');
    }
  }

  /** Banks have money in exactly the units that tell of their deals, and the claim knows. */
  async #judgeDeals({ id, pack, intervals }: Tracked): Promise<void> {
    const { query } = this.world.s1.packs;
    const deals: Deal[] = [];
    let after: Uint8Array | undefined;
    do {
      const page = await query.deals({ pack: id, after });
      deals.push(...page.rows);
      after = page.next;
    } while (after !== undefined);
    const financed = deals.filter(({ stage }) => stage === 'financed');
    for (const deal of deals) {
      const own = intervals.filter((one) => one.deal !== undefined && isEqual(one.deal, deal.id));
      const units = own.reduce((sum, one) => sum + sizeOf(one), 0);
      check(deal.open === units, 'a deal with other units than the intervals');
      check((deal.stage === 'financed') === units > 0, 'a deal at the wrong stage');
    }
    const claim = await this.world.s1.claims.query.get({ document: pack.document });
    check(claim?.financed === financed.length, 'a claim with other locks than deals');
    check((claim.state === 'FINANCED') === financed.length > 0, 'a claim in the wrong state');
  }

  /** Everything that can be read, for comparing two runs. */
  async dump(): Promise<string> {
    const all: unknown[] = [this.world.chain.events];
    for (const { id, pack, intervals } of this.#packs) {
      const { document } = pack;
      const { packs, claims } = this.world.s1;
      all.push(pack, intervals, await packs.query.history({ pack: id }));
      all.push(await claims.query.get({ document }), await packs.query.used({ document }));
    }
    return JSON.stringify(all);
  }
}

// Not `expect`: it is a hundred times slower, and these are looked at for every unit.
function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** The intervals tile the pack, are as few as possible, and sum up. */
function judgeShape({ pack, intervals }: Tracked): void {
  const error = tilingError(intervals, pack.units);
  check(error === undefined, error ?? '');
  check(pack.intervals === intervals.length, 'a wrong number of intervals');
  intervals.forEach((one, i) => {
    const next = intervals[i + 1];
    if (next !== undefined) check(!isSameTitle(one, next), 'two intervals that are one');
  });
  const unitsOf = (isCounted: (interval: Interval) => boolean): number =>
    intervals.filter(isCounted).reduce((sum, one) => sum + sizeOf(one), 0);
  check(pack.paid === unitsOf(({ status }) => status === 'SETTLED'), 'a wrong sum of what is paid');
  check(pack.open === unitsOf(({ flag }) => flag !== 'ENDED'), 'a wrong sum of what is open');
}

/** Unit by unit, the history leads through rules of the table alone to what the intervals say. */
function judgeHistory({ intervals, units }: Tracked, news: readonly Entry[], seq: number): void {
  news.forEach((entry, i) => {
    check(entry.seq === seq + i, 'a gap in the history');
    const { act } = entry;
    if (act === 'review' || act === 'credit') return;
    for (const unit of units.slice(entry.from - 1, entry.to)) followEntry(unit, entry, act);
  });
  for (const { from, to, holder, status, flag } of intervals) {
    for (const unit of units.slice(from - 1, to)) {
      check(unit.holder === holder, 'another holder than the history says');
      check(unit.state === `${status}/${flag}`, 'another state than the history says');
    }
  }
}

function followEntry(unit: Unit, { phase, status, flag, holder }: Entry, act: Act): void {
  const state: State = `${status}/${flag}`;
  if (phase === 'request') {
    const rule = ruleOf(RECEIVABLE, act, unit.state);
    check(rule?.request.to.includes(state) === true, `${act} from ${unit.state} to ${state}`);
    unit.pending = rule.sign === undefined ? undefined : rule;
    if (act !== 'register') check(holder === unit.holder, 'a request changed the holder');
  } else {
    check(unit.pending?.act === act, `${act} was not asked for`);
    check(unit.pending[phase]?.to.includes(state) === true, `${act} ${phase} to ${state}`);
    const isTitle = phase === 'sign' && (act === 'transfer' || act === 'finance');
    if (!isTitle) check(holder === unit.holder, `${act} changed the holder`);
    unit.pending = undefined;
  }
  unit.state = state;
  unit.holder = holder;
}
