import type { Context } from '../context.ts';
import { argument, type Input } from '../input.ts';
import { describeFields, findContract, nativeContracts } from '../interfaces.ts';
import { jsonSchema, type Json } from '@hanse/codec';
import type { ContractInterface } from '@hanse/model';
import { pad } from '../render/width.ts';

/** List native contracts, or one of any with the arguments of its methods and queries. */
export async function run(context: Context, input: Input): Promise<void> {
  const { out } = context;
  const name = argument(input, 0);
  const chosen =
    name === undefined ? nativeContracts() : [[name, await findContract(context, name)] as const];
  const json = Object.fromEntries(chosen.map(([key, one]) => [key, interfaceJson(one)]));
  const hasDetails = name !== undefined;
  out.result(json, () =>
    chosen.map(([key, one]) => renderInterface(context, key, one, hasDetails)).join('\n\n'),
  );
}

function interfaceJson({ methods, queries, events }: ContractInterface): Json {
  const pairs = (entries: ContractInterface['methods']): Json =>
    Object.fromEntries(
      Object.entries(entries).map(([name, { args, result }]) => [
        name,
        { args: jsonSchema(args), result: jsonSchema(result) },
      ]),
    );
  const described = Object.entries(events).map(([name, schema]) => [name, jsonSchema(schema)]);
  return {
    methods: pairs(methods),
    queries: pairs(queries),
    events: Object.fromEntries(described),
  };
}

function renderInterface(
  { out }: Context,
  name: string,
  { methods, queries, events }: ContractInterface,
  hasDetails: boolean,
): string {
  const { words, style } = out;
  const list = (title: string, entries: readonly (readonly [string, string])[]): string => {
    if (!hasDetails) return `  ${pad(title, 8)} ${entries.map(([key]) => key).join(' · ')}`;
    const width = Math.max(...entries.map(([key]) => key.length));
    const lines = entries.map(([key, text]) => `    ${pad(key, width)}  ${style.dim(text)}`);
    return `  ${title}\n${lines.join('\n')}`;
  };
  const pairs = (entries: ContractInterface['methods']): readonly (readonly [string, string])[] =>
    Object.entries(entries).map(([key, { args }]) => [key, describeFields(args)]);
  return [
    style.bold(name),
    list(words.methods, pairs(methods)),
    list(words.queries, pairs(queries)),
    list(
      words.events,
      Object.entries(events).map(([key, schema]) => [key, describeFields(schema)]),
    ),
  ].join('\n');
}
