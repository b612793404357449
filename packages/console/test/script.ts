import { encode } from '@hanse/codec';
import { buildTx, callOf, prepareDeposit, saltOf, type PreparedDeposit } from '@hanse/client';
import { toHex, utf8 } from '@hanse/kit';
import {
  coSignatureKeyBytes,
  coSignatureSchema,
  evidenceKeyBytes,
  evidenceSchema,
  linkKeyBytes,
  linkSchema,
  systemContracts,
  type Call,
  type CoSignature,
  type Evidence,
  type EvidenceLink,
  type Receipt,
} from '@hanse/model';
import { ToyChain, type Executed, type PartyOf } from './chain.ts';

/** A file that the script deposits. */
export type ToyFile = { readonly name: string; readonly bytes: Uint8Array };

/** The chain with what was put on it, for pages to find. */
export type Story = {
  readonly chain: ToyChain;
  readonly files: readonly ToyFile[];
  readonly deposits: Map<string, Evidence>;
  readonly prepared: Map<string, PreparedDeposit>;
  /** A person of the bank; persons have no public name. */
  readonly nameless: PartyOf;
  readonly coSignatures: CoSignature[];
  readonly links: EvidenceLink[];
  /** Height with a refused transaction, and its id. */
  readonly refused: { readonly height: number; readonly txid: string };
  /** Height with many transactions. */
  readonly busyHeight: number;
  /** Time between two blocks. */
  readonly stepMs: number;
};

const HEIGHTS = 42;
const BUSY = 180;

/** The invoice whose fields are disclosed in bundles. */
export const invoice: ToyFile = {
  name: 'invoice-4711.json',
  bytes: utf8(
    JSON.stringify({
      invoice: 'INV-4711',
      seller: '华东供应链',
      buyer: 'Harbour Logistics',
      amount: '125000.00',
      currency: 'CNY',
      due: '2027-01-31',
    }),
  ),
};

/** Build the story: deposits, a refusal, co-signatures, links, a supersession and a busy block. */
export function tellStory(suiteId: 'intl' | 'sm', nowMs: number): Story {
  const stepMs = 900;
  const startMs = nowMs - (HEIGHTS + 1) * stepMs;
  const chain = new ToyChain(
    suiteId,
    startMs,
    suiteId === 'intl' ? 'harbour-test' : 'huadong-ceshi',
  );
  const files: ToyFile[] = [
    invoice,
    { name: 'bill-of-lading.pdf', bytes: utf8('%PDF-1.7 toy bill of lading 88-204') },
    { name: 'bill-of-lading-v2.pdf', bytes: utf8('%PDF-1.7 toy bill of lading 88-204, corrected') },
    { name: 'scan-0031.png', bytes: utf8('toy scan 31') },
    { name: '质检报告.pdf', bytes: utf8('%PDF-1.7 质检报告 2026-118') },
  ];
  const [bank, supplier, harbour] = chain.organisations;
  const desk = chain.party(chain.genesis.network, 'application', 'Scan desk 3', [
    supplier?.did ?? '',
  ]);
  if (bank === undefined || supplier === undefined || harbour === undefined)
    throw new Error('parties');
  const nameless = chain.party(chain.genesis.network, 'person', '', [bank.did]);
  const story: Story = {
    chain,
    files,
    deposits: new Map(),
    prepared: new Map(),
    nameless,
    coSignatures: [],
    links: [],
    refused: { height: 0, txid: '' },
    busyHeight: 0,
    stepMs,
  };
  const at = (height: number): number => startMs + height * stepMs;
  let refused = story.refused;
  let busyHeight = 0;
  for (let height = 1; height <= HEIGHTS; height++) {
    const parts: Executed[] = [];
    const file = height % 7 === 3 ? files[(height - 3) / 7] : undefined;
    if (height === 2) {
      parts.push(register(chain, desk, at(height)), register(chain, nameless, at(height)));
    }
    if (file !== undefined) parts.push(deposit(story, file, desk, supplier, at(height)));
    if (height === 12)
      parts.push(coSign(story, 0, bank, 'Seen at the counter, 12 pages.', at(height)));
    if (height === 13) parts.push(coSign(story, 0, harbour, '与原件核对一致。', at(height)));
    if (height === 20) parts.push(link(story, 1, 0, bank, at(height)));
    if (height === 26) parts.push(supersede(story, 1, 2, desk, at(height)));
    if (height === 30) parts.push(refuse(story, 0, bank, at(height)));
    if (height === 34) parts.push(...busy(chain, bank, at(height)));
    const got = chain.add(at(height), parts);
    const first = chain.block(got).receipts[0];
    if (height === 30 && first !== undefined) refused = { height, txid: toHex(first.txid) };
    if (height === 34) busyHeight = height;
  }
  return { ...story, refused, busyHeight };
}

