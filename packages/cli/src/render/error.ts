import { codeOf, formatText, isHanseError, type ErrorName, type Language } from '@hanse/kit';
import type { Json } from '@hanse/codec';
import type { Style } from './style.ts';
import { pad } from './width.ts';

const LABELS = {
  en: { what: 'What', why: 'Why', fix: 'Fix', at: 'At', more: 'More' },
  'zh-CN': { what: '情况', why: '原因', fix: '处理', at: '位置', more: '详情' },
} as const;
const LABEL_WIDTH = 6;

type ErrorView = {
  readonly name: ErrorName;
  readonly code: string;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
  readonly params: Readonly<Record<string, string>>;
  readonly retry: string;
};

/** What, why and fix of anything thrown, in a language. What is no HanseError is a fault of Hanse. */
export function viewError(error: unknown, language: Language): ErrorView {
  const isKnown = isHanseError(error);
  const name = isKnown ? error.codeName : 'Internal';
  const message = error instanceof Error ? error.message : String(error);
  const given = isKnown ? error.params : { message };
  const params = Object.fromEntries(
    Object.entries(given).map(([key, value]) => [key, String(value)]),
  );
  // Messages made here come in both languages; the catalogue has one place for them.
  const own = params['messageZh'];
  const shown = language === 'zh-CN' && own !== undefined ? { ...params, message: own } : params;
  const text = formatText(name, shown, language);
  return { name, code: codeOf(name), ...text, params, retry: isKnown ? error.retry : 'same-key' };
}

/** An error as people read it: code, what failed, why, how to fix it, where to read more. */
export function renderError(
  error: unknown,
  options: {
    readonly language: Language;
    readonly style: Style;
    /** Where in a contract it happened, innermost first. */
    readonly places?: readonly string[];
  },
): string {
  const { language, style, places = [] } = options;
  const view = viewError(error, language);
  const labels = LABELS[language];
  const line = (label: string, text: string): string =>
    `    ${style.dim(pad(label, LABEL_WIDTH))} ${text}`;
  return [
    `${style.red('✗')} ${style.bold(view.code)} ${view.name}`,
    line(labels.what, view.what),
    line(labels.why, view.why),
    line(labels.fix, view.fix),
    ...places.map((place, i) => line(i === 0 ? labels.at : '', indented(place))),
    line(labels.more, `hanse docs ${view.code}`),
  ].join('\n');
}

/** An error as one JSON object: `{ error: { code, name, what, why, fix, retry, params, places? } }`, in English. */
export function errorJson(error: unknown, places: readonly string[] = []): Json {
  const { code, name, what, why, fix, retry, params } = viewError(error, 'en');
  const where = places.length === 0 ? {} : { places };
  return { error: { code, name, what, why, fix, retry, params, ...where } };
}

/** Lines of one place under each other, behind the label. */
function indented(place: string): string {
  return place.replaceAll('\n', `\n${' '.repeat(LABEL_WIDTH + 5)}`);
}
