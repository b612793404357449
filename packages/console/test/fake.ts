import { decode, encode, isJsonObject, type Json, type Schema } from '@hanse/codec';
import {
  codeOf,
  compareBytes,
  formatText,
  fromHex,
  HanseError,
  must,
  toBase64Url,
  toHex,
  type ErrorName,
  type ErrorParams,
} from '@hanse/kit';
import {
  didKeyBytes,
  didRecordSchema,
  formatCursor,
  headerSchema,
  parseCursor,
  receiptSchema,
  systemContracts,
  type BlockDetail,
  type BlockSummary,
  type EventRow,
  type Head,
  type Problem,
  type Receipt,
  type WatchRow,
  type Why,
} from '@hanse/model';
import { tellStory, type Story } from './script.ts';

/** Headers of every page and answer, as the node sends them. */
export const contentPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";

/** An answer: JSON, or a stream that starts with rows and goes on with what {@link Fake.advance} gives. */
export type Answer =
  | { readonly kind: 'json'; readonly status: number; readonly value: unknown }
  | { readonly kind: 'watch' }
  | { readonly kind: 'events'; readonly rows: readonly EventRow[] };

/** How the node lies, where a test wants it to. */
export type Lie = 'none' | 'record' | 'certificate' | 'receipt' | 'chain';

/** A node with the toy chain behind the shapes of the HTTP interface. */
export class Fake {
  readonly story: Story;
  lie: Lie = 'none';
  /** Whether one validator is silent. */
  isDegraded = false;
  /** An empty chain: no deposits are listed. */
  isEmpty = false;

  constructor(suite: 'intl' | 'sm', nowMs: number) {
    this.story = tellStory(suite, nowMs);
  }

  /** Make one block; the rows that the stream gets for it. */
  advance(nowMs: number): readonly WatchRow[] {
    const { chain } = this.story;
    const last = chain.block(chain.height).block.header.time;
    const height = chain.add(Math.max(last + 1, nowMs), []);
    return [
      { kind: 'final', ...this.summary(height) },
      { kind: 'proved', height: height - 1 },
    ];
  }

  /** Answer a request. `target` is path and query. */
  handle(method: string, target: string, body: string): Answer {
    const [path = '', query = ''] = target.split('?');
    const asked = Object.fromEntries(
      query.split('&').map((pair) => pair.split('=', 2).map(decodeURIComponent)),
    ) as Readonly<Record<string, string>>;
    try {
      return this.#route(method, path, asked, body);
    } catch (error) {
      const known =
        error instanceof HanseError
          ? error
          : new HanseError('Internal', { message: String(error) });
      return json(known.httpStatus, problemOf(known.codeName, known.params));
    }
  }

  summary(height: number): BlockSummary {
    const { chain } = this.story;
    const { block, receipts, txs } = chain.block(height);
    return {
      height,
      view: block.header.view,
      digest: toHex(block.digest),
      time: block.header.time,
      proposer: block.header.proposer,
      transactions: receipts.length,
      refused: receipts.filter(({ status }) => status.kind === 'refused').length,
      sizeBytes: txs.reduce((sum, tx) => sum + tx.bytes.length + 110, 0),
      executedHeight: block.header.executed.height,
    };
  }

