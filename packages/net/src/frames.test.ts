import { concatBytes } from '@hanse/kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redialDelayMs } from './backoff.ts';
import { encodeFrame, encodeHello, FrameParser, helloError, type Frame } from './frames.ts';
import { SendQueue } from './queue.ts';
import { InboundMeter } from './rate.ts';

/** The frames of a stream cut into pieces of the given sizes. */
function parse(
  stream: Uint8Array,
  sizes: readonly number[],
  max = 1_000,
): { frames: Frame[]; error: string | undefined } {
  const parser = new FrameParser(max);
  const frames: Frame[] = [];
  let at = 0;
  for (const size of [...sizes, stream.length]) {
    frames.push(...parser.feed(stream.subarray(at, at + size)));
    at += size;
  }
  return { frames, error: parser.error };
}

describe('frame parser', () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 });
  const sizes = fc.array(fc.nat(40), { maxLength: 60 });

  it('gives the same frames however the stream is cut', () => {
    fc.assert(
      fc.property(bodies, sizes, (list, cuts) => {
        const stream = concatBytes(
          ...list.map((body) => encodeFrame('message', body)),
          encodeFrame('ping', new Uint8Array(0)),
        );
        const { frames, error } = parse(stream, cuts);
        expect(error).toBeUndefined();
        expect(frames).toEqual([
          ...list.map((body) => ({ kind: 'message', body })),
          { kind: 'ping' },
        ]);
        for (const frame of frames)
          if (frame.kind !== 'ping') expect(frame.body.buffer).not.toBe(stream.buffer);
      }),
    );
  });

  it('takes any bytes without throwing, and says the same however they are cut', () => {
    const noise = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 30 }),
        bodies.map((list) => concatBytes(...list.map((body) => encodeFrame('message', body)))),
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(noise, sizes, (parts, cuts) => {
        const stream = concatBytes(...parts);
        expect(parse(stream, cuts)).toEqual(parse(stream, []));
      }),
    );
  });

  it('stops at empty, oversized, unknown and overlong frames, and reads nothing after them', () => {
    const good = encodeFrame('message', Uint8Array.of(7));
    const u32 = (n: number): number[] => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
    for (const bad of [
      [...u32(0), 2],
      [...u32(1_001), 2],
      [...u32(0xffffffff), 2],
      [...u32(1), 9],
      [...u32(1), 0],
      [...u32(2), 3, 0],
    ]) {
      const { frames, error } = parse(concatBytes(good, Uint8Array.from(bad), good), []);
      expect(frames.length).toBe(1);
      expect(error).toBeDefined();
    }
    expect(parse(encodeFrame('message', new Uint8Array(999)), []).frames.length).toBe(1);
    expect(parse(encodeFrame('message', new Uint8Array(1_000)), []).error).toBeDefined();
  });
});

describe('hello', () => {
  it('names version, sender and chain', () => {
    const expected = { sender: 300, chainId: new Uint8Array(32).fill(1) };
    expect(helloError(encodeHello(expected), expected)).toBeUndefined();
    expect(helloError(encodeHello({ ...expected, sender: 44 }), expected)).toMatch(/validator 44/);
    expect(helloError(encodeHello({ ...expected, chainId: new Uint8Array(32) }), expected)).toMatch(
      /another chain/,
    );
    const body = encodeHello(expected);
    expect(helloError(concatBytes(body, Uint8Array.of(0)), expected)).toMatch(/size/);
    expect(helloError(body.subarray(0, 1), expected)).toMatch(/cut off/);
    expect(helloError(concatBytes(Uint8Array.of(0, 2), body.subarray(2)), expected)).toMatch(
      /version 2/,
    );
  });
});

describe('send queue', () => {
  const message = (size: number, mark: number): Uint8Array => new Uint8Array(size).fill(mark);
  const marks = (bytes: Uint8Array): (number | undefined)[] =>
    parse(bytes, [], 1e6).frames.map((frame) => ('body' in frame ? frame.body[0] : undefined));

  it('lets votes overtake bulk and bounds one write', () => {
    const queue = new SendQueue({ voteBytesMax: 1_000, bulkBytesMax: 10_000 });
    for (const mark of [1, 2, 3]) queue.push(message(400, mark), 'bulk');
    for (const mark of [8, 9]) queue.push(message(50, mark), 'vote');
    expect(marks(queue.take(600))).toEqual([8, 9, 1]);
    expect(marks(queue.take(600))).toEqual([2]);
    queue.push(message(10, 7), 'vote');
    expect(marks(queue.take(0))).toEqual([7]);
    expect(marks(queue.take(0))).toEqual([]);
    expect(marks(queue.take(1))).toEqual([3]);
    expect(queue.isEmpty).toBe(true);
  });

  it('drops the oldest bulk and refuses votes over their bound', () => {
    const queue = new SendQueue({ voteBytesMax: 300, bulkBytesMax: 1_000 });
    for (const mark of [1, 2, 3, 4]) queue.push(message(395, mark), 'bulk');
    expect(queue.droppedMessages).toBe(2);
    expect([queue.push(message(200, 8), 'vote'), queue.push(message(100, 9), 'vote')]).toEqual([
      true,
      false,
    ]);
    expect(marks(queue.take(10_000))).toEqual([8, 3, 4]);
  });
});

describe('pace', () => {
  it('of reading follows the rates', () => {
    const meter = new InboundMeter({ bytesPerSecondMax: 1_000, framesPerSecondMax: 10 }, 0);
    expect(meter.count(1_000, 1, 0)).toBe(0);
    expect(meter.count(500, 1, 0)).toBe(500);
    expect(meter.count(0, 0, 500)).toBe(0);
    expect(meter.count(0, 23, 10_000)).toBe(1_300);
  });

  it('of dialling grows to two seconds, half of it random', () => {
    expect([0, 1, 2, 9, 1_000].map((attempt) => redialDelayMs(attempt, 1))).toEqual([
      50, 100, 200, 2_000, 2_000,
    ]);
    expect(redialDelayMs(0, 0)).toBe(25);
  });
});
