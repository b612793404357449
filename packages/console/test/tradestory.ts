import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { must, toHex, utf8 } from '@hanse/kit';
import { termsBytes, type Terms } from '@hanse/trade-finance';
import type { PartyOf } from './chain.ts';
import { deposit, register, type Story, type ToyFile } from './script.ts';
import { TradeChain, type Actor, type Asked } from './tradechain.ts';

const INVOICES = fileURLToPath(new URL('../../../demo/invoices/', import.meta.url));
const DAY_MS = 86_400_000;

/** Everybody in the story, by a short name. */
export type Cast = Readonly<
  Record<
    | 'core'
    | 'maker'
    | 'checker'
    | 's1'
    | 's1phone'
    | 's2'
    | 's3'
    | 'far'
    | 'b1'
    | 'b2'
    | 'importer'
    | 'regulator',
    Actor
  >
>;

/** The story on a chain, with what tests need to go on with it. */
export type TradeStory = {
  readonly chain: TradeChain;
  readonly cast: Cast;
  /** Packs in hexadecimal: the divided one in euro, and one with a long tenor in yuan. */
  readonly pack: string;
  readonly longPack: string;
  /** Files by a short name. */
  readonly files: Readonly<Record<'invoice' | 'twin' | 'credit', ToyFile>>;
  /** The refused second financing. */
  readonly refused: string;
  /** The terms behind the open offer to the first supplier. */
  readonly terms: Terms;
};

const CORE = 'Northgate Cable Works';

/** A file of the demo, or one in its place where the demo is not there. */
function fileOf(name: string): ToyFile {
  const path = `${INVOICES}${name}`;
  return { name, bytes: existsSync(path) ? readFileSync(path) : utf8(`<file>${name}</file>`) };
}

/** Tell the story on top of another one. Deterministic but for its times. */
export async function tellTrade(story: Story, nowMs: number): Promise<TradeStory> {
  const teller = new Teller(story, nowMs);
  return teller.tell();
}

class Teller {
  readonly #story: Story;
  readonly #chain: TradeChain;
  readonly #cast: Cast;
  #timeMs: number;

  constructor(story: Story, nowMs: number) {
    this.#story = story;
    const { chain: toy } = story;
    this.#timeMs = toy.block(toy.height).block.header.time + 1;
    this.#chain = new TradeChain(toy);
    this.#cast = this.#makeCast();
    // The last block is not ahead of the clock of whoever reads it.
    if (this.#timeMs > nowMs) throw new Error('the story begins too late');
  }

  #makeCast(): Cast {
    const { chain: toy } = this.#story;
    const [bank] = toy.organisations;
    const audit = toy.organisations[3];
    const { network } = toy.genesis;
    const made: PartyOf[] = [];
    const organisation = (name: string): PartyOf => {
      const party = toy.party(network, 'organisation', name, []);
      made.push(party);
      return party;
    };
    const person = (name: string, of: PartyOf): PartyOf => {
      const party = toy.party(network, 'person', '', [of.did], name);
      made.push(party);
      return party;
    };
    const core = organisation(CORE);
    const s1 = organisation('Meridian Metals');
    const s2 = organisation('Kestrel Smelting');
    const s3 = organisation('Fernwald Haulage');
    const far = organisation('远帆精密铜材');
    const coastal = organisation('Coastal Bank');
    const supervisor = organisation('Trade Supervisor');
    const maker = person('maker of the core', core);
    const checker = person('checker of the core', core);
    const phone = person('phone of the supplier', s1);
    toy.add(
      this.#tick(),
      made.map((party) => register(toy, party, this.#timeMs)),
    );
    const one = (party: PartyOf, ...roles: readonly string[]): Actor =>
      this.#chain.admit({ party, organisation: party, roles, duties: [] });
    const of = (party: PartyOf, by: PartyOf, ...duties: readonly string[]): Actor =>
      this.#chain.admit({ party, organisation: by, roles: [], duties });
    return {
      core: one(core, 'core-enterprise'),
      s1: one(s1, 'supplier'),
      s2: one(s2, 'supplier'),
      s3: one(s3, 'supplier'),
      far: one(far, 'supplier'),
      b1: one(must(bank, 'a validator'), 'bank'),
      b2: one(coastal, 'bank'),
      importer: one(must(audit, 'a validator'), 'importer', 'registry'),
      regulator: one(supervisor, 'regulator'),
      maker: of(maker, core, 'maker'),
      checker: of(checker, core, 'checker'),
      s1phone: of(phone, s1),
    };
  }

  #tick(): number {
    this.#timeMs += 700;
    return this.#timeMs;
  }

  #hash(text: string): Uint8Array {
    return this.#chain.toy.suite.hash(utf8(text));
  }

