import type { Suite } from '@hanse/crypto';
import { err, HanseError, limits, ok, type Result } from '@hanse/kit';
import { didOf, ZERO_HASH, type Genesis } from '@hanse/model';
import type { HostedCall, StateAccess, StateQuery, Vm } from './access.ts';
import { contractsMethods, contractsQueries } from './contracts.ts';
import { GasMeter } from './gas.ts';
import { invoke } from './invoke.ts';
import type { NativeMethod, NativeQuery } from './native.ts';
import { HostRefusal, type Isolate, type RunMeter } from './ports.ts';
import { Programs } from './programs.ts';
import { refusal, refuse } from './refusal.ts';
import { findContract, programOf } from './registry.ts';
import type { ErrorRefusal } from './refuse.ts';
import { rolesMethods, rolesQueries } from './roles.ts';
import { Session, type Chain } from './session.ts';
import { findTarget } from './target.ts';

/** What a chain's contracts run with. */
export type VmParts = {
  readonly suite: Suite;
  readonly isolate: Isolate;
  readonly genesis: Pick<Genesis, 'network' | 'identities'>;
};

const natives: ReadonlyMap<
  string,
  {
    readonly methods: ReadonlyMap<string, NativeMethod>;
    readonly queries: ReadonlyMap<string, NativeQuery>;
  }
> = new Map([
  ['contracts', { methods: contractsMethods, queries: contractsQueries }],
  ['roles', { methods: rolesMethods, queries: rolesQueries }],
]);

/** The contracts of a chain. A fault of Hanse itself throws: then the node must stop. */
export function createVm({ suite, isolate, genesis }: VmParts): Vm {
  const { network, identities } = genesis;
  const founders = identities
    .filter(({ kind }) => kind === 'organisation')
    .map((inception) => didOf(suite, network, inception));
  const chain: Chain = { suite, isolate, programs: new Programs(isolate), founders };
  return {
    execute: (hosted) => {
      const meter = new GasMeter(hosted.gasLeft);
      const { state, context, gasLeft: gasLimit, eventsLeft } = hosted;
      const session = new Session({
        chain,
        state,
        context,
        isReadOnly: false,
        gasLimit,
        eventsLeft,
      });
      try {
        const result = callOne(session, meter, hosted.call);
        return { gas: meter.used, outcome: ok({ result, events: session.events }) };
      } catch (error) {
        if (!(error instanceof HostRefusal)) throw error;
        return { gas: meter.used, outcome: err(error.refusal) };
      }
    },
    query: async (read, contract, query, args) => {
      const native = natives.get(contract);
      if (native === undefined) return queryContract(chain, read, { contract, query }, args);
      const run = native.queries.get(query);
      if (run === undefined) return err(refusal('UnknownQuery', { contract, query }));
      return run(read, args);
    },
    prepare: (read, contract) => {
      const record = findContract(read, contract);
      if (record !== undefined) programOf(chain.programs, read, record);
    },
  };
}

function callOne(session: Session, meter: RunMeter, call: HostedCall['call']): Uint8Array {
  const { contract, method, args } = call;
  const native = natives.get(contract);
  if (native === undefined) {
    return invoke(session, meter, findTarget(session, meter, { contract, method }, []), args);
  }
  const run = native.methods.get(method) ?? refuse('UnknownMethod', { contract, method });
  return run(session, meter, args);
}

/** A query of a contract runs its code on the state as it is, without writing, from end to end at once. */
function queryContract(
  chain: Chain,
  read: StateQuery,
  { contract, query }: { readonly contract: string; readonly query: string },
  args: Uint8Array,
): Result<Uint8Array, ErrorRefusal> {
  const meter = new GasMeter(limits.gasPerQueryMax);
  const { height, time } = read;
  const session = new Session({
    chain,
    state: readOnly(read),
    context: { height, time, txid: ZERO_HASH, signers: [] },
    isReadOnly: true,
    gasLimit: limits.gasPerQueryMax,
    eventsLeft: 0,
  });
  try {
    const target = findTarget(session, meter, { contract, method: query }, []);
    if (target.method.kind !== 'query') refuse('UnknownQuery', { contract, query });
    return ok(invoke(session, meter, target, args));
  } catch (error) {
    if (error instanceof HostRefusal) return err(error.refusal);
    throw error;
  }
}

/** A state that nothing can be written to: whoever tries has been refused before. */
function readOnly({ height, get }: StateQuery): StateAccess {
  const refuseWrite = (): never => {
    throw new HanseError('InvariantBroken', { message: 'a query writes' });
  };
  return { height, get, set: refuseWrite, delete: refuseWrite, bucketEntries: () => 0 };
}
