import { evidenceKeyBytes } from '@hanse/model';
import { checkWritable } from './callers.ts';
import { gasTable } from './gas.ts';
import type { Table } from './interface.ts';
import type { GuestHost, RunMeter } from './ports.ts';
import { Records } from './records.ts';
import { refuse } from './refusal.ts';
import type { Session } from './session.ts';
import { Tables } from './tables.ts';
import type { Target } from './target.ts';

const HASH_BYTES = 32;

/** What the code of one method run can ask for; `meter` is that of the run, `call` reaches other contracts. */
export function createGuestHost(
  session: Session,
  target: Target,
  meter: RunMeter,
  call: GuestHost['call'],
): GuestHost {
  const { name } = target;
  const { face } = target.loaded;
  const records = new Records(session.state, meter);
  const tables = new Tables(records, name);
  const bad = (message: string): never =>
    refuse('ContractFailed', { ...name, failure: 'BadValue', message });
  const enter = (): void => meter.charge(gasTable.host);
  const enterToWrite = (): void => {
    enter();
    checkWritable(session, target);
  };
  // The positions come from the code; the isolate knows them by the same manifest.
  const tableAt = (index: number): Table => face.tables[index] ?? bad(`there is no table ${index}`);

  return {
    get: (table, key) => {
      enter();
      return tables.get(tableAt(table), key);
    },
    put: (table, row, mode) => {
      enterToWrite();
      tables.put(tableAt(table), row, mode);
    },
    remove: (table, key) => {
      enterToWrite();
      return tables.remove(tableAt(table), key);
    },
    scan: (table, scan) => {
      enter();
      return tables.scan(tableAt(table), scan);
    },
    emit: (event, data) => {
      enterToWrite();
      const eventName = face.events[event] ?? bad(`there is no event ${event}`);
      session.emit(meter, { contract: name.contract, name: eventName, data: data.slice() });
    },
    call: (contract, method, args) => {
      enter();
      return call(contract, method, args);
    },
    deposit: (id) => {
      enter();
      return id.length === HASH_BYTES ? records.get(evidenceKeyBytes(id)) : undefined;
    },
    hash: (bytes) => {
      meter.charge(gasTable.hash + gasTable.hashByte * bytes.length);
      return session.chain.suite.hash(bytes);
    },
  };
}
