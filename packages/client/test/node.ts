import { decode, encode, isJsonObject, type Json } from '@hanse/codec';
import { merkleProof, merkleRoot } from '@hanse/crypto';
import {
  codeOf,
  formatText,
  fromHex,
  must,
  toBase64Url,
  toHex,
  utf8,
  catalogue,
  type ErrorName,
  type ErrorParams,
} from '@hanse/kit';
import {
  finalProofSchema,
  genesisSchema,
  headerDigest,
  headerSchema,
  historyLeafSchema,
  openEnvelope,
  postSchema,
  receiptProofSchema,
  receiptSchema,
  receiptsRoot,
  eventsRoot,
  recordProofSchema,
  signatureChecks,
  voteSignBytes,
  type Header,
  type HistoryLeaf,
  type OpenEnvelope,
  type Problem,
  type Receipt,
  type Refusal,
  type Sealed,
  type Tx,
} from '@hanse/model';
import type { HttpRequest, HttpResponse, Platform } from '../src/platform.ts';
import { NOW_MS, type TestChain } from './chain.ts';

/** What a test lets go wrong at the next requests of one node; each entry is used once. */
export type Fault =
  /** No answer, and nothing done. */
  | 'down'
  /** Done, but the answer is lost. */
  | 'lost-answer'
  /** Answered as taken, then forgotten. */
  | 'forgets'
  | { readonly problem: ErrorName; readonly params: ErrorParams };

/** Time that passes only when somebody sleeps or waits. */
export class FakeTime {
  nowMs = NOW_MS;
  sleeps = 0;
}

type Executed = { readonly receipt: Receipt; readonly tx: Sealed<Tx> };

/** One chain behind several nodes: posts make blocks at once, proofs are real. */
export class FakeChain {
  readonly chain: TestChain;
  readonly time: FakeTime;
  readonly executed = new Map<string, Executed>();
  readonly headers: Header[];
  readonly leaves: HistoryLeaf[];
  readonly receiptsAt = new Map<number, readonly Receipt[]>();
  /** Methods that are refused by their contract. */
  readonly refusedMethods = new Set<string>();
  /** Results of methods that give one, and refusals other than the usual. */
  readonly results = new Map<string, Uint8Array>();
  readonly refusals = new Map<string, Refusal>();

  constructor(chain: TestChain, time: FakeTime) {
    this.chain = chain;
    this.time = time;
    this.headers = [...chain.headers];
    this.leaves = [...chain.leaves];
    this.receiptsAt.set(3, chain.receipts);
    for (const [index, receipt] of chain.receipts.entries()) {
      this.executed.set(toHex(receipt.txid), { receipt, tx: must(chain.txs[index], 'tx') });
    }
  }

  get height(): number {
    return this.headers.length - 1;
  }

  /** Execute an envelope in a block of its own, and bind it by the next. */
  execute(open: OpenEnvelope): void {
    const fresh = open.txs.filter(
      (tx) => !this.executed.has(toHex(tx.digest)) && tx.value.validUntil >= this.time.nowMs,
    );
    if (fresh.length === 0) return;
    const height = this.height + 1;
    const receipts = fresh.map((tx, index): Receipt => {
      const refusal = tx.value.calls.map((call) => this.#refusalOf(call.method)).find(Boolean);
      const refused = refusal !== undefined;
      const status = refused
        ? ({ kind: 'refused', value: refusal } as const)
        : ({ kind: 'ok', value: {} } as const);
      return {
        txid: tx.digest,
        height,
        index,
        status,
        gas: 1,
        results: refused
          ? []
          : tx.value.calls.map((call) => this.results.get(call.method) ?? new Uint8Array(0)),
        events: [],
      };
    });
    for (const [index, receipt] of receipts.entries())
      this.executed.set(toHex(receipt.txid), { receipt, tx: must(fresh[index], 'tx') });
    this.seal(receipts);
    this.seal([]);
  }

  #refusalOf(method: string): Refusal | undefined {
    if (!this.refusedMethods.has(method)) return this.refusals.get(method);
    return {
      code: 'EvidenceUnknown',
      message: '',
      params: [{ name: 'id', value: 'x' }],
      frames: [],
    };
  }

