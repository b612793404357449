import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The checkout under test. */
export const ROOT = process.env['HANSE_ROOT'] ?? process.cwd();

let dir: Promise<string> | undefined;

/** Folder with the bundled validator and its workers, built when a source has changed. */
export function bundleDir(): Promise<string> {
  const given = process.env['HANSE_BUNDLE_DIR'];
  if (given !== undefined) return Promise.resolve(given);
  dir ??= build();
  return dir;
}

async function build(): Promise<string> {
  // Not a literal: a bundler must not take this module in, it finds the checkout by its own place.
  const tool = pathToFileURL(join(ROOT, 'tools/bundle.mjs')).href;
  const { ensureBundle } = (await import(/* @vite-ignore */ tool)) as {
    readonly ensureBundle: (root: string) => Promise<{ readonly dir: string }>;
  };
  return (await ensureBundle(ROOT)).dir;
}
