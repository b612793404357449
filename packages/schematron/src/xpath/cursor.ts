import { ExpressionRefused, type ExpressionProblem } from './problem.ts';
import { tokenize, type Token } from './token.ts';

/** Reads tokens one after the other. */
export class Cursor {
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(text: string) {
    this.#tokens = tokenize(text);
  }

  /** The token `ahead` places on; past the end, the end. */
  peek(ahead: number): Token {
    const token = this.#tokens[this.#index + ahead] ?? this.#tokens.at(-1);
    return token ?? { kind: 'end', text: '', at: 0, isSpaced: false };
  }

  get at(): number {
    return this.peek(0).at;
  }

  next(): Token {
    const token = this.peek(0);
    this.#index++;
    return token;
  }

  isSymbol(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'symbol' && token.text === text;
  }

  isWord(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'name' && token.text === text;
  }

  takeSymbol(text: string): boolean {
    const isThere = this.isSymbol(text);
    if (isThere) this.#index++;
    return isThere;
  }

  takeWord(text: string): boolean {
    const isThere = this.isWord(text);
    if (isThere) this.#index++;
    return isThere;
  }

  needSymbol(text: string): void {
    if (!this.takeSymbol(text)) this.fail(`${text} is missing`);
  }

  needWord(text: string): void {
    if (!this.takeWord(text)) this.fail(`the word ${text} is missing`);
  }

  needName(): string {
    const token = this.next();
    if (token.kind !== 'name') this.refuse('XPathSyntax', 'a name is missing', token.at);
    return token.text;
  }

  fail(message: string): never {
    const { text } = this.peek(0);
    this.refuse('XPathSyntax', `${message} before ${text === '' ? 'the end' : text}`, this.at);
  }

  refuse(code: ExpressionProblem, message: string, at: number): never {
    throw new ExpressionRefused(code, message, at);
  }
}
