import { resolve } from 'node:path';
import { HanseError, limits } from '@hanse/kit';
import type { Isolate, Manifest } from '@hanse/vm';
import { PlacedError, placeText } from './places.ts';

/** A contract that was built and loaded once, as validators will. */
export type Built = {
  readonly file: string;
  readonly name: string;
  readonly code: Uint8Array;
  readonly manifest: Manifest;
  /** Gas that loading took. */
  readonly gas: number;
  /** Source map, and the folder that its sources are relative to. */
  readonly map: string;
  readonly folder: string;
  /** Absolute paths of what went in. */
  readonly inputs: readonly string[];
};

// Compiling the engine takes longer than building a contract.
let shared: Isolate | undefined;

/**
 * Build the contract of a file and load it in the engine of validators. Throws BuildError with file and line,
 * ContractFailed when it does not load, BadManifest when it declares what no contract may.
 */
export async function buildFile(file: string): Promise<Built> {
  const [{ buildContract, mapFrames }, { createIsolate }, { readManifest }] = await Promise.all([
    import('@hanse/testing'),
    import('@hanse/isolate'),
    import('@hanse/vm'),
  ]);
  const { code, map, inputs } = await buildContract(file);
  shared ??= createIsolate();
  const loaded = shared.load(code, limits.gasPerTxMax);
  const folder = process.cwd();
  if (loaded.kind === 'failed') {
    const { failure, message, frames } = loaded;
    const places = mapFrames(frames, map).map(placeText);
    throw new PlacedError(
      'ContractFailed',
      { contract: file, method: 'load', failure, message },
      places,
    );
  }
  const manifest = readManifest(loaded.program.manifest);
  if (!manifest.ok) throw new HanseError('BadManifest', { contract: file, reason: manifest.error });
  return {
    file: resolve(file),
    name: manifest.value.name,
    code,
    manifest: manifest.value,
    gas: loaded.gas,
    map,
    folder,
    inputs,
  };
}
