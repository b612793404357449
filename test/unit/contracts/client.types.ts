// Read by the compiler only; see packages/contract/test/contract.types.ts for how.
import type { createClient } from '@hanse/client';
import type receivables from './receivables.ts';
import type cash from './cash.ts';

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles when the type argument is `true`. */
function holds<_ extends true>(): void {}

/** What an application does with contracts of which it knows the types only. */
export async function application(client: ReturnType<typeof createClient>): Promise<void> {
  const ar = client.contract<typeof receivables>('receivables');
  client.contract<typeof cash>('cash');
  // @ts-expect-error TS2345 this contract has another name
  client.contract<typeof cash>('receivables');
  // @ts-expect-error TS2345 an application says which contract it means
  client.contract('receivables');

  // Commands.
  const args = { id: 'INV-1', buyer: 'did', currency: 'EUR', amount: 5n, due: '2027-01-31' };
  const issued = await ar.issue(args);
  holds<Same<typeof issued.result, { readonly seller: string; readonly id: string }>>();
  holds<Same<typeof issued.height, number>>();
  await ar.issue({ ...args, note: 'a note' }, { idempotencyKey: 'INV-1' });
  // @ts-expect-error TS2322 an amount is a bigint
  await ar.issue({ ...args, amount: 5 });
  // @ts-expect-error TS2739 all arguments are needed but optional ones
  await ar.issue({ id: 'INV-1', buyer: 'did' });
  // @ts-expect-error TS2353 there are no other arguments
  await ar.issue({ ...args, vat: 1n });
  // @ts-expect-error TS2769 there are no other options
  await ar.issue(args, { key: 'INV-1' });
  // @ts-expect-error TS2554 this command has arguments
  await ar.issue();
  // @ts-expect-error TS2339 there is no such command
  await ar.cancel({ seller: 'did', id: 'INV-1' });
  // @ts-expect-error TS2339 a query is under `query`
  await ar.get({ seller: 'did', id: 'INV-1' });
  // @ts-expect-error TS2339 internal methods are for other contracts
  await client.contract<typeof cash>('cash').pay({ to: 'did', currency: 'EUR', amount: 1n });

  // What is final and not proved says so.
  const quick = await ar.accept({ seller: 'did', id: 'INV-1' }, { until: 'final' });
  holds<Same<typeof quick.unproved.height, number>>();
  // @ts-expect-error TS2339 its result is behind `unproved`
  void quick.result;

  // Queries.
  const { value } = await ar.query.get({ seller: 'did', id: 'INV-1' });
  holds<Same<NonNullable<typeof value>['status'], 'issued' | 'accepted' | 'paid'>>();
  // @ts-expect-error TS18048 a row can be missing
  void value.status;
  const page = await ar.query.payable({ buyer: 'did' });
  holds<Same<typeof page.value.next, Uint8Array | undefined>>();
  await ar.query.payable({ buyer: 'did', after: page.value.next });
  // @ts-expect-error TS2322 a cursor is bytes
  await ar.query.payable({ buyer: 'did', after: 'INV-1' });
  // @ts-expect-error TS2339 a command is no query
  await ar.query.issue(args);

  // Events.
  for await (const event of ar.events.Issued()) {
    holds<Same<typeof event.data.amount, bigint>>();
    // @ts-expect-error TS2339 the event has no such data
    void event.data.currency;
  }
  // @ts-expect-error TS2339 there is no such event
  ar.events.Cancelled();
}
