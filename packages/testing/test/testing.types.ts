// Read by the compiler only; see packages/contract/test/contract.types.ts for how.
import { schema, t, table, type CallInfo, type Deposit, type Manifest } from '@hanse/contract';
import type { Evidence } from '@hanse/model';
import type { CallInfo as ChainCallInfo, Manifest as ChainManifest } from '@hanse/vm';
import { testChain } from '../src/index.ts';

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles when the type argument is `true`. */
function holds<_ extends true>(): void {}

// What the library for authors says of the chain is what the chain says of itself.
holds<Same<Manifest, ChainManifest>>();
holds<Same<CallInfo, ChainCallInfo>>();
type Present<T> = { [N in keyof T]: Exclude<T[N], undefined> };
holds<Same<Present<Required<Deposit>>, Present<WithTexts<Evidence>>>>();
type WithTexts<T extends Evidence> = Omit<T, 'capture'> & { readonly capture: Deposit['capture'] };

const counter = table({ name: t.text(20), value: t.amount() }, { key: ['name'], list: true });
const app = schema({
  tables: { counter },
  events: { Counted: { name: t.text(20), value: t.amount() }, Reset: {} },
});
const count = app.command(
  { args: { name: t.text(20), by: t.amount() }, returns: { value: t.amount() } },
  (_, a) => ({ value: a.by }),
);
const reset = app.command({ args: {} }, () => {});
const read = app.query(
  { args: { name: t.text(20) }, returns: t.optional(counter.row) },
  () => undefined,
);
const merge = app.internal({ args: { from: t.text(20) } }, () => {});
const counters = app.contract({ name: 'counters', methods: { count, reset, read, merge } });

const other = schema({ tables: {}, events: { Pinged: { at: t.date() } } });
const ping = other.command({ args: { at: t.date() } }, () => {});
const pings = other.contract({ name: 'pings', methods: { ping } });

// Making a chain.
const chain = testChain({ counters, pings }, { mode: 'plain' });
testChain({ counters }, { mode: 'metered', gasLimit: 1_000, suite: 'sm' });
// @ts-expect-error TS2741 a chain has a mode
testChain({ counters }, {});
// @ts-expect-error TS2322 there are two modes
testChain({ counters }, { mode: 'wasm' });
// @ts-expect-error TS2322 a method is no contract
testChain({ count }, { mode: 'plain' });

// Parties.
const acme = chain.as({ organisation: 'Acme', roles: ['supplier'] });
chain.as({ organisation: 'Acme', did: 'Ann', duties: ['maker'] });
holds<Same<typeof acme.id, string>>();
// @ts-expect-error TS2561 it is called `roles`
chain.as({ organisation: 'Acme', role: ['supplier'] });
// @ts-expect-error TS2322 roles are a list
chain.as({ organisation: 'Acme', roles: 'supplier' });
chain.asAll([acme, chain.as({ did: 'Ann' })]);
// @ts-expect-error TS2322 actors sign, not names
chain.asAll(['Ann']);

// Commands.
holds<Same<ReturnType<typeof acme.counters.count>, Promise<{ readonly value: bigint }>>>();
holds<Same<ReturnType<typeof acme.counters.reset>, Promise<void>>>();
void acme.counters.count({ name: 'a', by: 1n });
void acme.counters.reset();
void chain.asAll([acme]).pings.ping({ at: '2027-01-01' });
// @ts-expect-error TS2322 an amount is a bigint
void acme.counters.count({ name: 'a', by: 1 });
// @ts-expect-error TS2741 all arguments are needed
void acme.counters.count({ name: 'a' });
// @ts-expect-error TS2353 there are no other arguments
void acme.counters.count({ name: 'a', by: 1n, to: 'b' });
// @ts-expect-error TS2554 this command has arguments
void acme.counters.count();
// @ts-expect-error TS2551 there is no such contract
void acme.counter;
// @ts-expect-error TS2339 there is no such command
void acme.counters.increase({ name: 'a', by: 1n });
// @ts-expect-error TS2339 a query is under `query`
void acme.counters.read({ name: 'a' });
// @ts-expect-error TS2339 internal methods are for other contracts
void acme.counters.merge({ from: 'a' });
// @ts-expect-error TS2339 a command is no query
void acme.counters.query.count({ name: 'a', by: 1n });

// Queries.
const row = acme.counters.query.read({ name: 'a' });
holds<Same<typeof row, Promise<{ readonly name: string; readonly value: bigint } | undefined>>>();
// @ts-expect-error TS2561 arguments of queries are checked, too
void acme.counters.query.read({ names: ['a'] });
// @ts-expect-error TS18048 a row can be missing
void row.then((found) => found.value);

// Events.
for (const event of chain.events) {
  holds<Same<typeof event.name, 'Counted' | 'Reset' | 'Pinged'>>();
  if (event.name === 'Counted') holds<Same<typeof event.data.value, bigint>>();
  // @ts-expect-error TS2367 there is no such event
  if (event.name === 'Counting') continue;
  // @ts-expect-error TS2339 not every event has a value
  void event.data.value;
}
// @ts-expect-error TS2540 time goes on by `next`
chain.time = 5;
chain.next({ afterMs: 1_000 });
// @ts-expect-error TS2353 it is called `afterMs`
chain.next({ seconds: 1 });
