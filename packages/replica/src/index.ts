export { Archive, type ArchivedBlock, type OpenLog } from './archive.ts';
export type {
  Execution,
  ObserverPort,
  SignerPort,
  ValidatorConfig,
  ValidatorPorts,
} from './ports.ts';
export {
  recordKinds,
  type IndexPort,
  type KvEntry,
  type KvWrite,
  type LogPort,
  type Position,
} from './records.ts';
export { Validator } from './validator.ts';
