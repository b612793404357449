/**
 * Letters and digits of text, comparable: NFKC, upper case, everything else and every character
 * that is drawn as nothing removed. Locale never matters.
 */
export function alphanumerics(text: string): string {
  return text
    .normalize('NFKC')
    .toUpperCase()
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/[^\p{L}\p{M}\p{N}]/gu, '');
}

/** ISO 3166-1 alpha-2 code as documents write it, or undefined. */
export function countryCode(text: string | undefined): string | undefined {
  const code = text?.trim().toUpperCase();
  return code !== undefined && /^(?:[A-Z]{2}|1A)$/.test(code) ? code : undefined;
}
