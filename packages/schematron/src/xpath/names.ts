import { ExpressionRefused } from './problem.ts';

/** Namespaces that expressions know without a declaration. */
export const FN = 'http://www.w3.org/2005/xpath-functions';
export const XS = 'http://www.w3.org/2001/XMLSchema';

/** Declared prefixes and their namespaces. */
export type Prefixes = ReadonlyMap<string, string>;

const BUILT_IN: Prefixes = new Map([
  ['fn', FN],
  ['xs', XS],
  ['xml', 'http://www.w3.org/XML/1998/namespace'],
]);

/** A lexical name as namespace and local name; without a prefix it is in `unprefixed`. */
export function expandName(
  text: string,
  unprefixed: string,
  prefixes: Prefixes,
  at: number,
): { readonly ns: string; readonly local: string } {
  const colon = text.indexOf(':');
  if (colon < 0) return { ns: unprefixed, local: text };
  const prefix = text.slice(0, colon);
  const ns = prefixes.get(prefix) ?? BUILT_IN.get(prefix);
  if (ns === undefined) {
    throw new ExpressionRefused('UnknownPrefix', `the prefix ${prefix} is not declared`, at);
  }
  return { ns, local: text.slice(colon + 1) };
}
