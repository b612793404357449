import type { Pack } from '@hanse/trade-finance';
import { toHex } from '@hanse/kit';
import type { TradeText } from './use.ts';
import { isReason } from './signing.ts';
import {
  countIn,
  hashIn,
  textIn,
  type StoryCall,
  type StoryEvent,
  type StoryStep,
  type ToldStep,
} from './story.ts';
import { organisationIn } from '../data/names.ts';
import { shortHash } from '../i18n/format.ts';

/** What a step is told with: names, and the packs it may speak of. */
export type Teller = TradeText & {
  readonly nameOf: (did: string) => string;
  readonly packs: ReadonlyMap<string, Pack>;
  /** Currencies of invoices without a pack, by document. */
  readonly currencies: ReadonlyMap<string, string>;
};

/** A step in words: the first sentence is what it is about. */
export type Telling = {
  readonly sentences: readonly string[];
  /** Id of the title that it is about, and hash of the document, in hexadecimal. */
  readonly pack: string | undefined;
  readonly document: string | undefined;
};

type Fields = Readonly<Record<string, unknown>>;

/** Events that say more than others of the same transaction, the telling ones first. */
const WEIGHTS: Readonly<Record<string, number>> = {
  'claims.Credited': 0,
  'packs.CreditNote': 1,
  'packs.Moved': 2,
  'packs.Dealt': 3,
  'claims.Recorded': 4,
  'claims.Locked': 5,
  'claims.Financed': 5,
  'claims.Reviewed': 5,
  'claims.Cancelled': 5,
  'evidence.deposited': 6,
  'claims.Warned': 7,
  'packs.Hit': 8,
};

/** What a step that went through says; its calls, once they are proved, name who should sign. */
export function tellEvents(
  events: readonly StoryEvent[],
  teller: Teller,
  calls: readonly StoryCall[] = [],
): Telling {
  const sorted = [...events].sort((a, b) => weightOf(a) - weightOf(b));
  const isInDeal = events.some(({ name }) => name === 'Dealt' || name === 'Moved');
  const told = sorted.filter((event) => !(isInDeal && isImplied(event)));
  const sentences = told.flatMap((event) => sentencesOf(event, { events, calls }, teller));
  return { sentences: [...new Set(sentences)], ...subjectOf(events) };
}

function weightOf({ contract, name }: StoryEvent): number {
  return WEIGHTS[`${contract}.${name}`] ?? 9;
}

/** What follows from an act on a title is not said twice. */
function isImplied({ contract, name }: StoryEvent): boolean {
  return contract === 'claims' && (name === 'Locked' || name === 'Financed' || name === 'Unlocked');
}

function subjectOf(events: readonly StoryEvent[]): Pick<Telling, 'pack' | 'document'> {
  const find = (names: readonly string[]): string | undefined => {
    for (const { data } of events) {
      for (const name of names) {
        const hash = hashIn(data, name);
        if (hash !== undefined) return hash;
      }
    }
    return undefined;
  };
  return { pack: find(['pack']), document: find(['document', 'id']) };
}

/** All that a transaction did and asked for. */
type Whole = { readonly events: readonly StoryEvent[]; readonly calls: readonly StoryCall[] };

