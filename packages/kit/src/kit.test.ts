import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BoundedQueue,
  catalogue,
  codeOf,
  compareBytes,
  equalBytes,
  formatText,
  fromBase32,
  fromBase64Url,
  fromHex,
  HanseError,
  isErrorName,
  isHanseError,
  nameOf,
  toBase32,
  toBase64Url,
  toHex,
} from './index.ts';

const bytes = fc.uint8Array({ maxLength: 80 });

describe('bytes as text', () => {
  it('round trips and accepts one text per value', () => {
    fc.assert(
      fc.property(bytes, (b) => {
        expect(fromHex(toHex(b))).toEqual(b);
        expect(fromBase32(toBase32(b))).toEqual(b);
        expect(fromBase64Url(toBase64Url(b))).toEqual(b);
        expect(toBase64Url(b)).toBe(Buffer.from(b).toString('base64url'));
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z2-7]{0,24}$/), (text) => {
        const decoded = fromBase32(text);
        if (decoded !== undefined) expect(toBase32(decoded)).toBe(text);
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[\w-]{0,24}$/), (text) => {
        const decoded = fromBase64Url(text);
        if (decoded !== undefined) expect(toBase64Url(decoded)).toBe(text);
      }),
    );
    expect(fromHex('AB')).toBeUndefined();
    expect(fromBase32('ab1')).toBeUndefined();
  });

  it('compares like Buffer', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
      }),
    );
  });
});

describe('catalogue', () => {
  it('has unique codes, complete texts and matching placeholders in both languages', () => {
    const codes = new Set<number>();
    const texts = new Set<string>();
    for (const [name, entry] of Object.entries(catalogue)) {
      expect(codes.has(entry.code), name).toBe(false);
      codes.add(entry.code);
      const holes = (text: object) =>
        [...new Set(JSON.stringify(text).match(/\{\w+\}/g) ?? [])].sort();
      expect(
        Object.values(entry.en).every((s) => s.length > 0),
        name,
      ).toBe(true);
      expect(
        Object.values(entry.zh).every((s) => /[\u4e00-\u9fff]|^\{/.test(s)),
        name,
      ).toBe(true);
      for (const hole of holes(entry.zh)) expect(holes(entry.en), name).toContain(hole);
      const whole = JSON.stringify(entry.en);
      expect(texts.has(whole), `${name} repeats another text`).toBe(false);
      texts.add(whole);
    }
  });

  it('makes errors that say what, why and how to fix', () => {
    const error = new HanseError(
      'OverLimit',
      { name: 'txBytes', value: 70_000, limit: 65_536 },
      new Error('cause'),
    );
    expect(isHanseError(error)).toBe(true);
    expect(error.message).toContain('txBytes is 70000 and the limit is 65536');
    expect(error.cause).toBeInstanceOf(Error);
    expect(nameOf(codeOf('OverLimit'))).toBe('OverLimit');
    expect(isErrorName('toString')).toBe(false);
    expect(formatText('OverLimit', { limit: 1 }, 'zh-CN').fix).toContain('1');
  });
});

describe('BoundedQueue', () => {
  it('behaves like a bounded array', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(), { nil: undefined }), { maxLength: 200 }), (ops) => {
        const queue = new BoundedQueue<number>(7);
        const model: number[] = [];
        for (const op of ops) {
          if (op === undefined) expect(queue.shift()).toBe(model.shift());
          else if (model.length < 7) {
            model.push(op);
            expect(queue.push(op)).toBe(true);
          } else expect(queue.push(op)).toBe(false);
          expect(queue.size).toBe(model.length);
          expect(queue.peek()).toBe(model[0]);
        }
      }),
    );
  });
});
