import { isJsonObject, type Json } from '@hanse/codec';
import { isHanseError, toHex } from '@hanse/kit';
import type { Header, Sealed, Tx } from '@hanse/model';
import { askJson, type Connection } from './connection.ts';

const ASK_MS = 10_000;

/** The newest final header a node shows, checked: the proved time. */
export async function provedHeader(connection: Connection): Promise<Header> {
  const deadlineMs = connection.platform.nowMs() + ASK_MS;
  const head = await askJson(connection, { method: 'GET', path: '/v1/head', deadlineMs });
  const path = `/v1/blocks/${Number(head['provedHeight'])}/proof`;
  const { final } = await askJson(connection, { method: 'GET', path, deadlineMs });
  return (await connection.header(typeof final === 'string' ? final : '')).header;
}

/**
 * Rule `re-sign`: whether a transaction can never be executed any more. A verified final header must
 * be later than `validUntil`, so that every later block is too; and every node that answers must
 * have executed up to that header without a receipt for it. That there is no receipt is the nodes'
 * word: one that lied could make a second transaction of the same key, never a change of the first.
 */
export async function isCertainlyExpired(
  connection: Connection,
  header: Header,
  tx: Sealed<Tx>,
): Promise<boolean> {
  if (header.time <= tx.value.validUntil) return false;
  let agreed = 0;
  for (const node of connection.transport.urls.keys()) {
    const height = await heightWithout(connection, node, tx.digest);
    if (height === 'unreachable') continue;
    if (height < header.height) return false;
    agreed += 1;
  }
  return agreed > 0;
}

/** Height up to which a node has executed without a receipt for the transaction; -1 when it has one. */
async function heightWithout(
  { platform, transport }: Connection,
  node: number,
  txid: Uint8Array,
): Promise<number | 'unreachable'> {
  const deadlineMs = platform.nowMs() + ASK_MS;
  try {
    const path = `/v1/tx/${toHex(txid)}?until=final`;
    const value: Json = await transport.ask(node, { method: 'GET', path, deadlineMs });
    // A void transaction left no receipt up to the height it was ordered at, and was looked at once.
    const isVoid = isJsonObject(value) && value['state'] === 'void';
    return isVoid ? Number.MAX_SAFE_INTEGER : -1;
  } catch (error) {
    if (!isHanseError(error) || error.codeName !== 'TxUnknown') return 'unreachable';
    const height = Number(error.params['height']);
    return Number.isSafeInteger(height) ? height : -1;
  }
}
