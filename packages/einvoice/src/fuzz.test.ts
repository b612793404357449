import { concatBytes, utf8 } from '@hanse/kit';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CII, CN, CREDIT, samplesFrom, UBL } from '../test/samples.ts';
import { einvoiceBounds } from './bounds.ts';
import { importDocument } from './import.ts';

const { demoBytes, demoText } = samplesFrom((name) =>
  readFileSync(join(import.meta.dirname, '../../../demo/invoices', name)),
);

/** Any bytes end in a verdict with a code, sentences and bounded findings, and never throw. */
function expectVerdict(bytes: Uint8Array): void {
  const result = importDocument(bytes);
  expect(['accepted', 'refused', 'not-an-invoice']).toContain(result.verdict);
  expect(result.code).toMatch(/^[A-Z_0-9]+$/);
  expect(result.findings.length).toBeLessThanOrEqual(einvoiceBounds.findingsMax);
  for (const { en, zh } of result.findings) {
    expect(`${en}${zh}`).not.toMatch(/\{\w+\}|[\p{Cc}\p{Cs}]/u);
  }
  const hasError = result.findings.some(({ severity }) => severity === 'error');
  expect(hasError).toBe(result.verdict !== 'accepted');
  if (hasError) expect(result.isFinanceable).toBe(false);
  // A document and its twin at another time are judged alike.
  expect(importDocument(bytes)).toEqual(result);
}

const samples = [UBL, CII, CREDIT, CN].map(demoBytes);
const ofd = zipSync({
  'OFD.xml': strToU8('<OFD><DocBody/></OFD>'),
  'Doc_0/Attachs/original_invoice.xml': strToU8(demoText(CN)),
});
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  drop: fc.integer({ min: 0, max: 40 }),
  put: fc.oneof(
    fc.uint8Array({ maxLength: 8 }),
    fc
      .constantFrom(
        '<',
        '>',
        '&',
        '&a;',
        '&#0;',
        '<!DOCTYPE a [',
        ']]>',
        '<![CDATA[',
        '<!--',
        '-->',
        '<?x',
        '-0',
        '1e9',
        '9'.repeat(40),
        'xmlns=""',
        'xmlns:cbc="a"',
        '\ufeff',
        '\u202e',
        '</Invoice>',
        '<Invoice/>',
        '__proto__',
        'constructor',
      )
      .map(utf8),
  ),
});

function edited(
  bytes: Uint8Array,
  edits: readonly { at: number; drop: number; put: Uint8Array }[],
) {
  let out = bytes;
  for (const { at, drop, put } of edits) {
    const from = Math.floor(at * out.length);
    out = concatBytes(out.subarray(0, from), put, out.subarray(from + drop));
  }
  return out;
}

describe('any bytes end in a verdict', () => {
  it('random bytes, behind every start that is recognised', () => {
    const start = fc.constantFrom(
      '',
      '<',
      '{',
      '%PDF-',
      'PK\u0003\u0004',
      '<?xml version="1.0"?>',
      '<Invoice>',
    );
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 300 }), (text, bytes) => {
        expectVerdict(concatBytes(utf8(text), bytes));
      }),
      { numRuns: 400 },
    );
  });

  it('damaged invoices', () => {
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.array(edit, { maxLength: 5 }), (bytes, edits) => {
        expectVerdict(edited(bytes, edits));
      }),
      { numRuns: 300 },
    );
  });

  it('damaged archives', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        expectVerdict(edited(ofd, edits));
      }),
      { numRuns: 300 },
    );
  });

  it('invoices whose elements were dropped, doubled, moved and renamed', () => {
    const pieces = [UBL, CII, CN].map((name) => demoText(name).split(/(?=<)/));
    const op = fc.record({
      kind: fc.constantFrom('drop', 'double', 'swap', 'blank'),
      at: fc.nat(400),
      other: fc.nat(400),
    });
    fc.assert(
      fc.property(fc.constantFrom(...pieces), fc.array(op, { maxLength: 6 }), (list, ops) => {
        const out = [...list];
        for (const { kind, at, other } of ops) {
          const i = at % out.length;
          const j = other % out.length;
          const [one = '', two = ''] = [out[i], out[j]];
          if (kind === 'drop') out.splice(i, 1, '');
          if (kind === 'double') out.splice(i, 1, one + one);
          if (kind === 'swap') [out[i], out[j]] = [two, one];
          if (kind === 'blank') out[i] = one.replace(/>[^<]*$/, '>');
        }
        expectVerdict(utf8(out.join('')));
      }),
      { numRuns: 300 },
    );
  });
});
