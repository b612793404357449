import { decode, encode, type Json, type Schema } from '@hanse/codec';
import { codeOf, formatText, HanseError, must, toBase64Url, toHex } from '@hanse/kit';
import {
  formatCursor,
  openEnvelope,
  parseCursor,
  postSchema,
  signatureChecks,
  systemContracts,
  type EventRow,
  type WatchRow,
} from '@hanse/model';
import { Fake, type Answer, type Lie } from './fake.ts';
import type { TradeChain } from './tradechain.ts';
import { tellTrade, type TradeStory } from './tradestory.ts';

/** What a node of this chain answers beside what every fake does: a stream that ends. */
export type TradeAnswer = Answer | { readonly kind: 'lines'; readonly rows: readonly EventRow[] };

/** Time that the story takes, so that its last block is not ahead of the clock. */
const STORY_MS = 60_000;

/** A node with the contracts of trade finance and their story, which also takes transactions. */
export class TradeFake {
  readonly base: Fake;
  readonly story: TradeStory;

  private constructor(base: Fake, story: TradeStory) {
    this.base = base;
    this.story = story;
  }

  static async create(suite: 'intl' | 'sm', nowMs: number): Promise<TradeFake> {
    const base = new Fake(suite, nowMs - STORY_MS);
    return new TradeFake(base, await tellTrade(base.story, nowMs));
  }

  get chain(): TradeChain {
    return this.story.chain;
  }

  set lie(lie: Lie) {
    this.base.lie = lie;
  }

  /** Make one empty block; the rows that streams get for it. */
  advance(nowMs: number): readonly WatchRow[] {
    this.chain.seal(nowMs);
    return this.rowsFrom(this.chain.toy.height);
  }

  /** The rows that streams get for a height and those after it. */
  rowsFrom(height: number): readonly WatchRow[] {
    const { toy } = this.chain;
    return Array.from({ length: toy.height - height + 1 }, (_, i) => height + i).flatMap((one) => [
      { kind: 'final' as const, ...this.base.summary(one) },
      { kind: 'proved' as const, height: one - 1 },
    ]);
  }

  /** Answer a request. A body of bytes comes as Latin-1 text. */
  async handle(method: string, target: string, body: string): Promise<TradeAnswer> {
    const [path = '', query = ''] = target.split('?');
    try {
      if (path === '/v1/envelopes') return json(await this.#post(bytesOf(body)));
      if (path === '/v1/tx/wait') return json(this.#wait(body));
      if (path === '/v1/events') return this.#events(new URLSearchParams(query));
      if (method === 'POST' && path === '/v1/query') {
        const answer = await this.#query(body);
        if (answer !== undefined) return json(answer);
      }
    } catch (error) {
      const known =
        error instanceof HanseError
          ? error
          : new HanseError('Internal', { message: String(error) });
      return { kind: 'json', status: known.httpStatus, value: problemOf(known) };
    }
    return this.base.handle(method, target, body);
  }

  async #post(bytes: Uint8Array): Promise<Json> {
    const { toy } = this.chain;
    const post = decode(postSchema, bytes);
    if (!post.ok) throw new HanseError('Malformed', { object: 'post', reason: post.error });
    const results: Json[] = [];
    for (const envelope of post.value.envelopes) {
      const open = openEnvelope(toy.suite, toy.chainId, envelope);
      if (!open.ok) throw new HanseError('Malformed', { object: 'envelope', reason: open.error });
      const isGood = signatureChecks(toy.suite, toy.chainId, open.value).every((one) =>
        toy.suite.verify(one.alg, one.publicKey, one.message, one.signature),
      );
      if (!isGood) {
        const error = new HanseError('BadSignature', { did: '', kid: '' });
        results.push({ status: 'refused', problem: problemOf(error) });
        continue;
      }
      for (const tx of open.value.txs) {
        if (toy.find(tx.digest) === undefined) await this.chain.execute(tx, Date.now());
      }
      this.chain.seal(Date.now());
      results.push({ status: 'taken', txids: open.value.txs.map((tx) => toHex(tx.digest)) });
    }
    return { results, height: toy.height };
  }

  #wait(body: string): Json {
    const { txids } = JSON.parse(body) as { readonly txids: readonly string[] };
    const outcomes = txids.map((txid) => {
      const answer = this.base.handle('GET', `/v1/tx/${txid}?until=proved&proof=1`, '');
      return (answer.kind === 'json' ? answer.value : null) as Json;
    });
    return { outcomes };
  }

