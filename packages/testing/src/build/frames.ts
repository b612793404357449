import { SourceMap, type SourceMapPayload } from 'node:module';
import type { Frame } from '@hanse/vm';

/** Where in the author's files something happened. */
export type SourceFrame = {
  /** As the source map names it: relative to the folder the contract was built in. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Name of the function, empty when it has none. */
  readonly name: string;
};

/** The place behind a place of built code, both counted from 0. */
export type Position = { readonly file: string; readonly line: number; readonly column: number };

/** A source map that can be asked. */
export type Positions = {
  readonly positionOf: (line: number, column: number) => Position | undefined;
  /** The text of a line of a source, counted from 0. */
  readonly lineOf: (file: string, line: number) => string;
};

/** Name of the file that the build makes around a contract. */
export const ENTRY = 'hanse-entry.ts';

// What authors import is not theirs: a frame in it says nothing about their code.
const LIBRARY =
  /(^|\/)(packages\/contract\/(src|dist)\/|node_modules\/@hanse\/contract\/|hanse-entry\.ts$)/;

/** Read a source map. */
export function readMap(map: string): Positions {
  const payload = JSON.parse(map) as SourceMapPayload;
  const sourceMap = new SourceMap(payload);
  return {
    positionOf: (line, column) => {
      const entry = sourceMap.findEntry(line, column);
      if (!('originalSource' in entry)) return undefined;
      return {
        file: entry.originalSource,
        line: entry.originalLine,
        column: entry.originalColumn,
      };
    },
    lineOf: (file, line) => {
      const source = payload.sourcesContent?.[payload.sources.indexOf(file)] ?? '';
      return source.split('\n')[line] ?? '';
    },
  };
}

/**
 * Frames of deployed code as places in the author's files, innermost first. Frames without a place, and
 * those in the library that contracts import, are left out.
 */
export function mapFrames(frames: readonly Frame[], map: string): readonly SourceFrame[] {
  const { positionOf } = readMap(map);
  return frames.flatMap(({ line, column, name }) => {
    const place = positionOf(line - 1, Math.max(0, column - 1));
    if (place === undefined || LIBRARY.test(place.file)) return [];
    return [{ file: place.file, line: place.line + 1, column: place.column + 1, name }];
  });
}
