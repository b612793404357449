import { isJsonArray, isJsonObject, type Json } from '@hanse/codec';

const INDENT = '  ';

/** JSON for people: names and values without quotes and commas. */
export function renderJson(json: Json, indent = ''): string {
  if (isJsonArray(json)) {
    if (json.length === 0) return `${indent}–`;
    return json.map((item) => itemText(item, indent)).join('\n');
  }
  if (!isJsonObject(json)) return `${indent}${plain(json)}`;
  const entries = Object.entries(json);
  if (entries.length === 0) return `${indent}–`;
  return entries
    .map(([name, value]) =>
      isFlat(value)
        ? `${indent}${name}  ${plain(value)}`
        : `${indent}${name}\n${renderJson(value, indent + INDENT)}`,
    )
    .join('\n');
}

/** JSON on one line: `id 7f3a… · statement received`. */
export function inlineJson(json: Json): string {
  if (isJsonObject(json)) {
    return Object.entries(json)
      .map(([name, value]) => `${name} ${inlineJson(value)}`)
      .join(' · ');
  }
  return isJsonArray(json) ? json.map(inlineJson).join(', ') : plain(json);
}

function itemText(item: Json, indent: string): string {
  if (isFlat(item)) return `${indent}- ${plain(item)}`;
  const text = renderJson(item, indent + INDENT);
  return `${indent}- ${text.slice(indent.length + INDENT.length)}`;
}

function isFlat(json: Json): boolean {
  if (isJsonArray(json)) return json.length === 0;
  return !isJsonObject(json) || Object.keys(json).length === 0;
}

function plain(json: Json): string {
  if (json === null || (typeof json === 'object' && isFlat(json))) return '–';
  return typeof json === 'string' ? json : JSON.stringify(json);
}
