import { encode, t } from '@hanse/codec';
import { equalBytes, limits, toHex, utf8 } from '@hanse/kit';
import {
  coSignatureKeyBytes,
  coSignatureSchema,
  evidenceKeyBytes,
  evidenceSchema,
  linkKeyBytes,
  linkSchema,
  systemContracts,
  type Deposit,
  type Evidence,
  type EvidenceLink,
} from '@hanse/model';
import { method, type Method, type Transaction } from './call.ts';
import { readDid } from './dids.ts';
import { mustDecode, query, readPage, type Query } from './query.ts';
import { refuse } from './refuse.ts';

const contract = 'evidence';
const { methods, queries, events } = systemContracts.evidence;
const named = (name: string): { readonly contract: string; readonly method: string } => ({
  contract,
  method: name,
});
const LINK_CURSOR = /^[0-9a-f]{64}\/[a-z-]+$/;
/** Number of links from a deposit: it bounds them, and no transaction can count records. */
const linkCountSchema = t.u32;

/** Methods of the evidence contract. */
export const evidenceMethods: ReadonlyMap<string, Method> = new Map([
  ['deposit', method(named('deposit'), methods.deposit, deposit)],
  ['coSign', method(named('coSign'), methods.coSign, coSign)],
  ['link', method(named('link'), methods.link, link)],
  ['supersede', method(named('supersede'), methods.supersede, supersede)],
]);

/** Queries of the evidence contract. */
export const evidenceQueries: ReadonlyMap<string, Query> = new Map([
  [
    'get',
    query(named('get'), queries.get, async (read, { id }) => {
      const bytes = read.get(evidenceKeyBytes(id));
      const params = { object: 'deposit', id: toHex(id), height: read.height };
      return bytes === undefined
        ? refuse('RecordUnknown', params)
        : mustDecode(evidenceSchema, bytes);
    }),
  ],
  [
    'coSignatures',
    query(named('coSignatures'), queries.coSignatures, async (read, { id, after, limit }) => {
      const prefix = utf8(`evidence/cosign/${toHex(id)}/`);
      const start = after === undefined ? undefined : coSignatureKeyBytes(id, after);
      const page = { name: named('coSignatures'), prefix, after: start, limit };
      const { rows, last } = await readPage(read, page, coSignatureSchema);
      return { rows, next: last?.signer };
    }),
  ],
  [
    'links',
    query(named('links'), queries.links, async (read, { id, after, limit }) => {
      if (after !== undefined && !LINK_CURSOR.test(after)) {
        refuse('BadArguments', { ...named('links'), reason: 'after is no cursor of this query' });
      }
      const prefix = utf8(`evidence/link/${toHex(id)}/`);
      const start = after === undefined ? undefined : utf8(`evidence/link/${toHex(id)}/${after}`);
      const page = { name: named('links'), prefix, after: start, limit };
      const { rows, last } = await readPage(read, page, linkSchema);
      return { rows, next: last === undefined ? undefined : cursorOf(last) };
    }),
  ],
  [
    'list',
    query(named('list'), queries.list, async (read, { after, limit }) => {
      const start = after === undefined ? undefined : evidenceKeyBytes(after);
      const page = { name: named('list'), prefix: utf8('evidence/deposit/'), after: start, limit };
      const { rows, last } = await readPage(read, page, evidenceSchema);
      return { rows, next: last?.byteHash };
    }),
  ],
]);

type Nothing = Readonly<Record<string, never>>;

function deposit(tx: Transaction, args: Deposit): { readonly id: Uint8Array } {
  checkForm(args);
  const id = args.byteHash;
  const depositor = tx.actor;
  const organisation = organisationOf(tx, depositor);
  const key = evidenceKeyBytes(id);
  const first = tx.get(key);
  if (first !== undefined) {
    const { depositor: by, height } = mustDecode(evidenceSchema, first);
    refuse('EvidenceExists', { id: toHex(id), depositor: by, height });
  }
  const { height, time, txid } = tx.context;
  const record: Evidence = {
    ...args,
    depositor,
    organisation,
    txid,
    height,
    time,
    supersededBy: undefined,
  };
  tx.set(key, encode(evidenceSchema, record));
  tx.emit(contract, 'deposited', events.deposited, { id, depositor });
  return { id };
}

