import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importDocument, type ImportResult } from '../src/index.ts';

/** Folder of public sample documents beside the checkout; not part of the repository. */
const root = join(
  process.env['HANSE_SHARED'] ?? join(import.meta.dirname, '../../../../shared'),
  'data',
);
const isThere = existsSync(join(root, 'einvoice')) && existsSync(join(root, 'china-einvoice'));
const suite = (title: string): string =>
  isThere ? title : `${title} (SKIPPED: set HANSE_SHARED to a folder with data/einvoice)`;

const results = new Map<string, ImportResult>();

function imported(path: string): ImportResult {
  const known = results.get(path);
  if (known !== undefined) return known;
  const result = importDocument(new Uint8Array(readFileSync(join(root, path))), { fileName: path });
  results.set(path, result);
  return result;
}

const invoice = (path: string): ImportResult => imported(join('einvoice', path));
const expected = <T>(name: string): T =>
  JSON.parse(readFileSync(join(root, 'einvoice/expected', name), 'utf8')) as T;

function files(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(join(root, path)).isFile())
    .toSorted();
}

describe.skipIf(!isThere)(suite('every sample file ends in a verdict with a code'), () => {
  it('these many of each', () => {
    const counts: Record<string, number> = {};
    for (const path of [...files('einvoice'), ...files('china-einvoice')]) {
      const { verdict, kind, code } = imported(path);
      const line = `${verdict} ${kind} ${code}`;
      counts[line] = (counts[line] ?? 0) + 1;
    }
    expect(counts).toEqual(GOLDEN);
  });

  it.each([
    [
      'einvoice/en16931/ubl-examples/BIS3_Invoice_negativ.XML',
      'accepted',
      'NOT_FINANCEABLE_NEGATIVE',
    ],
    ['china-einvoice/ofd/converter_999.ofd', 'refused', 'PARTY_ID_CHECKSUM'],
    ['china-einvoice/ofd/converter_20240531141733.ofd', 'accepted', 'ACCEPTED'],
    ['china-einvoice/xml/sample_einvoice.xml', 'refused', 'PARTY_ID_FORMAT'],
    ['einvoice/ubl-order-bad/order-test-bad-model.xml', 'refused', 'SCHEMA_INVALID'],
    ['einvoice/ubl-order-bad/order-test-good.xml', 'not-an-invoice', 'NOT_AN_INVOICE'],
    ['einvoice/xrechnung/validator-cases/instances/ubl005.xml', 'refused', 'FIELD_MISSING'],
    ['einvoice/en16931/unit-invoice/BR-02.xml', 'refused', 'MULTI_DOCUMENT'],
  ])('%s: %s, %s', (path, verdict, code) => {
    expect(imported(path)).toMatchObject({ verdict, code });
  });

  it('a document that breaks no sum of EN 16931 has no finding about sums here', () => {
    type Row = { readonly file: string; readonly fatal?: Readonly<Record<string, number>> };
    const wrong = expected<readonly Row[]>('en16931-1.3.16-full-documents.json')
      .filter(
        ({ fatal }) =>
          fatal !== undefined && !Object.keys(fatal).some((id) => id.startsWith('BR-CO-1')),
      )
      .filter(({ file }) =>
        invoice(file).findings.some(({ code }) => code.startsWith('ARITHMETIC')),
      );
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });
});

type Pair = {
  readonly case: string;
  readonly files: readonly [string, string];
  readonly sameBusinessKey: boolean;
};
type Facts = {
  readonly file: string;
  readonly id: string | null;
  readonly issueDate: string | null;
  readonly currency: string | null;
  readonly sellerTaxId: string | null;
  readonly payable: string | null;
};
type Group = { readonly verdict: string; readonly files: readonly string[] };

