import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDir } from '../test/host.ts';
import { findLanguage, parseLanguage } from './language.ts';
import { findProject, networkDir, projectAt } from './project.ts';
import { resolveSettings } from './settings.ts';

const CHAIN = 'ab'.repeat(32);

function projectWith(config: object | undefined, network: object | undefined) {
  const project = projectAt(tempDir());
  mkdirSync(join(project.dir, 'dev'), { recursive: true });
  if (config !== undefined) writeFileSync(project.configFile, JSON.stringify(config));
  if (network !== undefined) {
    writeFileSync(join(project.dir, 'dev/network.json'), JSON.stringify(network));
  }
  return project;
}

const network = {
  chainId: CHAIN,
  suite: 'intl',
  urls: ['http://127.0.0.1:7300', 'http://127.0.0.1:7301'],
  as: 'supplier',
};

describe('settings', () => {
  it('come from flag, environment, project, network, default, in this order', () => {
    const project = projectWith({ as: 'carrier' }, network);
    const as = (flag: string | undefined, env: Record<string, string>): string => {
      const { value, origin } = resolveSettings({ flags: { as: flag }, env, project }).as;
      return `${value} ${origin}`;
    };
    expect(as('bank', { HANSE_AS: 'warehouse' })).toBe('bank flag');
    expect(as(undefined, { HANSE_AS: 'warehouse' })).toBe('warehouse environment');
    expect(as(undefined, {})).toBe('carrier project');
    const bare = projectWith(undefined, network);
    expect(resolveSettings({ flags: {}, env: {}, project: bare }).as.origin).toBe('network');
    const empty = projectWith(undefined, undefined);
    expect(resolveSettings({ flags: {}, env: {}, project: empty })).toMatchObject({
      as: { value: 'supplier', origin: 'default' },
      urls: { value: ['http://127.0.0.1:7300'], origin: 'default' },
      genesis: { value: undefined },
    });
  });

  it('trusts the genesis of the local network for its own nodes only', () => {
    const project = projectWith(undefined, network);
    const genesis = (url: string | undefined): string | undefined => {
      const flags = url === undefined ? {} : { url: [url] };
      return resolveSettings({ flags, env: {}, project }).genesis.value;
    };
    expect(genesis(undefined)).toBe(CHAIN);
    expect(genesis('http://localhost:7301/')).toBe(CHAIN);
    expect(genesis('http://elsewhere.example')).toBeUndefined();
  });

  it('splits lists of URLs', () => {
    const project = projectWith(undefined, undefined);
    const env = { HANSE_URL: 'http://a, http://b' };
    expect(resolveSettings({ flags: {}, env, project }).urls.value).toEqual([
      'http://a',
      'http://b',
    ]);
  });

  it('refuses a project file it does not understand', () => {
    for (const config of [[], { as: 7 }, { adress: 'x' }, { url: [1] }]) {
      const project = projectWith(config, undefined);
      expect(() => resolveSettings({ flags: {}, env: {}, project })).toThrow('HANSE-1006');
    }
    const broken = projectWith(undefined, undefined);
    writeFileSync(broken.configFile, '{');
    expect(() => resolveSettings({ flags: {}, env: {}, project: broken })).toThrow('HANSE-1003');
  });
});

describe('projects', () => {
  it('are found upwards, and begin where there is none', () => {
    const root = tempDir();
    const deep = join(root, 'a/b');
    mkdirSync(deep, { recursive: true });
    expect(findProject(deep).root).toBe(deep);
    mkdirSync(join(root, '.hanse'));
    expect(findProject(deep).root).toBe(root);
  });

  it('point at the data of the last network while it exists', () => {
    const project = projectWith(undefined, undefined);
    const other = tempDir();
    writeFileSync(project.pointerFile, JSON.stringify({ data: other }));
    expect(networkDir(project)).toBe(other);
    writeFileSync(project.pointerFile, JSON.stringify({ data: join(other, 'gone') }));
    expect(networkDir(project)).toBe(join(project.dir, 'dev'));
  });
});

describe('language', () => {
  it('is read from tags', () => {
    expect(parseLanguage('zh_CN.UTF-8')).toBe('zh-CN');
    expect(parseLanguage('en-GB')).toBe('en');
    expect(parseLanguage('de_DE')).toBeUndefined();
  });

  it('comes from the flag, then the environment, then the locale', () => {
    expect(findLanguage(['why', '--lang', 'zh'], { LANG: 'en_US' }, undefined)).toBe('zh-CN');
    expect(findLanguage(['--lang=en'], { LANG: 'zh_CN' }, 'zh')).toBe('en');
    expect(findLanguage([], { HANSE_LANG: 'zh', LANG: 'en_US' }, 'en')).toBe('zh-CN');
    expect(findLanguage([], { LANG: 'en_US' }, 'zh-CN')).toBe('zh-CN');
    expect(findLanguage([], { LC_ALL: 'C', LANG: 'zh_CN.UTF-8' }, undefined)).toBe('en');
    expect(findLanguage([], { LANG: 'zh_CN.UTF-8' }, undefined)).toBe('zh-CN');
    expect(findLanguage([], {}, undefined)).toBe('en');
  });
});
