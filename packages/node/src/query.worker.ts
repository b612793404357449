import { parentPort } from 'node:worker_threads';
import { decode } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { HanseError, must } from '@hanse/kit';
import { readState, type StateRead } from '@hanse/ledger';
import {
  contractKeyBytes,
  contractRecordSchema,
  genesisSchema,
  isContractName,
  systemContracts,
} from '@hanse/model';
import { createThreadSuite } from '@hanse/native';
import { LevelKv } from '@hanse/store';
import { createContracts, lateIsolate, type Contracts } from './contracts.ts';
import type { QueryMethods } from './query.ts';
import { serveMethods } from './rpc.ts';

type Opened = {
  readonly suite: Suite;
  readonly kv: LevelKv;
  readonly contracts: Contracts;
};

let opened: Opened | undefined;

const methods: QueryMethods = {
  open: async ({ dir, genesis: bytes }) => {
    const decoded = decode(genesisSchema, bytes);
    const genesis = must(decoded.ok ? decoded.value : undefined, 'the genesis decodes');
    const suite = createThreadSuite(genesis.suite);
    // The writer has opened the folder: LevelDB takes its options, and both share its memory.
    const kv = await LevelKv.open(dir, { multithreading: true });
    opened = { suite, kv, contracts: createContracts(suite, genesis, lateIsolate()) };
  },

  query: async ({ contract, query, args }) => {
    const { suite, kv, contracts } = must(opened, 'the state was opened');
    const snapshot = kv.snapshot();
    try {
      const read = must(readState(suite, snapshot), 'the writer has begun the state');
      const answer = await contracts.executor.query(read, contract, query, args);
      if (!answer.ok) {
        const { code, params, frames } = answer.error;
        throw new HanseError(code, params, undefined, frames);
      }
      return { result: answer.value, height: read.height, codeHash: codeHashOf(read, contract) };
    } finally {
      await snapshot.close();
    }
  },

  close: async () => {
    await opened?.kv.close();
  },
};

function codeHashOf(read: StateRead, contract: string): Uint8Array | undefined {
  if (Object.hasOwn(systemContracts, contract) || !isContractName(contract)) return undefined;
  const bytes = read.get(contractKeyBytes(contract));
  const record = bytes === undefined ? undefined : decode(contractRecordSchema, bytes);
  return record?.ok === true ? record.value.codeHash : undefined;
}

serveMethods(must(parentPort, 'runs as a worker'), methods);