  /** One more block. */
  seal(receipts: readonly Receipt[]): void {
    const { suite, tree } = this.chain;
    const height = this.height + 1;
    const last = must(this.headers.at(-1), 'header');
    const historyRoot = merkleRoot(
      suite,
      this.leaves.map((leaf) => encode(historyLeafSchema, leaf)),
    );
    const header: Header = {
      ...last,
      height,
      view: height + 10,
      parentView: last.view,
      time: Math.max(last.time + 1, this.time.nowMs),
      executed: { height: height - 1, stateRoot: tree.root, historyRoot },
    };
    this.headers.push(header);
    this.receiptsAt.set(height, receipts);
    this.leaves.push({
      height,
      headerDigest: headerDigest(suite, encode(headerSchema, header)),
      stateRoot: tree.root,
      receiptsRoot: receiptsRoot(suite, receipts),
      eventsRoot: eventsRoot(suite, receipts),
    });
  }

  final(): string {
    const { suite, keys, chainId } = this.chain;
    const header = encode(headerSchema, must(this.headers.at(-1), 'header'));
    const vote = {
      kind: 'finalize',
      epoch: 0,
      view: must(this.headers.at(-1), 'header').view,
      digest: headerDigest(suite, header),
    } as const;
    const votes = [0, 1, 2].map((signer) => ({
      signer,
      signature: suite.sign(must(keys[signer], 'key'), voteSignBytes(chainId, vote)),
    }));
    return toBase64Url(encode(finalProofSchema, { header, certificate: { ...vote, votes } }));
  }

  history(height: number) {
    const bound = this.leaves.slice(0, this.height);
    const path = merkleProof(
      this.chain.suite,
      bound.map((leaf) => encode(historyLeafSchema, leaf)),
      height,
    );
    return { leaf: must(bound[height], 'leaf'), count: bound.length, path };
  }

  proof({ receipt, tx }: Executed): Json {
    const all = must(this.receiptsAt.get(receipt.height), 'receipts').map((one) =>
      encode(receiptSchema, one),
    );
    const { index, height } = receipt;
    const path = merkleProof(this.chain.suite, all, index);
    const bytes = encode(receiptProofSchema, {
      receipt: must(all[index], 'receipt'),
      index,
      count: all.length,
      path,
      history: this.history(height),
    });
    return { final: this.final(), receipt: toBase64Url(bytes), tx: toBase64Url(tx.bytes) };
  }
}

/** One node in front of a chain. */
export class FakeNode {
  readonly faults: Fault[] = [];
  /** Bodies of the posts that arrived, in order. */
  readonly posts: Uint8Array[] = [];
  readonly seen: string[] = [];
  /** A node may lie about proofs. */
  tamper: (answer: Json) => Json = (answer) => answer;
  /** Answers of routes that have no other here, such as `/v1/query`. */
  readonly answers = new Map<string, (body: Json) => Json>();
  readonly #chain: FakeChain;

  constructor(chain: FakeChain) {
    this.#chain = chain;
  }

  answer(path: string, request: HttpRequest): { readonly status: number; readonly value: Json } {
    this.seen.push(`${request.method} ${path}`);
    const fault = this.faults.shift();
    if (fault === 'down') throw new TypeError('fetch failed');
    if (typeof fault === 'object')
      return {
        status: catalogue[fault.problem].http,
        value: { ...problem(fault.problem, fault.params) },
      };
    const answer = this.#route(path, request, fault);
    if (fault === 'lost-answer') throw new TypeError('socket hang up');
    return { ...answer, value: this.tamper(answer.value) };
  }

