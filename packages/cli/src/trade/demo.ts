import { lockFolder } from '@hanse/store';
import { isHanseError, toHex } from '@hanse/kit';
import { money, type ToldStep } from '@hanse/trade-finance';
import type { Context } from '../context.ts';
import { makePrivateDir } from '../files.ts';
import { textIn } from '../language.ts';
import { formatDuration } from '../render/values.ts';
import { pad } from '../render/width.ts';
import { makeDesk, organisationName, registryUrl } from './desk.ts';
import { Importer } from './importer.ts';
import { installTrade, type Installed } from './install.ts';
import { installedRules } from './rules.ts';
import { hasStory, storyDir, tellHere, toldSteps } from './story.ts';
import { Vault } from './vault.ts';
import { tradeWords } from './words.ts';

const LOCK_POLL_MS = 250;
const LOCK_WAIT_MS = 180_000;
const TEXT_WIDTH = 66;
const AMOUNT_WIDTH = 16;

/** Told about the demo while it goes on. */
export type DemoListener = {
  readonly onInstalled?: (installed: Installed) => void;
  readonly onTold: (step: ToldStep, index: number) => void;
};

/** The story as it stands on the chain after it was told, with how long it took. */
export type DemoResult = {
  readonly steps: readonly ToldStep[];
  readonly wasTold: boolean;
  readonly elapsedMs: number;
};

/**
 * Bring the network to where trade finance works and tell the story on it, or what is left to tell. Steps wait until
 * they are final; that each is proved is shown afterwards, receipt by receipt.
 */
export async function runTradeDemo(context: Context, listener: DemoListener): Promise<DemoResult> {
  const { nowMs, network, identities, signal, out } = context;
  const startedMs = nowMs();
  const client = await context.client();
  const chainId = toHex((await client.chain()).chainId);
  const vault = new Vault(network.dir);
  makePrivateDir(vault.dir);
  const release = await lockVault(vault, signal);
  const importer = new Importer(installedRules(context));
  try {
    const url = (): string => registryUrl(context);
    const desk = makeDesk({ client, identities, signal, nowMs, url, until: 'final' });
    await installTrade(context, desk, listener.onInstalled ?? (() => undefined));
    if (!hasStory(context)) {
      out.warn(out.words.demoMissing(storyDir(context)));
      return { steps: [], wasTold: false, elapsedMs: nowMs() - startedMs };
    }
    const before = toldSteps(vault, chainId).length;
    const steps = await tellHere({ context, desk, vault, importer }, chainId, listener.onTold);
    return { steps, wasTold: before === steps.length, elapsedMs: nowMs() - startedMs };
  } finally {
    await importer.close();
    await release();
  }
}

/** One process tells the story at a time; another one waits for it. */
async function lockVault(vault: Vault, signal: AbortSignal): Promise<() => Promise<void>> {
  const endMs = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      const lock = await lockFolder(vault.dir);
      return () => lock.release();
    } catch (error) {
      const isHeld = isHanseError(error) && error.codeName === 'DataInUse';
      if (!isHeld || Date.now() > endMs) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
    signal.throwIfAborted();
  }
}

/** Tell the story while a network starts: one line for each step, on stderr. */
export async function demoBesideNetwork(context: Context, baseUrl: string): Promise<void> {
  const { out, command, nowMs } = context;
  const { noteStyle, language } = out;
  const words = tradeWords(language);
  let lastMs = nowMs();
  const note = (mark: string, text: string): void => {
    const now = nowMs();
    const time = noteStyle.dim(formatDuration(now - lastMs).padStart(7));
    lastMs = now;
    if (!out.isJson) out.note(`  ${mark} ${pad(text, TEXT_WIDTH)} ${time}`);
  };
  if (!out.isJson) out.note(`\n  ${noteStyle.bold(words.story)}`);
  const good = noteStyle.green('✓');
  const { steps, wasTold, elapsedMs } = await runTradeDemo(context, {
    onInstalled: (installed) => note(good, installedText(context, installed)),
    onTold: (step) => {
      const isRefused = step.refused !== undefined;
      const text = textIn(step.title, language);
      note(isRefused ? noteStyle.yellow('✗') : good, text);
      const reason = step.refused?.reason;
      if (reason !== undefined && !out.isJson) out.note(`      ${words.refused}: ${reason}`);
    },
  });
  if (steps.length === 0) return;
  const refused = steps.filter((step) => step.refused !== undefined).length;
  const done = wasTold
    ? words.storyKnown(steps.length)
    : words.storyDone(steps.length, refused, formatDuration(elapsedMs));
  if (out.isJson) {
    out.row({ story: { steps: steps.length, refused, told: !wasTold, elapsedMs } }, () => '');
    return;
  }
  const last = steps.findLast(({ parts }) => parts !== undefined);
  out.note(`  ${good} ${done}`);
  for (const { holder, units } of last?.parts ?? []) {
    const amount = money(units, last?.currency ?? '').padStart(AMOUNT_WIDTH);
    out.note(`    ${amount}  ${organisationName(context.identities, holder)}`);
  }
  out.note(`    ${baseUrl}/#/story`);
  out.note(`    ${command} demo trade-finance`);
}

/** What was installed, in words. */
export function installedText({ out }: Pick<Context, 'out'>, installed: Installed): string {
  const words = tradeWords(out.language);
  switch (installed.kind) {
    case 'members':
      return words.membersReady(installed.count);
    case 'contract':
      return words.contractReady(installed.name, installed.version);
    case 'key':
      return words.keyReady(installed.epoch);
    default:
      return installed satisfies never;
  }
}
