import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder with these files, as a checkout in miniature. */
export function makeTree(files) {
  const root = mkdtempSync(join(tmpdir(), 'hanse-tools-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

/** A package.json of a workspace. */
export function packageJson(name, floor, side, { dependencies = [], pure } = {}) {
  return JSON.stringify({
    name: `@hanse/${name}`,
    description: `What ${name} owns`,
    exports: { '.': { '@hanse/source': './src/index.ts' } },
    dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '0.1.0'])),
    hanse: { floor, side, pure },
  });
}
