import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { createClient, type Client } from '@hanse/client';
import { HanseError, isHanseError, must } from '@hanse/kit';
import { createNativeSuite } from '@hanse/native';
import { lockFolder } from '@hanse/store';
import { contextAt, type Context } from '../context.ts';
import { printReady, tick } from '../dev/banner.ts';
import { beginChain } from '../dev/begin.ts';
import { writeConfigs, type ValidatorFiles } from '../dev/configs.ts';
import { depositDemo } from '../dev/demo.ts';
import { makeNetwork } from '../dev/make.ts';
import { LiveContracts } from '../dev/contracts.ts';
import { organisationIdentity, ORGANISATIONS } from '../dev/organisations.ts';
import { choosePorts, DEFAULT_PORT, type Ports } from '../dev/ports.ts';
import { quorumOf, Validators, type Ended, type ValidatorsListener } from '../dev/validators.ts';
import { exitCodes } from '../exit.ts';
import { makePrivateDir, prettyJson, writePrivateFile } from '../files.ts';
import { IdentityStore } from '../identities.ts';
import { choiceOption, flagOption, integerOption, textOption, type Input } from '../input.ts';
import { networkPaths } from '../project.ts';
import { viewError } from '../render/error.ts';
import { formatDuration } from '../render/values.ts';
import { readNetworkFile, type NetworkFile } from '../settings.ts';
import { demoBesideNetwork } from '../trade/demo.ts';
import { startDevRegistry } from '../trade/devregistry.ts';
import type { RegistryProcess } from '../trade/service.ts';

const START_MS = 90_000;
const PORT_MAX = 65_500;
const PORT_TRIES = 3;

/** What is to be ended when the command ends. */
type Running = {
  validators: Validators | undefined;
  contracts: LiveContracts | undefined;
  registry: RegistryProcess | undefined;
};

/** Where a network lies, and whether it goes when it stops. */
type Place = { readonly dir: string; readonly isTemporary: boolean };

/** Run a local network until it is told to stop. */
export async function run(context: Context, input: Input): Promise<number> {
  const place = choosePlace(context, input);
  const release = await openPlace(context, input, place);
  const running: Running = {
    validators: undefined,
    contracts: undefined,
    registry: undefined,
  };
  try {
    await serve(context, input, place, running);
  } catch (error) {
    if (!context.signal.aborted) throw error;
  } finally {
    await Promise.all([running.contracts?.stop(), running.registry?.stop()]);
    await close(context, place, running.validators);
    await release();
  }
  return context.signal.reason === 'SIGINT' ? exitCodes.interrupted : exitCodes.ok;
}

function choosePlace({ project, settings }: Context, input: Input): Place {
  if (flagOption(input, 'temp')) {
    return { dir: join(mkdtempSync(join(tmpdir(), 'hanse-dev-')), 'dev'), isTemporary: true };
  }
  // The folder of the last run is for other commands; without --data this one means its own.
  const isChosen = settings.data.origin !== 'default';
  return { dir: isChosen ? settings.data.value : join(project.dir, 'dev'), isTemporary: false };
}

/** Make the network when there is none, and hold its folder. Returns what gives it back. */
async function openPlace(
  context: Context,
  input: Input,
  { dir }: Place,
): Promise<() => Promise<void>> {
  const { out, nowMs, project } = context;
  const { words } = out;
  const paths = networkPaths(dir);
  if (flagOption(input, 'reset') && existsSync(dir)) {
    const held = await lockFolder(dir);
    await held.release();
    const old = `${dir}.old-${nowMs()}`;
    renameSync(dir, old);
    out.note(`  ${words.resetDone(shown(context, old))}`);
  }
  if (dir.startsWith(project.dir)) makePrivateDir(project.dir);
  const startedMs = nowMs();
  const suite = choiceOption(input, 'suite', ['intl', 'sm']);
  const known = readNetworkFile(paths.networkFile);
  if (known === undefined) await makeNetwork(dir, suite ?? 'intl', nowMs());
  else if (suite !== undefined && suite !== known.suite) out.warn(words.suiteIgnored(known.suite));
  tick(context, known === undefined ? 'keysMade' : 'keysFound', nowMs() - startedMs);
  const lock = await lockFolder(dir);
  return () => lock.release();
}

