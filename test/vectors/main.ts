import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeClaimVectors } from '../../packages/claims/test/vectors.ts';
import { makeLayouts } from './layouts.ts';
import { makeVectors } from './make.ts';

const root = process.env['HANSE_ROOT'] ?? process.cwd();
const folder = join(root, 'docs/spec/vectors');
mkdirSync(folder, { recursive: true });
const files = { ...makeVectors(), 'claim-tags.json': await makeClaimVectors() };
for (const [name, vectors] of Object.entries(files)) {
  writeFileSync(join(folder, name), `${JSON.stringify(vectors, null, 1)}\n`);
}
writeFileSync(join(root, 'docs/spec/layouts.md'), makeLayouts());
process.stdout.write(`wrote ${folder} and docs/spec/layouts.md\n`);
