import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HanseError } from '@hanse/kit';
import { usage } from '../input.ts';
import { errorJson, renderError } from './error.ts';
import { inlineJson, renderJson } from './json.ts';
import { createProgress, progressText } from './progress.ts';
import { createStyle, wantsColour } from './style.ts';
import { renderFields, renderTable } from './table.ts';
import { formatBytes, formatDuration, formatTime, shortDid, shortId } from './values.ts';
import { displayWidth, pad, truncate } from './width.ts';

const plain = createStyle(false);
const colour = createStyle(true);

describe('width', () => {
  it('counts Chinese characters twice, marks and colours not at all', () => {
    expect(displayWidth('存证')).toBe(4);
    expect(displayWidth('e\u0301')).toBe(1);
    expect(displayWidth(colour.red('ab'))).toBe(2);
    expect(displayWidth('，')).toBe(2);
    expect(displayWidth('✓ …·')).toBe(4);
  });

  it('pads to a width on either side', () => {
    expect(pad('存', 4)).toBe('存  ');
    expect(pad('7', 3, 'right')).toBe('  7');
    expect(pad('long', 2)).toBe('long');
  });

  it('never truncates to more than the width', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 1, max: 20 }),
        (text, width) => {
          const cut = truncate(text, width);
          expect(displayWidth(cut)).toBeLessThanOrEqual(Math.max(width, 1));
          if (displayWidth(text) <= width) expect(cut).toBe(text);
        },
      ),
    );
  });
});

describe('style', () => {
  it('colours on a terminal only, unless told otherwise', () => {
    expect(wantsColour({}, true)).toBe(true);
    expect(wantsColour({}, false)).toBe(false);
    expect(wantsColour({ NO_COLOR: '1' }, true)).toBe(false);
    expect(wantsColour({ NO_COLOR: '' }, true)).toBe(true);
    expect(wantsColour({ TERM: 'dumb' }, true)).toBe(false);
    expect(wantsColour({ FORCE_COLOR: '1', NO_COLOR: '1' }, false)).toBe(true);
    expect(wantsColour({ FORCE_COLOR: '0' }, true)).toBe(false);
  });

  it('adds nothing to plain text', () => {
    expect(plain.red('x')).toBe('x');
    expect(colour.red('x')).toBe('\u001b[31mx\u001b[39m');
  });
});

describe('tables', () => {
  const columns = [
    { title: '文件', shrinks: true },
    { title: 'Block', align: 'right' },
  ] as const;

  it('aligns columns whatever the language', () => {
    const text = renderTable(
      columns,
      [
        ['存证.txt', '7'],
        ['a', '12'],
      ],
      {
        style: plain,
        width: undefined,
      },
    );
    expect(text.split('\n')).toEqual(['文件      Block', '存证.txt      7', 'a            12']);
  });

  it('shrinks the one column that may, to fit the terminal', () => {
    const rows = [['a-very-long-file-name-of-a-document.txt', '7']];
    for (const line of renderTable(columns, rows, { style: plain, width: 24 }).split('\n'))
      expect(displayWidth(line)).toBeLessThanOrEqual(24);
  });

  it('lines up fields', () => {
    const rows = [
      ['Id', 'x'],
      ['Block', '1'],
    ] as const;
    expect(renderFields(rows, { style: plain, indent: 2 })).toBe('  Id     x\n  Block  1');
  });
});

