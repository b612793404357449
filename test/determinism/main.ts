// node tools/run.mjs test/determinism/main.ts [--workers 2] [--each]: runs the corpus of programs and
// compares one digest over outcomes, gas and all memory with the pinned one. The bundle that tools/run.mjs
// leaves in node_modules/.cache/hanse-run can be run by any Node, with any flags of V8:
//
//   node --liftoff-only <bundle>.mjs --workers 2
//
// Each worker runs the whole corpus, every second one backwards, and all must agree.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { createDigester, programs, totalOf } from '../../packages/isolate/test/corpus/corpus.ts';
import { PINNED_DIGEST } from '../../packages/isolate/test/corpus/digest.ts';

type Report = { readonly digests: ReadonlyMap<string, string> };

const STACK_MB = 16;

async function main(args: readonly string[]): Promise<void> {
  const at = args.indexOf('--workers');
  const count = at < 0 ? 1 : Number(args[at + 1]);
  const reports = await Promise.all(
    Array.from({ length: count }, (_, i) => runWorker(i % 2 === 1)),
  );
  const names = Object.keys(programs);
  const [first] = reports;
  const differing = names.filter((name) =>
    reports.some(({ digests }) => digests.get(name) !== first?.digests.get(name)),
  );
  if (args.includes('--each')) {
    for (const name of names) process.stdout.write(`${first?.digests.get(name)} ${name}\n`);
  }
  const total = first === undefined ? '' : totalOf(first.digests);
  const flags = process.execArgv.filter((flag) => !flag.startsWith('--enable-source'));
  process.stdout.write(
    `${total} ${names.length} programs, ${count} workers, Node ${process.version} ` +
      `${process.arch} ${flags.join(' ')}\n`,
  );
  if (differing.length > 0) process.stdout.write(`workers differ: ${differing.join(', ')}\n`);
  if (total !== PINNED_DIGEST) process.stdout.write(`pinned: ${PINNED_DIGEST}\n`);
  process.exitCode = differing.length > 0 || total !== PINNED_DIGEST ? 1 : 0;
}

function runWorker(isBackwards: boolean): Promise<Report> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { isBackwards },
      resourceLimits: { stackSizeMb: STACK_MB },
    });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function work(isBackwards: boolean): Report {
  const digester = createDigester();
  const names = Object.keys(programs);
  if (isBackwards) names.reverse();
  return { digests: new Map(names.map((name) => [name, digester.of(name)])) };
}

if (isMainThread) {
  await main(process.argv.slice(2));
} else {
  const { isBackwards } = workerData as { isBackwards: boolean };
  parentPort?.postMessage(work(isBackwards));
}