function sentencesOf(
  { contract, name, data }: StoryEvent,
  all: Whole,
  teller: Teller,
): readonly string[] {
  const { t, nameOf } = teller;
  const party = (field: string): string => nameOf(textIn(data, field));
  switch (`${contract}.${name}`) {
    case 'packs.Moved':
      return movedText(data, all, teller);
    case 'packs.Dealt':
      return dealtText(data, all.events, teller);
    case 'packs.CreditNote':
      return [t.story.alerted(teller.list(listIn(data, 'alerted').map(nameOf)))];
    case 'packs.Hit':
      return [t.story.hit(ruleName(textIn(data, 'rule'), teller))];
    case 'packs.RulesSet':
    case 'claims.RulesSet':
      return [t.story.rulesSet];
    case 'claims.Epoch': {
      const state = textIn(data, 'state');
      const said = isIn(state, t.story.epochs) ? t.story.epochs[state] : state;
      return [t.story.epoch(party('registry'), String(countIn(data, 'epoch')), said)];
    }
    case 'claims.Recorded':
      return [
        textIn(data, 'hold') === 'open'
          ? t.story.held
          : t.story.recorded(claimState(data, 'state', teller)),
      ];
    case 'claims.Locked':
      return [t.story.locked(party('bank'))];
    case 'claims.Warned':
      return [t.story.warned(party('bank'))];
    case 'claims.Financed':
      return [t.story.financed(party('bank'))];
    case 'claims.Unlocked':
      return [t.story.unlocked(claimState(data, 'state', teller))];
    case 'claims.Reviewed':
      return [t.story.reviewed(party('by'))];
    case 'claims.Cancelled':
      return [t.story.cancelled];
    case 'claims.Credited':
      return [t.story.credited(amountOf(countIn(data, 'units'), data, teller))];
    case 'evidence.deposited':
      return [t.story.deposited(organisationIn(party('depositor'), textIn(data, 'depositor')))];
    default:
      return [];
  }
}

/** An act that was asked for and signed in one transaction is told once. */
function movedText(data: Fields, { events: all, calls }: Whole, teller: Teller): readonly string[] {
  const { t, nameOf } = teller;
  const act = textIn(data, 'act');
  const phase = textIn(data, 'phase');
  const isAskedOnly = !all.some(
    (other) =>
      other.name === 'Moved' &&
      textIn(other.data, 'act') === act &&
      textIn(other.data, 'phase') === 'sign' &&
      countIn(other.data, 'from') === countIn(data, 'from'),
  );
  if (phase === 'request' && !isAskedOnly) return [];
  // A request to a bank is told by the deal, which names the bank.
  if (phase === 'request' && all.some(isAsked)) return [];
  if (!isAct(act, t.acts) || !isPhase(phase)) return [];
  const amount = amountOf(unitsIn(data), data, teller);
  const receiver = act === 'transfer' && phase === 'request' ? receiverIn(calls, data) : '';
  if (receiver !== '')
    return [t.story.passed(nameOf(textIn(data, 'by')), amount, nameOf(receiver))];
  return [t.acts[act][phase](nameOf(textIn(data, 'by')), amount)];
}

/** To whom the units of an act are passed. */
function receiverIn(calls: readonly StoryCall[], data: Fields): string {
  const call = calls.find(
    ({ method, args }) => method === 'transfer' && countIn(args, 'from') === countIn(data, 'from'),
  );
  return call === undefined ? '' : textIn(call.args, 'receiver');
}

function unitsIn(data: Fields): number {
  return countIn(data, 'to') - countIn(data, 'from') + 1;
}

function isAsked({ name, data }: StoryEvent): boolean {
  return name === 'Dealt' && textIn(data, 'stage') === 'asked';
}

function dealtText(data: Fields, all: readonly StoryEvent[], teller: Teller): readonly string[] {
  const { t, nameOf } = teller;
  const [bank, holder] = [nameOf(textIn(data, 'bank')), nameOf(textIn(data, 'holder'))];
  switch (textIn(data, 'stage')) {
    case 'asked': {
      const moved = all.find(({ name }) => name === 'Moved')?.data ?? data;
      return [t.story.asked(holder, bank, amountOf(unitsIn(moved), moved, teller))];
    }
    case 'offered':
      return [t.story.offered(bank)];
    case 'accepted':
      return [t.story.accepted(holder)];
    case 'financed':
      return [t.story.dealFinanced(bank)];
    case 'closed':
      return [t.story.closed(bank)];
    default:
      return [];
  }
}

