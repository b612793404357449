import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { makeBundle } from '@hanse/client';
import type { Json } from '@hanse/codec';
import { HanseError } from '@hanse/kit';
import type { Context } from '../context.ts';
import { KeptDeposits } from '../deposits/kept.ts';
import { recommit } from '../deposits/prepare.ts';
import { resolveDeposit } from '../deposits/reference.ts';
import { argumentList, mustArgument, textOption, usage, type Input } from '../input.ts';
import { writeBundleOut } from './proof-export.ts';

/** Make a bundle that discloses fields of an own deposit, or list the fields there are. */
export async function run(context: Context, input: Input): Promise<void> {
  const { out, network, cwd } = context;
  const paths = argumentList(input, 1);
  const { id, idHex, path } = await resolveDeposit(context, mustArgument(input, 0, 'id|file'));
  const kept = new KeptDeposits(network.evidenceDir).read(idHex);
  if (kept === undefined) {
    throw usage(
      `The secret of deposit ${idHex} is not in ${network.evidenceDir}; only its depositor can disclose fields.`,
      `存证 ${idHex} 的密值不在 ${network.evidenceDir} 中；仅存证人可披露字段。`,
    );
  }
  const given = textOption(input, 'file');
  const file = given === undefined ? (path ?? kept.path) : resolve(cwd, given);
  if (!existsSync(file)) {
    throw new HanseError('InputNeeded', {
      what: `the deposited file (it was ${file})`,
      flag: '--file',
    });
  }
  const commitment = await recommit(await context.suite(), kept, file);
  if (commitment === undefined) {
    throw usage(
      `${file} is not the file that was deposited as ${idHex}.`,
      `${file} 不是以 ${idHex} 存证的文件。`,
    );
  }
  if (paths.includes('?')) {
    const json: Json = { fields: commitment.paths.map((one) => ({ path: one })) };
    out.result(json, () => commitment.paths.join('\n'));
    return;
  }
  const client = await context.client();
  const bundle = await makeBundle(client, id, {
    commitment,
    disclose: paths,
    signal: context.signal,
  });
  writeBundleOut(context, bundle, textOption(input, 'output'));
}
