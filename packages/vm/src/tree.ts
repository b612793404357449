import { assert, compareBytes, limits, must } from '@hanse/kit';
import { prefixEnd } from './ordered.ts';
import { ROOT, type Page, type Pages } from './pages.ts';

const ENTRIES_MAX = limits.indexPageEntriesMax;

/** Changes of one operation; they are written when it is complete. */
type Edit = {
  readonly pages: Pages;
  readonly written: Map<number, Page>;
  readonly removed: Set<number>;
  next: number;
};

/** A new page to the right of one that was full. */
type Split = { readonly key: Uint8Array; readonly id: number };

/** Add a key to a list; false when it is there already. */
export function insertKey(pages: Pages, key: Uint8Array): boolean {
  const root = pages.read(ROOT);
  if (root === undefined) {
    pages.write(ROOT, { level: 0, next: ROOT + 1, keys: [key], children: [] });
    return true;
  }
  const edit = beginEdit(pages, root);
  const done = insertInto(edit, { id: ROOT, page: root, isLast: true }, key);
  if (done === 'present') return false;
  if (done !== 'done') growRoot(edit, done);
  finish(edit, root);
  return true;
}

/** Remove a key from a list; false when it is not there. */
export function removeKey(pages: Pages, key: Uint8Array): boolean {
  const root = pages.read(ROOT);
  if (root === undefined) return false;
  const edit = beginEdit(pages, root);
  if (removeFrom(edit, ROOT, root, key) === 'absent') return false;
  shrinkRoot(edit);
  finish(edit, root);
  return true;
}

/**
 * Which keys a scan visits: those that begin with `prefix`, from `from` on and up to but without `below`,
 * behind `after` (which begins with the prefix, as the bounds do), in order or in reverse.
 */
export type KeyRange = {
  readonly prefix: Uint8Array;
  readonly from?: Uint8Array | undefined;
  readonly below?: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
  readonly reverse: boolean;
};

/** Visit keys of a list in order until `visit` returns false. */
export function scanKeys(
  pages: Pages,
  { prefix, from = prefix, below = prefixEnd(prefix), after, reverse }: KeyRange,
  visit: (key: Uint8Array) => boolean,
): void {
  const root = pages.read(ROOT);
  if (root === undefined) return;
  const isIn = (key: Uint8Array): boolean =>
    compareBytes(key, from) >= 0 && (below === undefined || compareBytes(key, below) < 0);
  const visitIn = (key: Uint8Array): boolean => isIn(key) && visit(key);
  if (reverse) {
    const isCloser = after !== undefined && (below === undefined || compareBytes(after, below) < 0);
    backward(pages, root, isCloser ? after : below, visitIn);
  } else {
    const isFurther = after !== undefined && compareBytes(after, from) >= 0;
    forward(pages, root, isFurther ? follower(after) : from, visitIn);
  }
}

/** Visit keys from `from` on. */
function forward(
  pages: Pages,
  page: Page,
  from: Uint8Array,
  visit: (key: Uint8Array) => boolean,
): boolean {
  if (page.level === 0) {
    for (const key of page.keys.slice(lowerBound(page.keys, from))) if (!visit(key)) return false;
    return true;
  }
  for (let i = route(page, from); i < page.children.length; i++) {
    if (!forward(pages, childOf(pages, page, i), from, visit)) return false;
  }
  return true;
}

/** Visit keys below `to`, the last one first. */
function backward(
  pages: Pages,
  page: Page,
  to: Uint8Array | undefined,
  visit: (key: Uint8Array) => boolean,
): boolean {
  if (page.level === 0) {
    const end = to === undefined ? page.keys.length : lowerBound(page.keys, to);
    for (const key of page.keys.slice(0, end).reverse()) if (!visit(key)) return false;
    return true;
  }
  for (let i = to === undefined ? page.children.length - 1 : route(page, to); i >= 0; i--) {
    if (!backward(pages, childOf(pages, page, i), to, visit)) return false;
  }
  return true;
}

function insertInto(
  edit: Edit,
  at: { readonly id: number; readonly page: Page; readonly isLast: boolean },
  key: Uint8Array,
): 'present' | 'done' | Split {
  const { id, page } = at;
  if (page.level === 0) {
    const index = lowerBound(page.keys, key);
    const found = page.keys[index];
    if (found !== undefined && compareBytes(found, key) === 0) return 'present';
    return put(edit, at, index, { ...page, keys: page.keys.toSpliced(index, 0, key) });
  }
  const index = route(page, key);
  const child = {
    id: childId(page, index),
    page: childOf(edit.pages, page, index),
    isLast: at.isLast && index === page.children.length - 1,
  };
  assert(child.page.level < page.level, `page ${child.id} lies below page ${id}`);
  const done = insertInto(edit, child, key);
  if (done === 'present' || done === 'done') return done;
  const keys = page.keys.toSpliced(index + 1, 0, done.key);
  const children = page.children.toSpliced(index + 1, 0, done.id);
  return put(edit, at, index + 1, { ...page, keys, children });
}

