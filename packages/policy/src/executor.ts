import { encode } from '@hanse/codec';
import type { SignatureAlg, Suite } from '@hanse/crypto';
import { err, HanseError, type Result } from '@hanse/kit';
import {
  didKeyBytes,
  didOf,
  didRecordSchema,
  inceptionRecord,
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

/** The executor of a chain. A fault of Hanse itself throws: then the node must stop. */
export function createExecutor(
  suite: Suite,
  { network }: Pick<Genesis, 'network'>,
): PolicyExecutor {
  const chain: Chain = { suite, network };
  return {
    genesis: (genesis) => genesisRecords(chain, genesis),
    authorize,
    execute: (state, context, tx) => execute(chain, state, context, tx),
    query: async (read, contract, name, args) => {
      const found = contracts.get(contract);
      if (found === undefined) return err(refusal('UnknownContract', { contract }));
      const query = found.queries.get(name);
      if (query === undefined) return err(refusal('UnknownQuery', { contract, query: name }));
      return query(read, args);
    },
  };
}

function execute(
  chain: Chain,
  state: StateAccess,
  context: ExecutionContext,
  { calls, gasLimit }: Tx,
): Execution {
  const tx = new Transaction({ chain, state, context, gasLimit });
  try {
    const results = calls.map((call) => methodOf(call)(tx, call.args));
    return { status: 'ok', gas: tx.meter.used, results, events: tx.events };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { status: error.refusal, gas: tx.meter.used, results: [], events: [] };
  }
}

function methodOf(call: Tx['calls'][number]): Method {
  const { contract } = call;
  const found = contracts.get(contract) ?? refuse('UnknownContract', { contract });
  return (
    found.methods.get(call.method) ?? refuse('UnknownMethod', { contract, method: call.method })
  );
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
