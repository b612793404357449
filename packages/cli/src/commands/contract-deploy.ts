import { resolve } from 'node:path';
import type { DeployedVersion } from '@hanse/client';
import { HanseError, toHex } from '@hanse/kit';
import type { Context } from '../context.ts';
import { buildFile, type Built } from '../contracts/build.ts';
import { deployBuilt, planOf, type Plan } from '../contracts/deploy.ts';
import { namesIn, organisationOf, ownersOption } from '../contracts/owners.ts';
import { flagOption, mustArgument, textOption, type Input } from '../input.ts';
import { renderFields } from '../render/table.ts';
import { formatDuration } from '../render/values.ts';
import { untilOption } from '../submit.ts';

/** Put a contract on the chain. */
export async function run(context: Context, input: Input): Promise<void> {
  await put(context, input, false);
}

/** Put a new version of a contract in the place of the one before, after saying what it changes. */
export async function runUpgrade(context: Context, input: Input): Promise<void> {
  await put(context, input, true);
}

async function put(context: Context, input: Input, isUpgrade: boolean): Promise<void> {
  const { out, signal, cwd, project, identities, nowMs } = context;
  const startedMs = nowMs();
  const built = await buildFile(resolve(cwd, mustArgument(input, 0, 'file')));
  const client = await context.client();
  const plan = await planOf(client, built, signal);
  if (isUpgrade) tellPlan(context, built, plan);
  const dryRun = flagOption(input, 'dryRun');
  if (dryRun) return out.result(planJson(built, plan), () => planText(context, built, plan));
  const signers = [
    await context.signer(),
    ...(await Promise.all(namesIn(textOption(input, 'with')).map((name) => context.signer(name)))),
  ];
  const who = { client, identities, signal };
  const [first] = signers;
  const owners =
    (await ownersOption(who, input)) ??
    (isUpgrade
      ? undefined
      : { organisations: [await organisationOf(who, first?.did ?? '')], threshold: 1 });
  const progress = out.progress(out.words.uploading, 1);
  const deployed = await deployBuilt(built, {
    client,
    project,
    signers,
    owners,
    isUpgrade,
    until: untilOption(input),
    signal,
    onUploaded: (done) => progress.update(done),
  }).finally(() => progress.end());
  const json = {
    name: built.name,
    version: deployed.version,
    codeHash: toHex(deployed.codeHash),
    codeBytes: built.code.length,
    txid: toHex(deployed.receipt.txid),
    height: deployed.receipt.height,
    ...(isUpgrade ? { changes: plan.changes } : {}),
  };
  const elapsed = formatDuration(nowMs() - startedMs);
  out.result(json, () => render(context, built, deployed, elapsed));
}

/** Refuses at once what the chain would refuse, with every reason. */
function tellPlan({ out }: Context, { name }: Built, plan: Plan): void {
  if (plan.before === undefined) throw new HanseError('UnknownContract', { contract: name });
  for (const conflict of plan.conflicts) out.note(`  ${out.noteStyle.red('✗')} ${conflict}`);
  const [reason] = plan.conflicts;
  if (reason !== undefined) throw new HanseError('IncompatibleUpgrade', { contract: name, reason });
  for (const change of plan.changes) out.note(`  ${out.noteStyle.yellow('~')} ${change}`);
  if (plan.changes.length === 0) {
    out.note(`  ${plan.isSame ? out.words.sameCode : out.words.sameManifest}`);
  }
}

function planJson({ name }: Built, { before, isSame, changes, conflicts }: Plan) {
  return { name, dryRun: true, version: before?.version ?? 0, isSame, changes, conflicts };
}

function planText({ out }: Context, { name }: Built, { before }: Plan): string {
  const version = before?.version ?? 0;
  return out.words.nothingSent(`${name} v${version} → v${version + 1}`);
}

function render(
  { out }: Context,
  { name, code }: Built,
  { version, codeHash, receipt }: DeployedVersion,
  elapsed: string,
): string {
  const { words, style } = out;
  const rows = [
    [words.codeHash, toHex(codeHash)],
    [words.size, `${code.length} B`],
    [words.fieldTransaction, toHex(receipt.txid)],
    [words.gas, String(receipt.gas)],
  ] as const;
  const told = words.contractLive(style.bold(name), version, receipt.height, elapsed);
  return `${style.green('✓')} ${told}\n${renderFields(rows, { style, indent: 2 })}`;
}
