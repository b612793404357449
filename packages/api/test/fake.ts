import { encode, shapeToJson, t, type AnySchema, type Json } from '@hanse/codec';
import { HanseError, toBase64Url, toHex, utf8 } from '@hanse/kit';
import {
  evidenceSchema,
  interfaceOf,
  systemContracts,
  type BlockSummary,
  type ContractRecord,
  type Evidence,
  type EventRow,
} from '@hanse/model';
import type { NodeFacade } from '../src/facade.ts';
import { problemOf } from '../src/problem.ts';

export const TXID = '11'.repeat(32);
const HASH = '22'.repeat(32);

export const summary: BlockSummary = {
  height: 7,
  view: 9,
  digest: HASH,
  time: 1_700_000_000_000,
  proposer: 1,
  transactions: 1,
  refused: 0,
  sizeBytes: 300,
  executedHeight: 6,
};

const evidence: Evidence = {
  byteHash: new Uint8Array(32).fill(1),
  sizeBytes: 5,
  mediaType: 'text/plain',
  fieldsRoot: new Uint8Array(32).fill(2),
  fieldCount: 3,
  capture: {
    device: '',
    software: 'test',
    softwareVersion: '1',
    capturedAt: 1,
    timeSource: 'system',
    method: 'file',
  },
  depositor: 'did:hanse:test:a',
  organisation: 'did:hanse:test:b',
  txid: new Uint8Array(32).fill(3),
  height: 7,
  time: 2,
  supersededBy: undefined,
};

const receipt: Json = {
  txid: TXID,
  height: 7,
  index: 0,
  status: { kind: 'ok', value: {} },
  gas: 1,
  results: [],
  events: [],
};

function eventRow(index: number, filler: string): EventRow {
  return {
    cursor: `7.${index + 1}`,
    height: 7,
    txid: TXID,
    contract: 'evidence',
    name: 'deposited',
    data: { filler },
    dataBytes: '',
  };
}

const shopResult = t.struct({ total: t.amount });

/** A contract whose query `total` is there in version 2 only. */
function shopRecord(version: number): ContractRecord {
  const item = shapeToJson(t.struct({ item: t.text(20) }).shape);
  const method = (name: string, kind: string, returns: AnySchema): Json => {
    return { name, kind, args: item, returns: shapeToJson(returns.shape), allow: [] };
  };
  const buy = method('buy', 'command', t.struct({}));
  const total = method('total', 'query', shopResult);
  const manifest = {
    abi: 1,
    name: 'shop',
    tables: [],
    events: [{ name: 'Bought', data: item }],
    methods: version === 1 ? [buy] : [buy, total],
  };
  return {
    name: 'shop',
    version,
    codeHash: new Uint8Array(32).fill(version),
    codeBytes: 100,
    chunks: [new Uint8Array(32)],
    manifest: utf8(JSON.stringify(manifest)),
    owners: { organisations: ['did:hanse:test:b'], threshold: 1 },
    txid: new Uint8Array(32),
    height: 5,
    time: 9,
  };
}

/** A facade with one transaction, and streams that count how much of them was asked for. */
export function fakeFacade(): NodeFacade & {
  readonly seen: { rows: number; ended: number; queries: number };
} {
  const seen = { rows: 0, ended: 0, queries: 0 };
  return {
    seen,
    submit: async (envelopes) => ({
      height: 7,
      results: envelopes.map((bytes) =>
        bytes.length === 0
          ? {
              status: 'refused',
              problem: problemOf('PoolFull', { held: 1, limit: 1, afterMs: 5 }, 'en'),
            }
          : { status: 'taken', txids: [TXID] },
      ),
    }),
    outcome: async (txid, until, waitMs, proof) => {
      if (toHex(txid) === TXID) {
        return {
          state: until,
          receipt,
          receiptBytes: '',
          ...(proof ? { proof: { final: 'AA', receipt: 'AA', tx: 'AA' } } : {}),
        };
      }
      const params = { txid: toHex(txid), until, waitMs, height: 7 };
      return {
        state: 'pending',
        problem: problemOf(waitMs > 0 ? 'NotFinalInTime' : 'TxUnknown', params, 'en'),
      };
    },
    head: async () => ({
      chainId: HASH,
      network: 'test',
      suite: 'intl',
      height: 7,
      digest: HASH,
      time: 1,
      executedHeight: 7,
      provedHeight: 6,
      validators: [
        {
          index: 0,
          did: 'did:hanse:test:a',
          name: 'a',
          organisation: 'did:hanse:test:b',
          self: true,
          connected: true,
          executedHeight: 7,
          finalHeight: 7,
        },
      ],
    }),
    genesis: async () => ({ network: 'test' }),
    blocks: async (before, limit) =>
      [summary].filter((one) => one.height < (before ?? Infinity)).slice(0, limit),
    block: async (height) => {
      if (height !== 7)
        throw new HanseError('RecordUnknown', { object: 'block', id: height, height: 7 });
      return {
        ...summary,
        header: {},
        signers: [0, 1, 2],
        receipts: [{ txid: TXID, status: 'ok', calls: ['evidence.deposit'], signers: [] }],
      };
    },
    blockProof: async () => ({ final: 'AA', history: 'AA' }),
    query: async ({ contract, query, minHeight }) => {
      if (minHeight > 7) throw new HanseError('HeightNotReached', { height: 7, minHeight });
      const answer = (result: Uint8Array, codeHash?: Uint8Array) => ({
        result,
        height: 7,
        ageMs: 3,
        codeHash,
      });
      if (contract === 'shop') {
        seen.queries++;
        return answer(encode(shopResult, { total: 12n }), shopRecord(2).codeHash);
      }
      if (contract === 'contracts') {
        const schema = systemContracts.contracts.queries.list.result;
        return answer(encode(schema, { rows: [shopRecord(2)], next: undefined }));
      }
      if (contract === 'evidence' && query === 'list') {
        const schema = systemContracts.evidence.queries.list.result;
        return answer(encode(schema, { rows: [evidence], next: undefined }));
      }
      return answer(encode(evidenceSchema, evidence));
    },
    contract: async (name, options) => {
      if (name !== 'shop') throw new HanseError('UnknownContract', { contract: name });
      // What was read before is an older version, until it is asked for anew.
      const record = shopRecord(options?.isFresh === true ? 2 : 1);
      const offers = interfaceOf(record.manifest);
      if (!offers.ok) throw new Error(offers.error);
      return { record, offers: offers.value };
    },
    record: async (key, proof) => ({
      key: toHex(key),
      value: toBase64Url(key),
      height: 7,
      ...(proof ? { proof: { final: 'AA', record: 'AA' } } : {}),
    }),
    events: async function* (_from, _filter, follow, signal) {
      try {
        const rowsMax = follow ? 1_000_000 : 3;
        for (let index = 0; index < rowsMax; index++) {
          if (signal.aborted) return;
          seen.rows++;
          yield eventRow(index, follow ? 'x'.repeat(10_000) : '');
        }
      } finally {
        seen.ended++;
      }
    },
    watch: async function* (txids, signal) {
      yield { kind: 'final', ...summary, ...(txids ? { txids: [TXID] } : {}) };
      yield { kind: 'proved', height: 6 };
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      seen.ended++;
    },
    why: async () => ({
      healthy: true,
      sentence: 'Blocks are being made.',
      sentenceZh: '正在出块。',
      quorum: 3,
      voting: 4,
      silent: [],
      height: 7,
    }),
    status: async () => {
      throw new TypeError('a secret of the inside');
    },
  };
}
