/** A small world for tests: a core enterprise, four suppliers, three banks, an importer, a registry, a regulator. */
import { utf8 } from '@hanse/kit';
import { testChain, type TestChain } from '@hanse/testing';
import { contract as claims } from '../src/claims.ts';
import { contract as packs } from '../src/packs.ts';
import type { Reason } from '../src/codes.ts';
import { tilingError, type Range } from '../src/title/intervals.ts';
import type { Interval } from '../src/packs/tables.ts';
import { expect } from 'vitest';

/** Time of the first block: noon of 1 March 2027. */
export const START_MS = Date.UTC(2027, 2, 1, 12);
export const DAY_MS = 86_400_000;

const contracts = { claims, packs };
type Chain = TestChain<typeof contracts>;
export type Actor = ReturnType<Chain['as']>;

/** A date so many days after the first block. */
export function dateAfter(days: number): string {
  return new Date(START_MS + days * DAY_MS).toISOString().slice(0, 10);
}

/** What an invoice in a test says. */
export type InvoiceOf = {
  readonly name: string;
  readonly seller: string;
  readonly buyer: string;
  readonly payable?: number;
  readonly deductions?: number;
  readonly received?: number;
  readonly currency?: string;
  readonly issued?: string;
  readonly result?: 'valid' | 'unchecked' | 'invalid';
  /** Texts that tags are made of, several with commas; the name without them. */
  readonly x?: string;
  readonly n?: string;
  readonly t?: string;
};

/** Everybody and everything a test needs. */
export class World {
  readonly chain: Chain;
  readonly core: Actor;
  readonly coreMaker: Actor;
  readonly coreChecker: Actor;
  readonly s1: Actor;
  readonly s2: Actor;
  readonly s3: Actor;
  readonly s4: Actor;
  readonly b1: Actor;
  readonly b2: Actor;
  readonly b3: Actor;
  readonly importer: Actor;
  readonly regulator: Actor;
  readonly registry: Actor;
  #count = 0;

  constructor(mode: 'plain' | 'metered' = 'plain') {
    this.chain = testChain(contracts, { mode, timeMs: START_MS });
    const one = (organisation: string, role: string): Actor =>
      this.chain.as({ organisation, roles: [role] });
    this.core = one('Core', 'core-enterprise');
    this.coreMaker = this.person('Core', 'maker');
    this.coreChecker = this.person('Core', 'checker');
    this.s1 = one('S1', 'supplier');
    this.s2 = one('S2', 'supplier');
    this.s3 = one('S3', 'supplier');
    this.s4 = one('S4', 'supplier');
    this.b1 = one('B1', 'bank');
    this.b2 = one('B2', 'bank');
    this.b3 = one('B3', 'bank');
    this.importer = one('Importer', 'importer');
    this.regulator = one('Regulator', 'regulator');
    this.registry = one('Registry', 'registry');
    // Calls run in the order in which they are made: whatever a test calls comes after these.
    void this.openEpoch(1);
  }

  /** A person of an organisation with one duty. */
  person(organisation: string, duty: string): Actor {
    return this.chain.as({ organisation, did: `${organisation}-${duty}`, duties: [duty] });
  }

  /** A maker and a checker of an organisation signing one transaction. */
  pair(organisation: string) {
    return this.chain.asAll([
      this.person(organisation, 'maker'),
      this.person(organisation, 'checker'),
    ]);
  }

  hash(text: string): Uint8Array {
    return this.chain.hash(utf8(text));
  }

  /** A fresh hash: a payment proof, terms, whatever nobody looks into. */
  fresh(): Uint8Array {
    return this.hash(`fresh ${++this.#count}`);
  }

  /** Publish the key of the next epoch and take locks under it. */
  async openEpoch(epoch: number): Promise<void> {
    const key = { group: 'ristretto255-SHA512', publicKey: this.hash(`key ${epoch}`) } as const;
    const { publish, makeCurrent } = this.registry.claims;
    await Promise.all([publish({ epoch, ...key }), makeCurrent({ epoch })]);
  }

  /** What a bank has recomputed: tags of the first epoch. */
  checked(invoice: Pick<InvoiceOf, 'name' | 'x' | 'n' | 't'>) {
    return { checked: [{ epoch: 1, ...this.tags(invoice) }] };
  }

  tags({ name, x = name, n = name, t = name }: Pick<InvoiceOf, 'name' | 'x' | 'n' | 't'>) {
    const of = (kind: string, texts: string): readonly Uint8Array[] =>
      texts === '' ? [] : texts.split(',').map((text) => this.hash(`${kind} ${text}`));
    return { x: this.hash(`x ${x}`), n: of('n', n), t: of('t', t) };
  }

  deposit(name: string): { readonly document: Uint8Array; readonly root: Uint8Array } {
    const deposit = { document: this.hash(`file ${name}`), root: this.hash(`root ${name}`) };
    this.importer.deposit({ byteHash: deposit.document, fieldsRoot: deposit.root });
    return deposit;
  }

