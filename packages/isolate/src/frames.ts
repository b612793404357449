import type { Frame } from '@hanse/vm';
import { CODE_FILE } from './runtime.ts';

const FRAMES_MAX = 8;
const NAME_LENGTH_MAX = 64;
// `    at name (file:line:column)`, or without a name where code is no script.
const FRAME = /^ {4}at (?:(.*) \()?([^()]*?):(\d{1,9}):(\d{1,9})\)?$/;

/** Frames of the author's code in a stack as the engine writes it, innermost first. */
export function parseFrames(stack: string): readonly Frame[] {
  const frames: Frame[] = [];
  for (const line of stack.split('\n')) {
    const match = FRAME.exec(line);
    if (match === null || match[2] !== CODE_FILE) continue;
    const name = match[1] === undefined || match[1] === '<anonymous>' ? '' : match[1];
    frames.push({
      line: Number(match[3]),
      column: Number(match[4]),
      name: name.slice(0, NAME_LENGTH_MAX),
    });
    if (frames.length === FRAMES_MAX) break;
  }
  return frames;
}
