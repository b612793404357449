import { findType, type TypeName } from '../cast.ts';
import type { NodeTest, SequenceType } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { expandName, XS, type Prefixes } from './names.ts';

const KINDS = new Set([
  'node',
  'text',
  'comment',
  'processing-instruction',
  'element',
  'attribute',
  'document-node',
]);

/** Whether a kind test such as `text()` starts here. */
export function isKindTest(cursor: Cursor): boolean {
  const token = cursor.peek(0);
  return token.kind === 'name' && KINDS.has(token.text) && cursor.isSymbol('(', 1);
}

/** `node()`, `text()`, `element(p:a)` and their like. */
export function parseKindTest(cursor: Cursor, prefixes: Prefixes): NodeTest {
  const { text, at } = cursor.next();
  cursor.needSymbol('(');
  const test = insideKindTest(text, cursor, prefixes, at);
  cursor.needSymbol(')');
  return test;
}

function insideKindTest(kind: string, cursor: Cursor, prefixes: Prefixes, at: number): NodeTest {
  switch (kind) {
    case 'node':
      return { kind: 'any' };
    case 'text':
      return { kind: 'text' };
    case 'comment':
      return { kind: 'comment' };
    case 'document-node':
      return { kind: 'document' };
    case 'processing-instruction': {
      const isNamed = cursor.peek(0).kind === 'name' || cursor.peek(0).kind === 'string';
      return { kind: 'instruction', target: isNamed ? cursor.next().text : undefined };
    }
    default: {
      const kept = kind === 'element' ? 'element' : 'attribute';
      if (cursor.isSymbol(')') || cursor.takeSymbol('*')) {
        return { kind: kept, ns: undefined, local: undefined };
      }
      return { kind: kept, ...expandName(cursor.needName(), '', prefixes, at) };
    }
  }
}

/** A name test: `a`, `p:a`, `p:*`, `*:a`, `*`. */
export function parseNameTest(cursor: Cursor, prefixes: Prefixes): NodeTest {
  if (cursor.takeSymbol('*')) return { kind: 'name', ns: undefined, local: undefined };
  const { text, at } = cursor.next();
  if (text.startsWith('*:')) return { kind: 'name', ns: undefined, local: text.slice(2) };
  const { ns, local } = expandName(text, '', prefixes, at);
  return { kind: 'name', ns, local: local === '*' ? undefined : local };
}

/** The atomic type after `cast as`, with its `?`. */
export function parseSingleType(
  cursor: Cursor,
  prefixes: Prefixes,
): { readonly type: TypeName; readonly isOptional: boolean } {
  const type = parseAtomicType(cursor, prefixes);
  return { type, isOptional: cursor.takeSymbol('?') };
}

/** The type after `instance of` and in `as="..."`. */
export function parseSequenceType(cursor: Cursor, prefixes: Prefixes): SequenceType {
  const item = parseItemType(cursor, prefixes);
  const mark = cursor.peek(0);
  const isMark = mark.kind === 'symbol' && /^[?*+]$/.test(mark.text);
  if (isMark) cursor.next();
  return { item, occurrence: isMark ? occurrenceOf(mark.text) : '' };
}

function occurrenceOf(mark: string): SequenceType['occurrence'] {
  return mark === '?' ? '?' : mark === '*' ? '*' : '+';
}

function parseItemType(cursor: Cursor, prefixes: Prefixes): SequenceType['item'] {
  if (isKindTest(cursor)) {
    const test = parseKindTest(cursor, prefixes);
    return test.kind === 'any' ? 'node' : test;
  }
  for (const [word, item] of [
    ['item', 'item'],
    ['empty-sequence', 'empty'],
  ] as const) {
    if (!cursor.isWord(word) || !cursor.isSymbol('(', 1)) continue;
    cursor.next();
    cursor.needSymbol('(');
    cursor.needSymbol(')');
    return item;
  }
  const { text, at } = cursor.peek(0);
  const { ns, local } = expandName(text, '', prefixes, at);
  if (ns === XS && local === 'anyAtomicType') {
    cursor.next();
    return 'atomic';
  }
  return parseAtomicType(cursor, prefixes);
}

function parseAtomicType(cursor: Cursor, prefixes: Prefixes): TypeName {
  const at = cursor.at;
  const text = cursor.needName();
  const { ns, local } = expandName(text, '', prefixes, at);
  const type = ns === XS ? findType(local) : undefined;
  return type ?? cursor.refuse('UnknownType', `the type ${text} is not supported`, at);
}
