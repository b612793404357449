import { shapeToJson, type Shape } from '@hanse/codec';
import { manifestShape } from './check.ts';
import { fieldsOf } from './interface.ts';
import type { IndexManifest, Manifest, TableManifest } from './manifest.ts';

/** What an upgrade changes, in words for its owners, and what of it does not fit what is stored. */
export type ManifestChanges = {
  readonly changes: readonly string[];
  readonly conflicts: readonly string[];
};

/**
 * Compare the manifest of an upgrade with the one before. Tables stay, with their keys, lists and
 * indexes; their rows may get options at the end; bounds of values may widen. New tables, events and
 * methods are free, and methods may change: nothing of them is stored.
 */
export function compareManifests(before: Manifest, after: Manifest): ManifestChanges {
  const out: Out = { changes: [], conflicts: [] };
  compareNamed(before.tables, after.tables, 'table', out, (old, now, where) =>
    compareTables(old, now, where, out),
  );
  compareNamed(before.events, after.events, 'event', out, (old, now, where) =>
    compareShapes(manifestShape(old.data, where), manifestShape(now.data, where), where, out),
  );
  compareMethods(before, after, out);
  return out;
}

type Out = { readonly changes: string[]; readonly conflicts: string[] };
type Named = { readonly name: string };

function compareNamed<T extends Named>(
  before: readonly T[],
  after: readonly T[],
  kind: string,
  out: Out,
  compare: (old: T, now: T, where: string) => void,
): void {
  for (const old of before) {
    const where = `${kind} ${old.name}`;
    const now = after.find(({ name }) => name === old.name);
    if (now === undefined) out.conflicts.push(`${where} is gone`);
    else compare(old, now, where);
  }
  for (const { name } of after) {
    if (!before.some((old) => old.name === name)) out.changes.push(`${kind} ${name} is new`);
  }
}

function compareMethods(before: Manifest, after: Manifest, out: Out): void {
  for (const old of before.methods) {
    const now = after.methods.find(({ name }) => name === old.name);
    if (now === undefined) out.changes.push(`method ${old.name} is gone`);
    else if (!isSame(old, now)) out.changes.push(`method ${old.name} is another one`);
  }
  for (const { name } of after.methods) {
    if (!before.methods.some((old) => old.name === name)) out.changes.push(`method ${name} is new`);
  }
}

function compareTables(old: TableManifest, now: TableManifest, where: string, out: Out): void {
  if (!isSame(old.key, now.key)) out.conflicts.push(`${where} has another key`);
  if (old.listed !== now.listed) {
    out.conflicts.push(`${where} is ${now.listed ? 'now' : 'no longer'} listed`);
  }
  compareIndexes(old.indexes, now.indexes, where, out);
  const [fieldsBefore, fieldsAfter] = [
    fieldsOf(manifestShape(old.row, where)),
    fieldsOf(manifestShape(now.row, where)),
  ];
  for (const [i, field] of fieldsBefore.entries()) {
    const same = fieldsAfter[i];
    if (same?.name !== field.name) {
      out.conflicts.push(`${where}: field ${field.name} is gone or at another place`);
      return;
    }
    compareShapes(field.shape, same.shape, `${where}: field ${field.name}`, out);
  }
  for (const { name, shape } of fieldsAfter.slice(fieldsBefore.length)) {
    if (shape.kind === 'option') out.changes.push(`${where}: field ${name} is new`);
    else out.conflicts.push(`${where}: field ${name} is new and no option`);
  }
}

function compareIndexes(
  before: readonly IndexManifest[],
  after: readonly IndexManifest[],
  where: string,
  out: Out,
): void {
  for (const old of before) {
    const now = after.find(({ name }) => name === old.name);
    if (now === undefined) out.conflicts.push(`${where}: index ${old.name} is gone`);
    else if (!isSame(old, now)) out.conflicts.push(`${where}: index ${old.name} is another one`);
  }
  for (const { name } of after) {
    // Rows that are there would be missing in it.
    if (before.some((old) => old.name === name)) continue;
    out.conflicts.push(`${where}: index ${name} is new on a table that has rows`);
  }
}

/** Whether all bytes of the old shape are the same value of the new one; keys stay in order too. */
function compareShapes(old: Shape, now: Shape, where: string, out: Out): void {
  if (isSameShape(old, now)) return;
  const reason = misfit(old, now);
  if (reason === undefined) out.changes.push(`${where} takes more`);
  else out.conflicts.push(`${where} ${reason}`);
}

function misfit(old: Shape, now: Shape): string | undefined {
  if (old.kind === 'int' && now.kind === 'int') {
    return now.min <= old.min && now.max >= old.max ? undefined : 'takes fewer integers';
  }
  if ((old.kind === 'text' || old.kind === 'bytes') && now.kind === old.kind) {
    return now.bytesMax >= old.bytesMax ? undefined : 'takes fewer bytes';
  }
  if (old.kind === 'oneOf' && now.kind === 'oneOf') {
    return old.names.every((name, i) => now.names[i] === name)
      ? undefined
      : 'has lost a name or has it at another place';
  }
  if (old.kind === 'option' && now.kind === 'option') {
    return misfit(old.item.shape, now.item.shape);
  }
  if (old.kind === 'list' && now.kind === 'list') {
    if (now.itemsMin > old.itemsMin || now.itemsMax < old.itemsMax) return 'takes other lengths';
    return misfit(old.item.shape, now.item.shape);
  }
  if (old.kind === 'struct' && now.kind === 'struct') return misfitOfFields(old, now);
  return isSameShape(old, now) ? undefined : 'is of another kind';
}

function misfitOfFields(old: Shape, now: Shape): string | undefined {
  const [before, after] = [fieldsOf(old), fieldsOf(now)];
  if (before.length !== after.length) return 'has other fields';
  for (const [i, { name, shape }] of before.entries()) {
    const same = after[i];
    if (same?.name !== name) return 'has other fields';
    const reason = misfit(shape, same.shape);
    if (reason !== undefined) return `${name} ${reason}`;
  }
  return undefined;
}

function isSameShape(a: Shape, b: Shape): boolean {
  return isSame(shapeToJson(a), shapeToJson(b));
}

/** Whether two plain structures are equal, order of members included. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
