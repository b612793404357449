// Check digits of identifiers by the standards that define them. All take normalised text: upper
// case, letters and digits only.

const USCC_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const USCC = /^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/;

/** Digits of text as numbers. */
export function digitsOf(text: string): readonly number[] {
  return Array.from(text, Number);
}

/** Sum of digits times weights. */
export function weighted(text: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, i) => sum + weight * Number(text[i] ?? 0), 0);
}

/** Whether the text has the form of a 统一社会信用代码 (GB 32100-2015). */
export function isUsccForm(text: string): boolean {
  return USCC.test(text);
}

/** Check character of a 统一社会信用代码, GB 32100-2015: weights 3^i mod 31 over the first 17. */
export function usccHolds(text: string): boolean {
  let sum = 0;
  let weight = 1;
  for (const character of text.slice(0, 17)) {
    sum += USCC_ALPHABET.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return isUsccForm(text) && USCC_ALPHABET.indexOf(text[17] ?? '') === (31 - (sum % 31)) % 31;
}

/** Whether the text is a number of a resident of China (GB 11643-1999) with its check character. */
export function residentHolds(text: string): boolean {
  if (!/^\d{17}[\dX]$/.test(text)) return false;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  return '10X98765432'[weighted(text, weights) % 11] === text[17];
}

/** Whether the text has the form of an LEI (ISO 17442). */
export function isLeiForm(text: string): boolean {
  return /^[0-9A-Z]{18}\d{2}$/.test(text);
}

/** Check digits of an LEI: ISO 7064 MOD 97-10. */
export function leiHolds(text: string): boolean {
  return isLeiForm(text) && mod97(text) === 1;
}

/** Remainder mod 97 of text whose letters stand for 10 to 35. */
export function mod97(text: string): number {
  let remainder = 0;
  for (const character of text) {
    for (const digit of String(Number.parseInt(character, 36))) {
      remainder = (remainder * 10 + Number(digit)) % 97;
    }
  }
  return remainder;
}

/** Check digit of a GLN: GS1 mod 10 over 13 digits. */
export function glnHolds(text: string): boolean {
  if (!/^\d{13}$/.test(text)) return false;
  const sum = digitsOf(text).reduce((total, digit, i) => total + digit * (i % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}

/** Luhn's check over all digits. */
export function luhnHolds(text: string): boolean {
  const sum = digitsOf(text)
    .toReversed()
    .reduce((total, digit, i) => {
      const one = i % 2 === 0 ? digit : 2 * digit;
      return total + (one > 9 ? one - 9 : one);
    }, 0);
  return sum % 10 === 0;
}

/** ISO 7064 MOD 11,10 over all digits, the last being the check digit. */
export function mod1110Holds(text: string): boolean {
  let product = 10;
  for (const digit of digitsOf(text.slice(0, -1))) {
    const sum = (product + digit) % 10 || 10;
    product = (2 * sum) % 11;
  }
  return (11 - product) % 10 === Number(text.at(-1));
}
