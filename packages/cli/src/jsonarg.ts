import type { Json } from '@hanse/codec';
import { HanseError } from '@hanse/kit';
import type { Context } from './context.ts';
import { usage } from './input.ts';
import { describeFields, type Target } from './interfaces.ts';

/**
 * The JSON arguments of a call: the argument itself, stdin for `-`, `{}` for a method that takes
 * nothing. Throws InputNeeded with the fields when they are missing, UsageError when it is no JSON.
 */
export async function readJsonArgument(
  context: Context,
  target: Target,
  text: string | undefined,
): Promise<Json> {
  const { shape } = target.args;
  const takesNothing = shape.kind === 'struct' && Object.keys(shape.fields).length === 0;
  if (text === undefined && takesNothing) return {};
  if (text === undefined) {
    const what = `${target.contract}.${target.name} { ${describeFields(target.args)} }`;
    throw new HanseError('InputNeeded', { what, flag: `'{"…": …}'` });
  }
  const source = text === '-' ? await context.readStdin() : text;
  try {
    const json: Json = JSON.parse(source);
    return json;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usage(`The arguments are not JSON: ${reason}`, `参数不是 JSON：${reason}`);
  }
}
