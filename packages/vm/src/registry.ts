import { assert, concatBytes, must } from '@hanse/kit';
import {
  codeChunkKeyBytes,
  contractKeyBytes,
  contractRecordSchema,
  isContractName,
  type ContractRecord,
} from '@hanse/model';
import type { StateRead } from './access.ts';
import type { LoadedProgram, Programs } from './programs.ts';
import { recordReader } from './records.ts';

type Read = Pick<StateRead, 'get'>;

/** Decodes the record of a contract. */
export const readContractRecord: (bytes: Uint8Array) => ContractRecord =
  recordReader(contractRecordSchema);

/** The newest record of a contract, if there is one of this name. */
export function findContract(read: Read, name: string): ContractRecord | undefined {
  const bytes = isContractName(name) ? read.get(contractKeyBytes(name)) : undefined;
  return bytes === undefined ? undefined : readContractRecord(bytes);
}

/** The program of a contract, made from the state when it is not at hand. */
export function programOf(programs: Programs, read: Read, record: ContractRecord): LoadedProgram {
  return programs.get(record.codeHash, () => codeOf(read, record));
}

function codeOf(read: Read, { chunks, codeBytes }: ContractRecord): Uint8Array {
  const code = concatBytes(
    ...chunks.map((hash) => must(read.get(codeChunkKeyBytes(hash)), 'code that was deployed')),
  );
  assert(code.length === codeBytes, 'code has the size that it was deployed with');
  return code;
}
