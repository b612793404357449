/*
 * The project that `hanse init` makes. Its files are text here, so that the command works without a network and
 * from a bundle; a test makes it and checks its types. `@SCOPE` stands for the scope of our packages, which are
 * those of the project and not of this file.
 */

const contract = `import { reject, schema, t, table } from '@SCOPE/contract';

const order = table(
  {
    id: t.text(40),
    buyer: t.party(),
    seller: t.party(),
    amount: t.amount(),
    due: t.date(),
    status: t.oneOf('placed', 'accepted'),
  },
  { key: ['id'], index: { bySeller: ['seller', 'status', 'due'] } },
);
const { id, seller, amount, due } = order.fields;

const app = schema({
  tables: { order },
  events: { Placed: { id, seller, amount }, Accepted: { id } },
});

/** Place an order with a seller. */
export const place = app.command({ args: { id, seller, amount, due }, returns: { id } }, (ctx, a) => {
  if (a.amount === 0n) reject('AMOUNT', 'an order is worth something');
  if (a.due < ctx.today) reject('DUE', 'it would be overdue at once');
  ctx.db.order.insert({ ...a, buyer: ctx.caller.organisation, status: 'placed' });
  ctx.emit.Placed({ id: a.id, seller: a.seller, amount: a.amount });
  return { id: a.id };
});

/** Accept an order, as its seller. */
export const accept = app.command({ args: { id } }, (ctx, a) => {
  const row = ctx.db.order.need(a);
  if (row.seller !== ctx.caller.organisation) reject('NOT_YOURS', \`it is an order to \${row.seller}\`);
  if (row.status !== 'placed') reject('STATUS', \`it is \${row.status}\`);
  ctx.db.order.update({ ...row, status: 'accepted' });
  ctx.emit.Accepted(a);
});

/** An order by its id. */
export const get = app.query({ args: { id }, returns: t.optional(order.row) }, (ctx, a) =>
  ctx.db.order.get(a),
);

/** Orders that wait for a seller, those due first at the top. */
export const open = app.query(
  { args: { seller, after: t.optional(t.cursor()) }, returns: t.page(order.row) },
  (ctx, a) => ctx.db.order.bySeller.list({ seller: a.seller, status: 'placed' }, { after: a.after, limit: 20 }),
);

export default app.contract({ name: 'orders', methods: { place, accept, get, open } });
`;

const contractTest = `import { testChain } from '@SCOPE/testing';
import { afterAll, describe, expect, it } from 'vitest';
import orders from './orders.ts';

// The same tests as plain TypeScript, for any debugger, and in the engine that validators run.
describe.each(['plain', 'metered'] as const)('orders, %s', (mode) => {
  const chain = testChain({ orders }, { mode });
  const bank = chain.as({ organisation: 'Bank' });
  const supplier = chain.as({ organisation: 'Supplier' });
  const order = { id: 'PO-1', seller: supplier.organisation, amount: 125_000n, due: '2099-12-31' };
  afterAll(() => chain.close());

  it('places an order once', async () => {
    expect(await bank.orders.place(order)).toEqual({ id: 'PO-1' });
    await expect(bank.orders.place(order)).rejects.toMatchObject({ codeName: 'RowExists' });
    const none = bank.orders.place({ ...order, id: 'PO-2', amount: 0n });
    await expect(none).rejects.toMatchObject({ code: 'AMOUNT' });
  });

  it('lets only its seller accept it', async () => {
    await expect(bank.orders.accept({ id: 'PO-1' })).rejects.toMatchObject({ code: 'NOT_YOURS' });
    await supplier.orders.accept({ id: 'PO-1' });
    expect(await bank.orders.query.get({ id: 'PO-1' })).toMatchObject({ status: 'accepted' });
    expect((await bank.orders.query.open({ seller: order.seller })).rows).toEqual([]);
  });
});
`;

