import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { relative } from 'node:path';
import type { Context } from '../context.ts';
import { pad } from '../render/width.ts';
import { formatDuration } from '../render/values.ts';
import type { NetworkFile } from '../settings.ts';
import type { Beginning } from './begin.ts';
import { ORGANISATIONS } from './organisations.ts';
import type { Ports } from './ports.ts';

const TEXT_WIDTH = 66;

/** What is known when the network is ready. */
export type ReadyFacts = {
  readonly place: { readonly dir: string; readonly isTemporary: boolean };
  readonly network: NetworkFile;
  readonly ports: Ports;
  readonly beginning: Beginning;
  readonly pids: readonly number[];
};

/** Print a step that is done, with the time it took. */
export function tick(
  { out }: Context,
  step: 'keysMade' | 'keysFound' | 'up',
  elapsedMs: number,
  up?: { readonly count: number; readonly beginning: Beginning },
): void {
  const { words, noteStyle } = out;
  const names = ORGANISATIONS.join(' · ');
  const text =
    step === 'up'
      ? `${words.validatorsUp(up?.count ?? 0)}, ${beginningText(words, up?.beginning)}`
      : words[step](ORGANISATIONS.length, names);
  const time = noteStyle.dim(formatDuration(elapsedMs).padStart(7));
  out.note(`  ${noteStyle.green('✓')} ${pad(text, TEXT_WIDTH)} ${time}`);
}

function beginningText(words: Context['out']['words'], beginning: Beginning | undefined): string {
  if (beginning === undefined) return '';
  return beginning.kind === 'continued'
    ? words.chainContinues(beginning.height)
    : words.firstBlock(beginning.height, beginning.signers, ORGANISATIONS.length);
}

/** Print where everything is and what to try, or the same as JSON. */
export function printReady(context: Context, facts: ReadyFacts): void {
  const { out, command, cwd, settings } = context;
  const { place, network, ports, beginning, pids } = facts;
  const [base = ports.base] = ports.api;
  const url = `http://localhost:${base}`;
  const hasConsole = existsSync(fileURLToPath(new URL('./console/', import.meta.url)));
  const as = settings.as.value;
  const near = relative(cwd, place.dir);
  const data = near.startsWith('..') ? place.dir : `./${near}`;
  const json = {
    ready: true,
    chainId: network.chainId,
    suite: network.suite,
    console: hasConsole ? `${url}/` : null,
    api: ports.api.map((port) => `http://127.0.0.1:${port}`),
    registry: `http://127.0.0.1:${ports.registry}`,
    data: place.dir,
    identity: as,
    height: beginning.height,
    organisations: [...ORGANISATIONS],
    pid: process.pid,
    pids: [...pids],
  };
  out.result(json, () => {
    const { words, style } = out;
    const line = (label: string, value: string, more = ''): string =>
      `  ${style.bold(pad(label, 10))} ${pad(value, 26)} ${style.dim(more)}`.trimEnd();
    return [
      '',
      line(words.labelConsole, hasConsole ? style.cyan(url) : words.noConsole),
      line(words.labelApi, `${url}/v1`, words.openApi),
      line(
        words.labelData,
        data,
        place.isTemporary ? words.dataTemporary : words.dataKept(command),
      ),
      line(words.labelIdentity, as, words.switchIdentity(command)),
      '',
      line(words.labelTry, `${command} evidence deposit README.md`),
      line('', `${command} evidence show README.md`),
      line('', `${command} why`),
    ].join('\n');
  });
}
