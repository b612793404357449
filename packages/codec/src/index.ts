export { decode, encode, fromJson } from './codec.ts';
export { canonicalJson, isJsonArray, isJsonObject, type Json } from './json.ts';
export { jsonSchema } from './jsonschema.ts';
export { createPrng, sample } from './sample.ts';
export { t, type AnySchema, type Infer, type Schema, type Shape } from './schema.ts';
export { DecodeError, EncodeError, Reader, Writer } from './wire.ts';
