import { t } from '@hanse/codec';
import type { Isolate, Program, RunOutcome } from '@hanse/vm';
import { createIsolate } from '../src/index.ts';
import { codeOf, infoOf, type Offer } from './contracts.ts';
import { memoryHost, type MemoryHost } from './hosts.ts';

let shared: Isolate | undefined;

/** One isolate for all tests of a file. */
export function isolate(): Isolate {
  return (shared ??= createIsolate());
}

export const row = t.struct({ id: t.text(40), amount: t.amount, note: t.option(t.text(200)) });

/** A contract with one table, one event and one method, `run`, that returns nothing. */
export const plainOffer: Offer = {
  tables: [{ name: 'row', row, key: ['id'], indexes: [{ name: 'byAmount', fields: ['amount'] }] }],
  events: { Seen: t.struct({ id: t.text(40) }) },
  methods: { run: { args: t.struct({}) } },
};

/** Rows lie under their first field, which is their first bytes. */
export function rowHost(): MemoryHost {
  return memoryHost((_table, bytes) => bytes.slice(0, 1 + (bytes[0] ?? 0)));
}

/** Load code that must load. */
export function mustLoad(code: Uint8Array, gasLimit = 20_000_000): Program {
  const loaded = isolate().load(code, gasLimit);
  if (loaded.kind !== 'loaded') throw new Error(`${loaded.failure}: ${loaded.message}`);
  return loaded.program;
}

export type RunParts = {
  readonly offer?: Offer;
  readonly args?: Uint8Array;
  readonly gasLimit?: number;
  readonly host?: MemoryHost;
  readonly before?: string;
};

/** Run the body of a method once. */
export function runBody(body: string, parts: RunParts = {}): RunOutcome {
  const { offer = plainOffer, args = new Uint8Array(), gasLimit = 2_000_000 } = parts;
  const program = mustLoad(codeOf(offer, body, parts.before));
  const host = parts.host ?? rowHost();
  return isolate().run(program, { method: 0, args, info: infoOf(), gasLimit }, host.hostOf);
}

/** Kind of failure, or what else an outcome is, with its message. */
export function verdict(outcome: RunOutcome): string {
  switch (outcome.kind) {
    case 'failed':
      return `${outcome.failure}: ${outcome.message}`;
    case 'rejected':
      return `rejected ${outcome.code}: ${outcome.message}`;
    case 'refused':
      return `refused ${outcome.refusal.code}`;
    case 'returned':
      return 'returned';
  }
}
