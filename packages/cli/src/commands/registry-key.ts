import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Json } from '@hanse/codec';
import { toHex } from '@hanse/kit';
import { randomBytes } from '@hanse/native';
import { createEpochKey, readEpochKeys, registryKeysDir } from '@hanse/registry';
import { askClaims, claimsCall, publishKey, send, type Done } from '@hanse/trade-finance';
import type { Context } from '../context.ts';
import { flagOption, integerOption, textOption, usage, type Input } from '../input.ts';
import { renderTable } from '../render/table.ts';
import { withTrade, type Trade } from '../trade/invoices.ts';
import { printDone } from '../trade/render.ts';
import { registryDir } from '../trade/service.ts';
import { tradeWords } from '../trade/words.ts';

const EPOCH_MAX = 1_000_000;

/** Show the keys of claim tags, make the next one, publish it, make it current, or close an epoch. */
export async function run(context: Context, input: Input): Promise<void> {
  await withTrade(context, input, async (trade) => {
    const epochs = { min: 1, max: EPOCH_MAX };
    const close = integerOption(input, 'close', epochs);
    const current = integerOption(input, 'current', epochs);
    if (flagOption(input, 'new')) return makeKey(trade, input);
    if (flagOption(input, 'publish')) return publish(trade, input);
    if (current !== undefined) return change(trade, 'makeCurrent', current);
    if (close !== undefined) return change(trade, 'close', close);
    return show(trade, input);
  });
}

function keysDir({ cwd, network }: Context, input: Input): string {
  const dir = textOption(input, 'dir');
  return registryKeysDir(dir === undefined ? registryDir(network.dir) : resolve(cwd, dir));
}

async function ownKeys({ context }: Trade, input: Input) {
  const dir = keysDir(context, input);
  return existsSync(dir) ? readEpochKeys(dir) : [];
}

async function show(trade: Trade, input: Input): Promise<void> {
  const { context, desk } = trade;
  const { out } = context;
  const words = tradeWords(out.language);
  const own = await ownKeys(trade, input);
  const { value } = await askClaims(desk).registryKeys({});
  const states = new Map(value.rows.map(({ epoch, state }) => [epoch, state]));
  const rows = own.map(({ epoch, group, key }) => ({
    epoch,
    group,
    publicKey: toHex(key.publicKey),
    state: states.get(epoch) ?? words.notPublished,
  }));
  const json = rows.map((one): Json => ({ ...one, state: states.get(one.epoch) ?? null }));
  out.result({ keys: json }, () => {
    if (rows.length === 0) return words.noKeys;
    return renderTable(
      [
        { title: words.epoch, align: 'right' },
        { title: words.group },
        { title: words.onChain },
        { title: words.publicKey, shrinks: true },
      ],
      rows.map(({ epoch, group, state, publicKey }) => [String(epoch), group, state, publicKey]),
      { style: out.style, width: out.width },
    );
  });
}

async function makeKey(trade: Trade, input: Input): Promise<void> {
  const { context } = trade;
  const { out } = context;
  const own = await ownKeys(trade, input);
  const epoch = 1 + Math.max(0, ...own.map((one) => one.epoch));
  const made = await createEpochKey(keysDir(context, input), { epoch, seed: randomBytes(32) });
  const { group, key } = made;
  out.result({ epoch, group, publicKey: toHex(key.publicKey) }, () => {
    return `${out.style.green('✓')} ${tradeWords(out.language).keyMade(epoch)}`;
  });
}

/** Publish the oldest key that is not on the chain yet. */
async function publish(trade: Trade, input: Input): Promise<void> {
  const { context, desk } = trade;
  const { value } = await askClaims(desk).epochs({});
  const next = (await ownKeys(trade, input)).find(({ epoch }) => epoch > value.newest);
  if (next === undefined) {
    throw usage('Every key that is here is on the chain.', '此处的所有密钥均已上链。');
  }
  const { epoch, group, key } = next;
  // The first key has nobody to wait for; askers move to a later one before it becomes current.
  const isFirst = value.current === undefined;
  const published = { epoch, group, publicKey: key.publicKey };
  const done = await publishKey(desk, await context.signer(), published, isFirst);
  const follow = isFirst ? [] : [`registry key --current ${epoch}`];
  printDone(context, done, { json: { epoch }, next: follow });
}

async function change(trade: Trade, method: 'makeCurrent' | 'close', epoch: number): Promise<void> {
  const { context, desk } = trade;
  const call = await claimsCall(desk, method, { epoch });
  const sent = await send(desk, [await context.signer()], [call]);
  const isCurrent = method === 'makeCurrent';
  const done: Done = {
    txids: [sent.txid],
    height: sent.height,
    says: {
      en: `Epoch ${epoch} is ${isCurrent ? 'current' : 'closed'}.`,
      zh: `周期 ${epoch} 已${isCurrent ? '设为当前' : '关闭'}。`,
    },
  };
  printDone(context, done, { json: { epoch } });
}
