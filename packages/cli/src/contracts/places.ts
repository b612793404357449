import { relative, resolve } from 'node:path';
import { HanseError, isHanseError, type ErrorFrame, type ErrorName } from '@hanse/kit';
import type { SourceFrame } from '@hanse/testing';
import type { Context } from '../context.ts';
import { keptMap, type KeptMap } from './kept.ts';

/** An error whose places in the author's files are known already. */
export class PlacedError extends HanseError {
  readonly places: readonly string[];

  constructor(
    name: ErrorName,
    params: Readonly<Record<string, string>>,
    places: readonly string[],
  ) {
    super(name, params);
    this.places = places;
  }
}

/** Where an error happened, in the words of {@link describePlaces}. Never throws. */
export async function placesOfError(
  context: Context | undefined,
  error: unknown,
): Promise<readonly string[]> {
  if (error instanceof PlacedError) return error.places;
  if (!isHanseError(error)) return [];
  if (error.codeName === 'ContractNotBuilt' || error.codeName === 'NotDeterministic') {
    const { BuildError, formatProblem } = await import('@hanse/testing');
    return error instanceof BuildError ? error.problems.map(formatProblem) : [];
  }
  return context === undefined ? [] : describePlaces(context, error.frames);
}

/** A place as editors and terminals take it. */
export function placeText({ file, line, column, name }: SourceFrame): string {
  return `${file}:${line}:${column}${name === '' || name === '(code)' ? '' : ` ${name}`}`;
}

const PLACE = /^(.*) (\d+):(\d+)$/;

/** Hash of the newest code of a contract, or undefined when it cannot be had. */
type HashOf = (contract: string) => Promise<Uint8Array | undefined>;

/**
 * Places in contracts as people look for them: `file:line:column name` where this project has built the code,
 * `contract name line:column` of the deployed code otherwise.
 */
export async function describePlaces(
  context: Context,
  frames: readonly ErrorFrame[],
  hashOf: HashOf = newestHash(context),
): Promise<readonly string[]> {
  const maps = new Map<string, KeptMap | undefined>();
  const lines: string[] = [];
  for (const { contract, at } of frames) {
    if (!maps.has(contract)) {
      const hash = await hashOf(contract);
      maps.set(contract, hash === undefined ? undefined : keptMap(context.project, hash));
    }
    const kept = maps.get(contract);
    if (kept === undefined) lines.push(`${contract} ${at}`);
    else lines.push(...(await mapPlace(context.cwd, kept, at)));
  }
  return lines;
}

async function mapPlace(
  cwd: string,
  { folder, map }: KeptMap,
  at: string,
): Promise<readonly string[]> {
  const [, name = '', line = '', column = ''] = PLACE.exec(at) ?? [];
  if (line === '') return [];
  const { mapFrames } = await import('@hanse/testing');
  const frame = { name, line: Number(line), column: Number(column) };
  return mapFrames([frame], map).map((place) =>
    placeText({ ...place, file: relative(cwd, resolve(folder, place.file)) }),
  );
}

function newestHash(context: Context): HashOf {
  return async (contract) => {
    try {
      const client = await context.client();
      const { signal } = context;
      const args = { name: contract, version: undefined };
      return (await client.query('contracts', 'get', args, { signal })).value.codeHash;
    } catch {
      // What is told now is the refusal; its places are told as they are.
      return undefined;
    }
  };
}
