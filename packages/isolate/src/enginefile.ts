import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { buildEngine, ENGINE_HASH, isEngine } from './engine.ts';

/**
 * The bytes of the engine. A bundle carries them beside its code as `engine.wasm`; from sources they are
 * made once, which takes a second, and kept in `node_modules/.cache/hanse-engine`. Whatever is found is
 * checked against the pinned hash.
 */
export function readEngine(): Uint8Array {
  const bundled = readIfEngine(new URL('./engine.wasm', import.meta.url));
  if (bundled !== undefined) return bundled;
  const source = createRequire(import.meta.url).resolve('quickjs-wasi/quickjs.wasm');
  const cached = join(cacheFolder(source), `${ENGINE_HASH}.wasm`);
  const known = readIfEngine(cached);
  if (known !== undefined) return known;
  const engine = buildEngine(readFileSync(source));
  keep(cached, engine);
  return engine;
}

function readIfEngine(file: URL | string): Uint8Array | undefined {
  if (!existsSync(file)) return undefined;
  const bytes = readFileSync(file);
  return isEngine(bytes) ? bytes : undefined;
}

/** `.cache/hanse-engine` in the node_modules that the source lies in. */
function cacheFolder(source: string): string {
  return join(dirname(dirname(source)), '.cache', 'hanse-engine');
}

/** An installation may be read-only: then each process makes its engine anew. */
function keep(file: string, bytes: Uint8Array): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const temp = `${file}.${process.pid}`;
    writeFileSync(temp, bytes);
    renameSync(temp, file);
  } catch {
    // Nothing is lost but a second at the next start.
  }
}
