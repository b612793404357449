import { fromUtf8 } from '@hanse/kit';
import { FieldList, fieldBounds, Unreadable, type Field } from './bounds.ts';
import { jsonFields } from './json.ts';
import { readingOf, type Reading } from './media.ts';
import { xmlFields } from './xml.ts';

/** What can be disclosed of a file one by one. */
export type FieldReport = {
  /** File facts first, then the document's fields in document order; paths are unique. */
  readonly fields: readonly Field[];
  /** How the document was read; `file`: by its facts alone. */
  readonly reading: Reading;
  /** Why a document that should have fields gave none; absent when nothing went wrong. */
  readonly note: string | undefined;
};

/** What is known of a file without reading it. */
export type FileFacts = {
  readonly name: string;
  readonly sizeBytes: number;
  readonly mediaType: string;
};

const NAME_CHARACTERS_MAX = 255;

/** Fields every file has. Their paths begin with `#`, which no path of a document does. */
export function factFields({ name, sizeBytes, mediaType }: FileFacts): readonly Field[] {
  const list = new FieldList();
  list.add('#name', name.slice(0, NAME_CHARACTERS_MAX).replace(/\p{Surrogate}/gu, '\ufffd'));
  list.add('#sizeBytes', String(sizeBytes));
  list.add('#mediaType', mediaType);
  return list.fields;
}

/**
 * Fields of a file: scalars of JSON (JSON Pointers), texts and attributes of XML (paths with
 * positions), lines of CSV and NDJSON (`/0`, `/1` …), facts of anything else. A document that does
 * not parse, or goes over a bound, is no failure: it gives its facts, and `note` says why.
 */
export function readFields(facts: FileFacts, bytes: Uint8Array): FieldReport {
  const own = factFields(facts);
  const reading = readingOf(facts.mediaType);
  if (reading === 'file') return { fields: own, reading, note: undefined };
  try {
    return { fields: [...own, ...read(reading, bytes)], reading, note: undefined };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { fields: own, reading: 'file', note: `Read as ${reading}: ${error.message}.` };
  }
}

function read(reading: Exclude<Reading, 'file'>, bytes: Uint8Array): readonly Field[] {
  if (bytes.length > fieldBounds.documentBytesMax) {
    throw new Unreadable(`it has more than ${fieldBounds.documentBytesMax} bytes`);
  }
  const text = fromUtf8(bytes);
  if (text === undefined) throw new Unreadable('it is not UTF-8');
  const plain = text.startsWith('\ufeff') ? text.slice(1) : text;
  if (reading === 'json') return jsonFields(plain);
  return reading === 'xml' ? xmlFields(plain) : rowFields(plain);
}

function rowFields(text: string): readonly Field[] {
  const list = new FieldList();
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const [index, line] of lines.entries()) list.add(`/${index}`, line.replace(/\r$/, ''));
  return list.fields;
}
