import { unreachable } from '@hanse/kit';
import type { Json } from './json.ts';
import type { AnySchema } from './schema.ts';

/** JSON Schema (2020-12) of a schema's JSON view, for OpenAPI documents and forms. */
export function jsonSchema(schema: AnySchema): Json {
  const { shape } = schema;
  switch (shape.kind) {
    case 'u8':
      return { type: 'integer', minimum: 0, maximum: 0xff };
    case 'u16':
      return { type: 'integer', minimum: 0, maximum: 0xffff };
    case 'u32':
      return { type: 'integer', minimum: 0, maximum: 0xffff_ffff };
    case 'u64':
      return { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
    case 'bool':
      return { type: 'boolean' };
    case 'int':
      return { type: 'integer', minimum: shape.min, maximum: shape.max };
    case 'amount':
      return {
        type: 'string',
        pattern: '^(0|[1-9][0-9]{0,38})$',
        description: 'in the smallest unit, at most 2^128 - 1',
      };
    case 'date':
      return { type: 'string', format: 'date' };
    case 'text':
      return { type: 'string', description: `at most ${shape.bytesMax} bytes of UTF-8` };
    case 'bytes':
      return {
        type: 'string',
        pattern: '^[A-Za-z0-9_-]*$',
        description: `base64url, at most ${shape.bytesMax} bytes`,
      };
    case 'fixed':
      return { type: 'string', pattern: `^[0-9a-f]{${2 * shape.sizeBytes}}$` };
    case 'oneOf':
      return { type: 'string', enum: shape.names };
    case 'option':
      return { anyOf: [jsonSchema(shape.item), { type: 'null' }] };
    case 'list':
      return {
        type: 'array',
        items: jsonSchema(shape.item),
        minItems: shape.itemsMin,
        maxItems: shape.itemsMax,
      };
    case 'struct':
      return {
        type: 'object',
        additionalProperties: false,
        properties: Object.fromEntries(
          Object.entries(shape.fields).map(([name, field]) => [name, jsonSchema(field)]),
        ),
        required: Object.keys(shape.fields).filter(
          (name) => shape.fields[name]?.shape.kind !== 'option',
        ),
      };
    case 'union':
      return {
        oneOf: Object.entries(shape.cases).map(([kind, value]) => ({
          type: 'object',
          properties: { kind: { const: kind }, value: jsonSchema(value) },
          required: ['kind', 'value'],
        })),
      };
    default:
      return unreachable(shape);
  }
}
