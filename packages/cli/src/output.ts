import type { Json } from '@hanse/codec';
import type { Language } from '@hanse/kit';
import { en, type Words } from './i18n/en.ts';
import { zh } from './i18n/zh.ts';
import { errorJson, renderError } from './render/error.ts';
import { createProgress, type Progress } from './render/progress.ts';
import { createStyle, wantsColour, type Style } from './render/style.ts';

/** A stream to write to, as far as printing needs it. */
export type Sink = {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
};

/** How a command prints. Only `result` and `row` write to stdout. */
export type Output = {
  readonly language: Language;
  readonly words: Words;
  readonly isJson: boolean;
  /** Style of stdout and of stderr: either may be a terminal without the other. */
  readonly style: Style;
  readonly noteStyle: Style;
  /** Columns of the terminal behind stdout; undefined when it is none. */
  readonly width: number | undefined;
  /** The result: one line of JSON, or what `render` makes for people. */
  readonly result: (json: Json, render: () => string) => void;
  /** One line of a stream. */
  readonly row: (json: Json, render: () => string) => void;
  /** What is good to know while waiting; silenced by `--quiet`. */
  readonly note: (text: string) => void;
  /** What should be known even in scripts. */
  readonly warn: (text: string) => void;
  /** What failed, and where in a contract if it did there. */
  readonly error: (error: unknown, places?: readonly string[]) => void;
  readonly progress: (label: string, total: number) => Progress;
};

/** What an output is made of. */
export type OutputParts = {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly language: Language;
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  readonly nowMs: () => number;
};

const SILENT: Progress = { update: () => {}, end: () => {} };

/** The words of a language. */
export function wordsOf(language: Language): Words {
  return language === 'en' ? en : zh;
}

/** An output over two streams. */
export function createOutput(parts: OutputParts): Output {
  const { stdout, stderr, env, language, isJson, isQuiet } = parts;
  const words = wordsOf(language);
  const style = createStyle(wantsColour(env, stdout.isTTY === true));
  const noteStyle = createStyle(wantsColour(env, stderr.isTTY === true));
  const isCi = (env['CI'] ?? '') !== '' && env['CI'] !== 'false';
  const print = (json: Json, render: () => string): void => {
    stdout.write(`${isJson ? JSON.stringify(json) : render()}\n`);
  };
  return {
    language,
    words,
    isJson,
    style,
    noteStyle,
    width: stdout.isTTY === true ? stdout.columns : undefined,
    result: print,
    row: print,
    note: (text) => {
      if (!isQuiet) stderr.write(`${text}\n`);
    },
    warn: (text) => {
      stderr.write(`${noteStyle.yellow('!')} ${text}\n`);
    },
    error: (error, places = []) => {
      const text = isJson
        ? JSON.stringify(errorJson(error, places))
        : renderError(error, { language, style: noteStyle, places });
      stderr.write(`${text}\n`);
    },
    progress: (label, total) => {
      if (isQuiet) return SILENT;
      return createProgress({
        write: (text) => stderr.write(text),
        nowMs: parts.nowMs,
        style: noteStyle,
        isAnimated: stderr.isTTY === true && !isCi && env['TERM'] !== 'dumb',
        label,
        total,
        describe: words.rate,
      });
    },
  };
}
