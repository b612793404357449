import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The checkout this program was bundled from: four folders above the bundle. */
export function checkoutRoot(
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const bundle = env['HANSE_BUNDLE_DIR'];
  if (bundle === undefined) return undefined;
  const root = resolve(bundle, '../../../..');
  return existsSync(join(root, 'package.json')) ? root : undefined;
}
