import { utf8 } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import { einvoiceBounds } from './bounds.ts';
import { decodeText } from './decode.ts';
import { Refusal } from './finding.ts';
import { parseXml, pathOf, trimmed, walk } from './xml.ts';

const parse = (text: string) => parseXml(decodeText(utf8(text)));

function codeOf(text: string | Uint8Array): string {
  try {
    parseXml(decodeText(typeof text === 'string' ? utf8(text) : text));
    return 'read';
  } catch (error) {
    if (error instanceof Refusal) return error.finding.code;
    throw error;
  }
}

const utf16 = (text: string, isBig: boolean): Uint8Array => {
  const units = Uint8Array.from(`\ufeff${text}`, () => 0);
  const out = new Uint8Array(2 * units.length);
  const view = new DataView(out.buffer);
  for (const [i, c] of Array.from(`\ufeff${text}`).entries()) {
    view.setUint16(2 * i, c.charCodeAt(0), !isBig);
  }
  return out;
};

describe('tree', () => {
  it('knows elements by namespace and name, whatever the prefix', () => {
    const one = parse('<a:x xmlns:a="urn:n" k="1" a:k="2"><a:y>t</a:y></a:x>');
    const other = parse('<x xmlns="urn:n" k="1"><y>t</y></x>');
    for (const root of [one, other]) {
      expect([root.uri, root.name, root.attributes.get('k')]).toEqual(['urn:n', 'x', '1']);
      expect(root.children.map(({ uri, name, text }) => [uri, name, text])).toEqual([
        ['urn:n', 'y', 't'],
      ]);
    }
  });

  it('gives paths without prefixes, with positions only among twins', () => {
    const root = parse('<a><b/><c><d/></c><c><d/></c></a>');
    expect([...walk(root)].map(pathOf)).toEqual([
      '/a',
      '/a/b',
      '/a/c[1]',
      '/a/c[1]/d',
      '/a/c[2]',
      '/a/c[2]/d',
    ]);
  });

  it('trims XML white space only', () => {
    const [element] = parse('<a><b> \t\n1\u00a0 </b></a>').children;
    expect(element && trimmed(element)).toBe('1\u00a0');
  });

  it('joins text and CDATA, and does not keep embedded files', () => {
    const big = 'A'.repeat(einvoiceBounds.textCharsMax + 1);
    const root = parse(
      `<a><b>1&amp;<![CDATA[<2>]]></b><EmbeddedDocumentBinaryObject>${big}</EmbeddedDocumentBinaryObject></a>`,
    );
    expect(root.children.map(({ text }) => text)).toEqual(['1&<2>', '']);
  });
});

describe('refused', () => {
  const { nodesMax, depthMax, attributesPerElementMax, attributeCharsMax, textCharsMax } =
    einvoiceBounds;
  it.each([
    ['a document type', '<!DOCTYPE a><a/>', 'UNSAFE_XML'],
    ['a document type with entities', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 'UNSAFE_XML'],
    ['an external document type', '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', 'UNSAFE_XML'],
    [
      'a document type behind remarks',
      '<?xml version="1.0"?><!-- a --> <?b?>\n<!DOCTYPE a><a/>',
      'UNSAFE_XML',
    ],
    ['a document type that never ends', `<!DOCTYPE a [${'<'.repeat(100_000)}`, 'UNSAFE_XML'],
    ['a document type behind the root', '<a/><!DOCTYPE a>', 'XML_MALFORMED'],
    ['an entity of its own', '<a>&b;</a>', 'UNSAFE_XML'],
    ['an entity in an attribute', '<a b="&constructor;"/>', 'UNSAFE_XML'],
    ['the name of a property of every object', '<a>&toString;&__proto__;</a>', 'UNSAFE_XML'],
    ['two roots', '<a/><b/>', 'MULTI_DOCUMENT'],
    ['two documents', '<?xml version="1.0"?><a/>\n<?xml version="1.0"?><a/>', 'MULTI_DOCUMENT'],
    ['text behind the root', '<a/>b', 'XML_MALFORMED'],
    ['an open element', '<a><b></a>', 'XML_MALFORMED'],
    ['a prefix of nobody', '<a:b/>', 'XML_MALFORMED'],
    ['an attribute twice', '<a b="1" b="2"/>', 'XML_MALFORMED'],
    ['nothing', ' ', 'XML_MALFORMED'],
    ['a character no XML has', '<a>\u0001</a>', 'XML_MALFORMED'],
    ['too deep', '<a>'.repeat(depthMax + 1), 'TOO_DEEP'],
    ['100,000 nested elements', '<a>'.repeat(100_000) + '</a>'.repeat(100_000), 'TOO_DEEP'],
    ['too many elements', `<a>${'<b/>'.repeat(nodesMax)}</a>`, 'TOO_LARGE'],
    ['too many comments', `<a>${'<!---->'.repeat(nodesMax)}</a>`, 'TOO_LARGE'],
    [
      'too many attributes',
      `<a ${Array.from({ length: attributesPerElementMax + 1 }, (_, i) => `b${i}=""`).join(' ')}/>`,
      'TOO_LARGE',
    ],
    ['a long attribute', `<a b="${'c'.repeat(attributeCharsMax)}"/>`, 'TOO_LARGE'],
    ['a long text', `<a>${'c'.repeat(textCharsMax + 1)}</a>`, 'TOO_LARGE'],
    ['a long name', `<${'c'.repeat(300)}/>`, 'TOO_LARGE'],
  ])('%s', (_, text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  it('at the bound: read', () => {
    expect(codeOf(`<a>${'<b/>'.repeat(nodesMax - 1)}</a>`)).toBe('read');
    expect(codeOf('<a>'.repeat(depthMax) + '</a>'.repeat(depthMax))).toBe('read');
  });
});

describe('encodings', () => {
  const text = '<?xml version="1.0" encoding="UTF-16"?><a>发票</a>';

  it('UTF-8 and UTF-16 with a mark are read alike', () => {
    expect(parse('\ufeff<a>发票</a>').text).toBe('发票');
    expect(parse('<?xml version="1.0" encoding="utf-8"?><a>发票</a>').text).toBe('发票');
    for (const isBig of [true, false]) {
      expect(parseXml(decodeText(utf16(text, isBig))).text).toBe('发票');
    }
  });

  it.each([
    ['another declared', utf8('<?xml version="1.0" encoding="ISO-8859-1"?><a/>')],
    ['UTF-16 without a mark', utf16(text, true).subarray(2)],
    ['UTF-8 that says it is UTF-16', utf8(text)],
    ['UTF-16 that says it is UTF-8', utf16('<?xml version="1.0" encoding="UTF-8"?><a/>', true)],
    ['broken UTF-8', Uint8Array.of(0x3c, 0x61, 0xff, 0x3e)],
    ['broken UTF-16', Uint8Array.of(0xff, 0xfe, 0x3c, 0x00, 0x00)],
    ['a lone surrogate', Uint8Array.of(0xfe, 0xff, 0x00, 0x3c, 0xd8, 0x00)],
  ])('%s: refused', (_, bytes) => {
    expect(codeOf(bytes)).toBe('ENCODING_UNSUPPORTED');
  });

  it('the refused one is named', () => {
    const bytes = utf8('<?xml version="1.0" encoding="GB18030"?><a/>');
    expect(() => decodeText(bytes)).toThrow(
      expect.objectContaining({
        finding: expect.objectContaining({ en: expect.stringContaining('GB18030') }),
      }),
    );
  });
});
