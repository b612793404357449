import {
  decode,
  encode,
  isJsonArray,
  isJsonObject,
  schemaOf,
  shapeFromJson,
  type Json,
  type Schema,
  type Shape,
} from '@hanse/codec';
import { concatBytes, fromUtf8, HanseError, toHex, utf8 } from '@hanse/kit';
import {
  contractKeyBytes,
  contractRecordSchema,
  interfaceOf,
  type ContractRecord,
  type DeployedInterface,
} from '@hanse/model';
import { verdictOf } from '../verify/trail.ts';
import { checkRecord } from '../verify/checks.ts';
import type { Api } from './http.ts';
import { askRecord, mustProof } from './load.ts';
import type { TrustedChain } from './trust.ts';

/** A table of a deployed contract: how its rows are written, and under which keys. */
export type TableView = {
  readonly row: Schema<unknown>;
  readonly keyFields: readonly string[];
  readonly keyShapes: readonly Shape[];
  /** What every key of a row begins with. */
  readonly prefix: Uint8Array;
};

/** A deployed contract as its proved record describes it. */
export type ContractView = {
  readonly record: ContractRecord;
  readonly offers: DeployedInterface;
  readonly tables: Readonly<Record<string, TableView>>;
};

const known = new WeakMap<TrustedChain, Map<string, Promise<ContractView>>>();

/**
 * Rule `proved manifest`: a deployed contract by its record in the state, checked here and read once per
 * chain. Throws UnknownContract, Proof*.
 */
export function loadContract(api: Api, chain: TrustedChain, name: string): Promise<ContractView> {
  const views = known.get(chain) ?? new Map<string, Promise<ContractView>>();
  known.set(chain, views);
  const before = views.get(name);
  if (before !== undefined) return before;
  const reading = readContract(api, chain, name);
  views.set(name, reading);
  reading.catch(() => views.delete(name));
  return reading;
}

async function readContract(api: Api, chain: TrustedChain, name: string): Promise<ContractView> {
  const key = contractKeyBytes(name);
  const answer = await askRecord(api, toHex(key));
  // How a contract is described stays true of the rows it wrote, however old the header is.
  const { trail, found } = checkRecord(chain, key, mustProof(answer), undefined);
  if (verdictOf(trail.steps) !== 'verified' || found === undefined) {
    const forged = trail.steps.find(({ state }) => state === 'forged');
    if (forged?.state === 'forged') throw forged.error;
    throw new HanseError('ProofMalformed', { reason: `contract ${name}: not proved` });
  }
  if (found.value === undefined) throw new HanseError('UnknownContract', { contract: name });
  const record = decode(contractRecordSchema, found.value);
  if (!record.ok) throw new HanseError('ProofMalformed', { reason: `record: ${record.error}` });
  return viewOf(record.value);
}

/** A contract's record with its manifest read. Throws ProofMalformed. */
export function viewOf(record: ContractRecord): ContractView {
  const offers = interfaceOf(record.manifest);
  if (!offers.ok) throw new HanseError('ProofMalformed', { reason: `manifest: ${offers.error}` });
  return { record, offers: offers.value, tables: tablesOf(record) };
}

function tablesOf({ name, manifest }: ContractRecord): ContractView['tables'] {
  const json = JSON.parse(fromUtf8(manifest) ?? 'null') as Json;
  const tables = isJsonObject(json) ? json['tables'] : undefined;
  const rows = tables !== undefined && isJsonArray(tables) ? tables : [];
  return Object.fromEntries(rows.flatMap((one) => tableOf(name, one)));
}

function tableOf(contract: string, json: Json): readonly (readonly [string, TableView])[] {
  if (!isJsonObject(json)) return [];
  const { name, row, key } = json;
  const shape = shapeFromJson(row ?? null);
  if (typeof name !== 'string' || key === undefined || !isJsonArray(key)) return [];
  if (!shape.ok || shape.value.kind !== 'struct') return [];
  const { fields } = shape.value;
  const keyFields = key.filter((one): one is string => typeof one === 'string');
  const keyShapes = keyFields.flatMap((one) => (one in fields ? [fields[one]?.shape] : []));
  return [
    [
      name,
      {
        row: schemaOf(shape.value),
        keyFields,
        keyShapes: keyShapes.filter((one) => one !== undefined),
        prefix: utf8(`c/${contract}/r/${name}/`),
      },
    ],
  ];
}

/** State key of a row, from the fields of its key. Throws InvariantBroken for a row that lacks one. */
export function rowKeyBytes(table: TableView, row: Readonly<Record<string, unknown>>): Uint8Array {
  const parts = table.keyFields.map((field, i) => {
    const shape = table.keyShapes[i];
    if (shape === undefined) throw new HanseError('InvariantBroken', { message: `key ${field}` });
    return orderedForm(shape, row[field]);
  });
  return concatBytes(table.prefix, ...parts);
}

/** A value in the form in which keys sort as their values do (docs/spec/contracts.md, 4). */
function orderedForm(shape: Shape, value: unknown): Uint8Array {
  if (shape.kind === 'text' && typeof value === 'string') return escaped(utf8(value));
  if (shape.kind === 'bytes' && value instanceof Uint8Array) return escaped(value);
  const canonical = encode(schemaOf(shape), value);
  // The sign of an integer is turned over, so that negative ones come first.
  if (shape.kind === 'int') canonical[0] = (canonical[0] ?? 0) ^ 0x80;
  return canonical;
}

function escaped(content: Uint8Array): Uint8Array {
  const bytes = [...content].flatMap((byte) => (byte === 0 ? [0, 0xff] : [byte]));
  return Uint8Array.from([...bytes, 0, 0]);
}
