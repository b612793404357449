import { join } from 'node:path';
import { prettyJson, writePrivateFile } from '../files.ts';
import { networkPaths } from '../project.ts';
import type { NetworkFile } from '../settings.ts';
import { ORGANISATIONS } from './organisations.ts';
import type { Ports } from './ports.ts';

const HOST = '127.0.0.1';

/** One validator of a local network, ready to be started. */
export type ValidatorFiles = {
  readonly name: string;
  readonly configFile: string;
  readonly logFile: string;
  readonly dataDir: string;
  readonly url: string;
};

/** Write the configuration of each validator and the addresses of all for these ports. */
export function writeConfigs(
  dir: string,
  network: NetworkFile,
  ports: Ports,
): readonly ValidatorFiles[] {
  const files = ORGANISATIONS.map((name, index): ValidatorFiles => {
    const configFile = join(dir, name, 'node.json');
    writePrivateFile(configFile, prettyJson(configOf(name, index, ports)));
    return {
      name,
      configFile,
      logFile: join(dir, name, 'node.log'),
      dataDir: join(dir, name, 'data'),
      url: `http://${HOST}:${ports.api[index]}`,
    };
  });
  const urls = files.map((file) => file.url);
  const registry = `http://${HOST}:${ports.registry}`;
  writePrivateFile(networkPaths(dir).networkFile, prettyJson({ ...network, urls, registry }));
  return files;
}

function configOf(name: string, index: number, { api, link }: Ports) {
  return {
    name,
    dataDir: 'data',
    genesisFile: '../genesis.json',
    consensusKeyFile: 'consensus.json',
    tlsKeyFile: 'tls.key',
    tlsCertFile: 'tls.crt',
    listen: { host: HOST, port: link[index] ?? 0 },
    api: { host: HOST, port: api[index] ?? 0 },
    peers: link
      .map((port, peer) => ({ index: peer, host: HOST, port }))
      .filter((peer) => peer.index !== index),
  };
}
