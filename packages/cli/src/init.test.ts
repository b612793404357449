import { spawnSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hanse, tempDir } from '../test/host.ts';
import { buildFile } from './contracts/build.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
/** As if it ran from a bundle of this checkout. */
const env = { HANSE_BUNDLE_DIR: join(root, 'node_modules/.cache/hanse/any') };

describe('hanse init', () => {
  it('makes a project whose types hold and whose contract loads', async () => {
    const cwd = tempDir();
    const made = await hanse(['init', 'shop', '--json'], { cwd, env });
    expect(made.code, made.stderr).toBe(0);
    const dir = join(cwd, 'shop');
    const { files } = JSON.parse(made.stdout) as { files: readonly string[] };
    expect(files).toContain('contracts/orders.ts');
    expect(lstatSync(join(dir, 'node_modules')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(dir, 'README.md'), 'utf8')).not.toMatch(/HANSE|NAME/);
    const built = await buildFile(join(dir, 'contracts/orders.ts'));
    expect(built.manifest.methods.map(({ name }) => name)).toEqual([
      'place',
      'accept',
      'get',
      'open',
    ]);
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const checked = spawnSync(process.execPath, [tsc, '-p', dir], { encoding: 'utf8' });
    expect(checked.stdout).toBe('');
  });

  it('touches no folder that holds something', async () => {
    const cwd = tempDir();
    expect((await hanse(['init'], { cwd, env })).code).toBe(0);
    const before = readdirSync(cwd);
    expect((await hanse(['init'], { cwd, env })).code).toBe(2);
    expect(readdirSync(cwd)).toEqual(before);
  });
});

describe('hanse contract build', () => {
  it('says what a contract is, or where it is wrong', async () => {
    const cwd = tempDir();
    await hanse(['init'], { cwd, env });
    const built = await hanse(['contract', 'build', 'contracts/orders.ts', '--out', 'out.js'], {
      cwd,
    });
    expect(built.stdout).toContain('place · accept');
    expect(readdirSync(cwd)).toEqual(expect.arrayContaining(['out.js', 'out.js.map']));
    const json = await hanse(['contract', 'build', 'contracts/orders.ts', '--json'], { cwd });
    expect(JSON.parse(json.stdout)).toMatchObject({ name: 'orders', manifest: { abi: 1 } });
    const none = await hanse(['contract', 'build', 'app.ts'], { cwd });
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('app.ts:2:30')]);
  });
});