  async #do(signers: readonly Actor[], ...calls: readonly Asked[]): Promise<string> {
    const txid = await this.#chain.run(signers, calls, this.#tick());
    return txid;
  }

  #deposit(file: ToyFile, by: Actor): { readonly document: Uint8Array; readonly root: Uint8Array } {
    const { chain: toy, deposits } = this.#story;
    const time = this.#tick();
    toy.add(time, [deposit(this.#story, file, by.party, by.organisation, time)]);
    const document = toy.suite.hash(file.bytes);
    const { fieldsRoot: root } = must(deposits.get(toHex(document)), 'just deposited');
    this.#chain.deposited(by.party.did, document, root);
    return { document, root };
  }

  #tags(name: string) {
    return {
      x: this.#hash(`x ${name}`),
      n: [this.#hash(`n ${name}`)],
      t: [this.#hash(`t ${name}`)],
    };
  }

  /** Deposit an invoice and record the verdict on it; `name` makes its tags. */
  async #invoice(
    file: ToyFile,
    of: {
      readonly name: string;
      readonly seller: Actor;
      readonly buyer: Actor;
      readonly payable: number;
      readonly currency?: string;
    },
  ): Promise<Uint8Array> {
    const { name, seller, buyer, payable, currency = 'EUR' } = of;
    const { document, root } = this.#deposit(file, seller);
    await this.#do([this.#cast.importer], {
      contract: 'claims',
      method: 'recordVerdict',
      args: {
        document,
        root,
        epoch: 1,
        ...this.#tags(name),
        ruleSet: 'en16931-1.3.16',
        result: 'valid',
        seller: seller.organisation.did,
        buyer: buyer.organisation.did,
        currency,
        issued: this.#day(-12),
        payable,
        deductions: 0,
      },
    });
    return document;
  }

  #day(days: number): string {
    return new Date(this.#timeMs + days * DAY_MS).toISOString().slice(0, 10);
  }

  #packs(method: string, args: Asked['args']): Asked {
    return { contract: 'packs', method, args };
  }

  async tell(): Promise<TradeStory> {
    const { core, maker, checker, s1, s2, s3, far, b1, b2, importer } = this.#cast;
    const registry = { contract: 'claims', method: 'publish' } as const;
    const publicKey = this.#hash('key of the registry');
    await this.#do([importer], {
      ...registry,
      args: { epoch: 1, group: 'ristretto255-SHA512', publicKey },
    });
    await this.#do([importer], { contract: 'claims', method: 'makeCurrent', args: { epoch: 1 } });

    // Tier 1: an invoice, a title over it, confirmed by two people.
    const invoice = fileOf('meridian-MM-2026-1102.ubl.xml');
    const sale = { name: 'MM-2026-1102', seller: s1, buyer: core, payable: 28_258_589 };
    const document = await this.#invoice(invoice, sale);
    const pack = await this.#title(document, s1, sale.payable, 120);
    await this.#do([s1], this.#packs('requestConfirm', { pack }));
    await this.#do([maker, checker], this.#packs('confirm', { pack, isTransferable: true }));
    await this.#do([s1], this.#packs('receive', { pack }));

    // Tiers 2 and 3 are paid with parts of it.
    const kestrel = await this.#invoice(fileOf('kestrel-KS-88213.ubl.xml'), {
      name: 'KS-88213',
      seller: s2,
      buyer: s1,
      payable: 10_208_160,
    });
    const fernwald = await this.#invoice(fileOf('fernwald-5507.cii.xml'), {
      name: '5507',
      seller: s3,
      buyer: s2,
      payable: 1_176_000,
    });
    const pass = (from: number, to: number, receiver: Actor, trade: Uint8Array) =>
      this.#packs('transfer', {
        pack,
        from,
        to,
        receiver: receiver.organisation.did,
        purpose: 'trade',
        document: trade,
      });
    await this.#do([s1], pass(1, 10_208_160, s2, kestrel));
    await this.#do([s2], this.#packs('sign', { pack, from: 1 }));
    await this.#do([s2], pass(1, 1_176_000, s3, fernwald));
    await this.#do([s3], this.#packs('sign', { pack, from: 1 }));

    // A bank finances a part; the twin of the invoice is refused at another one.
    await this.#finance(pack, { from: 1_176_001, to: 6_176_000 }, s2, b1);
    const twinFile = fileOf('meridian-MM-2026-1102.cii.xml');
    const twin = await this.#invoice(twinFile, sale);
    const checked = [{ epoch: 1, ...this.#tags(sale.name) }];
    const refused = await this.#do([b2], {
      contract: 'claims',
      method: 'lock',
      args: { document: twin, checked },
    });

    // An offer that is open when the reader comes.
    const terms = await this.#offer(pack, { from: 25_258_590, to: 28_258_589 }, s1, b2);

    // A credit note after financing; a long tenor in another currency.
    const creditFile = fileOf('meridian-credit-MM-2026-1119.ubl.xml');
    await this.#credit(creditFile, document, s1, 112_944);
    const yuanfan = await this.#invoice(fileOf('yuanfan-26990000000000000417.xml'), {
      name: 'YF-417',
      seller: far,
      buyer: core,
      payable: 98_875_000,
      currency: 'CNY',
    });
    const longPack = await this.#title(yuanfan, far, 98_875_000, 300, 'seasonal');

    // What else is open: a part to sign for, invoices to pay.
    const more = (name: string, seller: Actor, buyer: Actor, payable: number) =>
      this.#invoice(
        { name: `${name}.xml`, bytes: utf8(`<toy>${name}</toy>`) },
        { name, seller, buyer, payable },
      );
    const owed = await more('KS-88301', s2, s1, 4_320_000);
    await more('FW-5611', s3, s1, 1_250_050);
    await this.#do([s1], pass(10_208_161, 12_208_160, s2, owed));
    this.#chain.seal(this.#tick());
    return {
      chain: this.#chain,
      cast: this.#cast,
      pack: toHex(pack),
      longPack: toHex(longPack),
      files: { invoice, twin: twinFile, credit: creditFile },
      refused,
      terms,
    };
  }

  async #title(document: Uint8Array, by: Actor, units: number, days: number, reason?: string) {
    const due = this.#day(days);
    const args = { document, units, due, ...(reason === undefined ? {} : { reason }) };
    await this.#do([by], this.#packs('issue', args));
    return this.#lastOf('Moved', 'pack');
  }

  /** The hash in a field of the newest event with a name. */
  #lastOf(name: string, field: string): Uint8Array {
    const event = this.#chain.events().findLast((one) => one.name === name);
    const value = (event?.data as Readonly<Record<string, unknown>> | undefined)?.[field];
    if (!(value instanceof Uint8Array)) throw new Error(`no ${name}.${field}`);
    return value;
  }

  async #ask(pack: Uint8Array, range: { from: number; to: number }, holder: Actor, bank: Actor) {
    const args = { pack, ...range, bank: bank.organisation.did, kind: 'finance' };
    await this.#do([holder], this.#packs('ask', args));
    return this.#lastOf('Dealt', 'deal');
  }

  async #offer(
    pack: Uint8Array,
    range: { readonly from: number; readonly to: number },
    holder: Actor,
    bank: Actor,
  ): Promise<Terms> {
    const deal = await this.#ask(pack, range, holder, bank);
    const units = range.to - range.from + 1;
    const fee = Math.round(units * 0.0125);
    const salt = this.#hash(`salt of ${toHex(deal)}`);
    const terms = { deal, units, disbursed: units - fee, fee, salt, rest: this.#hash('rest') };
    const hash = this.#chain.toy.suite.hash(termsBytes(terms));
    const checked = [{ epoch: 1, ...this.#tags('MM-2026-1102') }];
    await this.#do([bank], this.#packs('offer', { deal, terms: hash, checked }));
    return terms;
  }

  async #finance(
    pack: Uint8Array,
    range: { readonly from: number; readonly to: number },
    holder: Actor,
    bank: Actor,
  ): Promise<void> {
    const terms = await this.#offer(pack, range, holder, bank);
    const { deal } = terms;
    const hash = this.#chain.toy.suite.hash(termsBytes(terms));
    await this.#do([holder], this.#packs('accept', { deal, terms: hash }));
    const lock = this.#lastOf('Locked', 'lock');
    const proof = this.#hash(`proof of ${toHex(deal)}`);
    await this.#do([bank], this.#packs('finance', { deal, lock, proof }));
  }

  async #credit(file: ToyFile, invoice: Uint8Array, seller: Actor, units: number): Promise<void> {
    const { document, root } = this.#deposit(file, seller);
    await this.#do(
      [this.#cast.importer],
      this.#packs('creditNote', {
        document,
        root,
        epoch: 1,
        x: this.#hash(`x ${file.name}`),
        invoice,
        result: 'valid',
        seller: seller.organisation.did,
        currency: 'EUR',
        units,
      }),
    );
  }
}