function coSign(
  tx: Transaction,
  { id, statement }: { readonly id: Uint8Array; readonly statement: string },
): Nothing {
  checkNewest(id, read(tx, id));
  const signer = tx.actor;
  const key = coSignatureKeyBytes(id, signer);
  if (tx.get(key) !== undefined) refuse('AlreadySigned', { did: signer, id: toHex(id) });
  const { height, time, txid } = tx.context;
  const organisation = organisationOf(tx, signer);
  const record = { signer, organisation, statement, txid, height, time };
  tx.set(key, encode(coSignatureSchema, record));
  tx.emit(contract, 'coSigned', events.coSigned, { id, signer });
  return {};
}

function link(
  tx: Transaction,
  { from, to, relation }: Pick<EvidenceLink, 'from' | 'to' | 'relation'>,
): Nothing {
  checkDifferent('link', from, to);
  const source = read(tx, from);
  read(tx, to);
  checkOwner(tx, from, source);
  checkNewest(from, source);
  const key = linkKeyBytes(from, to, relation);
  if (tx.get(key) !== undefined) {
    refuse('LinkExists', { from: toHex(from), to: toHex(to), relation });
  }
  countLink(tx, from);
  const record = { from, to, relation, by: tx.actor, height: tx.context.height };
  tx.set(key, encode(linkSchema, record));
  tx.emit(contract, 'linked', events.linked, { from, to, relation });
  return {};
}

function supersede(
  tx: Transaction,
  { id, by }: { readonly id: Uint8Array; readonly by: Uint8Array },
): Nothing {
  checkDifferent('supersede', id, by);
  const record = read(tx, id);
  const newer = read(tx, by);
  checkOwner(tx, id, record);
  checkNewest(id, record);
  // Also keeps a chain of deposits from running in a circle.
  checkNewest(by, newer);
  tx.set(evidenceKeyBytes(id), encode(evidenceSchema, { ...record, supersededBy: by }));
  tx.emit(contract, 'superseded', events.superseded, { id, by });
  return {};
}

function checkForm({ capture, fieldCount, mediaType, sizeBytes }: Deposit): void {
  checkGiven('mediaType', mediaType);
  checkGiven('capture.software', capture.software);
  checkBound('fieldCount', fieldCount, limits.evidenceFieldsMax);
  checkBound('sizeBytes', sizeBytes, limits.evidenceFileBytesMax);
}

function checkGiven(name: string, text: string): void {
  if (text === '') refuse('BadArguments', { ...named('deposit'), reason: `${name} is empty` });
}

function checkBound(name: string, value: number, limit: number): void {
  if (value > limit) refuse('OverLimit', { name, value, limit });
}

function checkDifferent(name: string, a: Uint8Array, b: Uint8Array): void {
  if (!equalBytes(a, b)) return;
  refuse('BadArguments', { ...named(name), reason: 'both are the same deposit' });
}

/** Rule newest deposit. */
function checkNewest(id: Uint8Array, { supersededBy }: Evidence): void {
  if (supersededBy === undefined) return;
  refuse('EvidenceSuperseded', { id: toHex(id), by: toHex(supersededBy) });
}

/** Rule own deposit. */
function checkOwner(tx: Transaction, id: Uint8Array, record: Evidence): void {
  const { depositor, organisation } = record;
  if (tx.isSigner(depositor) || tx.isSigner(organisation)) return;
  refuse('NotDepositor', { id: toHex(id), depositor, caller: tx.actor });
}

function countLink(tx: Transaction, from: Uint8Array): void {
  const key = utf8(`evidence/links/${toHex(from)}`);
  const bytes = tx.get(key);
  const count = bytes === undefined ? 0 : mustDecode(linkCountSchema, bytes);
  if (count >= limits.evidenceLinksPerDepositMax) {
    const params = { name: 'links of the deposit', value: count + 1 };
    refuse('OverLimit', { ...params, limit: limits.evidenceLinksPerDepositMax });
  }
  tx.set(key, encode(linkCountSchema, count + 1));
}

function read(tx: Transaction, id: Uint8Array): Evidence {
  const bytes = tx.get(evidenceKeyBytes(id));
  return bytes === undefined
    ? refuse('EvidenceUnknown', { id: toHex(id) })
    : mustDecode(evidenceSchema, bytes);
}

/** The organisation a DID acts for: its first controller, or itself. */
function organisationOf(tx: Transaction, did: string): string {
  return readDid(tx, did)?.controllers[0] ?? did;
}

/** Cursor behind a link: its key without what all links of the deposit share. */
function cursorOf({ to, relation }: EvidenceLink): string {
  return `${toHex(to)}/${relation}`;
}
