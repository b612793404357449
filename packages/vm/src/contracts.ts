import { concatBytes, limits, toHex, utf8 } from '@hanse/kit';
import { encode, type Schema } from '@hanse/codec';
import {
  codeChunkKeyBytes,
  contractKeyBytes,
  contractRecordSchema,
  contractVersionKeyBytes,
  isContractName,
  systemContracts,
  type ContractRecord,
  type Owners,
  type Party,
} from '@hanse/model';
import { gasTable } from './gas.ts';
import { readInterface, type Interface } from './interface.ts';
import {
  emitEvent,
  nativeMethod,
  nativeQuery,
  readPage,
  type NativeCall,
  type NativeMethod,
  type NativeQuery,
} from './native.ts';
import { refuseFailure } from './outcome.ts';
import { isActiveOrganisation, readDid } from './parties.ts';
import { findContract, readContractRecord } from './registry.ts';
import { refuse } from './refusal.ts';
import type { Named } from './target.ts';
import { compareManifests } from './upgrade.ts';

const contract = 'contracts';
const { methods, queries, events } = systemContracts.contracts;
/** Duty of people who sign upgrades for their organisation. */
const DEPLOYER = 'deployer';

function named(method: string): Named {
  return { contract, method };
}

/** Methods of the contract `contracts`. */
export const contractsMethods: ReadonlyMap<string, NativeMethod> = new Map([
  ['upload', nativeMethod(named('upload'), methods.upload, upload)],
  ['deploy', nativeMethod(named('deploy'), methods.deploy, deploy)],
  ['upgrade', nativeMethod(named('upgrade'), methods.upgrade, upgrade)],
]);

/** Queries of the contract `contracts`. */
export const contractsQueries: ReadonlyMap<string, NativeQuery> = new Map([
  [
    'get',
    nativeQuery(named('get'), queries.get, (read, { name, version }) => {
      const key =
        version === undefined ? contractKeyBytes(name) : contractVersionKeyBytes(name, version);
      const id = version === undefined ? name : `${name} version ${version}`;
      const bytes = read.get(key);
      return bytes === undefined
        ? refuse('RecordUnknown', { object: 'contract', id, height: read.height })
        : readContractRecord(bytes);
    }),
  ],
  [
    'list',
    nativeQuery(named('list'), queries.list, async (read, { after, limit }) => {
      const start = after === undefined ? undefined : contractKeyBytes(after);
      const prefix = utf8('contracts/contract/');
      const page = { name: named('list'), prefix, after: start, limit };
      const { rows, last } = await readPage(read, page, contractRecordSchema);
      return { rows, next: last?.name };
    }),
  ],
  [
    'code',
    nativeQuery(named('code'), queries.code, (read, { hash }) => {
      const bytes = read.get(codeChunkKeyBytes(hash));
      const params = { object: 'piece of code', id: toHex(hash), height: read.height };
      return { bytes: bytes ?? refuse('RecordUnknown', params) };
    }),
  ],
]);

type Deployed = { readonly name: string; readonly version: number; readonly codeHash: Uint8Array };

function upload(
  call: NativeCall,
  { bytes }: { readonly bytes: Uint8Array },
): { readonly hash: Uint8Array } {
  const { session, meter, records } = call;
  if (bytes.length === 0) refuse('BadArguments', { ...named('upload'), reason: 'bytes is empty' });
  signingOrganisations(call);
  meter.charge(gasTable.hash + gasTable.hashByte * bytes.length);
  const hash = session.chain.suite.hash(bytes);
  const key = codeChunkKeyBytes(hash);
  if (records.get(key) === undefined) records.set(key, bytes);
  return { hash };
}

function deploy(
  call: NativeCall,
  args: {
    readonly name: string;
    readonly chunks: readonly Uint8Array[];
    readonly owners: Owners;
  },
): Deployed {
  const { name, chunks, owners } = args;
  if (!isContractName(name) || Object.hasOwn(systemContracts, name)) {
    const reason = 'name is 2 to 32 lower-case letters, digits and dashes, and not taken';
    refuse('BadArguments', { ...named('deploy'), reason });
  }
  const organisations = signingOrganisations(call);
  if (findContract(call.records, name) !== undefined) refuse('ContractExists', { contract: name });
  checkOwners(call, 'deploy', owners);
  if (!owners.organisations.some((one) => organisations.has(one))) {
    const reason = 'owners leaves out the organisation that deploys';
    refuse('BadArguments', { ...named('deploy'), reason });
  }
  const code = load(call, name, chunks);
  return write(call, { name, version: 1, owners, chunks }, code, 'deployed');
}

