import { decode, encode, type Schema } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { HanseError, limits, must } from '@hanse/kit';
import { createIsolate } from '@hanse/isolate';
import {
  didKeyBytes,
  didRecordSchema,
  dutiesKeyBytes,
  dutiesRecordSchema,
  evidenceKeyBytes,
  evidenceSchema,
  inceptionRecord,
  rolesKeyBytes,
  rolesRecordSchema,
  systemContracts,
  type DidRecord,
  type Evidence,
} from '@hanse/model';
import { createExecutor, type PolicyExecutor } from '@hanse/policy';
import { createVm, type Isolate } from '@hanse/vm';
import type { BlockAt } from '../backend.ts';
import { KID, NETWORK, type Identity, type Party } from '../parties.ts';
import { MemoryState } from './state.ts';

/** One call as it is executed. */
export type RawCall = {
  readonly contract: string;
  readonly method: string;
  readonly args: Uint8Array;
};

type Executed = ReturnType<PolicyExecutor['execute']>;

// Compiling the engine takes longer than most tests; the programs in it depend on their code only.
let shared: Isolate | undefined;

/** Blocks without consensus: the executor of validators over a state in memory. */
export class MeteredChain {
  readonly #state = new MemoryState();
  readonly #executor: PolicyExecutor;
  readonly #suite: Suite;

  constructor(suite: Suite) {
    this.#suite = suite;
    shared ??= createIsolate();
    const genesis = { network: NETWORK, identities: [] };
    this.#executor = createExecutor(suite, genesis, createVm({ suite, isolate: shared, genesis }));
  }

  /** Execute a transaction with one call, and keep what it wrote unless it is refused. */
  execute(
    signers: readonly string[],
    call: RawCall,
    at: BlockAt & { readonly txid: Uint8Array; readonly gasLimit: number },
  ): Executed {
    const { height, timeMs: time, txid, gasLimit } = at;
    const named = signers.map((did) => ({ did, kid: KID }));
    const { access, commit } = this.#state.begin(height);
    const tx = {
      protocolVersion: 1,
      chainId: new Uint8Array(32),
      salt: new Uint8Array(16),
      validUntil: time,
      gasLimit,
      signers: named,
      calls: [call],
    };
    const context = { height, time, txid, signers: named };
    const done = withStack(() => this.#executor.execute(access, context, tx));
    if (done.status === 'ok') commit();
    return done;
  }

  /** Ask a query. */
  async query({ contract, method, args }: RawCall, { height, timeMs }: BlockAt) {
    const read = this.#state.query(height, timeMs);
    try {
      return await this.#executor.query(read, contract, method, args);
    } catch (error) {
      throw explain(error);
    }
  }

  /** Upload and deploy code as a contract; returns the manifest that the code declares. Throws HanseError. */
  async deploy(name: string, code: Uint8Array, deployer: string, at: BlockAt): Promise<Uint8Array> {
    const { methods, queries } = systemContracts.contracts;
    const call = (method: string, args: Uint8Array): void => {
      const txid = this.#suite.hash(args);
      const where = { ...at, txid, gasLimit: limits.gasPerTxMax };
      const { status } = this.execute([deployer], { contract: 'contracts', method, args }, where);
      if (status !== 'ok') throw new HanseError(status.code, status.params);
    };
    const chunks: Uint8Array[] = [];
    for (let from = 0; from < code.length; from += limits.codeChunkBytesMax) {
      const bytes = code.subarray(from, from + limits.codeChunkBytesMax);
      call('upload', encode(methods.upload.args, { bytes }));
      chunks.push(this.#suite.hash(bytes));
    }
    const owners = { organisations: [deployer], threshold: 1 };
    call('deploy', encode(methods.deploy.args, { name, chunks, owners }));
    const asked = encode(queries.get.args, { name, version: undefined });
    const record = await this.query({ contract: 'contracts', method: 'get', args: asked }, at);
    if (!record.ok) throw new HanseError(record.error.code, record.error.params);
    return read(queries.get.result, record.value).manifest;
  }

  /** Register a party, and grant what it needs. */
  admit({ self, organisation, roles, duties }: Party): void {
    this.#register(self, organisation);
    if (organisation === undefined) return;
    const { did } = organisation;
    this.#register(organisation, organisation);
    const granted = this.#read(rolesRecordSchema, rolesKeyBytes(did))?.roles ?? [];
    const all = [...new Set([...granted, ...roles])];
    if (all.length > 0) {
      const record = { organisation: did, roles: all };
      this.#state.set(rolesKeyBytes(did), encode(rolesRecordSchema, record));
    }
    const key = dutiesKeyBytes(did, self.did);
    const given = this.#read(dutiesRecordSchema, key)?.duties ?? [];
    const own = [...new Set([...given, ...duties])];
    if (own.length > 0) {
      const record = { did: self.did, organisation: did, duties: own };
      this.#state.set(key, encode(dutiesRecordSchema, record));
    }
  }

  deposit(evidence: Evidence): void {
    this.#state.set(evidenceKeyBytes(evidence.byteHash), encode(evidenceSchema, evidence));
  }

  #register({ did, inception }: Identity, organisation: Identity | undefined): void {
    const key = didKeyBytes(did);
    if (this.#state.get(key) !== undefined) return;
    const record: DidRecord = inceptionRecord(
      did,
      inception ?? {
        // A DID that the test gave: nobody knows what it began as.
        kind: organisation?.did === did ? 'organisation' : 'person',
        name: '',
        controllers:
          organisation === undefined || organisation.did === did ? [] : [organisation.did],
        keys: [
          {
            kid: KID,
            alg: this.#suite.defaultAlg,
            publicKey: new Uint8Array(33),
            purposes: ['invoke'],
          },
        ],
        salt: new Uint8Array(16),
      },
      0,
    );
    this.#state.set(key, encode(didRecordSchema, record));
  }

  #read<T>(schema: Schema<T>, key: Uint8Array): T | undefined {
    const bytes = this.#state.get(key);
    return bytes === undefined ? undefined : read(schema, bytes);
  }
}

function read<T>(schema: Schema<T>, bytes: Uint8Array): T {
  const value = decode(schema, bytes);
  return must(value.ok ? value.value : undefined, 'a record of the state decodes');
}

function withStack<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explain(error);
  }
}

/** Validators run the engine in threads with a large stack; a test's thread may have a small one. */
function explain(error: unknown): unknown {
  if (!(error instanceof RangeError)) return error;
  const message =
    'the stack of this thread is too small for the engine; let tests run in worker threads with resourceLimits.stackSizeMb of 8 or more';
  return new HanseError('UsageError', { message }, error);
}
