import fc from 'fast-check';
import { utf8 } from '@hanse/kit';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fieldBounds } from './bounds.ts';
import { readFields } from './fields.ts';
import { mediaOf, readingOf } from './media.ts';

function read(name: string, content: string | Uint8Array) {
  const bytes = typeof content === 'string' ? utf8(content) : content;
  const { mediaType } = mediaOf(name, bytes);
  const report = readFields({ name, sizeBytes: bytes.length, mediaType }, bytes);
  const own = report.fields.filter(({ path }) => !path.startsWith('#'));
  return { ...report, own: Object.fromEntries(own.map(({ path, value }) => [path, value])) };
}

/** Scalars of a JSON value by pointer, the plain way. */
function flatten(value: unknown, path = ''): [string, string][] {
  if (typeof value !== 'object' || value === null)
    return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
  return Object.entries(value).flatMap(([name, one]) =>
    flatten(one, `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
}

describe('JSON', () => {
  it('gives every scalar at its pointer, as JSON.parse would', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ noUnicodeString: false }),
        fc.constantFrom(undefined, 1, '\t'),
        (value, space) => {
          const report = read('a.json', JSON.stringify(value, undefined, space));
          expect(report.note).toBeUndefined();
          expect(report.own).toEqual(
            Object.fromEntries(flatten(JSON.parse(JSON.stringify(value)))),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it('accepts exactly what JSON.parse accepts, but for members given twice', () => {
    const tokens = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b\\n"',
      '"\\u00zz"',
      '1',
      '-0.5e3',
      '01',
      'true',
      'nul',
      ' ',
      '"',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 9 }), (parts) => {
        const text = parts.join('');
        let parsed: unknown;
        let isJson = true;
        try {
          parsed = JSON.parse(text);
        } catch {
          isJson = false;
        }
        const report = read('a.json', text);
        const isTwice = report.note?.includes('given twice') === true;
        expect(report.note === undefined || isTwice).toBe(isJson || isTwice);
        if (isJson && !isTwice) expect(Object.keys(report.own).length).toBe(flatten(parsed).length);
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps numbers as they are written', () => {
    expect(read('a.json', '{"total":1234.50,"big":12345678901234567890,"e":-1E+2}').own).toEqual({
      '/total': '1234.50',
      '/big': '12345678901234567890',
      '/e': '-1E+2',
    });
  });

  it('falls back to file facts, and says why', () => {
    const cases = {
      twice: '{"a":1,"a":2}',
      open: '{"a":',
      after: '1 2',
      bad: '{"a":"\u0001"}',
      lone: '"\\ud800"',
      deep: '['.repeat(1_000) + ']'.repeat(1_000),
      nothing: '',
    };
    for (const [name, text] of Object.entries(cases)) {
      const report = read('a.json', text);
      expect(report.note, name).toMatch(/^Read as json: /);
      expect(report.reading, name).toBe('file');
      expect(
        report.fields.map((field) => field.path),
        name,
      ).toEqual(['#name', '#sizeBytes', '#mediaType']);
    }
    expect(read('a.json', Uint8Array.of(0x22, 0xff, 0x22)).note).toContain('UTF-8');
    expect(read('a.json', `[${'1,'.repeat(fieldBounds.fieldsMax)}1]`).note).toContain('fields');
    expect(read('a.json', '\ufeff{"a":1}').own).toEqual({ '/a': '1' });
  });
});

describe('XML', () => {
  it('gives texts and attributes with positions', () => {
    const text = `<?xml version="1.0" encoding="UTF-8"?>
      <i:Invoice xmlns:i="urn:i" id="7"><!-- note -->
        <Line>a &amp; b</Line><Line><![CDATA[<c>]]></Line>
        <Empty/><Total currency="CNY">12.50</Total>
        <Mixed>x<b>y</b>z</Mixed>
      </i:Invoice>`;
    expect(read('a.xml', text).own).toEqual({
      '/i:Invoice[1]/@xmlns:i': 'urn:i',
      '/i:Invoice[1]/@id': '7',
      '/i:Invoice[1]/Line[1]': 'a & b',
      '/i:Invoice[1]/Line[2]': '<c>',
      '/i:Invoice[1]/Empty[1]': '',
      '/i:Invoice[1]/Total[1]': '12.50',
      '/i:Invoice[1]/Total[1]/@currency': 'CNY',
      '/i:Invoice[1]/Mixed[1]': 'xz',
      '/i:Invoice[1]/Mixed[1]/b[1]': 'y',
    });
  });

  it('reads no document type, entity, second root, unclosed tag, other encoding or depth', () => {
    const cases = {
      doctype: '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
      external: '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
      entity: '<a>&x;</a>',
      roots: '<a/><b/>',
      open: '<a><b></a>',
      unclosed: '<a>',
      encoding: '<?xml version="1.0" encoding="GB18030"?><a/>',
      attributes: '<a b="1" b="2"/>',
      deep: '<a>'.repeat(500) + '</a>'.repeat(500),
      text: 'nothing',
    };
    for (const [name, text] of Object.entries(cases)) {
      const report = read('a.xml', text);
      expect(report.note, name).toMatch(/^Read as xml: /);
      expect(report.own, name).toEqual({});
    }
  });
});

describe('other files', () => {
  it('gives one field a line for rows, facts for the rest', () => {
    expect(read('a.csv', 'a,b\r\n1,2\n').own).toEqual({ '/0': 'a,b', '/1': '1,2' });
    expect(read('a.ndjson', '{"a":1}\n{"a":2}').own).toEqual({ '/0': '{"a":1}', '/1': '{"a":2}' });
    expect(read('a.csv', '\n'.repeat(fieldBounds.fieldsMax + 1)).note).toContain('fields');
    expect(read('a.pdf', '%PDF-1.7').own).toEqual({});
    expect(read('a.json', '%PDF-1.7').fields[2]).toEqual({
      path: '#mediaType',
      value: 'application/pdf',
    });
    expect(mediaOf('a.ofd', Uint8Array.of(0x50, 0x4b, 3, 4)).mediaType).toBe('application/ofd');
    expect(mediaOf('noname', new Uint8Array(0)).mediaType).toBe('application/octet-stream');
    expect(mediaOf('a.constructor', new Uint8Array(0)).mediaType).toBe('application/octet-stream');
    expect(readingOf('application/vc+json; charset=utf-8')).toBe('json');
    expect(readingOf('image/svg+xml')).toBe('xml');
  });

  it('never fails, whatever the bytes and the name', () => {
    const names = fc.constantFrom('a.json', 'a.xml', 'a.csv', 'a.bin', '\ud800', '');
    fc.assert(
      fc.property(
        names,
        fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.string({ unit: 'binary' }).map(utf8)),
        (name, bytes) => {
          const report = read(name, bytes);
          expect(new Set(report.fields.map((field) => field.path)).size).toBe(report.fields.length);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('documents of the world', () => {
  const shared =
    process.env['HANSE_SHARED'] ?? fileURLToPath(new URL('../../../../../shared', import.meta.url));
  const root = join(shared, 'data');
  it.skipIf(!existsSync(root))(
    'are all read or say why (skipped where the samples are not at hand)',
    () => {
      let isRead = 0;
      const notes: string[] = [];
      for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        if (
          !entry.isFile() ||
          !/\.(json|xml|jsonld)$/.test(entry.name) ||
          statSync(path).size > 300_000
        )
          continue;
        const report = read(entry.name, new Uint8Array(readFileSync(path)));
        if (report.note === undefined) isRead += 1;
        else notes.push(`${path}: ${report.note}`);
      }
      expect(isRead).toBeGreaterThan(100);
      expect(notes.length, notes.join('\n')).toBeLessThan(isRead / 10);
    },
  );
});