function sealed(chain: ToyChain, signer: PartyOf, call: Call, time: number, name: string) {
  return buildTx(chain.suite, {
    chainId: chain.chainId,
    salt: saltOf(chain.suite, name, 0),
    validUntil: time + 60_000,
    signers: [{ did: signer.did, kid: 'key-1' }],
    calls: [call],
  });
}

function okReceipt(
  txid: Uint8Array,
  result: Uint8Array,
  events: Receipt['events'],
): Executed['receipt'] {
  return (height, index) => ({
    txid,
    height,
    index,
    status: { kind: 'ok', value: {} },
    gas: 21_480,
    results: [result],
    events,
  });
}

/** Register an identity. */
export function register(chain: ToyChain, party: PartyOf, time: number): Executed {
  const { methods, events } = systemContracts.identity;
  const { call } = callOf('identity', 'register', { inception: party.inception });
  const tx = sealed(chain, party, call, time, `register ${party.did}`);
  const result = encode(methods.register.result, { did: party.did });
  const data = encode(events.registered, { did: party.did });
  return {
    tx,
    receipt: okReceipt(tx.digest, result, [{ contract: 'identity', name: 'registered', data }]),
    writes: [chain.identity(party, chain.height + 1)],
  };
}

/** Deposit a file. */
export function deposit(
  story: Story,
  file: ToyFile,
  depositor: PartyOf,
  organisation: PartyOf,
  time: number,
): Executed {
  const { chain } = story;
  const prepared = prepareDeposit(chain.suite, file.bytes, {
    name: file.name,
    capture: {
      device: file.name.startsWith('scan') ? 'SN-20-4471' : '',
      software: 'Harbour Capture',
      softwareVersion: '3.2',
      capturedAt: time - 5_400_000,
      timeSource: 'ntp',
      method: file.name.startsWith('scan') ? 'scan' : 'file',
    },
    secret: chain.suite.hash(utf8(`toy secret of ${file.name}`)),
  });
  const { call } = callOf('evidence', 'deposit', prepared.deposit);
  const tx = sealed(chain, depositor, call, time, `deposit ${file.name}`);
  const id = prepared.deposit.byteHash;
  const evidence: Evidence = {
    ...prepared.deposit,
    depositor: depositor.did,
    organisation: organisation.did,
    txid: tx.digest,
    height: chain.height + 1,
    time,
    supersededBy: undefined,
  };
  story.deposits.set(toHex(id), evidence);
  story.prepared.set(toHex(id), prepared);
  const { methods, events } = systemContracts.evidence;
  const result = encode(methods.deposit.result, { id });
  const data = encode(events.deposited, { id, depositor: depositor.did });
  return {
    tx,
    receipt: okReceipt(tx.digest, result, [{ contract: 'evidence', name: 'deposited', data }]),
    writes: [{ key: evidenceKeyBytes(id), value: encode(evidenceSchema, evidence) }],
  };
}

function idOf(story: Story, index: number): Uint8Array {
  return story.chain.suite.hash(story.files[index]?.bytes ?? new Uint8Array(0));
}