function upgrade(
  call: NativeCall,
  args: {
    readonly name: string;
    readonly chunks: readonly Uint8Array[];
    readonly owners: Owners | undefined;
  },
): Deployed {
  const { name, chunks } = args;
  const before = findContract(call.records, name) ?? refuse('UnknownContract', { contract: name });
  checkOwnersSigned(call, before);
  const owners = args.owners ?? before.owners;
  if (args.owners !== undefined) checkOwners(call, 'upgrade', args.owners);
  const code = load(call, name, chunks);
  const old = checkedInterface(call, name, before.manifest);
  const [conflict] = compareManifests(old.manifest, code.face.manifest).conflicts;
  if (conflict !== undefined) refuse('IncompatibleUpgrade', { contract: name, reason: conflict });
  const version = before.version + 1;
  return write(call, { name, version, owners, chunks }, code, 'upgraded');
}

/** Rule deployers: active organisations that sign, themselves or by one of their people. */
function signingOrganisations({ session, meter }: NativeCall): ReadonlySet<string> {
  const parties = session.parties(meter);
  const organisations = new Set(
    parties
      .filter(({ did, organisation }) => {
        if (organisation === '' || organisation === did) return organisation !== '';
        return readDid(session.state, did)?.kind === 'person';
      })
      .map(({ organisation }) => organisation),
  );
  if (organisations.size === 0) refuse('NoOrganisation', { caller: parties[0]?.did ?? '' });
  return organisations;
}

/** Rule owners: distinct active organisations, of which an upgrade needs at least one. */
function checkOwners(
  { records }: NativeCall,
  method: string,
  { organisations, threshold }: Owners,
): void {
  const bad = (reason: string): never => refuse('BadArguments', { ...named(method), reason });
  if (new Set(organisations).size < organisations.length) bad('an owner is named twice');
  if (threshold === 0 || threshold > organisations.length) {
    bad(`threshold is not from 1 to ${organisations.length}`);
  }
  for (const did of organisations) {
    if (!isActiveOrganisation(records, did)) bad(`${did} is no active organisation`);
  }
}

/** Rule upgrade: enough owners sign, each with its own key or by somebody it gave the duty `deployer`. */
function checkOwnersSigned(
  { session, meter }: NativeCall,
  { name, owners: { organisations, threshold } }: ContractRecord,
): void {
  const parties = session.parties(meter);
  const signed = organisations.filter((owner) => parties.some((one) => signsFor(one, owner)));
  if (signed.length >= threshold) return;
  refuse('NotOwner', { contract: name, threshold, signed: signed.length });
}

function signsFor({ did, organisation, duties }: Party, owner: string): boolean {
  return organisation === owner && (did === owner || duties.includes(DEPLOYER));
}

/** Code that was put together and has loaded once. */
type LoadedCode = {
  readonly codeHash: Uint8Array;
  readonly codeBytes: number;
  readonly face: Interface;
};

function load(
  { session, meter, records }: NativeCall,
  name: string,
  chunks: readonly Uint8Array[],
): LoadedCode {
  const { suite, isolate } = session.chain;
  const parts = chunks.map(
    (hash) => records.get(codeChunkKeyBytes(hash)) ?? refuse('CodeUnknown', { hash: toHex(hash) }),
  );
  const code = concatBytes(...parts);
  if (code.length > limits.codeBytesMax) {
    const params = { name: 'bytes of the code', value: code.length, limit: limits.codeBytesMax };
    refuse('OverLimit', params);
  }
  meter.charge((gasTable.codeByte + gasTable.hashByte) * code.length);
  const loaded = isolate.load(code, meter.left);
  meter.charge(loaded.gas);
  if (loaded.kind === 'failed') {
    return refuseFailure({ contract: name, method: 'load' }, loaded, session.gasLimit);
  }
  const face = checkedInterface({ meter }, name, loaded.program.manifest);
  return { codeHash: suite.hash(code), codeBytes: code.length, face };
}

/** The interface of a contract's manifest, which must be its own. */
function checkedInterface(
  { meter }: Pick<NativeCall, 'meter'>,
  name: string,
  manifest: Uint8Array,
): Interface {
  meter.charge(gasTable.manifestByte * manifest.length);
  const face = readInterface(manifest);
  if (!face.ok) return refuse('BadManifest', { contract: name, reason: face.error });
  const declared = face.value.manifest.name;
  if (declared === name) return face.value;
  return refuse('BadManifest', { contract: name, reason: `it is that of ${declared}` });
}

/** Write the newest record and, beside it, that of the version, which stays. */
function write(
  call: NativeCall,
  of: Pick<ContractRecord, 'name' | 'version' | 'owners' | 'chunks'>,
  { codeHash, codeBytes, face }: LoadedCode,
  event: 'deployed' | 'upgraded',
): Deployed {
  const { records, session } = call;
  const { height, time, txid } = session.context;
  const { name, version } = of;
  const manifest = face.bytes;
  const bytes = encode(contractRecordSchema, {
    ...of,
    codeHash,
    codeBytes,
    manifest,
    txid,
    height,
    time,
  });
  records.set(contractKeyBytes(name), bytes);
  records.set(contractVersionKeyBytes(name, version), bytes);
  const value = { name, version, codeHash };
  const schema: Schema<Deployed> = events[event];
  emitEvent(call, { contract, name: event, schema }, value);
  return value;
}