async function serve(
  context: Context,
  input: Input,
  place: Place,
  running: Running,
): Promise<void> {
  const { out, signal, nowMs } = context;
  const paths = networkPaths(place.dir);
  const network = must(readNetworkFile(paths.networkFile), 'the network was made');
  const asked = integerOption(input, 'port', { min: 1, max: PORT_MAX });
  const startedMs = nowMs();
  const { ports, files, validators } = await startOnFreePorts(context, place, {
    network,
    asked,
    onValidators: (one) => (running.validators = one),
  });
  const client = clientOf(
    files.map((file) => file.url),
    network,
  );
  const identities = new IdentityStore(paths.identitiesDir);
  const { suite } = await client.chain();
  const beginning = await beginChain({
    client,
    suite,
    identities,
    operatorsFile: paths.operatorsFile,
    running: validators.running,
    signal,
  });
  tick(context, 'up', nowMs() - startedMs, { count: validators.running, beginning });
  printReady(context, { place, network, ports, beginning, pids: validators.pids });
  const contracts = textOption(input, 'contracts');
  if (contracts !== undefined) {
    const path = resolve(context.cwd, contracts);
    const signer = await identities.signer(
      suite,
      deployerOf(identities, context.settings.as.value),
    );
    running.contracts = new LiveContracts({ context, client, identities, signer, path });
    await running.contracts.start();
  }
  const isDemo = flagOption(input, 'demo');
  if (isDemo)
    await trying(context, depositDemo(context, { client, suite, identities, paths, ports }));
  const own = contextAt(context, { dir: place.dir, client, suite, identities });
  await trying(
    context,
    startDevRegistry(own, ports, (one) => (running.registry = one)),
  );
  if (isDemo) await trying(context, demoBesideNetwork(own, `http://localhost:${ports.base}`));
  if (!out.isJson) out.note(`\n  ${out.words.stopHint}`);
  await untilAborted(signal);
}

/** The organisation behind the identity in use: it decides on upgrades with its own key. */
function deployerOf(identities: IdentityStore, name: string): string {
  const organisation = organisationIdentity(name);
  return identities.has(organisation) ? organisation : name;
}

type Started = {
  readonly ports: Ports;
  readonly files: readonly ValidatorFiles[];
  readonly validators: Validators;
};

/** Start the validators; when nobody named a port and somebody else was quicker, on the next ones. */
async function startOnFreePorts(
  context: Context,
  place: Place,
  options: {
    readonly network: NetworkFile;
    readonly asked: number | undefined;
    readonly onValidators: (validators: Validators) => void;
  },
): Promise<Started> {
  const { out, signal } = context;
  const { network, asked, onValidators } = options;
  let taken: Ports | undefined;
  for (let tries = 1; ; tries++) {
    const ports = await choosePorts(asked, taken);
    if (asked === undefined && ports.base !== DEFAULT_PORT) {
      out.note(`  ${out.words.portsTaken(DEFAULT_PORT, ports.base)}`);
    }
    const files = writeConfigs(place.dir, network, ports);
    pointAt(context, place);
    const validators = new Validators(files, listenerOf(context));
    onValidators(validators);
    try {
      await validators.start(START_MS, signal);
      return { ports, files, validators };
    } catch (error) {
      const isRace = isHanseError(error) && error.codeName === 'PortInUse' && asked === undefined;
      if (!isRace || tries >= PORT_TRIES) throw error;
      await validators.stop();
      taken = ports;
    }
  }
}

/** What fails beside the network is said and leaves it running. */
async function trying(context: Context, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    context.signal.throwIfAborted();
    context.out.error(error);
  }
}

/** Let other commands find a network that is not in the usual place. */
function pointAt({ project }: Context, { dir }: Place): void {
  if (dir === join(project.dir, 'dev')) {
    rmSync(project.pointerFile, { force: true });
    return;
  }
  makePrivateDir(project.dir);
  writePrivateFile(project.pointerFile, prettyJson({ data: dir }));
}

function clientOf(urls: readonly string[], network: NetworkFile): Client {
  return createClient({ urls, genesisHash: network.chainId, suiteOf: createNativeSuite });
}

function listenerOf({ out }: Context): ValidatorsListener {
  const { words } = out;
  return {
    onEnded: (ended) => {
      const { name, code, signal, error, restartMs } = ended;
      const how = code === undefined ? words.killedBy(signal ?? '?') : words.exitedWith(code);
      const next =
        restartMs === undefined
          ? words.validatorStays(`${name}/node.log`)
          : words.validatorRestarts(formatDuration(restartMs));
      out.warn(`${words.validatorStopped(name, how)}; ${next}; ${quorumText(out.words, ended)}`);
      if (code !== undefined && isHelpful(error)) {
        const { what, why, fix } = viewError(error, out.language);
        out.warn(`${what} ${why} ${fix}`);
      }
    },
    onBack: (name) => out.note(`  ${out.noteStyle.green('✓')} ${words.validatorBack(name)}`),
  };
}

function quorumText(words: Context['out']['words'], { running }: Ended): string {
  const total = ORGANISATIONS.length;
  return running >= quorumOf(total)
    ? words.quorumHolds(running, total)
    : words.quorumLost(running, total);
}

function isHelpful(error: HanseError): boolean {
  return error.codeName !== 'NodeStopped' || String(error.params['reason'] ?? '') !== '';
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve());
  });
}

async function close(
  { out, project, nowMs }: Context,
  { dir, isTemporary }: Place,
  validators: Validators | undefined,
): Promise<void> {
  const startedMs = nowMs();
  await validators?.stop();
  if (validators !== undefined) {
    out.note(`\n  ${out.words.stopped(formatDuration(nowMs() - startedMs))}`);
  }
  if (!isTemporary) return;
  rmSync(join(dir, '..'), { recursive: true, force: true });
  rmSync(project.pointerFile, { force: true });
}

function shown({ cwd }: Context, path: string): string {
  const near = relative(cwd, path);
  return near.startsWith('..') ? path : near;
}
