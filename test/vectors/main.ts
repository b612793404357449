import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeLayouts } from './layouts.ts';
import { makeVectors } from './make.ts';

const root = process.env['HANSE_ROOT'] ?? process.cwd();
const folder = join(root, 'docs/spec/vectors');
mkdirSync(folder, { recursive: true });
for (const [name, vectors] of Object.entries(makeVectors())) {
  writeFileSync(join(folder, name), `${JSON.stringify(vectors, null, 1)}\n`);
}
writeFileSync(join(root, 'docs/spec/layouts.md'), makeLayouts());
process.stdout.write(`wrote ${folder} and docs/spec/layouts.md\n`);
