import { canonicalJson, decode, encode, type Json, type Schema } from '@hanse/codec';
import { buildTx, saltOf } from '@hanse/client';
import { codeOf, equalBytes, HanseError, isHanseError, must, toHex, utf8 } from '@hanse/kit';
import {
  contractKeyBytes,
  contractRecordSchema,
  type Call,
  type ContractRecord,
  type Receipt,
} from '@hanse/model';
import { testChain, type TestChain } from '@hanse/testing';
import { claims, packs } from '@hanse/trade-finance';
import { rowKeyBytes, viewOf, type ContractView } from '../src/data/contracts.ts';
import type { Executed, PartyOf, ToyChain } from './chain.ts';

const contracts = { claims, packs };
type Name = keyof typeof contracts;
type Fields = Readonly<Record<string, unknown>>;
type Page = { readonly rows: readonly Fields[]; readonly next?: Uint8Array | undefined };

/** A party of the toy chain with what the contracts know of it. */
export type Actor = {
  readonly party: PartyOf;
  readonly organisation: PartyOf;
  readonly roles: readonly string[];
  readonly duties: readonly string[];
};

/** A call of one of the two contracts. */
export type Asked = { readonly contract: Name; readonly method: string; readonly args: Fields };

/**
 * The contracts as plain TypeScript behind a toy chain: what they do becomes transactions, receipts and records
 * with real proofs. Blocks hold one transaction each.
 */
export class TradeChain {
  readonly toy: ToyChain;
  readonly views: Readonly<Record<Name, ContractView>>;
  readonly #test: TestChain;
  readonly #actors = new Map<string, Actor>();
  /** Ids of the plain chain's transactions, and what they are called on this one. */
  readonly #txids = new Map<string, string>();
  #executed = 0;
  #count = 0;

  constructor(toy: ToyChain) {
    this.toy = toy;
    const { time } = toy.block(toy.height).block.header;
    this.#test = testChain(contracts, { mode: 'plain', suite: toy.genesis.suite, timeMs: time });
    const deployed = (Object.keys(contracts) as Name[]).map((name) => this.#recordOf(name));
    this.views = Object.fromEntries(
      deployed.map((record) => [record.name, viewOf(record)]),
    ) as Readonly<Record<Name, ContractView>>;
    const writes = deployed.map((record) => ({
      key: contractKeyBytes(record.name),
      value: encode(contractRecordSchema, record),
    }));
    toy.add(time + 1, [plain(toy, must(toy.organisations[0], 'one'), 'deploy', writes)]);
  }

  get actors(): readonly Actor[] {
    return [...this.#actors.values()];
  }

  /** Make a party known to the contracts. */
  admit(actor: Actor): Actor {
    const { party, organisation, roles, duties } = actor;
    this.#actors.set(party.did, actor);
    this.#actorOf(party.did, { organisation: organisation.did, roles, duties });
    return actor;
  }

  #actorOf(
    did: string,
    {
      organisation,
      roles,
      duties,
    }: { organisation: string; roles: readonly string[]; duties: readonly string[] },
  ) {
    const isPerson = did !== organisation;
    return this.#test.as({ organisation, roles, duties, ...(isPerson ? { did } : {}) });
  }

  /** Let the contracts find a deposit. */
  deposited(depositor: string, byteHash: Uint8Array, fieldsRoot: Uint8Array): void {
    const actor = must(this.#actors.get(depositor), 'a depositor that was admitted');
    const { organisation, roles, duties } = actor;
    this.#actorOf(depositor, { organisation: organisation.did, roles, duties }).deposit({
      byteHash,
      fieldsRoot,
    });
  }

  /** Execute calls as one transaction in a block of its own; gives its id in hexadecimal. */
  async run(signers: readonly Actor[], calls: readonly Asked[], timeMs: number): Promise<string> {
    const { toy } = this;
    const encoded = calls.map(({ contract, method, args }): Call => {
      const { args: schema } = must(this.views[contract].offers.methods[method], method);
      return { contract, method, args: encode(schema, withMissing(schema, args)) };
    });
    const tx = buildTx(toy.suite, {
      chainId: toy.chainId,
      salt: saltOf(toy.suite, `trade ${this.#count++}`, 0),
      validUntil: timeMs + 60_000,
      signers: signers.map(({ party }) => ({ did: party.did, kid: 'key-1' })),
      calls: encoded,
    });
    return this.execute(tx, timeMs);
  }

