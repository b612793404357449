import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject } from '@hanse/codec';
import { makeBundle, type Bundle, type Client } from '@hanse/client';
import { fromHex, HanseError, isHanseError, must } from '@hanse/kit';
import { genesisSchema, type TxProof } from '@hanse/model';
import { readJsonFile, writeFileWhole } from '../files.ts';
import type { Progress } from '../render/progress.ts';
import { eachOf } from './flow.ts';

const AT_ONCE = 8;

/** A deposit whose bundle is wanted; its state is asked for at or above its height. */
export type BundleWish = {
  readonly id: string;
  readonly height: number;
  /** Proof of the receipt, when it is at hand. */
  readonly receipt: TxProof | undefined;
};

/** Path of a deposit's bundle. */
export function bundlePath(dir: string, id: string): string {
  return join(dir, `${id}.bundle.json`);
}

/** Write a bundle for each deposit that has none yet. Returns paths and failures by id. */
export async function writeBundles(
  client: Client,
  dir: string,
  wishes: readonly BundleWish[],
  options: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<{
  readonly paths: ReadonlyMap<string, string>;
  readonly failures: ReadonlyMap<string, HanseError>;
}> {
  mkdirSync(dir, { recursive: true });
  const shared = withSharedIdentities(client);
  const genesis = JSON.stringify(genesisSchema.toJson((await client.chain()).genesis));
  const paths = new Map<string, string>();
  const failures = new Map<string, HanseError>();
  let done = 0;
  await eachOf(wishes, AT_ONCE, async ({ id, height, receipt }) => {
    options.signal.throwIfAborted();
    const path = bundlePath(dir, id);
    try {
      if (!isBundleOf(path, genesis)) {
        const key = must(fromHex(id), 'an id is hexadecimal');
        const bundle = await makeBundle(shared, key, {
          minHeight: height,
          signal: options.signal,
          ...(receipt === undefined ? {} : { receipt }),
        });
        writeFileWhole(path, formatBundle(bundle));
      }
      paths.set(id, path);
    } catch (error) {
      if (!isHanseError(error)) throw error;
      failures.set(id, error);
    }
    options.progress.update(++done);
  });
  return { paths, failures };
}

/** Whether a file is a bundle of this chain already; one of an earlier chain is written anew. */
function isBundleOf(path: string, genesis: string): boolean {
  if (!existsSync(path)) return false;
  try {
    const bundle = readJsonFile(path);
    return isJsonObject(bundle) && JSON.stringify(bundle['genesis']) === genesis;
  } catch {
    return false;
  }
}

/** The text of a bundle file. */
export function formatBundle(bundle: Bundle): string {
  return `${JSON.stringify(bundle, null, 1)}\n`;
}

/** Many deposits name the same few identities: each is proved once. */
function withSharedIdentities(client: Client): Client {
  const proved = new Map<string, ReturnType<Client['identity']>>();
  return {
    ...client,
    identity: (did, options) => {
      const known = proved.get(did) ?? client.identity(did, options);
      proved.set(did, known);
      return known;
    },
  };
}
