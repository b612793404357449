export * from './assert.ts';
export * from './bytes.ts';
export { catalogue, type ErrorName } from './catalogue.ts';
export type { CatalogueEntry } from './errors/entry.ts';
export * from './error.ts';
export { limits } from './limits.ts';
export * from './ports.ts';
export * from './queue.ts';
export * from './result.ts';
