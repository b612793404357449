import { toHex } from '@hanse/kit';
import type { GuestHost, HostValue, RunMeter, Scan, ScanPage } from '@hanse/vm';

/** What a host saw, in order. */
export type Call = { readonly name: string; readonly args: readonly unknown[] };

export type MemoryHost = {
  readonly calls: Call[];
  readonly rows: Map<string, Uint8Array>;
  /** What `call` answers. */
  answer: (contract: string, method: string, args: HostValue) => HostValue;
  page: (scan: Scan) => ScanPage;
  readonly hostOf: (meter: RunMeter) => GuestHost;
};

/**
 * A host over a map, without contract rules: a row lies under the key that the last `get` or `remove` of
 * its table named, or under its first bytes.
 */
export function memoryHost(keyOf: (table: number, row: Uint8Array) => Uint8Array): MemoryHost {
  const calls: Call[] = [];
  const rows = new Map<string, Uint8Array>();
  const note = (name: string, ...args: readonly unknown[]): void => {
    calls.push({ name, args });
  };
  const at = (table: number, key: Uint8Array): string => `${table}/${toHex(key)}`;
  const memory: MemoryHost = {
    calls,
    rows,
    answer: (_contract, _method, args) => args,
    page: () => ({ rows: [...rows.values()], next: undefined }),
    hostOf: (meter) => ({
      get: (table, key) => {
        meter.charge(600);
        note('get', table, key);
        return rows.get(at(table, key));
      },
      put: (table, row, mode) => {
        meter.charge(500);
        note('put', table, row, mode);
        rows.set(at(table, keyOf(table, row)), row);
      },
      remove: (table, key) => {
        note('remove', table, key);
        return rows.delete(at(table, key));
      },
      scan: (table, scan) => {
        note('scan', table, scan);
        return memory.page(scan);
      },
      emit: (event, data) => {
        meter.charge(300);
        note('emit', event, data);
      },
      call: (contract, method, args) => {
        note('call', contract, method, args);
        return memory.answer(contract, method, args);
      },
      deposit: (id) => {
        note('deposit', id);
        return undefined;
      },
      hash: (bytes) => {
        note('hash', bytes);
        return new Uint8Array(32).fill(bytes.length);
      },
    }),
  };
  return memory;
}