  #route(
    path: string,
    request: HttpRequest,
    fault: Fault | undefined,
  ): { status: number; value: Json } {
    const { chain, time } = this.#chain;
    const [route = '', query = ''] = path.split('?');
    const done = (value: Json) => ({ status: 200, value });
    const own = this.answers.get(route);
    if (own !== undefined) return done(own(JSON.parse(String(request.body ?? 'null')) as Json));
    if (route === '/v1/genesis') return done(genesisView(chain));
    if (route === '/v1/envelopes') return done(this.#post(must(request.body, 'body'), fault));
    if (route === '/v1/head')
      return done({ height: this.#chain.height, provedHeight: this.#chain.height - 1 });
    if (/^\/v1\/blocks\/\d+\/proof$/.test(route))
      return done({ final: this.#chain.final(), history: '' });
    if (route.startsWith('/v1/records/')) {
      const key = must(fromHex(route.split('/')[3] ?? ''), 'key');
      const record = toBase64Url(encode(recordProofSchema, chain.tree.prove(key)));
      return done({
        key: toHex(key),
        value: null,
        height: this.#chain.height - 1,
        proof: { final: this.#chain.final(), record },
      });
    }
    if (route === '/v1/tx/wait') {
      const body = JSON.parse(String(request.body)) as {
        txids: string[];
        waitMs: number;
        proof: boolean;
      };
      const outcomes = body.txids.map((txid) => this.#outcome(txid, body.proof));
      if (outcomes.some((one) => isJsonObject(one) && one['state'] === 'pending'))
        time.nowMs += body.waitMs;
      return done({ outcomes });
    }
    const txid = /^\/v1\/tx\/([0-9a-f]{64})$/.exec(route)?.[1] ?? '';
    const outcome = this.#outcome(txid, query.includes('proof=1'));
    const isPending = isJsonObject(outcome) && outcome['state'] === 'pending';
    return isPending
      ? { status: 404, value: { ...problem('TxUnknown', { txid, height: this.#chain.height }) } }
      : done(outcome);
  }

  #post(body: Uint8Array | string, fault: Fault | undefined): Json {
    const bytes = typeof body === 'string' ? utf8(body) : body;
    this.posts.push(bytes);
    const post = decode(postSchema, bytes);
    if (!post.ok) throw new Error(post.error);
    const { suite, chainId } = this.#chain.chain;
    const results = post.value.envelopes.map((envelope): Json => {
      const open = openEnvelope(suite, chainId, envelope);
      if (!open.ok)
        return {
          status: 'refused',
          problem: { ...problem('Malformed', { object: 'envelope', reason: open.error }) },
        };
      const good = signatureChecks(suite, chainId, open.value).every((one) =>
        suite.verify(one.alg, one.publicKey, one.message, one.signature),
      );
      if (!good)
        return { status: 'refused', problem: { ...problem('BadSignature', { did: '', kid: '' }) } };
      if (fault !== 'forgets') this.#chain.execute(open.value);
      return { status: 'taken', txids: open.value.txs.map((tx) => toHex(tx.digest)) };
    });
    return { results, height: this.#chain.height };
  }

  #outcome(txid: string, proof: boolean): Json {
    const executed = this.#chain.executed.get(txid);
    if (executed === undefined) {
      return {
        state: 'pending',
        problem: { ...problem('NotFinalInTime', { txid, until: 'proved', waitMs: 0 }) },
      };
    }
    const receiptBytes = toBase64Url(encode(receiptSchema, executed.receipt));
    const more = proof ? { proof: this.#chain.proof(executed) } : {};
    return { state: 'proved', receipt: {}, receiptBytes, ...more };
  }
}

function genesisView(chain: TestChain): Json {
  return genesisSchema.toJson(chain.genesis);
}

function problem(name: ErrorName, params: ErrorParams): Problem {
  const { what, why, fix } = formatText(name, params, 'en');
  const { http, retry } = catalogue[name];
  const texts = Object.fromEntries(
    Object.entries(params).map(([key, value]) => [key, String(value)]),
  );
  return {
    type: '',
    title: what,
    status: http,
    code: codeOf(name),
    detail: why,
    fix,
    retry,
    params: texts,
  };
}

/** A platform whose network is these nodes (`http://0`, `http://1` …) and whose time is this one. */
export function fakePlatform(nodes: readonly FakeNode[], time: FakeTime): Platform {
  let counter = 0;
  return {
    nowMs: () => time.nowMs,
    randomBytes: (sizeBytes) => {
      counter += 1;
      return Uint8Array.from(
        { length: sizeBytes },
        (_, i) => Math.floor(counter / 256 ** (i % 4)) % 256,
      );
    },
    sleep: async (delayMs) => {
      time.sleeps += 1;
      time.nowMs += delayMs;
    },
    fetch: async (url, request): Promise<HttpResponse> => {
      const { host, pathname, search } = new URL(url);
      // URL reads the bare number as an address; only its last part matters.
      const node = must(nodes[Number(host.split('.').at(-1))], host);
      const { status, value } = node.answer(pathname + search, request);
      return { status, body: once(utf8(`${JSON.stringify(value)}\n`)) };
    },
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