const program = `// Run it with: HANSE run app.ts (while HANSE dev runs)
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, keySigner, rejectionOf } from '@SCOPE/client';
import { createNativeSuite } from '@SCOPE/native';
import { readKeyFile } from '@SCOPE/signer';
import type orders from './contracts/orders.ts';

const dir = process.env['HANSE_DATA'] ?? '.hanse/dev';
const network = JSON.parse(readFileSync(join(dir, 'network.json'), 'utf8')) as {
  readonly chainId: string;
  readonly suite: 'intl' | 'sm';
  readonly urls: readonly string[];
};
const suite = createNativeSuite(network.suite);

/** Who signs under a local name: a person of an organisation of the network. */
async function signerOf(name: string) {
  const { did = '', kid = '', key } = await readKeyFile(suite, join(dir, 'identities', \`\${name}.json\`), 'identity');
  return keySigner(suite, { did, kid, key });
}

const [bank, supplier] = [await signerOf('bank'), await signerOf('supplier')];
const client = createClient({
  urls: network.urls,
  genesisHash: network.chainId,
  suiteOf: createNativeSuite,
  signer: bank,
});
const api = client.contract<typeof orders>('orders');

const party = await client.query('roles', 'party', { did: supplier.did });
const seller = party.value.organisation;
const id = \`PO-\${Date.now()}\`;

const placed = await api.place({ id, seller, amount: 125_000n, due: '2099-12-31' });
console.log(\`\${placed.result.id} placed in block \${placed.height}, proved\`);

await api.accept({ id }).catch((error: unknown) => {
  const rejection = rejectionOf(error);
  if (rejection === undefined) throw error;
  console.log(\`the bank cannot accept it: \${rejection.reason} (\${rejection.message})\`);
});
await api.accept({ id }, { signers: [supplier] });
const { value, height } = await api.query.get({ id });
console.log(\`at height \${height} it is \${value?.status}\`);
`;

const vitestConfig = `import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@hanse/source'] },
  ssr: { resolve: { conditions: ['@hanse/source'] } },
  test: { pool: 'threads' },
});
`;

const tsconfig = {
  compilerOptions: {
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    target: 'ES2023',
    lib: ['ES2023'],
    types: ['node'],
    customConditions: ['@hanse/source'],
    skipLibCheck: true,
  },
  include: ['contracts', '*.ts'],
};

const readme = `# NAME

| What | How |
|---|---|
| run a network of four validators, with the contracts live | \`HANSE dev --contracts contracts\` |
| change a contract | save it: the new version is live in about a second, or the error says file and line |
| call it | \`HANSE call orders.place '{"id":"PO-1","seller":"did:…","amount":"125000","due":"2099-12-31"}'\` |
| ask it | \`HANSE query orders.get '{"id":"PO-1"}'\` |
| test it, as plain TypeScript and in the engine of validators | \`npm test\` |
| check types, wrong calls of the client included | \`npm run check\` |
| run the program that uses it | \`HANSE run app.ts\` |
`;

/**
 * Files of a new project by path. `command` is how to type hanse in it; `root` is the checkout whose sources its
 * packages are, undefined for published packages.
 */
export function projectFiles(
  name: string,
  command: string,
  root: string | undefined,
): Readonly<Record<string, string>> {
  // Sources come with declarations of their own for packages that have none.
  const declared = root === undefined ? [] : [`${root}/packages/*/src/*.d.ts`];
  const config = { ...tsconfig, include: [...tsconfig.include, ...declared] };
  const fill = (text: string): string =>
    text
      .replaceAll('HANSE ', `${command} `)
      .replaceAll('NAME', name)
      .replaceAll('@SCOPE', '@hanse');
  const manifest = {
    name,
    private: true,
    type: 'module',
    scripts: { test: 'vitest run', check: 'tsc' },
    dependencies: {
      '@hanse/client': '0.1.0',
      '@hanse/contract': '0.1.0',
      '@hanse/native': '0.1.0',
      '@hanse/signer': '0.1.0',
    },
    devDependencies: { '@hanse/testing': '0.1.0', typescript: '7.0.2', vitest: '4.1.12' },
  };
  return {
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
    'tsconfig.json': `${JSON.stringify(config, null, 2)}\n`,
    'vitest.config.ts': vitestConfig,
    '.gitignore': 'node_modules\n.hanse\n',
    'README.md': fill(readme),
    'contracts/orders.ts': fill(contract),
    'contracts/orders.test.ts': fill(contractTest),
    'app.ts': fill(program),
  };
}