  verdictOf(invoice: InvoiceOf) {
    const { seller, buyer, received } = invoice;
    return {
      ...this.tags(invoice),
      epoch: 1,
      ruleSet: 'en16931-1.3.16',
      result: invoice.result ?? ('valid' as const),
      seller,
      buyer,
      currency: invoice.currency ?? 'EUR',
      issued: invoice.issued ?? dateAfter(-5),
      payable: invoice.payable ?? 1_000_000,
      deductions: invoice.deductions ?? 0,
      ...(received === undefined ? {} : { received }),
    };
  }

  /** Deposit an invoice and record the importer's verdict on it. Gives the document's id. */
  async invoice(invoice: InvoiceOf): Promise<Uint8Array> {
    const deposit = this.deposit(invoice.name);
    await this.importer.claims.recordVerdict({ ...deposit, ...this.verdictOf(invoice) });
    return deposit.document;
  }

  /** An invoice of S1 to the core enterprise. */
  async sale(name = 'sale', more: Partial<InvoiceOf> = {}): Promise<Uint8Array> {
    return this.invoice({
      name,
      seller: this.s1.organisation,
      buyer: this.core.organisation,
      ...more,
    });
  }

  /** A pack of S1 over an invoice, just issued. */
  async issued(units = 100_000, document?: Uint8Array, due = dateAfter(90)): Promise<Uint8Array> {
    const id = document ?? (await this.sale());
    const { pack } = await this.s1.packs.issue({ document: id, units, due });
    return pack;
  }

  /** A pack that S1 has received. */
  async received(units = 100_000, document?: Uint8Array, due = dateAfter(90)): Promise<Uint8Array> {
    const pack = await this.issued(units, document, due);
    await this.s1.packs.requestConfirm({ pack });
    await this.pair('Core').packs.confirm({ pack, isTransferable: true });
    await this.s1.packs.receive({ pack });
    return pack;
  }

  /** Pass units on with an invoice made for it, and sign. */
  async pass(pack: Uint8Array, range: Range, from: Actor, to: Actor): Promise<void> {
    const name = `trade ${++this.#count}`;
    const document = await this.invoice({
      name,
      seller: to.organisation,
      buyer: from.organisation,
    });
    const { organisation: receiver } = to;
    await from.packs.transfer({ pack, ...range, receiver, purpose: 'trade', document });
    await to.packs.sign({ pack, from: range.from });
  }

  /** Ask a bank, let it offer, accept. */
  async agreed(
    pack: Uint8Array,
    range: Range,
    deal: {
      readonly holder: Actor;
      readonly bank: Actor;
      readonly kind?: 'finance' | 'pledge';
      readonly name?: string;
    },
  ): Promise<{ readonly deal: Uint8Array; readonly lock: Uint8Array }> {
    const { holder, bank, kind = 'finance', name = 'sale' } = deal;
    const terms = this.fresh();
    const asked = await holder.packs.ask({ pack, ...range, bank: bank.organisation, kind });
    const { lock } = await bank.packs.offer({ deal: asked.deal, terms, ...this.checked({ name }) });
    await holder.packs.accept({ deal: asked.deal, terms });
    return { deal: asked.deal, lock };
  }

  /** The whole way to a bank's money. */
  async financed(
    pack: Uint8Array,
    range: Range,
    deal: Parameters<World['agreed']>[2],
  ): Promise<Uint8Array> {
    const agreed = await this.agreed(pack, range, deal);
    await deal.bank.packs.finance({ ...agreed, proof: this.fresh() });
    return agreed.deal;
  }

  /** Let days go by. */
  days(days: number): void {
    this.chain.next({ afterMs: days * DAY_MS });
  }

  async intervals(pack: Uint8Array): Promise<readonly Interval[]> {
    const all: Interval[] = [];
    let after: Uint8Array | undefined;
    do {
      const page = await this.s1.packs.query.intervals({ pack, after });
      all.push(...page.rows);
      after = page.next;
    } while (after !== undefined);
    return all;
  }

  /** The intervals of a pack as `from-to holder STATUS/FLAG`, after a look at whether they tile it. */
  async picture(pack: Uint8Array): Promise<readonly string[]> {
    const all = await this.intervals(pack);
    const found = await this.s1.packs.query.get({ pack });
    expect(tilingError(all, found?.units ?? 0)).toBeUndefined();
    expect(found?.intervals).toBe(all.length);
    return all.map(
      ({ from, to, holder, status, flag }) =>
        `${from}-${to} ${this.nameOf(holder)} ${status}/${flag}`,
    );
  }

  /** The name of an organisation in the tests. */
  nameOf(organisation: string): string {
    const { core, s1, s2, s3, s4, b1, b2, b3 } = this;
    const named = { core, s1, s2, s3, s4, b1, b2, b3 };
    const found = Object.entries(named).find(([, actor]) => actor.organisation === organisation);
    return found?.[0] ?? organisation;
  }

  /** State of the claim on a document. */
  async claimState(document: Uint8Array): Promise<string | undefined> {
    return (await this.s1.claims.query.status({ document }))?.state;
  }
}

/** Expect that a call is refused for a reason of the contracts, or by the chain because of the caller's role. */
export async function refused(
  call: Promise<unknown>,
  reason: Reason | 'NotAllowed',
): Promise<void> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const expected = reason === 'NotAllowed' ? { codeName: reason } : { code: reason };
  expect(error, `expected ${reason}`).toMatchObject(expected);
}
