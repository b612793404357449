import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../harness/bundle.ts';
import { freePorts } from '../harness/ports.ts';
import { waitFor } from '../harness/wait.ts';

const START_MS = 240_000;
const HANSE = join(ROOT, 'hanse');
const DEMO = join(ROOT, 'demo/invoices');
const CN = '26990000000000000417';

type Ran = { readonly code: number | null; readonly out: string; readonly err: string };

let dir = '';
let dev: ChildProcess | undefined;
let said = '';

function start(args: readonly string[]): ChildProcess {
  const env = { ...process.env, NO_COLOR: '1', CI: '1', LANG: 'C' };
  return spawn(HANSE, args, { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function hanse(...args: readonly string[]): Promise<Ran> {
  const child = start(args);
  let [out, err] = ['', ''];
  child.stdout?.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (err += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

/** Run a command that must succeed, and give its JSON. */
async function json<T>(...args: readonly string[]): Promise<T> {
  const ran = await hanse(...args, '--json');
  expect(ran.code, `${args.join(' ')}: ${ran.err}`).toBe(0);
  return JSON.parse(ran.out) as T;
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hanse-invoice-'));
  const port = await freePorts(20);
  dev = start(['dev', '--demo', '--port', String(port)]);
  const take = (data: Buffer): void => {
    said += data.toString();
  };
  dev.stdout?.on('data', take);
  dev.stderr?.on('data', take);
  await waitFor(
    'the demo is told',
    START_MS,
    () => said.includes('Ctrl-C') || dev?.exitCode !== null,
    () => said,
  );
}, START_MS);
afterAll(async () => {
  const ended = new Promise((resolve) => dev?.once('close', resolve));
  dev?.kill('SIGINT');
  await ended;
  rmSync(dir, { recursive: true, force: true });
});

type Story = {
  readonly proved: boolean;
  readonly receipts: number;
  readonly steps: readonly {
    readonly id: string;
    readonly refused: { readonly reason: string } | null;
    readonly proofs: readonly { readonly status: string; readonly signers: number }[];
  }[];
};

describe('a network with the demo', () => {
  it('has told the story, and tells it again with the proof of each step', async () => {
    expect(said).toContain('refused: DUPLICATE_FINANCED');
    const story = await json<Story>('demo', 'trade-finance');
    expect([story.proved, story.steps.length]).toEqual([true, 22]);
    for (const { id, refused, proofs } of story.steps) {
      expect(proofs.length, id).toBeGreaterThan(0);
      for (const { status, signers } of proofs) {
        expect(status, id).toBe(refused === null ? 'ok' : 'refused');
        expect(signers).toBeGreaterThanOrEqual(3);
      }
    }
    const refused = story.steps.flatMap(({ refused }) => refused?.reason ?? []);
    expect(refused).toEqual([
      'FOUR_EYES',
      'DUPLICATE_FINANCED',
      'DUPLICATE_FINANCED',
      'CLAIM_IN_PACKS',
    ]);
  });

  it('keeps the registry apart from the validators, its key for its owner only', () => {
    const network = join(dir, '.hanse/dev');
    const key = join(network, 'registry/keys/epoch-1.json');
    expect(statSync(key).mode & 0o777).toBe(0o600);
    const secret = (JSON.parse(readFileSync(key, 'utf8')) as { secretKey: string }).secretKey;
    for (const name of ['bank', 'supplier', 'carrier', 'warehouse']) {
      expect(readFileSync(join(network, name, 'node.json'), 'utf8')).not.toContain(secret);
    }
  });

  it('refuses the twin by hand, with the reason in either language', async () => {
    const twin = join(DEMO, 'meridian-MM-2026-1102.cii.xml');
    const ask = ['invoice', 'ask', twin, 'whole', 'bank2', '--as', 'supplier'];
    const english = await hanse(...ask);
    expect([english.code, english.err]).toMatchObject([
      3,
      expect.stringContaining('DUPLICATE_FINANCED'),
    ]);
    const chinese = await hanse(...ask, '--lang', 'zh-CN');
    expect(chinese.err).toContain('同一发票已融资');
  });

  it('takes an invoice from confirmation to a bank and back, by hand', async () => {
    await json('invoice', 'issue', CN, '--as', 'supplier');
    const alone = await hanse('invoice', 'confirm', CN, '--as', 'buyer');
    expect([alone.code, alone.err]).toMatchObject([3, expect.stringContaining('FOUR_EYES')]);
    await json('invoice', 'confirm', CN, '--as', 'buyer', '--with', 'buyer.checker');
    await json('invoice', 'receive', CN, '--as', 'supplier');
    const share = '339000.00:supplier2:26990000000000000882';
    await json('invoice', 'split', CN, share, '--as', 'supplier');
    await json('invoice', 'sign', CN, '--as', 'supplier2');
    const ask = ['invoice', 'ask', CN, '100,000.00', 'bank2', '--pledge', '--as', 'supplier2'];
    const { deal } = await json<{ readonly deal: string }>(...ask);
    type Offer = { readonly fee: number; readonly terms: string };
    const bid = ['invoice', 'offer', deal, '--fee', '1250.00', '--as', 'bank2'];
    const offer = await json<Offer>(...bid);
    expect(offer.fee).toBe(125_000);
    const other = join(dir, 'terms.json');
    const terms = JSON.parse(readFileSync(join(dir, offer.terms), 'utf8')) as { fee: number };
    writeFileSync(other, JSON.stringify({ ...terms, fee: terms.fee - 1 }));
    const cheated = await hanse('invoice', 'accept', deal, other, '--as', 'supplier2');
    expect(cheated.err).toContain('TermsMismatch');
    await json('invoice', 'accept', deal, '--as', 'supplier2');
    await json('invoice', 'finance', deal, '--as', 'bank2');
    await json('invoice', 'release', deal, '--as', 'bank2');
    type Shown = {
      readonly titles: readonly { readonly parts: readonly { readonly units: number }[] }[];
    };
    const shown = await json<Shown>('invoice', 'show', CN);
    expect(shown.titles[0]?.parts.map(({ units }) => units)).toEqual([33_900_000, 64_184_000]);
  });

  it('names what is no invoice, and records nothing', async () => {
    writeFileSync(join(dir, 'note.txt'), 'not an invoice');
    const ran = await hanse('invoice', 'import', 'note.txt');
    expect([ran.code, ran.err]).toMatchObject([1, expect.stringContaining('NOT_AN_INVOICE')]);
  });
});