describe.skipIf(!isThere)(suite('business keys of the samples'), () => {
  it('every true twin has one X; the false one has two and a common N and T', () => {
    for (const pair of expected<readonly Pair[]>('cross-syntax-pairs.json')) {
      const [one, other] = pair.files.map((file) => invoice(file).keys);
      expect(one?.X, pair.case).toBeDefined();
      expect(one?.X === other?.X, pair.case).toBe(pair.sameBusinessKey);
      expect(
        one?.N.some((key) => other?.N.includes(key)),
        pair.case,
      ).toBe(true);
      expect(
        one?.T.some((key) => other?.T.includes(key)),
        pair.case,
      ).toBe(true);
    }
  });

  it('no two documents that differ in seller, number, date, currency or amount share an X', () => {
    const plain = (text: string | null): string =>
      (text ?? '')
        .normalize('NFKC')
        .toUpperCase()
        .replace(/[^\p{L}\p{N}]/gu, '');
    const facts = expected<readonly Facts[]>('business-keys.json').map((row) => ({
      file: row.file,
      X: invoice(row.file).keys?.X,
      known: JSON.stringify([
        plain(row.sellerTaxId),
        plain(row.id),
        row.issueDate?.slice(0, 10),
        row.currency,
        Number(row.payable),
      ]),
    }));
    const shared = new Map<string, string>();
    let twice = 0;
    for (const { file, X, known } of facts) {
      if (X === undefined) continue;
      if (shared.has(X)) twice += 1;
      expect(shared.get(X) ?? known, `${file}: ${X}`).toBe(known);
      shared.set(X, known);
    }
    expect([facts.length, twice]).toEqual([196, 88]);
  });

  it('groups of duplicates are found: exact by X, same number by N', () => {
    for (const { verdict, files: members } of expected<readonly Group[]>('duplicate-groups.json')) {
      const keys = members.map((file) => invoice(file).keys);
      const common = keys[0]?.N.filter((key) => keys.every((one) => one?.N.includes(key)));
      expect(common, members[0]).not.toEqual([]);
      const count = new Set(keys.map((one) => one?.X)).size;
      expect(count === 1, members[0]).toBe(verdict === 'EXACT');
    }
  });
});

/** 411 files: `verdict kind code` and how many end in it. */
const GOLDEN: Readonly<Record<string, number>> = {
  'accepted credit-note NOT_FINANCEABLE_CREDIT': 6,
  'accepted invoice ACCEPTED': 176,
  'accepted invoice NOT_FINANCEABLE_NEGATIVE': 7,
  'accepted invoice NOT_FINANCEABLE_ZERO': 1,
  'not-an-invoice debit-note NOT_AN_INVOICE': 1,
  'not-an-invoice freight-invoice NOT_AN_INVOICE': 1,
  'not-an-invoice image NOT_AN_INVOICE': 1,
  'not-an-invoice json NOT_AN_INVOICE': 6,
  'not-an-invoice ofd-pages NOT_AN_INVOICE': 4,
  'not-an-invoice order NOT_AN_INVOICE': 1,
  'not-an-invoice reminder NOT_AN_INVOICE': 1,
  'not-an-invoice remittance-advice NOT_AN_INVOICE': 1,
  'not-an-invoice rule-set NOT_AN_INVOICE': 2,
  'not-an-invoice signature NOT_AN_INVOICE': 1,
  'not-an-invoice statement NOT_AN_INVOICE': 1,
  'not-an-invoice text NOT_AN_INVOICE': 2,
  'not-an-invoice xml UNKNOWN_DOCUMENT': 3,
  'refused credit-note ARITHMETIC_TOTAL': 1,
  'refused invoice AMOUNT_FORMAT': 2,
  'refused invoice ARITHMETIC_PAYABLE': 1,
  'refused invoice ARITHMETIC_TOTAL': 1,
  'refused invoice FIELD_MISSING': 1,
  'refused invoice PARTY_ID_CHECKSUM': 2,
  'refused invoice PARTY_ID_FORMAT': 1,
  'refused invoice SCHEMA_INVALID': 1,
  'refused order SCHEMA_INVALID': 1,
  'refused test-set MULTI_DOCUMENT': 181,
  'refused zugferd-1 SYNTAX_UNSUPPORTED': 4,
};
