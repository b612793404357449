import type { Context } from '../context.ts';
import { keptInterface, keptNames } from '../contracts/kept.ts';
import { choiceOption, type Input } from '../input.ts';
import { nativeContracts } from '../interfaces.ts';

/** Print `contract.method` for each method or query known here, for completion: no node is asked. */
export async function run({ out, project }: Context, input: Input): Promise<void> {
  const kind = choiceOption(input, 'kind', ['methods', 'queries']) ?? 'methods';
  const deployed = keptNames(project).flatMap((name) => {
    const offers = keptInterface(project, name);
    return offers === undefined ? [] : [[name, offers] as const];
  });
  const names = [...nativeContracts(), ...deployed].flatMap(([contract, offers]) =>
    Object.keys(offers[kind]).map((name) => `${contract}.${name}`),
  );
  out.result({ names }, () => names.join('\n'));
}