  #route(
    method: string,
    path: string,
    query: Readonly<Record<string, string>>,
    body: string,
  ): Answer {
    const { chain } = this.story;
    const [, , first, second, third] = path.split('/');
    if (method === 'POST' && path === '/v1/query') return json(200, this.#query(body));
    if (path === '/v1/head') return json(200, this.#head());
    if (path === '/v1/why') return json(200, this.#why());
    if (path === '/v1/genesis') return json(200, this.#genesis());
    if (path === '/v1/watch') return { kind: 'watch' };
    if (path === '/v1/events') return { kind: 'events', rows: this.#events(query['from']) };
    if (path === '/v1/blocks') {
      const before = Number(query['before'] ?? chain.height + 1);
      const count = Math.min(Number(query['limit'] ?? 20), before);
      const heights = Array.from({ length: count }, (_, index) => before - 1 - index);
      return json(200, { blocks: heights.map((height) => this.summary(height)) });
    }
    if (first === 'blocks' && third === undefined) return json(200, this.#block(Number(second)));
    if (first === 'blocks' && third === 'proof') return json(200, this.#proof(Number(second)));
    if (first === 'records' && second !== undefined) return json(200, this.#record(second));
    if (first === 'tx' && second !== undefined) return json(200, this.#tx(second));
    throw new HanseError('RouteUnknown', { method, path });
  }

  #genesis(): Json {
    const document = this.story.chain.genesisJson();
    if (this.lie !== 'chain' || !isJsonObject(document)) return document;
    return { ...document, time: 1_700_000_000_000 };
  }

  #head(): Head {
    const { chain } = this.story;
    const { block } = chain.block(chain.height);
    return {
      chainId: toHex(chain.chainId),
      network: chain.genesis.network,
      suite: chain.genesis.suite,
      height: chain.height,
      digest: toHex(block.digest),
      time: block.header.time,
      executedHeight: chain.height,
      provedHeight: chain.height - 1,
      validators: chain.validators.map(({ did }, index) => {
        const isSilent = this.isDegraded && index === 2;
        return {
          index,
          did,
          name: must(chain.organisations[index], 'one each').name,
          organisation: must(chain.organisations[index], 'one each').did,
          self: index === 0,
          connected: !isSilent,
          ...(index === 0 ? {} : { silentMs: isSilent ? 12_400 : 180 }),
          executedHeight: isSilent ? chain.height - 14 : chain.height,
          finalHeight: isSilent ? chain.height - 14 : chain.height,
        };
      }),
    };
  }

  #why(): Why {
    const { chain } = this.story;
    const silent = this.isDegraded ? ['Harbour Logistics'] : [];
    return {
      healthy: !this.isDegraded,
      sentence: this.isDegraded
        ? 'Harbour Logistics is silent for 12 s. Quorum holds; one more failure stops the chain.'
        : `Chain is healthy: block ${chain.height}, 4 of 4 validators voting.`,
      sentenceZh: this.isDegraded
        ? 'Harbour Logistics 已 12 秒无响应。法定数仍满足；再有一个故障链将停止。'
        : `链运行正常：区块 ${chain.height}，4 个验证节点全部在投票。`,
      quorum: 3,
      voting: 4 - silent.length,
      silent,
      height: chain.height,
    };
  }

  #block(height: number): BlockDetail {
    const { chain } = this.story;
    this.#mustHeight(height, chain.height);
    const { block, receipts, txs } = chain.block(height);
    return {
      ...this.summary(height),
      header: headerSchema.toJson(block.header),
      signers: height === 0 ? [] : chain.signers(height),
      receipts: receipts.map(({ txid, status }, index) => {
        const tx = must(txs[index], 'a transaction per receipt').value;
        return {
          txid: toHex(txid),
          status: status.kind,
          ...(status.kind === 'refused' ? { code: status.value.code } : {}),
          calls: tx.calls.map(({ contract, method }) => `${contract}.${method}`),
          signers: tx.signers.map(({ did }) => did),
        };
      }),
    };
  }

  #proof(height: number): Json {
    const { chain } = this.story;
    this.#mustHeight(height, chain.height - 1);
    return { final: this.#final(), history: toBase64Url(chain.historyBytes(height)) };
  }

  #final(): string {
    const bytes = this.story.chain.final();
    return toBase64Url(this.lie === 'certificate' ? flipped(bytes, bytes.length - 8) : bytes);
  }

  #record(keyHex: string): Json {
    const { chain } = this.story;
    const key = fromHex(keyHex);
    if (key === undefined) throw new HanseError('UsageError', { message: 'key' });
    const value = chain.value(key);
    const proof = chain.recordProof(key);
    const shown = this.lie === 'record' ? flipped(proof, 40 + key.length) : proof;
    return {
      key: keyHex,
      value: value === undefined ? null : toBase64Url(value),
      height: chain.height - 1,
      proof: { final: this.#final(), record: toBase64Url(shown) },
    };
  }

  #tx(txidHex: string): Json {
    const { chain } = this.story;
    const txid = fromHex(txidHex) ?? new Uint8Array(0);
    const place = chain.find(txid);
    if (place === undefined) {
      throw new HanseError('TxUnknown', { txid: txidHex, height: chain.height });
    }
    const { receipts, txs } = chain.block(place.height);
    const receipt: Receipt = must(receipts[place.index], 'found above');
    const shown = {
      receipt: receiptSchema.toJson(receipt),
      receiptBytes: toBase64Url(encode(receiptSchema, receipt)),
    };
    if (place.height > chain.height - 1) return { state: 'final', ...shown };
    const proof = chain.receiptProof(place);
    const tx = must(txs[place.index], 'found above');
    return {
      state: 'proved',
      ...shown,
      proof: {
        final: this.#final(),
        receipt: toBase64Url(this.lie === 'receipt' ? flipped(proof, 60) : proof),
        tx: toBase64Url(tx.bytes),
      },
    };
  }

  #query(body: string): Json {
    const { chain, deposits, coSignatures, links } = this.story;
    const asked = JSON.parse(body) as { contract: string; query: string; args: Json };
    const args = isJsonObject(asked.args) ? asked.args : {};
    const { queries } = systemContracts.evidence;
    const of = <T>(schema: Schema<T>, value: T): Json => ({
      result: schema.toJson(value),
      resultBytes: toBase64Url(encode(schema, value)),
      height: chain.height,
      ageMs: 120,
    });
    const first = this.story.files[0]?.bytes ?? new Uint8Array(0);
    const isFirst = args['id'] === toHex(chain.suite.hash(first));
    switch (`${asked.contract}.${asked.query}`) {
      case 'identity.get': {
        const value = chain.value(didKeyBytes(String(args['did'])));
        const record = value === undefined ? undefined : decode(didRecordSchema, value);
        if (record?.ok !== true) throw new HanseError('DidUnknown', { did: String(args['did']) });
        return of(didRecordSchema, record.value);
      }
      case 'evidence.coSignatures': {
        const rows = isFirst ? coSignatures : [];
        return of(queries.coSignatures.result, { rows, next: undefined });
      }
      case 'evidence.links': {
        const rows = links.filter(({ from, to }) =>
          [toHex(from), toHex(to)].includes(String(args['id'])),
        );
        return of(queries.links.result, { rows, next: undefined });
      }
      case 'evidence.list': {
        const all = [...deposits.values()].sort((a, b) => compareBytes(a.byteHash, b.byteHash));
        const after = typeof args['after'] === 'string' ? args['after'] : '';
        const page = all.filter((one) => toHex(one.byteHash) > after).slice(0, 3);
        const last = page.at(-1);
        const hasMore =
          last !== undefined &&
          toHex(last.byteHash) !== toHex(all.at(-1)?.byteHash ?? last.byteHash);
        return of(queries.list.result, {
          rows: this.isEmpty ? [] : page,
          next: hasMore && !this.isEmpty ? last.byteHash : undefined,
        });
      }
      default:
        throw new HanseError('UnknownQuery', { contract: asked.contract, query: asked.query });
    }
  }

  #events(from: string | undefined): readonly EventRow[] {
    if (this.isEmpty) return [];
    const { chain } = this.story;
    const start = parseCursor(from ?? '0.0')?.height ?? 0;
    const { events } = systemContracts.evidence;
    const rows: EventRow[] = [];
    for (let height = Math.max(0, start); height <= chain.height; height++) {
      const all = chain
        .block(height)
        .receipts.flatMap(({ txid, events: one }) => one.map((event) => ({ txid, event })));
      for (const [index, { txid, event }] of all.entries()) {
        if (event.contract !== 'evidence' || event.name !== 'deposited') continue;
        rows.push({
          cursor: formatCursor({ height, index }),
          height,
          txid: toHex(txid),
          contract: event.contract,
          name: event.name,
          data: viewOf(events.deposited, event.data),
          dataBytes: toBase64Url(event.data),
        });
      }
    }
    return rows;
  }

  #mustHeight(height: number, max: number): void {
    if (Number.isSafeInteger(height) && height >= 0 && height <= max) return;
    throw new HanseError('RecordUnknown', { object: 'block', id: height, height: max });
  }
}

function json(status: number, value: unknown): Answer {
  return { kind: 'json', status, value };
}

/** A problem document as the node writes it. */
function problemOf(name: ErrorName, params: ErrorParams): Problem {
  const text = formatText(name, params, 'en');
  const error = new HanseError(name, params);
  return {
    type: `urn:hanse:error:${codeOf(name)}`,
    title: text.what,
    status: error.httpStatus,
    code: codeOf(name),
    detail: text.why,
    fix: text.fix,
    retry: error.retry,
    params: Object.fromEntries(Object.entries(params).map(([key, value]) => [key, String(value)])),
  };
}

function viewOf<T>(schema: Schema<T>, bytes: Uint8Array): Json {
  const value = decode(schema, bytes);
  if (!value.ok) throw new Error(value.error);
  return schema.toJson(value.value);
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}
