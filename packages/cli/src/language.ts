import type { Language } from '@hanse/kit';

/** A short text in both languages. */
export type Text = { readonly en: string; readonly zh: string };

/** The text of a language. */
export function textIn(text: Text, language: Language): string {
  return language === 'en' ? text.en : text.zh;
}

/** The language that a tag such as `zh`, `zh_CN.UTF-8` or `en-GB` names; undefined for others. */
export function parseLanguage(tag: string | undefined): Language | undefined {
  const start = tag?.slice(0, 2).toLowerCase();
  return start === 'zh' ? 'zh-CN' : start === 'en' ? 'en' : undefined;
}

/**
 * The language to speak, known before any option is parsed: `--lang`, `HANSE_LANG`, the project
 * file, `LC_ALL`, `LC_MESSAGES`, `LANG`; English otherwise.
 */
export function findLanguage(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  projectLang: string | undefined,
): Language {
  const at = args.findIndex((arg) => arg === '--lang' || arg.startsWith('--lang='));
  const arg = args[at];
  const flag = arg === '--lang' ? args[at + 1] : arg?.slice('--lang='.length);
  const named = [flag, env['HANSE_LANG'], projectLang].map(parseLanguage).find(Boolean);
  if (named !== undefined) return named;
  // As in POSIX: the first variable that is set decides, even for a language we do not speak.
  const locale = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find((one) => (one ?? '') !== '');
  return parseLanguage(locale) ?? 'en';
}
