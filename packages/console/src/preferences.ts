import type { Language } from '@hanse/kit';

/** Light, dark, or whatever the system says. */
export type Theme = 'system' | 'light' | 'dark';

const LANGUAGE = 'hanse.language';
const THEME = 'hanse.theme';

/** A stored text of this origin, or undefined when there is none or storage is forbidden. */
export function readStored(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keep a text for this origin; false when the browser refuses. */
export function writeStored(name: string, value: string): boolean {
  try {
    localStorage.setItem(name, value);
    return true;
  } catch {
    return false;
  }
}

/** The chosen language, or the browser's. */
export function readLanguage(): Language {
  const language = readStored(LANGUAGE) ?? navigator.language;
  return language.startsWith('zh') ? 'zh-CN' : 'en';
}

/** Keep a language and tell assistive technology about it. */
export function applyLanguage(language: Language): void {
  writeStored(LANGUAGE, language);
  document.documentElement.lang = language;
}

/** The chosen theme. */
export function readTheme(): Theme {
  const theme = readStored(THEME);
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

/** Keep a theme and draw it. */
export function applyTheme(theme: Theme): void {
  writeStored(THEME, theme);
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}
