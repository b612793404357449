import { encode } from '@hanse/codec';
import type { SignatureAlg, Suite } from '@hanse/crypto';
import { err, HanseError, type Result } from '@hanse/kit';
import {
  didKeyBytes,
  didOf,
  didRecordSchema,
  inceptionRecord,
  type Call,
  type Genesis,
  type Signer,
  type Tx,
} from '@hanse/model';
import { authorize } from './authorize.ts';
import { Transaction, type Chain, type Method } from './call.ts';
import { evidenceMethods, evidenceQueries } from './evidence.ts';
import { identityMethods, identityQueries } from './identity.ts';
import { inceptionRefusal } from './inception.ts';
import type {
  ContractHost,
  ErrorRefusal,
  Execution,
  ExecutionContext,
  StateAccess,
  StateQuery,
  StateRead,
} from './ports.ts';
import type { Query } from './query.ts';
import { refusal, Refused, refuse } from './refuse.ts';

/** The native contracts of a chain. */
export type PolicyExecutor = {
  readonly genesis: (
    genesis: Genesis,
  ) => readonly { readonly key: Uint8Array; readonly value: Uint8Array }[];
  readonly authorize: (
    before: StateRead,
    signer: Signer,
    alg: SignatureAlg,
    publicKey: Uint8Array,
  ) => ErrorRefusal | undefined;
  readonly execute: (state: StateAccess, context: ExecutionContext, tx: Tx) => Execution;
  readonly query: (
    read: StateQuery,
    contract: string,
    query: string,
    args: Uint8Array,
  ) => Promise<Result<Uint8Array, ErrorRefusal>>;
};

const contracts: ReadonlyMap<
  string,
  { readonly methods: ReadonlyMap<string, Method>; readonly queries: ReadonlyMap<string, Query> }
> = new Map([
  ['identity', { methods: identityMethods, queries: identityQueries }],
  ['evidence', { methods: evidenceMethods, queries: evidenceQueries }],
]);

/**
 * The executor of a chain. Calls to contracts that are not native go to `host`; without one there are no
 * others. A fault of Hanse itself throws: then the node must stop.
 */
export function createExecutor(
  suite: Suite,
  { network }: Pick<Genesis, 'network'>,
  host: ContractHost = noContracts,
): PolicyExecutor {
  const chain: Chain = { suite, network };
  return {
    genesis: (genesis) => genesisRecords(chain, genesis),
    authorize,
    execute: (state, context, tx) => {
      const parts = { chain, state, context, gasLimit: tx.gasLimit };
      return execute(new Transaction(parts), host, tx.calls);
    },
    query: async (read, contract, name, args) => {
      const found = contracts.get(contract);
      if (found === undefined) return host.query(read, contract, name, args);
      const query = found.queries.get(name);
      if (query === undefined) return err(refusal('UnknownQuery', { contract, query: name }));
      return query(read, args);
    },
  };
}

/** A chain with the native contracts only. */
const noContracts: ContractHost = {
  execute: ({ call: { contract } }) => ({
    gas: 0,
    outcome: err(refusal('UnknownContract', { contract })),
  }),
  query: async (_read, contract) => err(refusal('UnknownContract', { contract })),
};

function execute(tx: Transaction, host: ContractHost, calls: Tx['calls']): Execution {
  try {
    const results = calls.map((call) => callOne(tx, host, call));
    return { status: 'ok', gas: tx.meter.used, results, events: tx.events };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { status: error.refusal, gas: tx.meter.used, results: [], events: [] };
  }
}

function callOne(tx: Transaction, host: ContractHost, call: Call): Uint8Array {
  const { contract } = call;
  const found = contracts.get(contract);
  if (found === undefined) return tx.hosted(host, call);
  const run = found.methods.get(call.method);
  return run === undefined
    ? refuse('UnknownMethod', { contract, method: call.method })
    : run(tx, call.args);
}

/** Records of the identities that a genesis names. Throws ConfigInvalid when one breaks a rule. */
function genesisRecords(
  chain: Chain,
  { identities }: Genesis,
): readonly { readonly key: Uint8Array; readonly value: Uint8Array }[] {
  const { suite, network } = chain;
  const named = identities.map((inception) => ({
    did: didOf(suite, network, inception),
    inception,
  }));
  const organisations = new Set(
    named.filter(({ inception }) => inception.kind === 'organisation').map(({ did }) => did),
  );
  const seen = new Set<string>();
  return named.map(({ did, inception }, i) => {
    const reason = seen.has(did)
      ? refusal('DidExists', { did })
      : inceptionRefusal(chain, did, inception, (one) => organisations.has(one));
    if (reason !== undefined) {
      const expected = `an identity that registration would take: ${new HanseError(reason.code, reason.params).message}`;
      throw new HanseError('ConfigInvalid', { key: `identities[${i}]`, value: did, expected });
    }
    seen.add(did);
    const record = inceptionRecord(did, inception, 0);
    return { key: didKeyBytes(did), value: encode(didRecordSchema, record) };
  });
}
