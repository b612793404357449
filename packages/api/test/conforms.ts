import { isJsonArray, isJsonObject, type Json } from '@hanse/codec';
import { components } from '../src/schemas.ts';

/** Why a value does not fit a JSON Schema of the document; the keywords it uses, no more. */
export function misfit(schema: Json, value: Json | undefined, at = ''): string | undefined {
  if (schema === true) return undefined;
  if (!isJsonObject(schema)) return `${at}: not a schema`;
  const { $ref, oneOf, anyOf, type } = schema;
  if (typeof $ref === 'string')
    return misfit(components[$ref.split('/').at(-1) ?? ''] ?? false, value, at);
  const branches = oneOf ?? anyOf;
  if (branches !== undefined && isJsonArray(branches)) {
    const fits = branches.filter((one) => misfit(one, value, at) === undefined).length;
    return oneOf === undefined
      ? fits > 0
        ? undefined
        : `${at}: no branch`
      : fits === 1
        ? undefined
        : `${at}: ${fits} branches`;
  }
  if ('const' in schema && schema['const'] !== value) return `${at}: not the constant`;
  const names = schema['enum'];
  if (names !== undefined && isJsonArray(names) && !names.some((one) => one === value))
    return `${at}: not of the enum`;
  switch (type) {
    case 'object':
      return misfitObject(schema, value, at);
    case 'array':
      if (value === undefined || !isJsonArray(value)) return `${at}: no array`;
      return value
        .map((one, i) => misfit(schema['items'] ?? true, one, `${at}/${i}`))
        .find(Boolean);
    case 'string':
      if (typeof value !== 'string') return `${at}: no text`;
      return new RegExp(String(schema['pattern'] ?? ''), 'u').test(value)
        ? undefined
        : `${at}: pattern`;
    case 'integer':
      return Number.isSafeInteger(value) ? undefined : `${at}: no integer`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `${at}: no boolean`;
    case 'null':
      return value === null ? undefined : `${at}: not null`;
    default:
      return undefined;
  }
}

function misfitObject(
  schema: { readonly [key: string]: Json },
  value: Json | undefined,
  at: string,
): string | undefined {
  if (!isJsonObject(value)) return `${at}: no object`;
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const required = schema['required'];
  if (required !== undefined && isJsonArray(required)) {
    const missing = required.find((name) => typeof name === 'string' && !(name in value));
    if (missing !== undefined) return `${at}: ${String(missing)} is missing`;
  }
  const extra = Object.keys(value).find((name) => !(name in properties));
  if (extra !== undefined && schema['additionalProperties'] === false)
    return `${at}: ${extra} is extra`;
  return Object.entries(properties)
    .filter(([name]) => name in value)
    .map(([name, inner]) => misfit(inner, value[name], `${at}/${name}`))
    .find(Boolean);
}
