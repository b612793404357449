import { encode } from '@hanse/codec';
import type { Json } from '@hanse/codec';
import { disclosureSchema } from '@hanse/client';
import { must, toBase64Url, utf8 } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import { fakeApi, trustedChain } from '../../test/api.ts';
import { Fake } from '../../test/fake.ts';
import { invoice } from '../../test/script.ts';
import { verdictOf } from '../verify/trail.ts';
import { checkFile, parseBundleText, type FileState } from './filecheck.ts';
import { loadEvidence } from './load.ts';

const { signal } = new AbortController();

function fileOf(name: string, bytes: Uint8Array): File {
  return new File([bytes.slice()], name);
}

async function check(fake: Fake, file: File) {
  const api = fakeApi(fake);
  const states: FileState[] = [];
  await checkFile(file, { api, chain: trustedChain(fake), signal }, (state) => states.push(state));
  return { last: must(states.at(-1), 'a state'), asked: api.asked };
}

/** A bundle of the invoice with two fields disclosed. */
async function bundleOf(fake: Fake): Promise<{ readonly [key: string]: Json }> {
  const id = must([...fake.story.deposits.keys()][0], 'a deposit');
  const loaded = await loadEvidence(fakeApi(fake), trustedChain(fake), id, signal);
  const { commitment } = must(fake.story.prepared.get(id), 'prepared');
  const disclosures = ['/amount', '/buyer'].map((path) =>
    toBase64Url(encode(disclosureSchema, commitment.disclose(path))),
  );
  return JSON.parse(JSON.stringify({ ...loaded.bundle, disclosures })) as { [key: string]: Json };
}

describe.each(['intl', 'sm'] as const)('a dropped file under suite %s', (suite) => {
  const fake = new Fake(suite, Date.now());

  it('that was deposited is found, and only its hash is asked for', async () => {
    const { last, asked } = await check(fake, fileOf('x.json', invoice.bytes));
    if (last.kind !== 'found') throw new Error(last.kind);
    expect(last.loaded.evidence?.sizeBytes).toBe(invoice.bytes.length);
    expect(verdictOf(last.loaded.steps)).toBe('verified');
    expect(asked.every(({ method, body }) => method === 'GET' && body === '')).toBe(true);
    const said = asked.map(({ path }) => path).join(' ');
    expect(said).not.toContain('INV-4711');
    expect(said).not.toContain('x.json');
  });

  it('that was not is proved absent', async () => {
    const { last } = await check(fake, fileOf('y.pdf', utf8('never deposited')));
    if (last.kind !== 'found') throw new Error(last.kind);
    expect(last.loaded.isAbsent).toBe(true);
    expect(verdictOf(last.loaded.steps)).toBe('verified');
  });

  it('that is a bundle is verified without a single request', async () => {
    const text = JSON.stringify(await bundleOf(fake));
    const { last, asked } = await check(fake, fileOf('bundle.json', utf8(text)));
    if (last.kind !== 'bundle') throw new Error(last.kind);
    expect(verdictOf(last.found.steps)).toBe('verified');
    expect(last.found.fields.map(({ path }) => path)).toEqual(['/amount', '/buyer']);
    expect(last.found.report?.depositor.name).toBe('Scan desk 3');
    expect(asked).toEqual([]);
  });
});

describe('a bundle that was tampered with', () => {
  const fake = new Fake('intl', Date.now());
  const tampered: readonly (readonly [
    string,
    (bundle: { readonly [key: string]: Json }) => Json,
  ])[] = [
    [
      'id of another deposit',
      (bundle) => ({ ...bundle, id: [...fake.story.deposits.keys()][1] ?? '' }),
    ],
    [
      'no identities of its own',
      (bundle) => ({ ...bundle, identities: { 'did:hanse:x:y': bundle['record'] ?? null } }),
    ],
    ['a disclosure of nothing', (bundle) => ({ ...bundle, disclosures: ['AAAA'] })],
    [
      'a genesis of another time',
      (bundle) => ({ ...bundle, genesis: { ...Object(bundle['genesis']), time: 1 } }),
    ],
  ];
  it.each(tampered)('%s is never verified', async (_name, tamper) => {
    const text = JSON.stringify(tamper(await bundleOf(fake)));
    const { last } = await check(fake, fileOf('bundle.json', utf8(text)));
    if (last.kind === 'bundle') expect(verdictOf(last.found.steps)).toBe('forged');
    else expect(last.kind).toBe('failed');
  });
});

describe('text that is no bundle', () => {
  it('is told apart', () => {
    expect(parseBundleText('{"format":"hanse-evidence/1"}')).toBeDefined();
    expect(parseBundleText('{"format":"other"}')).toBeUndefined();
    expect(parseBundleText('[]')).toBeUndefined();
    expect(parseBundleText('not json')).toBeUndefined();
  });
});
