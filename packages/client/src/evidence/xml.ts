import { SaxesParser } from 'saxes';
import { checkDepth, FieldList, Unreadable, type Field } from './bounds.ts';

type Open = {
  readonly path: string;
  readonly counts: Map<string, number>;
  text: string;
  hasChild: boolean;
};

/**
 * Texts and attributes of an XML document by a path with positions: `/Invoice[1]/cbc:ID[1]`,
 * `/Invoice[1]/@currency`. A document type, and so any entity of its own, is refused: what it
 * expands to would depend on the reader.
 */
export function xmlFields(text: string): readonly Field[] {
  const list = new FieldList();
  const top: Open = { path: '', counts: new Map(), text: '', hasChild: false };
  const stack: Open[] = [top];
  const parser = new SaxesParser({ position: true, fragment: false });
  const innermost = (): Open => stack.at(-1) ?? top;
  const addText = (more: string): void => {
    innermost().text += more;
  };
  parser.on('error', (error) => {
    throw new Unreadable(error.message);
  });
  parser.on('doctype', () => {
    throw new Unreadable('it declares a document type');
  });
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) {
      throw new Unreadable(`its encoding is ${encoding.slice(0, 40)}`);
    }
  });
  parser.on('opentag', ({ name, attributes }) => {
    const parent = innermost();
    parent.hasChild = true;
    const position = (parent.counts.get(name) ?? 0) + 1;
    parent.counts.set(name, position);
    const path = `${parent.path}/${name}[${position}]`;
    checkDepth(stack.length);
    stack.push({ path, counts: new Map(), text: '', hasChild: false });
    for (const [attribute, value] of Object.entries(attributes)) {
      list.add(`${path}/@${attribute}`, value);
    }
  });
  parser.on('closetag', () => {
    const closed = stack.pop() ?? top;
    // Space between child elements is layout, not a value.
    if (!closed.hasChild || closed.text.trim() !== '') list.add(closed.path, closed.text);
  });
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.write(text).close();
  return list.fields;
}
