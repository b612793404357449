import {
  codeOf,
  formatText,
  HanseError,
  isHanseError,
  nameOf,
  catalogue,
  type ErrorName,
  type ErrorParams,
  type Language,
} from '@hanse/kit';
import type { Problem } from '@hanse/model';

/** The problem document of a catalogue entry. */
export function problemOf(name: ErrorName, params: ErrorParams, language: Language): Problem {
  const entry = catalogue[name];
  const text = formatText(name, params, language);
  const code = codeOf(name);
  return {
    type: `urn:hanse:error:${code}`,
    title: text.what,
    status: entry.http,
    code,
    detail: text.why,
    fix: text.fix,
    retry: entry.retry,
    params: Object.fromEntries(Object.entries(params).map(([key, value]) => [key, String(value)])),
  };
}

/** The problem document of anything thrown. What is no HanseError tells nothing about the inside. */
export function toProblem(error: unknown, language: Language = 'en'): Problem {
  if (isHanseError(error)) {
    const { codeName, params, frames } = error;
    const problem = problemOf(codeName, params, language);
    return frames.length === 0 ? problem : { ...problem, frames };
  }
  return problemOf(
    'Internal',
    { message: 'An unexpected fault; the log has its cause.' },
    language,
  );
}

/** The same problem in another language; unchanged when its code is not in the catalogue. */
export function translate(problem: Problem, language: Language): Problem {
  const name = nameOf(problem.code);
  if (name === undefined || language === 'en') return problem;
  return { ...problem, ...problemOf(name, problem.params, language), status: problem.status };
}

/** The language a client prefers: Chinese where it ranks above English, English otherwise. */
export function languageOf(acceptLanguage: string | undefined): Language {
  let best: { language: Language; weight: number } | undefined;
  for (const part of (acceptLanguage ?? '').slice(0, 512).split(',')) {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
    const language = tag.startsWith('zh') ? 'zh-CN' : tag.startsWith('en') ? 'en' : undefined;
    if (language === undefined) continue;
    const quality = parameters.map((one) => /^\s*q=([\d.]{1,5})$/.exec(one)?.[1]).find(Boolean);
    const weight = quality === undefined ? 1 : Number(quality);
    if (weight > (best?.weight ?? 0)) best = { language, weight };
  }
  return best?.language ?? 'en';
}

/** What a JSON or path value must be, as an error that names it. */
export function usage(message: string): HanseError {
  return new HanseError('UsageError', { message });
}
