import { createSuite } from '@hanse/crypto';
import { toHex } from '@hanse/kit';
import { emptyPayload, PROTOCOL_VERSION, sealBlock, type Certificate } from '@hanse/model';
import { expect, it } from 'vitest';
import { Archive } from './archive.ts';
import type { IndexPort, LogPort, Position } from './records.ts';

const suite = createSuite('intl');
const zero = new Uint8Array(32);

/** A disk that keeps everything: records by number, and the index. */
function disk() {
  const records: { readonly kind: number; readonly payload: Uint8Array }[] = [];
  const entries = new Map<string, readonly [Uint8Array, Uint8Array]>();
  const log: LogPort = {
    append: (kind, payload) => {
      records.push({ kind, payload });
      return { segment: 0, offset: records.length - 1 };
    },
    sync: async () => undefined,
    read: async ({ offset }) => records[offset]?.payload ?? zero,
  };
  const index: IndexPort = {
    get: (key) => entries.get(toHex(key))?.[1],
    list: ({ gte, lt, limit }) =>
      [...entries.values()]
        .filter(([key]) => toHex(key) >= toHex(gte) && toHex(key) < toHex(lt))
        .slice(0, limit),
    write: async (writes) => {
      for (const [key, value] of writes)
        if (value === undefined) entries.delete(toHex(key));
        else entries.set(toHex(key), [key, value]);
    },
  };
  const open = (): Promise<Archive> =>
    Archive.open({
      suite,
      index,
      openLog: async (from: Position | undefined, onRecord) => {
        for (const [offset, { kind, payload }] of records.entries())
          if (offset >= (from?.offset ?? 0)) onRecord(kind, payload, { segment: 0, offset });
        return log;
      },
    });
  return { open };
}

function blockAt(height: number) {
  const header = {
    protocolVersion: PROTOCOL_VERSION,
    engineVersion: 1,
    chainId: zero,
    epoch: 0,
    view: height,
    height,
    parentView: height - 1,
    parentDigest: zero,
    time: height,
    proposer: 0,
    executed: { height: 0, stateRoot: zero, historyRoot: zero },
    outboxRoot: zero,
    justRoot: zero,
    nextSetHash: zero,
  };
  return sealBlock(suite, header, emptyPayload(4));
}

function finalize(archive: Archive, height: number): Certificate {
  const block = blockAt(height);
  const certificate: Certificate = {
    kind: 'finalize',
    epoch: 0,
    view: height,
    digest: block.digest,
    votes: [{ signer: 0, signature: new Uint8Array(64) }],
  };
  archive.appendBlock(block);
  archive.appendCertificate(certificate);
  archive.appendFinal(block);
  return certificate;
}

it.each([0, 1, 2])(
  'a final block keeps its certificate over %d restarts in a row',
  async (restarts) => {
    const { open } = disk();
    let archive = await open();
    finalize(archive, 1);
    const certificate = finalize(archive, 2);
    for (let i = 0; i < restarts; i++) {
      await archive.sync();
      await archive.flush();
      archive = await open();
    }
    expect(archive.lastFinal()).toEqual({ height: 2, view: 2 });
    expect((await archive.finalBlock(2))?.certificate).toEqual(certificate);
  },
);
