import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { isJsonObject, type Json } from '@hanse/codec';
import { HanseError } from '@hanse/kit';

/** Where to listen or to connect. */
export type Address = { readonly host: string; readonly port: number };

/** Configuration of one validator, read from a JSON file. Paths are relative to that file. */
export type NodeConfig = {
  readonly name: string;
  readonly dataDir: string;
  readonly genesisFile: string;
  readonly consensusKeyFile: string;
  readonly tlsKeyFile: string;
  readonly tlsCertFile: string;
  readonly listen: Address;
  readonly api: Address;
  /** Addresses of the other validators, by index in the validator set. */
  readonly peers: readonly (Address & { readonly index: number })[];
  readonly scrub: ScrubConfig;
};

/** How everything stored is read again and checked: when first, and how gently. Milliseconds. */
export type ScrubConfig = { readonly delayMs: number; readonly pauseMs: number };

const SCRUB: ScrubConfig = { delayMs: 10_000, pauseMs: 25 };

/** Read and check a configuration file. Throws ConfigInvalid or FileUnreadable. */
export function readConfig(path: string): NodeConfig {
  const json = readJson(path);
  const base = dirname(resolve(path));
  const at = (value: string): string => (isAbsolute(value) ? value : resolve(base, value));
  return {
    name: text(json, 'name'),
    dataDir: at(text(json, 'dataDir')),
    genesisFile: at(text(json, 'genesisFile')),
    consensusKeyFile: at(text(json, 'consensusKeyFile')),
    tlsKeyFile: at(text(json, 'tlsKeyFile')),
    tlsCertFile: at(text(json, 'tlsCertFile')),
    listen: address(member(json, 'listen'), 'listen'),
    api: address(member(json, 'api'), 'api'),
    peers: list(json, 'peers').map((peer, i) => ({
      index: integer(peer, 'index', 99, `peers[${i}].index`),
      ...address(peer, `peers[${i}]`),
    })),
    scrub: scrub(member(json, 'scrub')),
  };
}

/** Parse a JSON file. Throws FileUnreadable when it is missing or not JSON. */
export function readJson(path: string): Json {
  try {
    const json: Json = JSON.parse(readFileSync(path, 'utf8'));
    return json;
  } catch (error) {
    throw new HanseError(
      'FileUnreadable',
      { path, reason: error instanceof Error ? error.message : String(error) },
      error,
    );
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

function list(json: Json, key: string): readonly Json[] {
  const value = member(json, key);
  if (!Array.isArray(value)) throw invalid(key, value, 'a list');
  return value;
}

function integer(json: Json | undefined, key: string, max: number, name: string): number {
  const value = member(json, key);
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > max)
    throw invalid(name, value, `a whole number up to ${max}`);
  return value;
}

function scrub(json: Json | undefined): ScrubConfig {
  if (json === undefined) return SCRUB;
  return {
    delayMs: integer(json, 'delayMs', 86_400_000, 'scrub.delayMs'),
    pauseMs: integer(json, 'pauseMs', 10_000, 'scrub.pauseMs'),
  };
}

function address(json: Json | undefined, name: string): Address {
  const host = member(json, 'host') ?? '127.0.0.1';
  if (typeof host !== 'string') throw invalid(`${name}.host`, host, 'a host name or address');
  return { host, port: integer(json, 'port', 65_535, `${name}.port`) };
}

function invalid(key: string, value: Json | undefined, expected: string): HanseError {
  return new HanseError('ConfigInvalid', {
    key,
    value: value === undefined ? 'missing' : JSON.stringify(value),
    expected,
  });
}
