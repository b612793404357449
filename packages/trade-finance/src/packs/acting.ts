/** How an act goes through its phases, whatever the act is: the transition table says the rest. */
import { hold, refuse, type Reason } from '../codes.ts';
import { fourEyesGuard } from '../foureyes.ts';
import { sizeOf, type Range } from '../title/intervals.ts';
import type { State, Transition } from '../title/transitions.ts';
import type { Act } from './acts.ts';
import { needInterval, needRule, place, record, rulesOf, stateOf, type Change } from './book.ts';
import { noteSplits } from './notes.ts';
import { authorise } from './parties.ts';
import type { Context, Interval, Pack, Reader, Request } from './tables.ts';

/** The pack; refused when there is none. */
export function needPack(ctx: Reader, id: Uint8Array): Pack {
  return ctx.db.pack.get({ id }) ?? refuse('INTERVAL_UNKNOWN');
}

/** The only state that a step leads to. */
function target(states: readonly State[]): State {
  const [state] = states;
  return state === undefined || states.length > 1 ? refuse('ILLEGAL_ACT') : state;
}

/** An act that may begin: the table has it, and the caller is one who may ask for it. */
export type Begun = {
  readonly pack: Pack;
  readonly act: Act;
  readonly whole: Interval;
  readonly part: Range;
  readonly rule: Transition<Act>;
};

/** Begin an act on some units of a pack. */
export function begin(ctx: Reader, pack: Pack, act: Act, part: Range): Begun {
  const whole = needInterval(ctx, pack.id, part);
  const rule = needRule(act, stateOf(whole));
  authorise(ctx.caller.organisation, rule.request.by, { pack, interval: whole });
  return { pack, act, whole, part: { from: part.from, to: part.to }, rule };
}

/** Guard *G6 limit*: from so many units on it takes four eyes. */
export function limitGuard(ctx: Reader, units: number): Reason | undefined {
  const isLarge = units >= rulesOf(ctx).fourEyesUnits;
  return isLarge ? fourEyesGuard(ctx.signers, ctx.caller.organisation) : undefined;
}

/** Guard *due*: title changes hands before the due date only. */
export function undueGuard(ctx: Reader, { due }: Pack): Reason | undefined {
  return ctx.today >= due ? 'DUE_ALREADY' : undefined;
}

/** What is asked of whom. */
export type Asked = Pick<Request, 'signer'> &
  Partial<Pick<Request, 'isReturn' | 'document' | 'deal'>>;

/** Ask for an act: its units wait for the signature. */
export function open(ctx: Context, begun: Begun, asked: Asked): Pack {
  const { pack, act, whole, part, rule } = begun;
  const state = target(rule.request.to);
  const placed = place(ctx, pack, { whole, part, state });
  const asker = ctx.caller.organisation;
  const { signer, isReturn = false, document, deal } = asked;
  ctx.db.request.insert({
    pack: pack.id,
    ...part,
    act,
    origin: whole.flag,
    asker,
    signer,
    isReturn,
    document,
    deal,
    time: ctx.time,
  });
  noteSplits(ctx, placed, asker, placed.intervals - pack.intervals);
  const holder = whole.holder;
  return record(ctx, placed, {
    act,
    phase: 'request',
    part,
    state,
    holder,
    by: asker,
    document,
    deal,
  });
}

/** Do an act that needs no signature. */
export function perform(ctx: Context, begun: Begun, fields: Change['fields'] = {}): Pack {
  const { pack, act, whole, part, rule } = begun;
  const state = target(rule.request.to);
  const placed = place(ctx, pack, { whole, part, state, fields });
  const by = ctx.caller.organisation;
  noteSplits(ctx, placed, by, placed.intervals - pack.intervals);
  const holder = fields.holder ?? whole.holder;
  const deal = whole.deal;
  return record(ctx, placed, { act, phase: 'request', part, state, holder, by, deal });
}

/** The open request on the units from this one on; refused when there is none. */
export function needRequest(ctx: Reader, pack: Uint8Array, from: number): Request {
  return ctx.db.request.get({ pack, from }) ?? refuse('REQUEST_UNKNOWN');
}

/** How an open request ends. */
export type Ending = {
  readonly pack: Pack;
  readonly request: Request;
  readonly phase: 'sign' | 'refuse' | 'recall';
  /** The organisation that ends it. */
  readonly by: string;
  /** The part that it ends for: the whole of it, or its first units. */
  readonly part?: Range;
  /** Which of several states it leads to. */
  readonly state?: State;
  readonly fields?: Change['fields'];
  readonly proof?: Uint8Array;
};

/** The interval that a request is open on. */
export function intervalOf(ctx: Reader, { pack, from }: Request): Interval {
  return ctx.db.interval.get({ pack, from }) ?? refuse('INTERVAL_UNKNOWN');
}

/** End a request, by signature, refusal or recall. */
export function close(ctx: Context, ending: Ending): Pack {
  const { pack, request, phase, by, fields = {}, proof } = ending;
  const whole = intervalOf(ctx, request);
  const rule = needRule(request.act, `${whole.status}/${request.origin}`);
  const step = rule[phase] ?? refuse('ILLEGAL_ACT');
  authorise(by, step.by, { pack, interval: whole, request });
  const state = ending.state ?? target(step.to);
  if (!step.to.includes(state)) refuse('ILLEGAL_ACT');
  const { from, to } = ending.part ?? request;
  const part = { from, to };
  ctx.db.request.remove(request);
  if (to < request.to) ctx.db.request.insert({ ...request, from: to + 1 });
  const placed = place(ctx, pack, { whole, part, state, fields });
  const holder = fields.holder ?? whole.holder;
  const { act, document, deal } = request;
  return record(ctx, placed, { act, phase, part, state, holder, by, document, deal, proof });
}

/** Guards of dealing with a part of a holding: its size, the number of intervals, and four eyes for large ones. */
export function holdDealing(ctx: Reader, { pack, part }: Begun): void {
  hold(undueGuard(ctx, pack));
  hold(limitGuard(ctx, sizeOf(part)));
}