  async #query(body: string): Promise<Json | undefined> {
    const asked = JSON.parse(body) as { contract: string; query: string; args: Json };
    const { contract, query, args } = asked;
    const { toy, views } = this.chain;
    const answer = (result: Json, bytes: Uint8Array) => ({
      result,
      resultBytes: toBase64Url(bytes),
      height: toy.height,
      ageMs: 120,
    });
    if (contract === 'packs' || contract === 'claims') {
      const bytes = await this.chain.query(contract, query, args);
      const codeHash = toHex(views[contract].record.codeHash);
      return { ...answer(null, bytes), codeHash };
    }
    if (contract === 'roles' && query === 'list') {
      const schema = systemContracts.roles.queries.list.result;
      const value = { rows: this.chain.roles(), next: undefined };
      return answer(schema.toJson(value), encode(schema, value));
    }
    return undefined;
  }

  #events(query: URLSearchParams): TradeAnswer {
    const [contract, name] = [query.get('contract'), query.get('name')];
    const from = parseCursor(query.get('from') ?? '0.0') ?? { height: 0, index: -1 };
    const rows: EventRow[] = [];
    const { toy } = this.chain;
    const last = this.base.isEmpty ? -1 : toy.height;
    for (let height = 0; height <= last; height++) {
      const all = toy
        .block(height)
        .receipts.flatMap(({ txid, events }) => events.map((event) => ({ txid, event })));
      for (const [index, { txid, event }] of all.entries()) {
        const isBefore = height < from.height || (height === from.height && index <= from.index);
        const isOther =
          (contract !== null && event.contract !== contract) ||
          (name !== null && event.name !== name);
        if (isBefore || isOther) continue;
        rows.push({
          cursor: formatCursor({ height, index }),
          height,
          txid: toHex(txid),
          contract: event.contract,
          name: event.name,
          data: this.#view(event),
          dataBytes: toBase64Url(event.data),
        });
      }
    }
    return { kind: query.get('follow') === '1' ? 'events' : 'lines', rows };
  }

  #view({ contract, name, data }: { contract: string; name: string; data: Uint8Array }): Json {
    const system = systemContracts as unknown as Readonly<
      Record<string, { readonly events: Readonly<Record<string, Schema<unknown>>> }>
    >;
    const own =
      contract === 'packs' || contract === 'claims' ? this.chain.views[contract].offers : undefined;
    const schema = must((own ?? system[contract])?.events[name], `${contract}.${name}`);
    const value = decode(schema, data);
    if (!value.ok) throw new Error(value.error);
    return schema.toJson(value.value);
  }
}

function json(value: Json): Answer {
  return { kind: 'json', status: 200, value };
}

function bytesOf(latin1: string): Uint8Array {
  return Uint8Array.from(latin1, (one) => one.charCodeAt(0));
}

function problemOf(error: HanseError): Json {
  const { codeName, params, httpStatus: status, retry } = error;
  const text = formatText(codeName, params, 'en');
  return {
    type: `urn:hanse:error:${codeOf(codeName)}`,
    title: text.what,
    status,
    code: codeOf(codeName),
    detail: text.why,
    fix: text.fix,
    retry,
    params: Object.fromEntries(Object.entries(params).map(([key, one]) => [key, String(one)])),
  };
}