/** Units as money where the currency is known. */
function amountOf(units: number, data: Fields, { packs, currencies, money }: Teller): string {
  const document = hashIn(data, 'document') ?? '';
  const pack = packs.get(hashIn(data, 'pack') ?? '') ?? packOver(packs, document);
  const currency = pack?.currency ?? currencies.get(document) ?? '';
  return currency === '' ? String(units) : money(units, currency);
}

function packOver(packs: ReadonlyMap<string, Pack>, document: string) {
  return [...packs.values()].find((pack) => toHex(pack.document) === document);
}

function listIn(data: Fields, name: string): readonly string[] {
  const value = data[name];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

function claimState(data: Fields, name: string, { t }: Teller): string {
  const state = textIn(data, name);
  return isIn(state, t.claims) ? t.claims[state] : state;
}

function ruleName(rule: string, { t }: Teller): string {
  return isIn(rule, t.rules) ? t.rules[rule].name : rule;
}

function isIn<K extends string>(word: string, of: Readonly<Record<K, unknown>>): word is K {
  return Object.hasOwn(of, word);
}

function isAct<K extends string>(word: string, of: Readonly<Record<K, unknown>>): word is K {
  return isIn(word, of);
}

function isPhase(word: string): word is 'request' | 'sign' | 'refuse' | 'recall' {
  return word === 'request' || word === 'sign' || word === 'refuse' || word === 'recall';
}

/** What a refused step says: who tried what, and why it was refused, in one sentence each. */
export type Refusal = {
  readonly who: string;
  readonly what: string;
  /** The contracts' reason in words; undefined for another failure. */
  readonly reason: string | undefined;
  /** Whether it was an attempt to finance what is taken already. */
  readonly isSecond: boolean;
  /** Whether the same invoice was brought in another file. */
  readonly isTwin: boolean;
  readonly pack: string | undefined;
  readonly document: string | undefined;
};

/** Reasons that keep an invoice from being financed twice. */
const TWIN: ReadonlySet<string> = new Set(['DUPLICATE_FINANCED', 'DUPLICATE_REGISTERED']);
const SECOND: ReadonlySet<string> = new Set([...TWIN, 'CLAIM_LOCKED', 'CLAIM_IN_PACKS']);

/** What became of a refused step that was proved; undefined when it was not refused, or not proved. */
export function tellRefusal({ loaded, calls }: ToldStep, teller: Teller): Refusal | undefined {
  const { t, nameOf } = teller;
  const { verified } = loaded;
  const status = verified?.receipt.status;
  const tx = verified?.tx?.value;
  if (status?.kind !== 'refused' || tx === undefined) return undefined;
  const params = new Map(status.value.params.map(({ name, value }) => [name, value]));
  const reason = params.get('reason') ?? '';
  const [call] = calls;
  const signer = tx.signers[0]?.did ?? '';
  return {
    who: organisationIn(nameOf(signer), signer),
    what: call === undefined ? '' : commandText(call, teller),
    reason: isReason(reason) ? t.reasons[reason] : undefined,
    isSecond: SECOND.has(reason),
    isTwin: TWIN.has(reason),
    pack: call === undefined ? undefined : hashIn(call.args, 'pack'),
    document: call === undefined ? undefined : hashIn(call.args, 'document'),
  };
}

function commandText({ contract, method }: StoryCall, { t }: Teller): string {
  const name = `${contract}.${method}`;
  return isIn(name, t.commands) ? t.commands[name] : name;
}

/** Everybody that steps speak of. */
export function partiesIn(steps: readonly StoryStep[]): readonly string[] {
  const fields = steps.flatMap(({ events }) => events.flatMap(({ data }) => Object.values(data)));
  const texts = fields.flatMap((value) => (Array.isArray(value) ? value : [value]));
  const dids = texts.filter(
    (value): value is string => typeof value === 'string' && value.startsWith('did:'),
  );
  return [...new Set(dids)];
}

/** A document for a sentence. */
export function documentName(id: string): string {
  return shortHash(id);
}
