export { decode, encode, fromJson } from './codec.ts';
export { canonicalJson, isJsonArray, isJsonObject, type Json } from './json.ts';
export { dateOfDays, dateOfTime, daysOfDate } from './date.ts';
export { jsonSchema } from './jsonschema.ts';
export { AMOUNT_MAX } from './quantity.ts';
export { createPrng, sample } from './sample.ts';
export { t, type AnySchema, type Infer, type Schema, type Shape } from './schema.ts';
export { schemaOf, shapeFromJson, shapeToJson, type ShapeJson } from './shape.ts';
export { DecodeError, EncodeError, Reader, Writer } from './wire.ts';
