import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KeyPair, Suite } from '@hanse/crypto';
import { HanseError, limits, toHex } from '@hanse/kit';
import {
  chainIdOf,
  didOf,
  genesisSchema,
  inceptionSchema,
  PROTOCOL_VERSION,
  type Genesis,
  type Inception,
  type Parameters,
  type Purpose,
} from '@hanse/model';
import { createNativeSuite, randomBytes } from '@hanse/native';
import { createTlsIdentity, type TlsIdentity } from '@hanse/net';
import { createKeyFile, ViewGuard } from '@hanse/signer';
import { makePrivateDir, prettyJson, writePrivateFile } from '../files.ts';
import { networkPaths } from '../project.ts';
import { organisationIdentity, ORGANISATIONS } from './organisations.ts';

/** Name of the network in its DIDs. */
export const NETWORK = 'dev';
/** Name of the first key of every identity. */
export const FIRST_KID = 'k1';
/** What the keys of organisations and persons may do. */
export const ACTING: readonly Purpose[] = ['invoke', 'authenticate', 'assert', 'agree', 'delegate'];

const PARAMETERS: Parameters = {
  deltaMs: 500,
  minBlockIntervalMs: limits.minBlockIntervalMs,
  heartbeatMs: limits.heartbeatMs,
  blockBytesMax: limits.blockBytesMax,
  blockGasMax: limits.blockGasMax,
  executionLagBlocksMax: limits.executionLagBlocksMax,
};

/** An identity that was just made, with its key. */
export type MadeIdentity = {
  readonly did: string;
  readonly key: KeyPair;
  readonly inception: Inception;
};

type Member = {
  readonly name: string;
  readonly organisation: MadeIdentity;
  readonly operator: MadeIdentity;
  readonly node: MadeIdentity;
  readonly tls: TlsIdentity;
};

/**
 * Make the keys and the genesis of a new network: per organisation its own identity, one operator (a
 * person, registered by the first transaction), and a validator. The folder appears as a whole or
 * not at all. Throws ConfigInvalid when it holds other things already.
 */
export async function makeNetwork(
  dir: string,
  suiteId: Genesis['suite'],
  nowMs: number,
): Promise<void> {
  if (existsSync(dir) && readdirSync(dir).length > 0) {
    const expected = 'an empty folder or one that hanse dev made';
    throw new HanseError('ConfigInvalid', { key: 'data', value: dir, expected });
  }
  const suite = createNativeSuite(suiteId);
  const members = await Promise.all(ORGANISATIONS.map((name) => makeMember(suite, name)));
  const temp = `${dir}.new-${process.pid}`;
  try {
    mkdirSync(dirname(dir), { recursive: true });
    makePrivateDir(temp);
    await writeNetwork(temp, suite, genesisOf(suite, members, nowMs), members);
    rmSync(dir, { recursive: true, force: true });
    renameSync(temp, dir);
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
}

/** Make an identity with one key that may act. */
export function makeIdentity(
  suite: Suite,
  network: string,
  parts: Pick<Inception, 'kind' | 'name' | 'controllers'> & {
    readonly purposes: readonly Purpose[];
  },
): MadeIdentity {
  const { kind, name, controllers, purposes } = parts;
  const key = suite.keyPairFromSeed(suite.defaultAlg, randomBytes(32));
  const inception = {
    kind,
    name,
    controllers,
    keys: [{ kid: FIRST_KID, alg: key.alg, publicKey: key.publicKey, purposes }],
    salt: randomBytes(limits.saltBytes),
  };
  return { did: didOf(suite, network, inception), key, inception };
}

async function makeMember(suite: Suite, name: string): Promise<Member> {
  const organisation = makeIdentity(suite, NETWORK, {
    kind: 'organisation',
    name,
    controllers: [],
    purposes: ACTING,
  });
  const controllers = [organisation.did];
  return {
    name,
    organisation,
    operator: makeIdentity(suite, NETWORK, {
      kind: 'person',
      name: '',
      controllers,
      purposes: ACTING,
    }),
    node: makeIdentity(suite, NETWORK, {
      kind: 'node',
      name,
      controllers,
      purposes: ['consensus'],
    }),
    tls: await createTlsIdentity(),
  };
}

function genesisOf(suite: Suite, members: readonly Member[], nowMs: number): Genesis {
  return {
    protocolVersion: PROTOCOL_VERSION,
    network: NETWORK,
    suite: suite.id,
    sigRule: 1,
    time: nowMs,
    parameters: PARAMETERS,
    identities: members.flatMap(({ organisation, node }) => [
      organisation.inception,
      node.inception,
    ]),
    validators: members.map(({ organisation, node, tls }) => ({
      did: node.did,
      organisation: organisation.did,
      alg: node.key.alg,
      publicKey: node.key.publicKey,
      tlsPublicKey: tls.publicKeySpki,
    })),
  };
}

async function writeNetwork(
  dir: string,
  suite: Suite,
  genesis: Genesis,
  members: readonly Member[],
): Promise<void> {
  const paths = networkPaths(dir);
  makePrivateDir(paths.identitiesDir);
  makePrivateDir(paths.evidenceDir);
  writePrivateFile(paths.genesisFile, prettyJson(genesisSchema.toJson(genesis)));
  for (const member of members) {
    const { name, organisation, operator } = member;
    await writeIdentity(paths.identitiesDir, name, operator);
    await writeIdentity(paths.identitiesDir, organisationIdentity(name), organisation);
    await writeValidator(join(dir, name), member);
  }
  const operators = members.map(({ operator }) => inceptionSchema.toJson(operator.inception));
  writePrivateFile(paths.operatorsFile, prettyJson(operators));
  const chainId = toHex(chainIdOf(suite, genesis));
  const network = { chainId, suite: suite.id, urls: [], as: 'supplier' };
  writePrivateFile(paths.networkFile, prettyJson(network));
}

async function writeIdentity(dir: string, name: string, identity: MadeIdentity): Promise<void> {
  const { did, key } = identity;
  await createKeyFile(join(dir, `${name}.json`), { purpose: 'identity', did, kid: FIRST_KID, key });
}

async function writeValidator(dir: string, { node, tls }: Member): Promise<void> {
  makePrivateDir(dir);
  const keyFile = join(dir, 'consensus.json');
  const { did, key } = node;
  await createKeyFile(keyFile, { purpose: 'consensus', did, kid: FIRST_KID, key });
  await ViewGuard.create(`${keyFile}.guard`, key.publicKey);
  writeFileSync(join(dir, 'tls.key'), tls.keyPem, { mode: 0o600 });
  writeFileSync(join(dir, 'tls.crt'), tls.certPem, { mode: 0o600 });
}
