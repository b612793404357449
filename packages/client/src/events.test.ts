import { utf8 } from '@hanse/kit';
import { describe, expect, it } from 'vitest';
import { createClient } from './client.ts';
import { checkOrder } from './events.ts';
import type { Platform } from './platform.ts';

/** Streams that a test plays, one per connection; `undefined` in a stream breaks the connection. */
function playing(streams: readonly (readonly (string | undefined)[])[]): {
  platform: Partial<Platform>;
  asked: string[];
} {
  const asked: string[] = [];
  let connection = 0;
  return {
    asked,
    platform: {
      sleep: async () => undefined,
      fetch: async (url) => {
        asked.push(new URL(url).search);
        return { status: 200, body: play(streams[connection++] ?? []) };
      },
    },
  };
}

async function* play(lines: readonly (string | undefined)[]): AsyncGenerator<Uint8Array> {
  for (const line of lines) {
    if (line === undefined) throw new TypeError('terminated');
    yield utf8(`${line}\n`);
  }
}

function row(cursor: string): string {
  const height = Number(cursor.split('.')[0]);
  return JSON.stringify({
    cursor,
    height,
    txid: '00',
    contract: 'c',
    name: 'n',
    data: {},
    dataBytes: '',
  });
}

async function collect(
  streams: readonly (readonly (string | undefined)[])[],
  options: { from?: string; contract?: string; follow?: boolean } = {},
  countMax = 100,
) {
  const { platform, asked } = playing(streams);
  const client = createClient({ urls: ['http://a', 'http://b'], platform });
  const cursors: string[] = [];
  for await (const event of client.events(options)) {
    cursors.push(event.cursor);
    if (cursors.length === countMax) break;
  }
  return { cursors, asked };
}

describe('events', () => {
  it('come once each over broken connections, resumed by cursor', async () => {
    const { cursors, asked } = await collect([
      [row('7.1'), '', JSON.stringify({ cursor: '7.1' }), row('7.2'), undefined],
      [row('7.3'), row('9.1'), undefined],
      [JSON.stringify({ cursor: '9.1' }), row('9.2')],
    ]);
    expect(cursors).toEqual(['7.1', '7.2', '7.3', '9.1', '9.2']);
    expect(asked).toEqual(['', '?from=7.2', '?from=9.1']);
  });

  it('go on when following, and end when not', async () => {
    const streams = [[row('7.1')], [row('7.2')], [row('8.1')]];
    expect((await collect(streams, { follow: true }, 3)).cursors).toEqual(['7.1', '7.2', '8.1']);
    expect((await collect(streams)).cursors).toEqual(['7.1']);
  });

  it('stop at a gap, at a step back and at a row that is none', async () => {
    await expect(collect([[row('7.1'), row('7.3')]])).rejects.toMatchObject({
      codeName: 'ProofMismatch',
    });
    await expect(collect([[row('7.2')]])).rejects.toMatchObject({ codeName: 'ProofMismatch' });
    await expect(collect([[row('7.1'), row('6.1')]])).rejects.toMatchObject({
      codeName: 'ProofMismatch',
    });
    await expect(collect([[row('7.1'), row('7.1')]], { contract: 'c' })).rejects.toMatchObject({
      codeName: 'ProofMismatch',
    });
    await expect(collect([['{"cursor":"x"}']])).rejects.toMatchObject({ codeName: 'Malformed' });
    await expect(collect([['{"cursor":"7.1","txid":"00"}']])).rejects.toMatchObject({
      codeName: 'Malformed',
    });
    expect(
      (await collect([[row('7.1'), row('7.3'), row('9.4')]], { contract: 'c' })).cursors.length,
    ).toBe(3);
  });

  it('gives up when no node answers and nothing is followed', async () => {
    await expect(collect([[undefined], [undefined], [undefined], [undefined]])).rejects.toThrow(
      'terminated',
    );
  });
});

it.each([
  [undefined, '0.0', 'life', true],
  [undefined, '5.1', 'every', true],
  [undefined, '5.2', 'every', false],
  ['5.1', '5.2', 'every', true],
  ['5.1', '5.1', 'life', true],
  ['5.1', '5.1', 'some', false],
  ['5.2', '5.1', 'life', false],
  ['5.1', '6.1', 'every', true],
  ['5.1', '6.2', 'every', false],
  ['6.0', '6.1', 'every', true],
  ['5.1', '4.1', 'some', false],
] as const)('order: %s then %s (%s) holds: %s', (before, after, kind, holds) => {
  const check = () => checkOrder(before, after, kind);
  if (holds) expect(check).not.toThrow();
  else expect(check).toThrow();
});
