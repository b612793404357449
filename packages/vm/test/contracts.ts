import { shapeToJson, t, type AnySchema } from '@hanse/codec';
import type {
  IndexManifest,
  Manifest,
  MethodManifest,
  ShapeJson,
  TableManifest,
} from '../src/index.ts';
import { Fail, Reject, type FakeContract, type FakeMethod } from './fake.ts';

/** The JSON of a schema's shape. */
export function shapeOf({ shape }: AnySchema): ShapeJson {
  return shapeToJson(shape);
}

/** A table of a manifest. */
export function tableOf(
  name: string,
  row: AnySchema,
  key: readonly string[],
  more: { readonly listed?: boolean; readonly indexes?: readonly IndexManifest[] } = {},
): TableManifest {
  return {
    name,
    row: shapeOf(row),
    key,
    listed: more.listed ?? false,
    indexes: more.indexes ?? [],
  };
}

/** A method of a manifest. */
export function methodOf(
  name: string,
  more: Partial<Omit<MethodManifest, 'args' | 'returns'>> & {
    readonly args?: AnySchema;
    readonly returns?: AnySchema;
  } = {},
): MethodManifest {
  return {
    name,
    kind: more.kind ?? 'command',
    args: shapeOf(more.args ?? t.struct({})),
    returns: shapeOf(more.returns ?? t.struct({})),
    allow: more.allow ?? [],
  };
}

/** A manifest with less to say. */
export function manifestOf(name: string, parts: Partial<Manifest> = {}): Manifest {
  return { abi: 1, name, tables: [], events: [], methods: [], ...parts };
}

/** The row of the tests' invoices. */
export const invoiceRow = t.struct({
  seller: t.text(40),
  id: t.text(40),
  amount: t.amount,
  due: t.date,
  status: t.oneOf('issued', 'paid'),
  note: t.option(t.text(200)),
});

const key = t.struct({ seller: t.text(40), id: t.text(40) });
const page = t.struct({ limit: t.int(0, 1_000), after: t.option(t.bytes(1_024)) });
const rows = t.struct({ rows: t.list(invoiceRow, 100), next: t.option(t.bytes(1_024)) });

/** A contract over invoices: a list, an ordered and a unique index, an event, a guard. */
export const invoices: FakeContract = {
  manifest: manifestOf('invoices', {
    tables: [
      tableOf('invoice', invoiceRow, ['seller', 'id'], {
        listed: true,
        indexes: [
          { name: 'byDue', fields: ['status', 'due'], unique: false },
          { name: 'byId', fields: ['id'], unique: true },
        ],
      }),
    ],
    events: [{ name: 'Issued', data: shapeOf(t.struct({ id: t.text(40), amount: t.amount })) }],
    methods: [
      methodOf('issue', { args: invoiceRow }),
      methodOf('pay', { args: key }),
      methodOf('remove', { args: key, returns: t.bool }),
      methodOf('audit', { args: key, allow: [{ kind: 'role', role: 'regulator' }] }),
      methodOf('get', { kind: 'query', args: key, returns: t.option(invoiceRow) }),
      methodOf('list', { kind: 'query', args: page, returns: rows }),
      methodOf('dues', { kind: 'query', args: page, returns: rows }),
      methodOf('settle', { kind: 'internal', args: key, returns: t.struct({ by: t.text(96) }) }),
      methodOf('cheat', { kind: 'query', args: key }),
    ],
  }),
  methods: {
    issue: (host, args: { readonly id: string; readonly amount: bigint }) => {
      host.put('invoice', args, 'insert');
      host.emit('Issued', { id: args.id, amount: args.amount });
    },
    pay: (host, args: Readonly<Record<string, unknown>>) => {
      const row = host.get('invoice', args);
      if (row === undefined) throw new Reject('NO_INVOICE', 'there is none');
      host.put('invoice', { ...row, status: 'paid' }, 'update');
    },
    remove: (host, args: Readonly<Record<string, unknown>>) => host.remove('invoice', args),
    audit: () => undefined,
    get: (host, args: Readonly<Record<string, unknown>>) => host.get('invoice', args),
    list: (host, args: { readonly limit: number; readonly after: Uint8Array | undefined }) =>
      host.scan('invoice', args),
    dues: (host, args: { readonly limit: number; readonly after: Uint8Array | undefined }) =>
      host.scan('invoice', { ...args, index: 'byDue', prefix: ['issued'] }),
    settle: (host, args: Readonly<Record<string, unknown>>, info) => {
      const row = host.get('invoice', args);
      if (row === undefined) throw new Reject('NO_INVOICE');
      host.put('invoice', { ...row, status: 'paid' }, 'update');
      return { by: info.caller };
    },
    cheat: (host, args: Readonly<Record<string, unknown>>) => {
      host.remove('invoice', args);
    },
  },
};

/** A contract with one method that does what a test wants. */
export function probe(
  run: FakeMethod,
  more: Parameters<typeof methodOf>[1] & { readonly name?: string } = {},
): FakeContract {
  const manifest = manifestOf(more.name ?? 'probe', { methods: [methodOf('run', more)] });
  return { manifest, methods: { run } };
}

/** Code that fails in a way of its own. */
export function failing(failure: Fail['failure']): FakeContract {
  return probe(() => {
    throw new Fail(failure);
  });
}
