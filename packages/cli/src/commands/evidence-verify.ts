import { resolve } from 'node:path';
import { BUNDLE_FORMAT } from '@hanse/client';
import { isJsonObject } from '@hanse/codec';
import type { Context } from '../context.ts';
import { readJsonFile } from '../files.ts';
import { mustArgument, type Input } from '../input.ts';
import { showEvidence } from './evidence-show.ts';
import { checkBundle } from './verify.ts';

/** Check a bundle offline, or look up the deposit of a file and prove it. */
export async function run(context: Context, input: Input): Promise<void> {
  const text = mustArgument(input, 0, 'file|bundle');
  const path = resolve(context.cwd, text);
  if (text.endsWith('.json') && isBundle(path)) await checkBundle(context, { bundle: path });
  else await showEvidence(context, text);
}

function isBundle(path: string): boolean {
  try {
    const json = readJsonFile(path);
    return isJsonObject(json) && json['format'] === BUNDLE_FORMAT;
  } catch {
    return false;
  }
}
