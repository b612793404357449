import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from '../harness/bundle.ts';
import { waitFor } from '../harness/wait.ts';

const HANSE = join(ROOT, 'hanse');
const START_MS = 90_000;
const LIVE_MS = 30_000;

type Running = {
  readonly child: ChildProcess;
  readonly text: () => string;
  readonly ended: Promise<number | null>;
};

let dir = '';
const started: ChildProcess[] = [];
beforeAll(async () => {
  const parent = mkdtempSync(join(tmpdir(), 'hanse-starter-'));
  dir = join(parent, 'shop');
  expect(await run(parent, ['init', 'shop']).ended).toBe(0);
});
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(join(dir, '..'), { recursive: true, force: true });
});

function run(cwd: string, args: readonly string[]): Running {
  const env = { ...process.env, NO_COLOR: '1', CI: '1' };
  const child = spawn(HANSE, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let text = '';
  const take = (data: Buffer): void => {
    text += data.toString();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, text: () => text, ended };
}

function edit(from: string, to: string): void {
  const path = join(dir, 'contracts/orders.ts');
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

const shows = (running: Running, text: string, ms: number): Promise<true> =>
  waitFor(`the network says "${text}"`, ms, () => running.text().includes(text), running.text);

it('a new project runs: contracts go live when they are saved, and programs use them', async () => {
  const network = run(dir, ['dev', '--contracts', 'contracts']);
  await shows(network, 'contract orders v1', START_MS);
  await shows(network, 'watching 1 contract', LIVE_MS);

  edit('an order is worth something', 'an order must be worth something');
  await shows(network, 'contract orders v2', LIVE_MS);

  edit('ctx.emit.Accepted(a);', 'ctx.emit.Accepted(a');
  await shows(network, 'HANSE-3118', LIVE_MS);
  expect(network.text()).toMatch(/contracts\/orders\.ts:\d+:\d+/);
  edit('ctx.emit.Accepted(a', 'ctx.emit.Accepted(a);\n  void new Date();');
  await shows(network, 'HANSE-3119', LIVE_MS);
  edit('void new Date();', 'void ctx.time;');
  await shows(network, 'contract orders v3', LIVE_MS);

  // What is stored does not fit: the version before stays.
  edit("key: ['id']", "key: ['id', 'buyer']");
  await shows(network, 'HANSE-3113', LIVE_MS);
  edit("key: ['id', 'buyer']", "key: ['id']");
  await shows(network, 'contract orders v3   as on the chain', LIVE_MS);

  const program = run(dir, ['run', 'app.ts']);
  expect(await program.ended, program.text()).toBe(0);
  expect(program.text()).toContain('the bank cannot accept it: NOT_YOURS');
  expect(program.text()).toContain('it is accepted');

  const order = { id: 'PO-0', seller: 'did:hanse:dev:x', amount: '0', due: '2099-12-31' };
  const rejected = run(dir, ['call', 'orders.place', JSON.stringify(order)]);
  expect(await rejected.ended).toBe(3);
  expect(rejected.text()).toMatch(
    /AMOUNT an order must be worth[^]*At\s+contracts\/orders\.ts:23:/,
  );

  const shown = run(dir, ['contract', 'show', 'orders', '--json']);
  expect(await shown.ended).toBe(0);
  expect(JSON.parse(shown.text())).toMatchObject({ version: 3, newest: 3, proved: true });
  const names = run(dir, ['contract', 'names', '--kind', 'queries']);
  await names.ended;
  expect(names.text()).toContain('orders.open');

  network.child.kill('SIGINT');
  expect(await network.ended).toBe(130);
});
