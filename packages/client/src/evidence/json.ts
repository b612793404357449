import { checkDepth, FieldList, Unreadable, type Field } from './bounds.ts';

/**
 * Scalars of a JSON document by their JSON Pointer (RFC 6901). Read by hand for what JSON.parse
 * hides: numbers stay as they are written, and a member given twice is refused, not chosen from.
 */
export function jsonFields(text: string): readonly Field[] {
  const reader = new JsonReader(text);
  reader.document();
  return reader.list.fields;
}

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

class JsonReader {
  readonly list = new FieldList();
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    this.#value('', 0);
    if (this.#at !== this.#text.length) throw this.#bad('text after the end');
  }

  #value(path: string, depth: number): void {
    checkDepth(depth);
    this.#skip(SPACE);
    const next = this.#text[this.#at];
    if (next === '{') this.#object(path, depth);
    else if (next === '[') this.#array(path, depth);
    else if (next === '"') this.list.add(path, this.#string());
    else this.list.add(path, this.#take(NUMBER) ?? this.#take(WORD) ?? this.#fail('a value'));
    this.#skip(SPACE);
  }

  #object(path: string, depth: number): void {
    const names = new Set<string>();
    this.#at += 1;
    this.#skip(SPACE);
    if (this.#eat('}')) return;
    for (;;) {
      this.#skip(SPACE);
      if (this.#text[this.#at] !== '"') this.#fail('a member name');
      const name = this.#string();
      if (names.has(name))
        throw this.#bad(`member ${JSON.stringify(name.slice(0, 40))} given twice`);
      names.add(name);
      this.#skip(SPACE);
      if (!this.#eat(':')) this.#fail('":"');
      this.#value(`${path}/${escapePointer(name)}`, depth + 1);
      if (this.#eat('}')) return;
      if (!this.#eat(',')) this.#fail('"," or "}"');
    }
  }

  #array(path: string, depth: number): void {
    this.#at += 1;
    this.#skip(SPACE);
    if (this.#eat(']')) return;
    for (let index = 0; ; index++) {
      this.#value(`${path}/${index}`, depth + 1);
      if (this.#eat(']')) return;
      if (!this.#eat(',')) this.#fail('"," or "]"');
    }
  }

  #string(): string {
    const start = this.#at;
    let end = this.#text.indexOf('"', start + 1);
    while (end > 0 && this.#isEscaped(end, start)) end = this.#text.indexOf('"', end + 1);
    if (end < 0) throw this.#bad('a text without end');
    this.#at = end + 1;
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as string;
    } catch {
      throw this.#bad('a text with a bad escape or control character');
    }
  }

  #isEscaped(quote: number, start: number): boolean {
    let slashes = 0;
    while (quote - slashes - 1 > start && this.#text[quote - slashes - 1] === '\\') slashes += 1;
    return slashes % 2 === 1;
  }

  #eat(token: string): boolean {
    if (this.#text[this.#at] !== token) return false;
    this.#at += 1;
    return true;
  }

  #skip(pattern: RegExp): void {
    this.#take(pattern);
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0];
    if (match !== undefined) this.#at += match.length;
    return match;
  }

  #fail(expected: string): never {
    throw this.#bad(`${expected} expected`);
  }

  #bad(reason: string): Unreadable {
    return new Unreadable(`${reason} at character ${this.#at}`);
  }
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
