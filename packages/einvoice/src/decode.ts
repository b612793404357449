import { fromUtf8 } from '@hanse/kit';
import { Refusal } from './finding.ts';

/** Characters of a document and the family its declaration may name. */
export type Decoded = { readonly text: string; readonly family: 'utf-8' | 'utf-16' };

const DECLARED = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']{1,40})["']/;
const PREFIX_BYTES = 256;

/**
 * Text of a document in UTF-8, or in UTF-16 with a byte order mark; throws Refusal with the name
 * of any other encoding. Guessing is not an option: the same bytes would say different things.
 */
export function decodeText(bytes: Uint8Array): Decoded {
  const [first = 0, second = 0, third = 0] = bytes;
  if (first === 0xff && second === 0xfe) return utf16(bytes, 'utf-16le');
  if (first === 0xfe && second === 0xff) return utf16(bytes, 'utf-16be');
  if ((first === 0x3c && second === 0) || (first === 0 && second === 0x3c)) {
    throw new Refusal('ENCODING_UNSUPPORTED', '/', { encoding: 'UTF-16 / UTF-32' });
  }
  const hasMark = first === 0xef && second === 0xbb && third === 0xbf;
  const plain = hasMark ? bytes.subarray(3) : bytes;
  const declared = DECLARED.exec(latin1(plain.subarray(0, PREFIX_BYTES)))?.[1];
  if (declared !== undefined && !/^(?:utf-?8|us-ascii|ascii)$/i.test(declared)) {
    throw new Refusal('ENCODING_UNSUPPORTED', '/', { encoding: declared });
  }
  const text = fromUtf8(plain);
  if (text === undefined) {
    throw new Refusal('ENCODING_UNSUPPORTED', '/', {
      encoding: { en: 'not UTF-8, though it should be', zh: '非 UTF-8（与声明不符）' },
    });
  }
  return { text, family: 'utf-8' };
}

function utf16(bytes: Uint8Array, label: 'utf-16le' | 'utf-16be'): Decoded {
  try {
    const text = new TextDecoder(label, { fatal: true }).decode(bytes);
    return { text, family: 'utf-16' };
  } catch {
    throw new Refusal('ENCODING_UNSUPPORTED', '/', {
      encoding: { en: 'damaged UTF-16', zh: '已损坏的 UTF-16' },
    });
  }
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