  /** Execute a transaction that somebody has signed. */
  async execute(tx: Executed['tx'], timeMs: number): Promise<string> {
    const { toy } = this;
    const time = Math.max(timeMs, toy.block(toy.height).block.header.time + 1);
    this.#next(time);
    const txid = toHex(tx.digest);
    const dids = tx.value.signers.map(({ did }) => did);
    const before = this.#test.events.length;
    const results: Uint8Array[] = [];
    let refused: HanseError | Refused | undefined;
    for (const call of tx.value.calls) {
      this.#executed += 1;
      const plainId = toy.suite.hash(utf8(`hanse-test-tx/${this.#executed}`));
      this.#txids.set(toHex(plainId), txid);
      try {
        results.push(await this.#call(dids, call));
      } catch (error) {
        refused = refusalOf(error, call);
        break;
      }
    }
    const events = this.#test.events.slice(before).map(({ contract, name, data }) => {
      const schema = must(this.views[contract].offers.events[name], name);
      return { contract, name, data: encode(schema, withMissing(schema, { ...data })) };
    });
    const writes = refused === undefined ? await this.#changed() : [];
    toy.add(time, [
      {
        tx,
        writes,
        receipt: (height, index) => ({
          txid: tx.digest,
          height,
          index,
          status: refused === undefined ? { kind: 'ok', value: {} } : statusOf(refused),
          gas: 84_210 * Math.max(1, tx.value.calls.length),
          results: refused === undefined ? results : [],
          events: refused === undefined ? events : [],
        }),
      },
    ]);
    return txid;
  }

  /** An empty block, so that the one before is bound. */
  seal(timeMs: number): void {
    const { toy } = this;
    const time = Math.max(timeMs, toy.block(toy.height).block.header.time + 1);
    toy.add(time, []);
  }

  /** Answer a query as canonical bytes. */
  async query(contract: Name, name: string, args: Json): Promise<Uint8Array> {
    const { args: taken, result } = must(this.views[contract].offers.queries[name], name);
    const value = schemaValue(taken, args);
    const answer = await this.#ask(contract, name, value as Fields);
    return encode(result, this.#named(withMissing(result, answer)));
  }

  async #call(dids: readonly string[], { contract, method, args }: Call): Promise<Uint8Array> {
    if (contract !== 'packs' && contract !== 'claims')
      throw new HanseError('UnknownContract', { contract });
    const entry = must(this.views[contract].offers.methods[method], method);
    const value = decode(entry.args, args);
    if (!value.ok) throw new HanseError('BadArguments', { contract, method, reason: value.error });
    const actors = dids.map((did) => {
      const { organisation, roles, duties } = must(this.#actors.get(did), did);
      return this.#actorOf(did, { organisation: organisation.did, roles, duties });
    });
    const callers = this.#test.asAll(actors)[contract];
    const result = await must(callers[method], method)(value.value as Fields);
    return encode(entry.result, withMissing(entry.result, result ?? {}));
  }

  async #ask(contract: Name, name: string, args: Fields): Promise<unknown> {
    const [any] = this.#actors.values();
    const { party, organisation, roles, duties } = must(any, 'somebody asks');
    const actor = this.#actorOf(party.did, { organisation: organisation.did, roles, duties });
    return must(actor[contract].query[name], name)(args);
  }

  async #rows(contract: Name, name: string, args: Fields = {}): Promise<readonly Fields[]> {
    const rows: Fields[] = [];
    let after: Uint8Array | undefined;
    do {
      const page = (await this.#ask(contract, name, { ...args, ...(after && { after }) })) as Page;
      rows.push(...page.rows);
      after = page.next;
    } while (after !== undefined);
    return rows;
  }

  /** Records of the rows that pages prove, where they differ from the state. */
  async #changed(): Promise<Executed['writes']> {
    const writes: { key: Uint8Array; value: Uint8Array }[] = [];
    const note = (contract: Name, table: string, rows: readonly Fields[]): void => {
      const view = must(this.views[contract].tables[table], table);
      for (const row of rows) {
        const key = rowKeyBytes(view, row);
        const value = encode(view.row, this.#named(withMissing(view.row, row)));
        const old = this.toy.value(key, this.toy.height);
        if (old === undefined || !equalBytes(old, value)) writes.push({ key, value });
      }
    };
    const all = await this.#rows('packs', 'list');
    note('packs', 'pack', all);
    for (const { id: pack } of all) {
      note('packs', 'interval', await this.#rows('packs', 'intervals', { pack }));
      note('packs', 'entry', await this.#rows('packs', 'history', { pack }));
    }
    note('packs', 'hit', await this.#rows('packs', 'hits'));
    note('claims', 'hit', await this.#rows('claims', 'hits'));
    return writes;
  }

  /** The same value with ids of transactions as this chain has them. */
  #named(value: unknown): unknown {
    if (typeof value === 'string') return this.#txids.get(value) ?? value;
    if (Array.isArray(value)) return value.map((one) => this.#named(one));
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.#named(one)]));
  }

  /** Bring the plain chain to the block that comes next. */
  #next(timeMs: number): void {
    this.#follow();
    this.#test.next({ afterMs: timeMs - this.#test.time });
  }

  /** Bring the plain chain to the newest block of this one; time passes when something is executed. */
  #follow(): void {
    while (this.#test.height < this.toy.height) this.#test.next({ afterMs: 0 });
  }

  #recordOf(name: Name): ContractRecord {
    const { suite } = this.toy;
    const codeHash = suite.hash(utf8(`toy code of ${name}`));
    return {
      name,
      version: 1,
      codeHash,
      codeBytes: 48_000,
      chunks: [codeHash],
      manifest: utf8(canonicalJson(contracts[name].manifest)),
      owners: { organisations: [must(this.toy.organisations[0], 'one').did], threshold: 1 },
      txid: codeHash,
      height: 3,
      time: this.toy.genesis.time,
    };
  }

  /** All events of the contracts so far. */
  events(): readonly { readonly name: string; readonly data: unknown }[] {
    return this.#test.events;
  }

  /** What the roles contract lists. */
  roles() {
    const byOrganisation = new Map<string, Set<string>>();
    for (const { organisation, roles } of this.#actors.values()) {
      const own = byOrganisation.get(organisation.did) ?? new Set<string>();
      for (const role of roles) own.add(role);
      byOrganisation.set(organisation.did, own);
    }
    return [...byOrganisation]
      .filter(([, roles]) => roles.size > 0)
      .map(([organisation, roles]) => ({ organisation, roles: [...roles] }));
  }
}

/** What a contract rejected, as an error of tests. */
type Refused = { readonly code: string; readonly message: string; readonly call: Call };

function refusalOf(error: unknown, call: Call): HanseError | Refused {
  if (isHanseError(error)) return error;
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code !== 'string') throw error;
  return { code, message: String(message), call };
}

