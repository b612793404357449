import { parseArgs } from 'node:util';
import { Network } from '../harness/network.ts';
import { setUpTrade } from '../harness/trade.ts';
import { searchNodes, writeReport } from './run.ts';

const USAGE = `usage: node tools/run.mjs test/privacy/main.ts [options]
  --deals N      deals to take from deposit to payment before the search (100)
  --out FILE     write the report as JSON
`;

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      deals: { type: 'string', default: '100' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return true;
  }
  const network = await Network.start();
  try {
    const trade = await setUpTrade(network);
    try {
      const say = (text: string): void => void process.stderr.write(`${text}\n`);
      const report = await searchNodes(network, trade, Number(values.deals), say);
      process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
      if (values.out !== undefined) writeReport(values.out, report);
      return report.found.length === 0 && report.controls === 3;
    } finally {
      await trade.close();
    }
  } finally {
    await network.remove();
  }
}

await main().then(
  (ok) => process.exit(ok ? 0 : 1),
  (error: unknown) => {
    process.stderr.write(
      `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(1);
  },
);
