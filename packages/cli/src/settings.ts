import { isJsonArray, isJsonObject, type Json } from '@hanse/codec';
import { HanseError } from '@hanse/kit';
import { readJsonIfPresent } from './files.ts';
import { networkDir, networkPaths, type Project } from './project.ts';

/** Where a setting came from, strongest first. */
export type Origin = 'flag' | 'environment' | 'project' | 'network' | 'default';

/** A setting with its origin, so that nobody has to guess which one won. */
export type Setting<T> = { readonly value: T; readonly origin: Origin };

/** What commands need to know before they start. */
export type Settings = {
  /** Nodes to ask, the preferred one first. */
  readonly urls: Setting<readonly string[]>;
  /** Name of the identity that signs. */
  readonly as: Setting<string>;
  /** Hash of the genesis to trust, hexadecimal; undefined: none is known for these nodes. */
  readonly genesis: Setting<string | undefined>;
  /** Data folder of the local network. */
  readonly data: Setting<string>;
};

/** Where settings are looked for. */
export type SettingSources = {
  readonly flags: {
    readonly url?: readonly string[] | undefined;
    readonly as?: string | undefined;
    readonly genesis?: string | undefined;
    readonly data?: string | undefined;
  };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly project: Project;
};

/** The local network as `hanse dev` describes it in its data folder. */
export type NetworkFile = {
  readonly chainId: string;
  readonly suite: 'intl' | 'sm';
  readonly urls: readonly string[];
  readonly as: string;
};

const DEFAULT_URL = 'http://127.0.0.1:7300';
const DEFAULT_AS = 'supplier';

/** Resolve the settings by the rule `order`. Throws ConfigInvalid for a project file that holds something else. */
export function resolveSettings({ flags, env, project }: SettingSources): Settings {
  const file = readConfigFile(project.configFile);
  const data =
    pick<string>(
      ['flag', flags.data],
      ['environment', env['HANSE_DATA']],
      ['project', file.data],
    ) ?? ({ value: networkDir(project), origin: 'default' } as const);
  const network = readNetworkFile(networkPaths(data.value).networkFile);
  const urls = pick<readonly string[]>(
    ['flag', flags.url],
    ['environment', split(env['HANSE_URL'])],
    ['project', file.url],
    ['network', network?.urls],
  ) ?? { value: [DEFAULT_URL], origin: 'default' };
  const isOwnChain = urls.origin === 'network' || isAmong(urls.value, network);
  const genesis = pick<string>(
    ['flag', flags.genesis],
    ['environment', env['HANSE_GENESIS']],
    ['project', file.genesis],
    // Rule `own chain`: what the local network says counts for its own nodes only.
    ['network', isOwnChain ? network?.chainId : undefined],
  ) ?? { value: undefined, origin: 'default' as const };
  const as = pick<string>(
    ['flag', flags.as],
    ['environment', env['HANSE_AS']],
    ['project', file.as],
    ['network', network?.as],
  ) ?? { value: DEFAULT_AS, origin: 'default' as const };
  return { urls, as, genesis, data };
}

function pick<T>(
  ...candidates: readonly (readonly [Origin, T | undefined])[]
): Setting<T> | undefined {
  for (const [origin, value] of candidates) {
    if (value !== undefined && value !== '') return { value, origin };
  }
  return undefined;
}

function split(text: string | undefined): readonly string[] | undefined {
  const urls = text?.split(/[\s,]+/).filter((url) => url !== '') ?? [];
  return urls.length === 0 ? undefined : urls;
}

function isAmong(urls: readonly string[], network: NetworkFile | undefined): boolean {
  const plain = (url: string): string =>
    url.replace(/\/+$/, '').replace('//localhost:', '//127.0.0.1:');
  const own = new Set(network?.urls.map(plain));
  return urls.every((url) => own.has(plain(url)));
}

type ConfigFile = {
  readonly url?: readonly string[] | undefined;
  readonly as?: string | undefined;
  readonly genesis?: string | undefined;
  readonly data?: string | undefined;
};

const CONFIG_KEYS = ['url', 'as', 'genesis', 'lang', 'data'];

/** Read and check the project file; an absent one says nothing. Throws ConfigInvalid. */
export function readConfigFile(path: string): ConfigFile & { readonly lang?: string | undefined } {
  const json = readJsonIfPresent(path);
  if (json === undefined) return {};
  if (!isJsonObject(json)) throw invalid(path, json, 'an object');
  const unknown = Object.keys(json).find((key) => !CONFIG_KEYS.includes(key));
  if (unknown !== undefined) throw invalid(unknown, json[unknown], `absent (${path})`);
  const text = (key: string): string | undefined => {
    const value = json[key];
    if (value === undefined || typeof value === 'string') return value;
    throw invalid(key, value, 'text');
  };
  return {
    url: urlsOf(json['url']),
    as: text('as'),
    genesis: text('genesis'),
    lang: text('lang'),
    data: text('data'),
  };
}

function urlsOf(value: Json | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const list = typeof value === 'string' ? [value] : value;
  if (!isJsonArray(list)) throw invalid('url', value, 'a URL or a list of URLs');
  return list.map((one) => {
    if (typeof one !== 'string') throw invalid('url', one, 'a URL');
    return one;
  });
}

/** The description of a local network, or undefined when there is none. Throws ConfigInvalid. */
export function readNetworkFile(path: string): NetworkFile | undefined {
  const json = readJsonIfPresent(path);
  if (json === undefined) return undefined;
  if (!isJsonObject(json)) throw invalid(path, json, 'an object');
  const { chainId, suite, urls, as } = json;
  if (typeof chainId !== 'string') throw invalid('chainId', chainId, `text (${path})`);
  if (suite !== 'intl' && suite !== 'sm') throw invalid('suite', suite, `intl or sm (${path})`);
  return {
    chainId,
    suite,
    urls: urlsOf(urls) ?? [],
    as: typeof as === 'string' ? as : DEFAULT_AS,
  };
}

function invalid(key: string, value: Json | undefined, expected: string): HanseError {
  return new HanseError('ConfigInvalid', { key, value: JSON.stringify(value ?? null), expected });
}
