import { catalogue, codeOf, isErrorName, nameOf, type ErrorName } from '@hanse/kit';
import type { Context } from '../context.ts';
import { mustArgument, usage, type Input } from '../input.ts';
import { renderFields } from '../render/table.ts';
import { closest } from '../suggest.ts';

/** Print the catalogue entry of an error, given as HANSE-3020, 3020 or its name. */
export async function run({ out }: Context, input: Input): Promise<void> {
  const { words, style, language } = out;
  const name = findError(mustArgument(input, 0, 'code'));
  const entry = catalogue[name];
  const { retry, blame, http, en, zh } = entry;
  out.result({ code: codeOf(name), name, retry, blame, http, en: { ...en }, zh: { ...zh } }, () => {
    const text = language === 'en' ? en : zh;
    const head = `${style.bold(codeOf(name))} ${name}`;
    const rows = [
      ['HTTP', String(http)],
      [words.retry, retry],
      [words.blame, blame],
    ] as const;
    const sentences = [text.what, text.why, text.fix].map((line) => `  ${line}`).join('\n');
    return `${head}\n${sentences}\n${renderFields(rows, { style, indent: 2 })}`;
  });
}

function findError(text: string): ErrorName {
  const code = text.toUpperCase().replace(/^(HANSE-?)?/, 'HANSE-');
  const found = nameOf(code) ?? (isErrorName(text) ? text : undefined);
  if (found !== undefined) return found;
  const names = Object.keys(catalogue);
  const near = closest(text, names) ?? closest(code, names.filter(isErrorName).map(codeOf));
  throw usage(
    `There is no error "${text}".${near === undefined ? '' : ` The closest one is ${near}.`}`,
    `没有错误代码“${text}”。${near === undefined ? '' : `最接近的是 ${near}。`}`,
  );
}
