import { describe, expect, it } from 'vitest';
import { formatRoute, parseRoute, parseWanted, type Route } from './router.ts';

const hash = 'ab'.repeat(32);

describe('routes', () => {
  const routes: readonly Route[] = [
    { page: 'home' },
    { page: 'block', height: 0 },
    { page: 'block', height: 48_213 },
    { page: 'deposits' },
    { page: 'evidence', id: hash },
    { page: 'tx', id: hash },
    { page: 'verify' },
    { page: 'holdings' },
    { page: 'holdings', holder: `did:hanse:dev:${'a2'.repeat(16)}` },
    { page: 'supervision' },
    { page: 'title', id: hash },
    { page: 'story' },
  ];
  it.each(routes)('$page survives the address bar', (route) => {
    expect(parseRoute(formatRoute(route))).toEqual(route);
  });

  it.each([
    '#/blocks/-1',
    '#/blocks/01',
    '#/blocks/1e3',
    '#/tx/abc',
    '#/tx',
    '#/x',
    '#/blocks/1/2',
    '#/holdings/x',
    '#/titles/x',
    '#/story/1',
    '#/constructor',
  ])('refuses %s', (text) => {
    expect(parseRoute(text).page).toBe('unknown');
  });

  it('takes no address for the overview', () => {
    expect(parseRoute('')).toEqual({ page: 'home' });
  });
});

describe('wanted', () => {
  it('reads heights as people write them', () => {
    expect(parseWanted(' 48,213 ')).toEqual({ kind: 'height', height: 48_213 });
  });

  it('reads hashes in any case, with or without 0x', () => {
    expect(parseWanted(`0x${hash.toUpperCase()}`)).toEqual({ kind: 'hash', hash });
  });

  it('refuses anything else', () => {
    expect(parseWanted('invoice')).toBeUndefined();
    expect(parseWanted(hash.slice(1))).toBeUndefined();
    expect(parseWanted('')).toBeUndefined();
  });
});
