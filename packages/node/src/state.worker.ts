import { setTimeout } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { decode, encode } from '@hanse/codec';
import { concatBytes, HanseError, must, type Result } from '@hanse/kit';
import { Ledger, verifyAll } from '@hanse/ledger';
import {
  chainIdOf,
  genesisSchema,
  historyProofSchema,
  openBatch,
  openBlock,
  openEnvelope,
  receiptProofSchema,
  recordProofSchema,
  type Genesis,
} from '@hanse/model';
import { createThreadSuite } from '@hanse/native';
import { createExecutor } from '@hanse/policy';
import { LevelKv } from '@hanse/store';
import { serveMethods } from './rpc.ts';
import type { AdmitReply, EventWire, KnownTx, StateMethods } from './state.ts';
import { openReceipt } from './views.ts';

type Opened = {
  readonly suite: ReturnType<typeof createThreadSuite>;
  readonly chainId: Uint8Array;
  readonly ledger: Ledger;
  readonly kv: LevelKv;
};

const MIB = 1024 * 1024;
/**
 * Keys of the state are hashes, so each write buffer that is full touches all of a level: with buffers
 * of LevelDB's usual 4 MiB, merging costs as much processor time as executing. Doubling these gains 4 %.
 */
const storeOptions = { writeBufferBytes: 16 * MIB, cacheBytes: 8 * MIB } as const;

let opened: Opened | undefined;
/** The write under way. Blocks are applied while the one before is written; writes stay in order. */
let writing: Promise<void> = Promise.resolve();

function current(): Opened {
  if (opened === undefined)
    throw new HanseError('NotReady', { reason: 'The state was not opened.' });
  return opened;
}

async function open(dir: string, genesis: Genesis): Promise<Opened> {
  const suite = createThreadSuite(genesis.suite);
  const kv = await LevelKv.open(dir, storeOptions);
  try {
    const { ledger, writes } = Ledger.open({
      suite,
      kv,
      executor: createExecutor(suite, genesis),
      genesis,
    });
    await kv.write(writes);
    ledger.committed(ledger.executed.height);
    return { suite, chainId: chainIdOf(suite, genesis), ledger, kv };
  } catch (error) {
    await kv.close();
    throw error;
  }
}

const methods: StateMethods = {
  open: async ({ dir, genesis }) => {
    opened = await open(dir, value(decode(genesisSchema, genesis)));
    return opened.ledger.executed;
  },

  execute: async ({ block: bytes, batches }) => {
    const { suite, ledger, kv } = current();
    const block = value(openBlock(suite, bytes));
    const envelopes = batches.flatMap((batch) => value(openBatch(suite, batch)).envelopes);
    const applied = ledger.apply({ header: block.header, digest: block.digest, envelopes });
    const { height } = block.header;
    writing = writing.then(async () => {
      await kv.write(applied.writes);
      ledger.committed(height);
    });
    await writing;
    const refused = applied.receipts.filter((receipt) => receipt.status.kind === 'refused').length;
    return {
      executed: applied.executed,
      txids: concatBytes(...applied.receipts.map((receipt) => receipt.txid)),
      voids: applied.voids,
      refused,
    };
  },

  admit: ({ envelopes, nowMs }) => {
    const { suite, chainId, ledger } = current();
    return envelopes.map((bytes): AdmitReply => {
      const open = openEnvelope(suite, chainId, bytes);
      if (!open.ok)
        return { code: 'Malformed', params: { object: 'envelope', reason: open.error } };
      const admission = ledger.admit(open.value, nowMs);
      return admission.status === 'refused' ? admission.refusal : admission.status;
    });
  },

  known: ({ txids }) =>
    txids.map((txid): KnownTx => {
      const outcome = current().ledger.outcome(txid);
      if (outcome === undefined) return { kind: 'unknown' };
      return outcome.kind === 'void'
        ? outcome
        : { kind: 'executed', height: outcome.height, receipt: outcome.bytes };
    }),

  proveReceipts: ({ txids, boundHeight }) =>
    txids.map((txid) => {
      const proof = current().ledger.proveReceipt(txid, boundHeight);
      return proof === undefined ? undefined : encode(receiptProofSchema, proof);
    }),

  record: ({ key, proveAt }) => {
    const { ledger } = current();
    if (proveAt === undefined)
      return { value: ledger.record(key), height: ledger.executed.height, proof: undefined };
    const proof = ledger.proveRecord(key, proveAt);
    if (proof === undefined)
      throw new HanseError('NotReady', {
        reason: `Records can be proved from height ${ledger.provableFrom} on; the bound height is ${proveAt}.`,
      });
    return { value: proof.value, height: proveAt, proof: encode(recordProofSchema, proof) };
  },

  proveHistory: ({ height, boundHeight }) => {
    const proof = current().ledger.proveHistory(height, boundHeight);
    if (proof === undefined)
      throw new HanseError('RecordUnknown', { object: 'block', id: height, height: boundHeight });
    return encode(historyProofSchema, proof);
  },

  receipts: ({ height }) => current().ledger.receipts(height) ?? [],

  query: async ({ contract, query, args }) => {
    const { height, result } = await current().ledger.query(contract, query, args);
    if (!result.ok) throw new HanseError(result.error.code, result.error.params);
    return { result: result.value, height };
  },

  events: ({ height: from, index: after, rows: rowsMax, heights }) => {
    const { ledger } = current();
    const newest = ledger.executed.height;
    const rows: EventWire[] = [];
    let place = { height: from, index: after };
    const last = Math.min(newest, from + heights);
    for (let height = from; height <= last; height++) {
      const events = eventsOf(ledger, height);
      const unseen = events.filter(({ index }) => height > from || index > after);
      rows.push(...unseen.slice(0, rowsMax - rows.length));
      const end = rows.at(-1);
      if (rows.length >= rowsMax && end !== undefined)
        return { rows, next: { height: end.height, index: end.index } };
      place = { height, index: events.length - 1 };
    }
    return { rows, next: place };
  },

  scrub: ({ pauseMs }) => {
    const { suite, ledger } = current();
    return verifyAll(suite, ledger, () => setTimeout(pauseMs));
  },

  close: async () => {
    await writing;
    await opened?.kv.close();
  },
};

/** Events of a block, numbered over all its receipts. */
function eventsOf(ledger: Ledger, height: number): readonly EventWire[] {
  const rows: EventWire[] = [];
  for (const bytes of ledger.receipts(height) ?? []) {
    const { txid, events } = openReceipt(bytes);
    for (const { contract, name, data } of events)
      rows.push({ height, index: rows.length, txid, contract, name, data });
  }
  return rows;
}

/** What this validator accepted earlier decodes. */
function value<T>(result: Result<T, string>): T {
  return must(
    result.ok ? result.value : undefined,
    result.ok ? '' : `what was final does not decode: ${result.error}`,
  );
}

serveMethods(must(parentPort, 'runs as a worker'), methods);
