import { encode, shapeToJson, t, type AnySchema } from '@hanse/codec';
import { callInfoSchema, type CallInfo } from '@hanse/vm';

// Contracts as a bundler would leave them, written by hand: these tests need no authoring library.

const json = (schema: AnySchema): unknown => shapeToJson(schema.shape);
const text = t.text(64);

/** What a contract offers, in the words of its manifest. */
export type Offer = {
  readonly name?: string;
  readonly tables?: readonly {
    readonly name: string;
    readonly row: AnySchema;
    readonly key: readonly string[];
    readonly indexes?: readonly { readonly name: string; readonly fields: readonly string[] }[];
  }[];
  readonly events?: Readonly<Record<string, AnySchema>>;
  readonly methods: Readonly<
    Record<string, { readonly args: AnySchema; readonly returns?: AnySchema }>
  >;
};

/** The manifest of an offer. */
export function manifestOf({ name = 'demo', tables = [], events = {}, methods }: Offer): unknown {
  return {
    abi: 1,
    name,
    tables: tables.map(({ name: table, row, key, indexes = [] }) => ({
      name: table,
      row: json(row),
      key,
      listed: true,
      indexes: indexes.map((index) => ({ ...index, unique: false })),
    })),
    events: Object.entries(events).map(([event, data]) => ({ name: event, data: json(data) })),
    methods: Object.entries(methods).map(([method, { args, returns }]) => ({
      name: method,
      kind: 'command',
      args: json(args),
      returns: json(returns ?? t.struct({})),
      allow: [],
    })),
  };
}

/** Code of a contract: `body` is the inside of `run(method, args, info, host)`, after `before`. */
export function codeOf(offer: Offer, body: string, before = ''): Uint8Array {
  const source = `'use strict';
(() => {
const manifest = ${JSON.stringify(manifestOf(offer))};
class RejectError extends Error {
  constructor(code, message) { super(message); this.name = 'RejectError'; this.code = code; }
}
const reject = (code, message = '') => { throw new RejectError(code, message); };
${before}
hanse.define({ manifest, run(method, args, info, host) {
${body}
} });
})();
`;
  return new TextEncoder().encode(source);
}

/** Canonical bytes of who calls. */
export function infoOf(part: Partial<CallInfo> = {}): Uint8Array {
  return encode(callInfoSchema, {
    caller: 'did:hanse:acme',
    organisation: 'did:hanse:acme',
    roles: ['supplier'],
    duties: ['maker'],
    signers: [{ did: 'did:hanse:acme', organisation: 'did:hanse:acme', duties: ['maker'] }],
    via: '',
    height: 7,
    time: 1_700_000_000_000,
    txid: new Uint8Array(32).fill(7),
    ...part,
  });
}

const account = t.struct({ id: text, balance: t.amount });

/** Money from one account to another: two rows read, two written, one event. */
export const transfer = {
  args: t.struct({ from: text, to: text, amount: t.amount }),
  account,
  offer: {
    name: 'cash',
    tables: [{ name: 'account', row: account, key: ['id'] }],
    events: { Moved: t.struct({ from: text, to: text, amount: t.amount }) },
    methods: { transfer: { args: t.struct({ from: text, to: text, amount: t.amount }) } },
  } satisfies Offer,
  body: `
    const from = host.get(0, { id: args.from }) ?? reject('UNKNOWN', args.from);
    const to = host.get(0, { id: args.to }) ?? { id: args.to, balance: 0n };
    if (args.amount === 0n) reject('AMOUNT');
    if (from.balance < args.amount) reject('BALANCE', 'not enough');
    host.put(0, { ...from, balance: from.balance - args.amount }, 'update');
    host.put(0, { ...to, balance: to.balance + args.amount }, 'put');
    host.emit(0, args);`,
};

const invoiceFields = {
  id: t.text(40),
  buyer: text,
  currency: t.oneOf('EUR', 'USD', 'CHF', 'GBP'),
  net: t.amount,
  vat: t.amount,
  gross: t.amount,
  vatRate: t.int(0, 10_000),
  issued: t.date,
  due: t.date,
  terms: t.int(0, 365),
  lines: t.int(1, 999),
  docHash: t.hash,
  poNumber: t.option(t.text(40)),
  deliveryNote: t.option(t.text(40)),
  reference: t.text(80),
  place: t.text(80),
};
const invoiceRow = t.struct({
  seller: text,
  ...invoiceFields,
  holder: text,
  open: t.amount,
  status: t.oneOf('issued', 'accepted', 'disputed', 'paid', 'cancelled'),
});

/** An invoice of 20 fields: checked, written with its keys, announced. */
export const invoice = {
  args: t.struct(invoiceFields),
  row: invoiceRow,
  offer: {
    name: 'receivables',
    tables: [{ name: 'invoice', row: invoiceRow, key: ['seller', 'id'] }],
    events: {
      Issued: t.struct({ seller: text, id: t.text(40), buyer: text, gross: t.amount }),
    },
    methods: {
      issue: {
        args: t.struct(invoiceFields),
        returns: t.struct({ seller: text, id: t.text(40) }),
      },
    },
  } satisfies Offer,
  body: `
    if (!info.roles.includes('supplier')) reject('FORBIDDEN');
    if (args.net + args.vat !== args.gross) reject('SUM', 'net and vat do not make gross');
    if ((args.net * BigInt(args.vatRate) + 5000n) / 10000n !== args.vat) reject('VAT');
    if (args.due < args.issued) reject('DUE');
    if (!/^[A-Z]{2,4}-[0-9]{4}-[0-9]{1,8}$/.test(args.id)) reject('ID');
    const seller = info.caller;
    host.put(0, { ...args, seller, holder: seller, open: args.gross, status: 'issued' }, 'insert');
    host.emit(0, { seller, id: args.id, buyer: args.buyer, gross: args.gross });
    return { seller, id: args.id };`,
  sample: {
    id: 'INV-2026-000123',
    buyer: 'did:hanse:buyer',
    currency: 'EUR',
    net: 100_000n,
    vat: 19_000n,
    gross: 119_000n,
    vatRate: 1_900,
    issued: '2026-01-31',
    due: '2026-03-02',
    terms: 30,
    lines: 12,
    docHash: new Uint8Array(32).fill(9),
    poNumber: 'PO-4711',
    deliveryNote: undefined,
    reference: 'order of machines, second part, as agreed',
    place: 'Frankfurt am Main, Straße der Einheit 12',
  } as const,
};