function coSign(
  story: Story,
  index: number,
  signer: PartyOf,
  statement: string,
  time: number,
): Executed {
  const { chain } = story;
  const id = idOf(story, index);
  const { call } = callOf('evidence', 'coSign', { id, statement });
  const tx = sealed(chain, signer, call, time, `cosign ${signer.name}`);
  const { did } = signer;
  const row: CoSignature = {
    signer: did,
    organisation: did,
    statement,
    txid: tx.digest,
    height: chain.height + 1,
    time,
  };
  story.coSignatures.push(row);
  const { methods, events } = systemContracts.evidence;
  const data = encode(events.coSigned, { id, signer: did });
  return {
    tx,
    receipt: okReceipt(tx.digest, encode(methods.coSign.result, {}), [
      { contract: 'evidence', name: 'coSigned', data },
    ]),
    writes: [{ key: coSignatureKeyBytes(id, did), value: encode(coSignatureSchema, row) }],
  };
}

function link(story: Story, from: number, to: number, by: PartyOf, time: number): Executed {
  const { chain } = story;
  const ends = { from: idOf(story, from), to: idOf(story, to), relation: 'refers-to' } as const;
  const { call } = callOf('evidence', 'link', ends);
  const tx = sealed(chain, by, call, time, `link ${from} ${to}`);
  const row: EvidenceLink = { ...ends, by: by.did, height: chain.height + 1 };
  story.links.push(row);
  const { methods, events } = systemContracts.evidence;
  return {
    tx,
    receipt: okReceipt(tx.digest, encode(methods.link.result, {}), [
      { contract: 'evidence', name: 'linked', data: encode(events.linked, ends) },
    ]),
    writes: [
      { key: linkKeyBytes(ends.from, ends.to, ends.relation), value: encode(linkSchema, row) },
    ],
  };
}

function supersede(
  story: Story,
  index: number,
  by: number,
  signer: PartyOf,
  time: number,
): Executed {
  const { chain } = story;
  const ends = { id: idOf(story, index), by: idOf(story, by) };
  const { call } = callOf('evidence', 'supersede', ends);
  const tx = sealed(chain, signer, call, time, `supersede ${index}`);
  const before = story.deposits.get(toHex(ends.id));
  if (before === undefined) throw new Error('supersede before deposit');
  const after: Evidence = { ...before, supersededBy: ends.by };
  story.deposits.set(toHex(ends.id), after);
  const { methods, events } = systemContracts.evidence;
  return {
    tx,
    receipt: okReceipt(tx.digest, encode(methods.supersede.result, {}), [
      { contract: 'evidence', name: 'superseded', data: encode(events.superseded, ends) },
    ]),
    writes: [{ key: evidenceKeyBytes(ends.id), value: encode(evidenceSchema, after) }],
  };
}

/** A deposit of what is already deposited: executed and refused. */
function refuse(story: Story, index: number, signer: PartyOf, time: number): Executed {
  const { chain } = story;
  const id = toHex(idOf(story, index));
  const first = story.deposits.get(id);
  if (first === undefined) throw new Error('refuse before deposit');
  const { byteHash, sizeBytes, mediaType, fieldsRoot, fieldCount, capture } = first;
  const args = { byteHash, sizeBytes, mediaType, fieldsRoot, fieldCount, capture };
  const { call } = callOf('evidence', 'deposit', args);
  const tx = sealed(chain, signer, call, time, `refuse ${index}`);
  return {
    tx,
    receipt: (height, at) => ({
      txid: tx.digest,
      height,
      index: at,
      status: {
        kind: 'refused',
        value: {
          code: 'EvidenceExists',
          message: '',
          params: [
            { name: 'depositor', value: first.depositor },
            { name: 'height', value: String(first.height) },
            { name: 'id', value: id },
          ],
          frames: [],
        },
      },
      gas: 9_120,
      results: [],
      events: [],
    }),
    writes: [],
  };
}

function busy(chain: ToyChain, bank: PartyOf, time: number): readonly Executed[] {
  return Array.from({ length: BUSY }, (_, index) => {
    const party = chain.party(chain.genesis.network, 'person', `Client ${index}`, [bank.did]);
    return register(chain, party, time);
  });
}
