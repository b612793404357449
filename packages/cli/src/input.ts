import { HanseError } from '@hanse/kit';

/** Arguments and options of one command, as parsed. */
export type Input = {
  readonly args: readonly (string | readonly string[] | undefined)[];
  readonly options: Readonly<Record<string, unknown>>;
};

/** The argument at a place, or undefined when it was not given. */
export function argument(input: Input, index: number): string | undefined {
  const value = input.args[index];
  return typeof value === 'string' ? value : undefined;
}

/** The argument at a place that the parser has made sure of. */
export function mustArgument(input: Input, index: number, name: string): string {
  const value = argument(input, index);
  if (value === undefined)
    throw usage(`The argument <${name}> is missing.`, `缺少参数 <${name}>。`);
  return value;
}

/** All values of a repeatable argument. */
export function argumentList(input: Input, index: number): readonly string[] {
  const value = input.args[index];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** A text option. */
export function textOption(input: Input, name: string): string | undefined {
  const value = input.options[name];
  return typeof value === 'string' ? value : undefined;
}

/** Whether a switch was given. `--no-x` makes option `x` false. */
export function flagOption(input: Input, name: string): boolean {
  return input.options[name] === true;
}

/** Whether a switch was turned off with `--no-<name>`. */
export function isOff(input: Input, name: string): boolean {
  return input.options[name] === false;
}

/** A whole number within bounds. Throws UsageError for anything else. */
export function integerOption(
  input: Input,
  name: string,
  range: { readonly min: number; readonly max: number },
): number | undefined {
  const text = textOption(input, name);
  return text === undefined ? undefined : parseInteger(text, `--${kebab(name)}`, range);
}

/** A whole number in text. Throws UsageError that names what it is of. */
export function parseInteger(
  text: string,
  name: string,
  range: { readonly min: number; readonly max: number },
): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= range.min && value <= range.max) return value;
  throw usage(
    `${name} is "${text}" but must be a whole number from ${range.min} to ${range.max}.`,
    `${name} 的值为“${text}”，但应为 ${range.min} 到 ${range.max} 的整数。`,
  );
}

/** One of several words. Throws UsageError that lists them. */
export function choiceOption<const C extends string>(
  input: Input,
  name: string,
  choices: readonly C[],
): C | undefined {
  const text = textOption(input, name);
  if (text === undefined) return undefined;
  const found = choices.find((one) => one === text);
  if (found !== undefined) return found;
  throw usage(
    `--${kebab(name)} is "${text}" but must be one of ${choices.join(', ')}.`,
    `--${kebab(name)} 的值为“${text}”，但应为 ${choices.join('、')} 之一。`,
  );
}

/** A command line that cannot be run, with the reason in both languages. */
export function usage(message: string, messageZh: string): HanseError {
  return new HanseError('UsageError', { message, messageZh });
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
