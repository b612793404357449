import { isJsonObject } from '@hanse/codec';
import type { Context } from '../context.ts';
import { makePrivateDir, prettyJson, readJsonIfPresent, writePrivateFile } from '../files.ts';
import { mustArgument, type Input } from '../input.ts';

/** Make an identity the one that signs in this project. */
export async function run(context: Context, input: Input): Promise<void> {
  const { out, identities, project } = context;
  const { name, did } = identities.info(mustArgument(input, 0, 'name'));
  const config = readJsonIfPresent(project.configFile);
  makePrivateDir(project.dir);
  writePrivateFile(
    project.configFile,
    prettyJson({ ...(isJsonObject(config) ? config : {}), as: name }),
  );
  out.result({ as: name, did }, () => `${out.style.green('✓')} ${out.words.identityUsed(name)}`);
}
