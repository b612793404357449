import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSuite } from '@hanse/crypto';
import { isHanseError, toHex } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import { hanse, tempDir } from '../../test/host.ts';
import { makeNetwork } from '../dev/make.ts';
import { IdentityStore } from '../identities.ts';
import { networkPaths } from '../project.ts';
import { CAST, ensureCast, membersOf } from './cast.ts';
import { paymentMessage } from './payment.ts';
import { installedRules, keepRules, nameOfRules } from './rules.ts';
import { prepareRegistry } from './service.ts';
import { Vault, type KeptDocument } from './vault.ts';
import { tradeWords } from './words.ts';

const random = { bytes: (sizeBytes: number) => new Uint8Array(sizeBytes).fill(7) };

describe('everybody in the demo', () => {
  it('has keys for its owner only, made once, and inceptions for those who are not in the genesis', async () => {
    const dir = join(tempDir(), 'dev');
    await makeNetwork(dir, 'intl', 0);
    const suite = createSuite('intl');
    const identities = new IdentityStore(networkPaths(dir).identitiesDir);
    await ensureCast(suite, dir, identities);
    const before = identities.list();
    await ensureCast(suite, dir, identities);
    expect(identities.list()).toEqual(before);
    for (const { path } of before) expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(dir, 'cast.json')).mode & 0o077).toBe(0);
    const members = await membersOf(suite, dir, identities);
    expect(members.map(({ name }) => name)).toEqual(CAST.map(({ name }) => name));
    const isNew = new Map(members.map((one) => [one.name, one.inception !== undefined]));
    expect([isNew.get('supplier'), isNew.get('bank'), isNew.get('buyer')]).toEqual([
      false,
      false,
      true,
    ]);
    const buyer = members.find(({ name }) => name === 'buyer');
    expect(buyer?.people.map(({ duties }) => duties)).toEqual([['maker'], ['checker']]);
    // Nothing that is public names a party of an invoice.
    const labels = members.map(({ inception }) => inception?.name ?? '');
    for (const label of labels) expect(label).toMatch(/^[a-z]*\d?$/);
  });

  it('is partly made when only a part is asked for', async () => {
    const dir = join(tempDir(), 'dev');
    await makeNetwork(dir, 'intl', 0);
    const suite = createSuite('intl');
    const identities = new IdentityStore(networkPaths(dir).identitiesDir);
    await ensureCast(suite, dir, identities, ['regulator']);
    const regulator = identities.info('regulator.org').did;
    expect(identities.has('buyer')).toBe(false);
    await ensureCast(suite, dir, identities);
    expect(identities.info('regulator.org').did).toBe(regulator);
  });
});

describe('the registry of a local network', () => {
  it('has its key in a folder of its own, made once', async () => {
    const dir = tempDir();
    const parts = {
      did: 'did:hanse:dev:a',
      nodeUrl: 'http://127.0.0.1:1',
      port: 2,
      origins: [],
      random,
    };
    const { configFile, url } = await prepareRegistry(dir, parts);
    const key = join(dir, 'registry', 'keys', 'epoch-1.json');
    const made = statSync(key).mtimeMs;
    await prepareRegistry(dir, parts);
    expect(statSync(key).mtimeMs).toBe(made);
    for (const path of [key, configFile]) expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(url).toBe('http://127.0.0.1:2');
  });
});

describe('the vault', () => {
  const kept: KeptDocument = {
    document: toHex(new Uint8Array(32).fill(3)),
    path: '/tmp/a.xml',
    name: 'a.xml',
    kind: 'invoice',
    number: 'INV-1',
    seller: 'did:hanse:dev:a',
    buyer: 'did:hanse:dev:b',
    currency: 'EUR',
    units: 5,
    issued: '2026-01-01',
    due: '',
  };

  it('gives back what was kept, to its owner only', () => {
    const vault = new Vault(tempDir());
    vault.keepDocument(kept);
    expect(vault.documents()).toEqual([kept]);
    expect(vault.document('ff')).toBeUndefined();
    expect(statSync(join(vault.dir, 'documents', `${kept.document}.json`)).mode & 0o777).toBe(
      0o600,
    );
  });

  it('names a damaged file', () => {
    const vault = new Vault(tempDir());
    const dir = join(vault.dir, 'documents');
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, '00.json'), JSON.stringify({ ...kept, units: 'five' }));
    const code = (() => {
      try {
        vault.documents();
      } catch (error) {
        return isHanseError(error) ? error.codeName : error;
      }
      return 'read';
    })();
    expect(code).toBe('FileCorrupt');
  });
});

describe('rule packs', () => {
  it('are named by what the file says of itself, not by its licence', () => {
    const text = 'Licence (EUPL) version 1.2 ... Schematron version 1.3.16 - Last update';
    expect(nameOfRules(text, 'EN16931  model bound to UBL')).toBe('EN16931 1.3.16');
    expect(nameOfRules('<schema/>', 'Own rules')).toBe('Own');
  });

  it('are one for each syntax, with the hash of their text', () => {
    const project = { dir: tempDir() } as Parameters<typeof installedRules>[0]['project'];
    expect(installedRules({ project })).toEqual([]);
    const facts = { syntax: 'ubl', title: 'T', checks: 3 } as const;
    keepRules({ project }, 'one', { ...facts, name: 'A 1' });
    const second = keepRules({ project }, 'two', { ...facts, name: 'A 2' });
    expect(installedRules({ project })).toEqual([second]);
  });
});

it('a payment message names deal and amount', () => {
  const deal = new Uint8Array(32).fill(9);
  const text = paymentMessage({ deal, units: 1_250, currency: 'EUR', timeMs: 0 });
  expect(text).toContain('<IntrBkSttlmAmt Ccy="EUR">12.50</IntrBkSttlmAmt>');
  expect(text).toContain(toHex(deal).slice(0, 32));
});

it('every word is there in both languages', () => {
  const [en, zh] = [tradeWords('en'), tradeWords('zh-CN')];
  expect(Object.keys(zh)).toEqual(Object.keys(en));
});

describe('commands', () => {
  it('say what they need before they ask a node', async () => {
    const none = await hanse(['invoice', 'import']);
    expect([none.code, none.stderr]).toMatchObject([2, expect.stringContaining('file')]);
    const start = await hanse(['registry', 'start']);
    expect([start.code, start.stderr]).toMatchObject([4, expect.stringContaining('--config')]);
    const list = await hanse(['rules', 'list', '--json']);
    expect(JSON.parse(list.stdout)).toEqual({ rules: [] });
    const missing = await hanse(['rules', 'install', 'nothing.sch']);
    expect([missing.code, missing.stderr]).toMatchObject([
      2,
      expect.stringContaining('nothing.sch'),
    ]);
  });
});
