import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { genesisSchema } from '@hanse/model';
import type { KeyPair, Suite } from '@hanse/crypto';
import { limits } from '@hanse/kit';
import {
  chainIdOf,
  didOf,
  PROTOCOL_VERSION,
  type Genesis,
  type Inception,
  type Parameters,
  type Purpose,
} from '@hanse/model';
import { createNativeSuite, randomBytes } from '@hanse/native';
import { createTlsIdentity } from '@hanse/net';
import { createKeyFile, ViewGuard } from '@hanse/signer';

/** Who signs transactions, with the means to. */
export type Holder = { readonly did: string; readonly kid: string; readonly key: KeyPair };

/** What a network is made of. */
export type NetworkOptions = {
  readonly dir: string;
  readonly suite: Genesis['suite'];
  readonly validators: number;
  /** Persons registered in the genesis, divided evenly over the organisations. */
  readonly operators: number;
  readonly firstPort: number;
  readonly parameters?: Partial<Parameters>;
};

/** One validator on disk. */
export type NodeFiles = {
  readonly index: number;
  readonly name: string;
  readonly dir: string;
  readonly configFile: string;
  readonly url: string;
};

/** A network on disk: nothing of it runs. */
export type NetworkFiles = {
  readonly dir: string;
  readonly suite: Suite;
  readonly genesis: Genesis;
  readonly chainId: Uint8Array;
  readonly nodes: readonly NodeFiles[];
  /** One per validator. */
  readonly organisations: readonly Holder[];
  /** Identities of the validators; their keys serve consensus only. */
  readonly validators: readonly Holder[];
  readonly operators: readonly Holder[];
};

const NETWORK = 'test';
const KID = 'key-1';
const NAMES = ['harbour', 'bank', 'carrier', 'customs'];

/** Parameters of test networks: those a local network ships with. */
const PARAMETERS: Parameters = {
  deltaMs: 500,
  minBlockIntervalMs: limits.minBlockIntervalMs,
  heartbeatMs: limits.heartbeatMs,
  blockBytesMax: limits.blockBytesMax,
  blockGasMax: limits.blockGasMax,
  executionLagBlocksMax: limits.executionLagBlocksMax,
};

type Member = {
  readonly name: string;
  readonly organisation: Holder;
  readonly node: Holder;
  readonly inceptions: readonly Inception[];
  readonly tls: Awaited<ReturnType<typeof createTlsIdentity>>;
};

/** Make the keys, the genesis and the configuration of a network on this machine. */
export async function makeNetwork(options: NetworkOptions): Promise<NetworkFiles> {
  const suite = createNativeSuite(options.suite);
  const members: Member[] = [];
  for (let index = 0; index < options.validators; index++)
    members.push(await makeMember(suite, NAMES[index] ?? `member-${index}`));
  const operators: Holder[] = [];
  const inceptions = members.flatMap((member) => member.inceptions);
  for (let index = 0; index < options.operators; index++) {
    const owner = members[index % members.length];
    if (owner === undefined) break;
    const person = register(suite, 'person', '', [owner.organisation.did], ['invoke']);
    operators.push(person.holder);
    inceptions.push(person.inception);
  }
  const genesis = genesisOf(suite, options, members, inceptions);
  const nodes: NodeFiles[] = [];
  for (const [index, member] of members.entries())
    nodes.push(await writeNode(options, genesis, { index, member, count: members.length }));
  return {
    dir: options.dir,
    suite,
    genesis,
    chainId: chainIdOf(suite, genesis),
    nodes,
    organisations: members.map(({ organisation }) => organisation),
    validators: members.map(({ node }) => node),
    operators,
  };
}

function genesisOf(
  suite: Suite,
  options: NetworkOptions,
  members: readonly Member[],
  identities: readonly Inception[],
): Genesis {
  return {
    protocolVersion: PROTOCOL_VERSION,
    network: NETWORK,
    suite: suite.id,
    sigRule: 1,
    time: Date.now(),
    parameters: { ...PARAMETERS, ...options.parameters },
    identities,
    validators: members.map(({ node, organisation, tls }) => ({
      did: node.did,
      organisation: organisation.did,
      alg: node.key.alg,
      publicKey: node.key.publicKey,
      tlsPublicKey: tls.publicKeySpki,
    })),
  };
}

async function makeMember(suite: Suite, name: string): Promise<Member> {
  const organisation = register(suite, 'organisation', name, [], ['invoke', 'delegate']);
  const node = register(suite, 'node', `${name}-node`, [organisation.holder.did], ['consensus']);
  return {
    name,
    organisation: organisation.holder,
    node: node.holder,
    inceptions: [organisation.inception, node.inception],
    tls: await createTlsIdentity(),
  };
}

function register(
  suite: Suite,
  kind: Inception['kind'],
  name: string,
  controllers: readonly string[],
  purposes: readonly Purpose[],
): { readonly holder: Holder; readonly inception: Inception } {
  const key = newKey(suite);
  const inception: Inception = {
    kind,
    name,
    controllers,
    keys: [{ kid: KID, alg: key.alg, publicKey: key.publicKey, purposes }],
    salt: randomBytes(limits.saltBytes),
  };
  return { holder: { did: didOf(suite, NETWORK, inception), kid: KID, key }, inception };
}

/** A fresh key of the suite's usual algorithm. */
export function newKey(suite: Suite): KeyPair {
  return suite.keyPairFromSeed(suite.defaultAlg, randomBytes(32));
}

async function writeNode(
  options: NetworkOptions,
  genesis: Genesis,
  self: { readonly index: number; readonly member: Member; readonly count: number },
): Promise<NodeFiles> {
  const { index, member, count } = self;
  const dir = join(options.dir, member.name);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const at = (name: string): string => join(dir, name);
  await createKeyFile(at('consensus.json'), { purpose: 'consensus', key: member.node.key });
  await ViewGuard.create(at('consensus.json.guard'), member.node.key.publicKey);
  writeFileSync(at('tls.key'), member.tls.keyPem, { mode: 0o600 });
  writeFileSync(at('tls.crt'), member.tls.certPem);
  const genesisFile = join(options.dir, 'genesis.json');
  if (index === 0)
    writeFileSync(genesisFile, `${JSON.stringify(genesisSchema.toJson(genesis), undefined, 2)}\n`);
  const [linkPort, apiPort] = [options.firstPort + index, options.firstPort + count + index];
  const config = {
    name: member.name,
    dataDir: 'data',
    genesisFile: '../genesis.json',
    consensusKeyFile: 'consensus.json',
    tlsKeyFile: 'tls.key',
    tlsCertFile: 'tls.crt',
    listen: { host: '127.0.0.1', port: linkPort },
    api: { host: '127.0.0.1', port: apiPort },
    peers: Array.from({ length: count }, (_, peer) => peer)
      .filter((peer) => peer !== index)
      .map((peer) => ({ index: peer, host: '127.0.0.1', port: options.firstPort + peer })),
  };
  writeFileSync(at('node.json'), `${JSON.stringify(config, undefined, 2)}\n`);
  return {
    index,
    name: member.name,
    dir,
    configFile: at('node.json'),
    url: `http://127.0.0.1:${apiPort}`,
  };
}