/** Keep a page that got an entry at `index`, in two pages when it is too full. */
function put(
  edit: Edit,
  { id, isLast }: { readonly id: number; readonly isLast: boolean },
  index: number,
  page: Page,
): 'done' | Split {
  const count = page.keys.length;
  if (count <= ENTRIES_MAX) {
    edit.written.set(id, page);
    return 'done';
  }
  // Keys that only ever grow, such as dates and numbers, leave full pages behind.
  const at = isLast && index === count - 1 ? count - 1 : Math.ceil(count / 2);
  const right = edit.next++;
  const { level, keys, children } = page;
  edit.written.set(id, { ...page, keys: keys.slice(0, at), children: children.slice(0, at) });
  edit.written.set(right, { level, next: 0, keys: keys.slice(at), children: children.slice(at) });
  return { key: must(keys[at], 'a full page has two halves'), id: right };
}

/** The root stays where it is: when it splits, its left half moves too. */
function growRoot(edit: Edit, { key, id }: Split): void {
  const left = must(edit.written.get(ROOT), 'a root that was split is written');
  const leftId = edit.next++;
  edit.written.set(leftId, { ...left, next: 0 });
  const keys = [must(left.keys[0], 'a half has entries'), key];
  edit.written.set(ROOT, { level: left.level + 1, next: 0, keys, children: [leftId, id] });
}

function removeFrom(
  edit: Edit,
  id: number,
  page: Page,
  key: Uint8Array,
): 'absent' | 'done' | 'empty' {
  if (page.level === 0) {
    const index = lowerBound(page.keys, key);
    const found = page.keys[index];
    if (found === undefined || compareBytes(found, key) !== 0) return 'absent';
    return take(edit, id, page, index);
  }
  const index = route(page, key);
  const done = removeFrom(edit, childId(page, index), childOf(edit.pages, page, index), key);
  return done === 'empty' ? take(edit, id, page, index) : done;
}

/** Keep a page without the entry at `index`, or let it go when it was the last one. */
function take(edit: Edit, id: number, page: Page, index: number): 'done' | 'empty' {
  const keys = page.keys.toSpliced(index, 1);
  if (keys.length === 0) {
    edit.removed.add(id);
    return 'empty';
  }
  const children = page.level === 0 ? page.children : page.children.toSpliced(index, 1);
  edit.written.set(id, { ...page, keys, children });
  return 'done';
}

/** A root with one child takes over what that holds. */
function shrinkRoot(edit: Edit): void {
  let root = edit.written.get(ROOT);
  while (root !== undefined && root.level > 0 && root.children.length === 1) {
    const id = childId(root, 0);
    const child: Page = edit.written.get(id) ?? childOf(edit.pages, root, 0);
    edit.written.delete(id);
    edit.removed.add(id);
    root = child;
    edit.written.set(ROOT, root);
  }
}

function beginEdit(pages: Pages, root: Page): Edit {
  return { pages, written: new Map(), removed: new Set(), next: root.next };
}

function finish(edit: Edit, before: Page): void {
  const { pages, written, removed, next } = edit;
  const root = written.get(ROOT) ?? (next === before.next ? undefined : before);
  if (root !== undefined) written.set(ROOT, { ...root, next });
  for (const [id, page] of written) pages.write(id, page);
  for (const id of removed) pages.remove(id);
}

/** Index of the child under which a key lies or would lie. */
function route({ keys }: Page, key: Uint8Array): number {
  let [low, high] = [0, keys.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (compareBytes(keyAt(keys, middle), key) <= 0) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Index of the first key that is not below the given one. */
function lowerBound(keys: readonly Uint8Array[], key: Uint8Array): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (compareBytes(keyAt(keys, middle), key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function keyAt(keys: readonly Uint8Array[], index: number): Uint8Array {
  return must(keys[index], 'a key of the page');
}

function childId(page: Page, index: number): number {
  return must(page.children[index], 'a child for each key');
}

function childOf(pages: Pages, page: Page, index: number): Page {
  return must(pages.read(childId(page, index)), 'a page that another one names');
}

/** The smallest key above another one. */
function follower(key: Uint8Array): Uint8Array {
  const out = new Uint8Array(key.length + 1);
  out.set(key);
  return out;
}
