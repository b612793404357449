import { must, fromHex, toHex } from '@hanse/kit';
import {
  creditedNumber,
  factsOf,
  mustBeDeposited,
  type Deposited,
  type DocumentFacts,
  type Done,
} from '@hanse/trade-finance';
import { depositFiles } from '../deposits/flow.ts';
import { findFiles } from '../deposits/walk.ts';
import type { Input } from '../input.ts';
import { partyOf } from './directory.ts';
import type { ReadFile, Trade } from './invoices.ts';

/** Deposit a document as somebody; the secret of its salts is kept here first. */
export async function depositAs(
  { context }: Pick<Trade, 'context'>,
  file: Pick<ReadFile, 'path' | 'name'>,
  as: string,
): Promise<Done & Deposited> {
  const client = await context.client();
  const { signal, network, cwd } = context;
  const { files } = findFiles(cwd, [file.path]);
  const [result] = await depositFiles(
    {
      client,
      signer: await context.signer(as),
      keptDir: network.evidenceDir,
      options: { withFields: true, mediaType: undefined, device: '', method: 'export' },
      until: 'proved',
      signal,
      progress: { update: () => {}, end: () => {} },
    },
    files,
  );
  const done = must(result, 'one result for one file');
  if (done.status === 'failed') throw done.error;
  const document = must(fromHex(must(done.id, 'a deposit has an id')), 'ids are hexadecimal');
  const { root } = await mustBeDeposited({ client }, document);
  const { height, fieldCount } = done;
  const txids = done.status === 'deposited' ? [done.txid] : [];
  const says =
    done.status === 'deposited'
      ? {
          en: `Deposited ${file.name} with ${fieldCount} salted fields; none of them is on the chain.`,
          zh: `已存证 ${file.name}，含 ${fieldCount} 个加盐字段；链上没有任何字段内容。`,
        }
      : {
          en: `${file.name} was deposited before, in block ${height}.`,
          zh: `${file.name} 此前已在区块 ${height} 存证。`,
        };
  return { txids, height, says, document, root };
}

/** Keep what a document says, for the people of this machine. */
export function keepFacts(
  { context, vault }: Trade,
  input: Input,
  file: ReadFile,
  document: Uint8Array,
  kind: 'invoice' | 'credit-note',
): DocumentFacts {
  const facts = factsOf(file.result, kind);
  const { invoice, currency, units, issued } = facts;
  vault.keepDocument({
    document: toHex(document),
    path: file.path,
    name: file.name,
    kind,
    number: invoice.number ?? '',
    seller: partyOf(context, input, 'seller', invoice),
    buyer: partyOf(context, input, 'buyer', invoice),
    currency,
    units,
    issued,
    due: invoice.dueDate ?? '',
  });
  return facts;
}

/** The invoice that a credit note names, among those that are kept here. */
export function creditedDocument({ vault }: Trade, file: ReadFile): Uint8Array | undefined {
  const number = creditedNumber(file.result);
  const found = vault.documents().filter((one) => one.kind === 'invoice' && one.number === number);
  const [only] = found;
  return only === undefined ? undefined : fromHex(only.document);
}
