const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

/** Colours and weights of text; each gives plain text where colour is off. */
export type Style = Readonly<Record<keyof typeof CODES, (text: string) => string>>;

/** A style that colours, or one that does not. */
export function createStyle(isOn: boolean): Style {
  const of =
    (name: keyof typeof CODES) =>
    (text: string): string =>
      isOn ? `\u001b[${CODES[name][0]}m${text}\u001b[${CODES[name][1]}m` : text;
  return {
    bold: of('bold'),
    dim: of('dim'),
    red: of('red'),
    green: of('green'),
    yellow: of('yellow'),
    cyan: of('cyan'),
  };
}

/** Whether to colour: `FORCE_COLOR` and `NO_COLOR` decide, a terminal otherwise. */
export function wantsColour(
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return false;
  return isTerminal;
}
