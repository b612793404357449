import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { isJsonArray, isJsonObject, type Json } from '@hanse/codec';
import { HanseError } from '@hanse/kit';
import { parseGenesis, type Genesis } from '@hanse/model';

/** Configuration of the service's process, read from a JSON file. Paths are relative to that file. */
export type ProcessConfig = {
  /** DID of the registry, as its key on the chain names it. */
  readonly did: string;
  /** Folder with `keys/`; grants and lock go there, too. */
  readonly dir: string;
  readonly genesisFile: string;
  /** HTTP interface of the registry's own node. */
  readonly nodeUrl: string;
  /** Where to listen; loopback without `host`. */
  readonly api: { readonly host?: string; readonly port: number };
  /** Origins of sites whose pages may ask. */
  readonly origins: readonly string[];
};

const PORT_MAX = 65_535;

/** Read and check a configuration file. Throws ConfigInvalid or FileUnreadable. */
export function readConfig(path: string): ProcessConfig {
  const json = readJson(path);
  const base = dirname(resolve(path));
  const at = (value: string): string => (isAbsolute(value) ? value : resolve(base, value));
  const api = member(json, 'api');
  const host = member(api, 'host');
  const origins = member(json, 'origins') ?? [];
  if (host !== undefined && typeof host !== 'string') throw invalid('api.host', host, 'an address');
  if (!isJsonArray(origins) || !origins.every((one) => typeof one === 'string'))
    throw invalid('origins', origins, 'a list of origins');
  return {
    did: text(json, 'did'),
    dir: at(text(json, 'dir')),
    genesisFile: at(text(json, 'genesisFile')),
    nodeUrl: text(json, 'nodeUrl'),
    api: { port: port(member(api, 'port')), ...(host === undefined ? {} : { host }) },
    origins,
  };
}

/** The genesis of a file. Throws FileUnreadable or FileCorrupt. */
export function readGenesis(path: string): Genesis {
  const genesis = parseGenesis(readJson(path));
  if (!genesis.ok) throw new HanseError('FileCorrupt', { path, reason: genesis.error });
  return genesis.value;
}

function readJson(path: string): Json {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Json;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HanseError('FileUnreadable', { path, reason }, error);
  }
}

function member(json: Json | undefined, key: string): Json | undefined {
  return isJsonObject(json) ? json[key] : undefined;
}

function text(json: Json, key: string): string {
  const value = member(json, key);
  if (typeof value !== 'string' || value.length === 0) throw invalid(key, value, 'text');
  return value;
}

function port(value: Json | undefined): number {
  const isPort = typeof value === 'number' && Number.isInteger(value);
  if (!isPort || value < 0 || value > PORT_MAX)
    throw invalid('api.port', value, `a whole number up to ${PORT_MAX}`);
  return value;
}

function invalid(key: string, value: Json | undefined, expected: string): HanseError {
  const shown = value === undefined ? 'missing' : JSON.stringify(value);
  return new HanseError('ConfigInvalid', { key, value: shown, expected });
}
