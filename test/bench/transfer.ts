import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { encode, schemaOf, shapeFromJson, type Schema } from '@hanse/codec';
import { deployContract, type Client } from '@hanse/client';
import { must } from '@hanse/kit';
import type { Call } from '@hanse/model';
import { ROOT } from '../harness/bundle.ts';
import { codeOf, organisationClient } from '../harness/contracts.ts';
import type { Network } from '../harness/network.ts';
import contract from './contracts/transfer.ts';

/** Accounts that money moves between: as many as a small bank has, more than caches of one block. */
const ACCOUNTS = 4_096;
const ACCOUNTS_PER_CALL = 256;
const BALANCE = 10n ** 18n;
/** A move takes a tenth of this. */
const GAS = 300_000;

/** Name of the contract and gas of its transactions. */
export const transfer = { name: contract.manifest.name, gasLimit: GAS } as const;

/** Its code as it is deployed. */
export function transferCode(): Promise<Uint8Array> {
  return codeOf(pathToFileURL(join(ROOT, 'test/bench/contracts/transfer.ts')));
}

/** The n-th move of some money: pairs of accounts differ from one to the next. */
export function moveCall(n: number): Call {
  const from = (n * 2_654_435_761) % ACCOUNTS;
  const to = (from + 1 + ((n * 40_503) % (ACCOUNTS - 1))) % ACCOUNTS;
  return callOf('move', { from: accountId(from), to: accountId(to), amount: BigInt(1 + (n % 97)) });
}

/** The calls that open the accounts, each for a transaction of its own. */
export function openCalls(): readonly Call[] {
  return Array.from({ length: ACCOUNTS / ACCOUNTS_PER_CALL }, (_, part) => {
    const first = part * ACCOUNTS_PER_CALL;
    const ids = Array.from({ length: ACCOUNTS_PER_CALL }, (_, i) => accountId(first + i));
    return callOf('open', { ids, amount: BALANCE });
  });
}

/** Put the contract on a network and open its accounts. */
export async function deployTransfer(network: Network): Promise<void> {
  const client: Client = organisationClient(network, 0);
  const owners = { organisations: [must(network.files.organisations[0], 'one').did], threshold: 1 };
  const { name } = transfer;
  await deployContract(client, { name, code: await transferCode(), owners, isUpgrade: false });
  const opened = await client.submitMany(
    openCalls().map((call) => ({ calls: [call] })),
    { until: 'final', gasLimit: 20_000_000 },
  );
  for (const one of opened)
    if (one.kind === 'failed') throw one.error;
    else if (one.refused !== undefined) throw one.refused;
}

function accountId(number: number): string {
  return `DE${String(number).padStart(20, '0')}`;
}

const schemas = new Map<string, Schema<unknown>>();

function callOf(method: 'open' | 'move', args: unknown): Call {
  let schema = schemas.get(method);
  if (schema === undefined) {
    const shape = shapeFromJson(contract.methods[method].args);
    schema = schemaOf(must(shape.ok ? shape.value : undefined, 'a shape'));
    schemas.set(method, schema);
  }
  return { contract: transfer.name, method, args: encode(schema, args) };
}
