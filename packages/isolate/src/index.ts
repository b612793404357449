export { buildEngine, ENGINE_HASH, SOURCE_HASH } from './engine.ts';
export { readEngine } from './enginefile.ts';
export { compileEngine, createIsolate, GAS_MAX, type IsolateOptions } from './isolate.ts';
