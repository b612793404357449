import type { Deposit } from '@hanse/contract';
import type { Suite } from '@hanse/crypto';
import { toHex } from '@hanse/kit';
import { withoutMissing } from '../values.ts';
import type { Asked, Backend, BlockAt } from '../backend.ts';
import type { Outcome } from '../outcome.ts';
import type { Party } from '../parties.ts';
import type { TestContracts } from '../types.ts';
import { loadContract } from '../loaded.ts';
import { PlainRefusal } from './refuse.ts';
import { PlainRun, type PlainSigner, type PlainWorld } from './run.ts';
import { PlainStore } from './store.ts';

const NO_TXID = new Uint8Array(32);

/** Contracts as plain TypeScript over tables in memory. */
export function plainBackend(contracts: TestContracts, suite: Suite): Backend {
  const loaded = Object.values(contracts).map(loadContract);
  const manifests = Object.values(contracts).map(({ manifest }) => manifest);
  const deposits = new Map<string, Deposit>();
  const world: PlainWorld = {
    contracts: new Map(loaded.map((contract) => [contract.name, contract])),
    store: new PlainStore(manifests),
    deposits,
    hash: suite.hash,
  };
  const parties = new Parties();
  return {
    admit: (party) => parties.admit(party),
    // An `Evidence` without its missing values is what contracts see of it.
    deposit: (evidence) =>
      void deposits.set(toHex(evidence.byteHash), withoutMissing(evidence) as Deposit),
    execute: async (signers, asked, at) => {
      const named = signers.map((party) => parties.signer(party));
      const outcome = run(world, named, asked, at);
      if (outcome.kind === 'ok') world.store.commit();
      else world.store.rollback();
      return outcome;
    },
    query: async (asked, at) => {
      const outcome = run(world, undefined, asked, { ...at, txid: NO_TXID });
      world.store.rollback();
      return outcome;
    },
    close: async () => {},
  };
}

/** Without signers it is a query. */
function run(
  world: PlainWorld,
  signers: readonly PlainSigner[] | undefined,
  { args, ...name }: Asked,
  at: BlockAt & { readonly txid: Uint8Array },
): Outcome {
  const session = new PlainRun({
    world,
    signers: signers ?? [],
    at,
    isReadOnly: signers === undefined,
  });
  try {
    const result = session.call(name, args);
    return { kind: 'ok', result, events: session.events, gas: 0 };
  } catch (error) {
    if (!(error instanceof PlainRefusal)) throw error;
    // The refusal itself leads to the author's line by its stack.
    const refusal = { cause: error, ...error.refusal };
    return { kind: 'refused', refusal, gas: 0 };
  }
}

/** Roles of organisations and duties of people. */
class Parties {
  readonly #roles = new Map<string, readonly string[]>();
  readonly #duties = new Map<string, readonly string[]>();

  admit({ self, organisation, roles, duties }: Party): void {
    if (organisation === undefined) return;
    add(this.#roles, organisation.did, roles);
    add(this.#duties, `${organisation.did} ${self.did}`, duties);
  }

  signer({ self, organisation }: Party): PlainSigner {
    const did = organisation?.did ?? '';
    return {
      did: self.did,
      organisation: did,
      roles: this.#roles.get(did) ?? [],
      duties: this.#duties.get(`${did} ${self.did}`) ?? [],
    };
  }
}

function add(to: Map<string, readonly string[]>, key: string, names: readonly string[]): void {
  to.set(key, [...new Set([...(to.get(key) ?? []), ...names])]);
}
