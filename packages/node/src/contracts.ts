import type { Suite } from '@hanse/crypto';
import { createIsolate } from '@hanse/isolate';
import { fromUtf8, limits, must } from '@hanse/kit';
import type { Executor, StateQuery } from '@hanse/ledger';
import { contractKeyBytes, type Genesis } from '@hanse/model';
import { createExecutor } from '@hanse/policy';
import { createVm, type Isolate } from '@hanse/vm';
import { warmUpEngine } from './warmup.ts';

/** The contracts of a chain in one thread, which needs the stack of `CONTRACT_STACK_MIB`. */
export type Contracts = {
  readonly executor: Executor;
  /** Run the engine and load what is deployed, so that the first blocks do not wait for compilers. */
  readonly warmUp: (read: StateQuery) => Promise<void>;
};

/** After so long the rest is loaded when it is called. */
const WARM_UP_MS = 2_000;

/** Native contracts and deployed ones behind one executor. */
export function createContracts(
  suite: Suite,
  genesis: Genesis,
  isolate: Isolate = createIsolate(),
): Contracts {
  const vm = createVm({ suite, isolate, genesis });
  return {
    executor: createExecutor(suite, genesis, vm),
    warmUp: async (read) => {
      const endMs = performance.now() + WARM_UP_MS;
      warmUpEngine(isolate);
      for await (const name of deployedNames(read)) {
        if (performance.now() > endMs) return;
        vm.prepare(read, name);
      }
    },
  };
}

/** An isolate that starts with the first program: a thread may never see one. */
export function lateIsolate(): Isolate {
  let isolate: Isolate | undefined;
  const started = (): Isolate => (isolate ??= createIsolate());
  return {
    get engineHash() {
      return started().engineHash;
    },
    load: (...args) => started().load(...args),
    run: (...args) => started().run(...args),
  };
}

async function* deployedNames(read: StateQuery): AsyncGenerator<string> {
  const prefix = contractKeyBytes('');
  const start = must(fromUtf8(prefix), 'a key is text').length;
  for (let after: Uint8Array | undefined; ;) {
    const rows = await read.list({ prefix, after, limit: limits.pageRowsMax });
    for (const [key] of rows) yield must(fromUtf8(key), 'a name is text').slice(start);
    after = rows.at(-1)?.[0];
    if (rows.length < limits.pageRowsMax) return;
  }
}
