import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { httpTagTransport } from '@hanse/claims';
import { deployContract, keySigner, type Signer } from '@hanse/client';
import { silentLog } from '@hanse/kit';
import { didOf, type Inception } from '@hanse/model';
import { randomBytes } from '@hanse/native';
import {
  createEpochKey,
  readProved,
  registryKeysDir,
  startRegistry,
  type RunningRegistry,
} from '@hanse/registry';
import {
  depositDocument,
  importWithRules,
  publishKey,
  setUpMembers,
  type CastName,
  type Desk,
  type Member,
  type OrganisationName,
  type Person,
  type StoryFile,
  type StoryFileName,
  type StoryStage,
} from '@hanse/trade-finance';
import { ROOT } from './bundle.ts';
import { codeOf, signerOf } from './contracts.ts';
import type { Network } from './network.ts';
import { newKey } from './make.ts';

const NETWORK = 'test';
const KID = 'key-1';
const PURPOSES = ['invoke', 'authenticate', 'assert', 'delegate'] as const;

const ROLES: Readonly<Record<OrganisationName, readonly string[]>> = {
  buyer: ['core-enterprise'],
  supplier: ['supplier'],
  supplier2: ['supplier'],
  supplier3: ['supplier'],
  bank: ['bank'],
  bank2: ['bank'],
  importer: ['importer'],
  regulator: ['regulator', 'registry'],
};

const DUTIES: Readonly<Partial<Record<CastName, readonly string[]>>> = {
  buyer: ['maker'],
  'buyer.checker': ['checker'],
};

/** The invoices that ship with the project. */
const FILES: Readonly<Record<StoryFileName, string>> = {
  sale: 'meridian-MM-2026-1102.ubl.xml',
  twin: 'meridian-MM-2026-1102.cii.xml',
  credit: 'meridian-credit-MM-2026-1119.ubl.xml',
  trade2: 'kestrel-KS-88213.ubl.xml',
  trade3: 'fernwald-5507.cii.xml',
  'sale-cn': 'yuanfan-26990000000000000417.xml',
  'trade-cn': 'linjiang-26990000000000000882.xml',
  'red-cn': 'yuanfan-red-26990000000000000550.xml',
};

/** Contracts of trade finance on a network, with everybody in the story and a registry of their own. */
export type TradeNetwork = {
  readonly stage: StoryStage;
  readonly members: Readonly<Record<OrganisationName, Member>>;
  readonly registry: RunningRegistry;
  readonly close: () => Promise<void>;
};

/** Set a network up for trade finance. The registry runs in this process and believes its node with proof only. */
export async function setUpTrade(network: Network): Promise<TradeNetwork> {
  const client = network.client();
  const { suite, chainId, genesis } = await client.chain();
  const founders = network.files.organisations.map((holder) => signerOf(network, holder));
  const members = makeMembers(network);
  await setUpMembers({ client }, founders, Object.values(members));
  const owners = { organisations: founders.map(({ did }) => did), threshold: 3 };
  for (const name of ['claims', 'packs']) {
    const path = join(ROOT, 'packages/trade-finance/src', `${name}.ts`);
    const code = await codeOf(pathToFileURL(path));
    const signers = founders.slice(0, 1);
    const deployment = { name, code, owners, isUpgrade: false };
    await deployContract(client, deployment, { signers, until: 'final' });
  }
  const dir = mkdtempSync(join(tmpdir(), 'hanse-trade-'));
  const clock = { nowMs: () => Date.now() };
  const random = { bytes: randomBytes };
  const { did } = members.regulator.organisation;
  const key = await createEpochKey(registryKeysDir(dir), { epoch: 1, seed: randomBytes(32) });
  const source = { suite, genesis, chainId, nodeUrl: network.url(0), clock };
  const readIdentity = readProved(source);
  const parts = { suite, chainId, did, dir, readIdentity, clock, random, log: silentLog };
  // Nobody here tries to guess; a hundred deals take more tags than a member asks for in a minute.
  const quota = { perMinute: 100_000, perDay: 100_000 };
  const registry = await startRegistry({ ...parts, quota, port: 0 });
  const desk: Desk = { client, clock, random, registry: transportTo(registry.url) };
  const { epoch, group } = key;
  const published = { epoch, group, publicKey: key.key.publicKey };
  await publishKey(desk, members.regulator.organisation, published);
  const close = async (): Promise<void> => {
    await registry.close();
    rmSync(dir, { recursive: true, force: true });
  };
  return { stage: stageOf(desk, members), members, registry, close };
}

/** The way to a registry from this process. */
export function transportTo(url: string) {
  return httpTagTransport(url, async (to, body) => {
    const headers = { 'content-type': 'application/octet-stream' };
    const response = await fetch(to, { method: 'POST', headers, body: body.slice() });
    return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
  });
}

function stageOf(desk: Desk, members: TradeNetwork['members']): StoryStage {
  const people = Object.entries(members).map(([name, { people }]) => [name, people[0]?.signer]);
  const checker = members.buyer.people[1]?.signer;
  return {
    desk,
    signers: { ...Object.fromEntries(people), 'buyer.checker': checker } as StoryStage['signers'],
    organisations: Object.fromEntries(
      Object.entries(members).map(([name, { organisation }]) => [name, organisation.did]),
    ) as StoryStage['organisations'],
    files: readStoryFiles(),
    deposit: async (file, as) => {
      const member = members[as as OrganisationName];
      const { name, bytes } = file;
      const person = member.people[0] ?? member.people.at(0);
      const capture = {
        device: '',
        software: 'e2e',
        softwareVersion: '1',
        capturedAt: Date.now(),
        timeSource: 'system',
        method: 'export',
      } as const;
      const secret = randomBytes(32);
      return depositDocument(desk, (person as Person).signer, bytes, { name, capture, secret });
    },
    message: async (deal) => new TextEncoder().encode(`<Document>${deal.join('')}</Document>`),
  };
}

/** The invoices of the story, read by the importer; no rules are installed. */
export function readStoryFiles(): Readonly<Record<StoryFileName, StoryFile>> {
  return Object.fromEntries(
    Object.entries(FILES).map(([key, name]) => {
      const bytes = new Uint8Array(readFileSync(join(ROOT, 'demo/invoices', name)));
      return [key, { name, bytes, result: importWithRules(bytes, name, undefined) }];
    }),
  ) as Record<StoryFileName, StoryFile>;
}

function makeMembers(network: Network): TradeNetwork['members'] {
  const entries = Object.entries(ROLES).map(([name, roles]) => {
    const organisation = makeIdentity(network, 'organisation', name, []);
    const names = name === 'buyer' ? ['buyer', 'buyer.checker'] : [name];
    const people = names.map((one): Person => ({
      ...makeIdentity(network, 'person', '', [organisation.signer.did]),
      duties: DUTIES[one as CastName] ?? [],
    }));
    const { signer, inception } = organisation;
    return [name, { organisation: signer, inception, roles, people }];
  });
  return Object.fromEntries(entries) as TradeNetwork['members'];
}

function makeIdentity(
  { files: { suite } }: Network,
  kind: Inception['kind'],
  name: string,
  controllers: readonly string[],
): { readonly signer: Signer; readonly inception: Inception } {
  const key = newKey(suite);
  const { alg, publicKey } = key;
  const keys = [{ kid: KID, alg, publicKey, purposes: [...PURPOSES] }];
  const inception = { kind, name, controllers, keys, salt: randomBytes(16) };
  const did = didOf(suite, NETWORK, inception);
  return { signer: keySigner(suite, { did, kid: KID, key }), inception };
}