function statusOf(refused: HanseError | Refused): Receipt['status'] {
  const texts = isHanseError(refused)
    ? { ...refused.params }
    : {
        contract: refused.call.contract,
        method: refused.call.method,
        reason: refused.code,
        message: refused.message,
      };
  const code = isHanseError(refused) ? codeOf(refused.codeName) : 'ContractRejected';
  const params = Object.entries(texts)
    .map(([name, value]) => ({ name, value: String(value).slice(0, 200) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return { kind: 'refused', value: { code, message: '', params, frames: [] } };
}

/** Optional members that contracts leave out are undefined in canonical values. */
function withMissing({ shape }: Schema<unknown>, value: unknown): unknown {
  if (shape.kind === 'option') {
    return value === undefined ? undefined : withMissing(shape.item as Schema<unknown>, value);
  }
  if (shape.kind === 'list' && Array.isArray(value)) {
    return value.map((one) => withMissing(shape.item as Schema<unknown>, one));
  }
  if (shape.kind !== 'struct' || typeof value !== 'object' || value === null) return value;
  const fields = value as Fields;
  return Object.fromEntries(
    Object.entries(shape.fields).map(([name, one]) => [
      name,
      withMissing(one as Schema<unknown>, fields[name]),
    ]),
  );
}

function schemaValue(schema: Schema<unknown>, json: Json): unknown {
  return withoutMissing(schema.fromJson(json));
}

function withoutMissing(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(withoutMissing);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.map(([name, one]) => [name, withoutMissing(one)]));
}

/** A transaction that only writes. */
function plain(toy: ToyChain, signer: PartyOf, name: string, writes: Executed['writes']): Executed {
  const tx = buildTx(toy.suite, {
    chainId: toy.chainId,
    salt: saltOf(toy.suite, name, 0),
    validUntil: toy.genesis.time + 600_000,
    signers: [{ did: signer.did, kid: 'key-1' }],
    calls: [{ contract: 'contracts', method: 'deploy', args: new Uint8Array(0) }],
  });
  return {
    tx,
    writes,
    receipt: (height, index) => ({
      txid: tx.digest,
      height,
      index,
      status: { kind: 'ok', value: {} },
      gas: 1_000,
      results: [new Uint8Array(0)],
      events: [],
    }),
  };
}
