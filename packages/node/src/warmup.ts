import { encode, shapeToJson, t } from '@hanse/codec';
import { assert, limits, utf8 } from '@hanse/kit';
import { callInfoSchema, type GuestHost, type Isolate, type RunMeter } from '@hanse/vm';

/*
 * The engine's functions are compiled when they are first called, and better once they were called often.
 * A small contract that does what contracts do takes that from the first blocks.
 */

const ROUNDS = 40;
const text = t.text(64);
const args = t.struct({ id: text, amount: t.amount });
const row = t.struct({ id: text, amount: t.amount, due: t.date, note: t.option(text) });

const json = (schema: typeof args | typeof row): string =>
  JSON.stringify(shapeToJson(schema.shape));

const source = `'use strict';
(() => {
class RejectError extends Error {
  constructor(code, message) { super(message); this.name = 'RejectError'; this.code = code; }
}
const manifest = {
  abi: 1, name: 'warm-up',
  tables: [{ name: 'row', row: ${json(row)}, key: ['id'], listed: true, indexes: [] }],
  events: [{ name: 'Done', data: ${json(args)} }],
  methods: [{ name: 'run', kind: 'command', args: ${json(args)}, returns: ${json(args)}, allow: [] }],
};
hanse.define({ manifest, run(method, args, info, host) {
  const found = host.get(0, { id: args.id });
  if (found === undefined) throw new RejectError('UNKNOWN', args.id);
  const { id, amount, ...rest } = found;
  const total = [1n, 2n, 3n].map((n) => n * amount).reduce((sum, n) => sum + n, 0n);
  host.put(0, { id, amount: total / 2n + args.amount, ...rest, note: 'x'.repeat(8) }, 'put');
  for (const one of host.scan(0, -1, [], undefined, 10, false).rows) {
    if (one.id.startsWith('a') && /^[a-z]+$/.test(one.id)) host.emit(0, { id: one.id, amount: total });
  }
  const known = new Map(info.roles.map((role, i) => [role, i]));
  try { if (!known.has('bank')) throw new TypeError('no'); } catch (error) { void error.message; }
  return { id: JSON.parse(JSON.stringify({ id })).id + \`\${known.size}\`.slice(1), amount: total };
} });
})();
`;

/** Run the engine until what contracts need of it is compiled. Throws when the engine does not work. */
export function warmUpEngine(isolate: Isolate): void {
  const loaded = isolate.load(utf8(source), limits.gasPerTxMax);
  assert(loaded.kind === 'loaded', 'the engine loads a contract');
  const request = {
    method: 0,
    args: encode(args, { id: 'a', amount: 7n }),
    info: encode(callInfoSchema, info),
    gasLimit: limits.gasPerTxDefault,
  };
  for (let round = 0; round < ROUNDS; round++) {
    const outcome = isolate.run(loaded.program, request, hostOf);
    assert(outcome.kind === 'returned', 'the engine runs a contract');
  }
}

const info = {
  caller: 'did:hanse:warm-up',
  organisation: 'did:hanse:warm-up',
  roles: ['supplier'],
  duties: [],
  signers: [],
  via: '',
  height: 0,
  time: 0,
  txid: new Uint8Array(32),
};
const stored = encode(row, { id: 'a', amount: 5n, due: '2027-01-31', note: undefined });

function hostOf(meter: RunMeter): GuestHost {
  const read = (_table: number, bytes: Uint8Array): Uint8Array => {
    meter.charge(bytes.length);
    return stored;
  };
  return {
    get: read,
    put: () => meter.charge(1),
    remove: () => false,
    scan: () => ({ rows: [stored, stored], next: undefined }),
    emit: () => meter.charge(1),
    call: () => undefined,
    deposit: () => undefined,
    hash: (bytes) => bytes,
  };
}