describe('progress', () => {
  const describeRate = (rate: number, leftMs: number | undefined): string =>
    `${rate.toFixed(1)}/s ${leftMs ?? '?'}`;
  const parts = { label: 'depositing', style: plain, describe: describeRate };

  it('shows counts, rate and time left', () => {
    const text = progressText({ ...parts, isAnimated: false }, { done: 50, total: 100 }, 5_000);
    expect(text).toBe('  depositing  50/100  10.0/s 5000');
  });

  it('draws a bar only where it can be redrawn', () => {
    const text = progressText({ ...parts, isAnimated: true }, { done: 1, total: 2 }, 1_000);
    expect(text).toContain('█'.repeat(12) + '░'.repeat(12));
  });

  it('redraws at most ten times a second and clears the line at the end', () => {
    let now = 0;
    const written: string[] = [];
    const write = (text: string): number => written.push(text);
    const progress = createProgress({
      ...parts,
      isAnimated: true,
      write,
      nowMs: () => now,
      total: 100,
    });
    for (let done = 1; done <= 100; done++) {
      now += 10;
      progress.update(done);
    }
    progress.end();
    expect(written.length).toBeLessThanOrEqual(11);
    expect(written.at(-1)).toBe('\r\u001b[K');
  });

  it('writes plain lines every few seconds where there is no terminal', () => {
    let now = 0;
    const written: string[] = [];
    const progress = createProgress({
      ...parts,
      isAnimated: false,
      write: (text) => written.push(text),
      nowMs: () => now,
      total: 12,
    });
    for (let done = 1; done <= 12; done++) {
      now += 1_000;
      progress.update(done);
    }
    progress.end();
    expect(written).toHaveLength(2);
    expect(written.every((line) => line.endsWith('\n') && !line.includes('\r'))).toBe(true);
  });
});

describe('errors', () => {
  const error = new HanseError('EvidenceExists', { id: 'ab', depositor: 'did:x', height: 7 });

  it('say what, why, how to fix it and where to read more, in both languages', () => {
    const en = renderError(error, { language: 'en', style: plain });
    expect(en.split('\n').map((line) => line.trim().split(' ')[0])).toEqual([
      '✗',
      'What',
      'Why',
      'Fix',
      'More',
    ]);
    expect(en).toContain('HANSE-3020');
    expect(en).toContain('did:x in block 7');
    const zh = renderError(error, { language: 'zh-CN', style: plain });
    expect(zh).toContain('区块 7');
    expect(zh).toContain('hanse docs HANSE-3020');
  });

  it('shows the own message of a language', () => {
    const made = usage('two words', '两个词');
    expect(renderError(made, { language: 'en', style: plain })).toContain('two words');
    expect(renderError(made, { language: 'zh-CN', style: plain })).toContain('两个词');
  });

  it('calls anything else a fault of Hanse', () => {
    expect(renderError(new Error('boom'), { language: 'en', style: plain })).toContain(
      'HANSE-9003',
    );
    expect(errorJson('boom')).toMatchObject({ error: { code: 'HANSE-9003' } });
  });

  it('is JSON with parameters as text', () => {
    expect(errorJson(error)).toMatchObject({
      error: { code: 'HANSE-3020', name: 'EvidenceExists', params: { height: '7' } },
    });
  });
});

describe('values', () => {
  it('are short for people', () => {
    expect(shortId('a'.repeat(64))).toBe('aaaaaaaa…aaaa');
    expect(shortId('short')).toBe('short');
    expect(shortDid('did:hanse:dev:abcdefghijklmnopqrst')).toBe('abcdefgh…qrst');
    expect(formatTime(0)).toBe('1970-01-01 00:00:00 UTC');
    expect(formatTime(Number.MAX_SAFE_INTEGER)).toBe(String(Number.MAX_SAFE_INTEGER));
    expect([12, 1_500, 45_000, 600_000].map(formatDuration)).toEqual([
      '12 ms',
      '1.5 s',
      '45 s',
      '10 min',
    ]);
    expect([12, 2_048, 3_145_728, 2 ** 31].map(formatBytes)).toEqual([
      '12 B',
      '2.0 KiB',
      '3.0 MiB',
      '2.0 GiB',
    ]);
  });

  it('shows JSON without its punctuation', () => {
    expect(renderJson({ a: 1, b: ['x', { c: null }], d: {} })).toBe(
      ['a  1', 'b', '  - x', '  - c  –', 'd  –'].join('\n'),
    );
    expect(inlineJson({ id: 'x', n: [1, 2] })).toBe('id x · n 1, 2');
  });
});
