import { fromUtf8, must, utf8 } from '@hanse/kit';

export const UBL = 'meridian-MM-2026-1102.ubl.xml';
export const CII = 'meridian-MM-2026-1102.cii.xml';
export const CREDIT = 'meridian-credit-MM-2026-1119.ubl.xml';
export const CN = 'yuanfan-26990000000000000417.xml';
export const CN_RED = 'yuanfan-red-26990000000000000550.xml';

/** The invoices that ship with the demo, read by the caller. */
export function samplesFrom(read: (name: string) => Uint8Array) {
  const demoBytes = (name: string): Uint8Array => new Uint8Array(read(name));
  const demoText = (name: string): string =>
    must(fromUtf8(demoBytes(name)), 'demo invoices are UTF-8');
  /** A demo invoice with pieces of text replaced; fails when a piece is not there. */
  const changed = (
    name: string,
    ...changes: readonly (readonly [string | RegExp, string])[]
  ): Uint8Array => {
    let text = demoText(name);
    for (const [from, to] of changes) {
      const next = text.replace(from, to);
      must(next === text ? undefined : next, `${String(from)} is not in ${name}`);
      text = next;
    }
    return utf8(text);
  };
  return { demoBytes, demoText, changed };
}
