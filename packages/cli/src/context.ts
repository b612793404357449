import type { Client, Signer } from '@hanse/client';
import type { Suite } from '@hanse/crypto';
import { IdentityStore } from './identities.ts';
import type { Output } from './output.ts';
import { networkPaths, type NetworkPaths, type Project } from './project.ts';
import type { Settings } from './settings.ts';
import { checkReachable } from './reachable.ts';
import { fileOutbox, fileTrustStore } from './trust.ts';

/** Everything a command may touch of the world. */
export type Context = {
  readonly out: Output;
  readonly project: Project;
  readonly settings: Settings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** How to type the command again from `cwd`: `./hanse`, `hanse` or a path. */
  readonly command: string;
  /** Aborts when the command is interrupted. */
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  readonly readStdin: () => Promise<string>;
  /** Data folder of the local network. */
  readonly network: NetworkPaths;
  readonly identities: IdentityStore;
  /**
   * The chain behind the settings; asks no node before it is used. `durable`: what is signed is on
   * disk before it is sent. The first call decides.
   */
  readonly client: (outbox?: 'plain' | 'durable') => Promise<Client>;
  /** The suite of the chain. */
  readonly suite: () => Promise<Suite>;
  /** Whoever signs: the identity of a name, or of `--as`. */
  readonly signer: (name?: string) => Promise<Signer>;
};

/** What a context is made of. */
export type ContextParts = Pick<
  Context,
  'out' | 'project' | 'settings' | 'env' | 'cwd' | 'command' | 'signal' | 'nowMs' | 'readStdin'
>;

/** A context; code of the client and of native libraries is loaded when it is first needed. */
export function createContext(parts: ContextParts): Context {
  const { settings, project } = parts;
  const network = networkPaths(settings.data.value);
  const identities = new IdentityStore(network.identitiesDir);
  let client: Promise<Client> | undefined;
  const opened: Context['client'] = (outbox = 'plain') =>
    (client ??= openClient(parts, outbox === 'durable'));
  const suite = async (): Promise<Suite> => (await (await opened()).chain()).suite;
  return {
    ...parts,
    project,
    network,
    identities,
    client: opened,
    suite,
    signer: async (name) => {
      const chosen = name ?? settings.as.value;
      // A missing identity is said before a node is asked.
      identities.info(chosen);
      return identities.signer(await suite(), chosen);
    },
  };
}

/** The same context for a network in a folder that is running here, whatever the settings say. */
export function contextAt(
  context: Context,
  at: {
    readonly dir: string;
    readonly client: Client;
    readonly suite: Suite;
    readonly identities: IdentityStore;
  },
): Context {
  const { dir, client, suite, identities } = at;
  return {
    ...context,
    network: networkPaths(dir),
    identities,
    client: async () => client,
    suite: async () => suite,
    signer: (name) => identities.signer(suite, name ?? context.settings.as.value),
  };
}

async function openClient(
  { settings, project, out }: ContextParts,
  isDurable: boolean,
): Promise<Client> {
  const [{ createClient }, { createNativeSuite }] = await Promise.all([
    import('@hanse/client'),
    import('@hanse/native'),
  ]);
  await checkReachable(settings.urls.value);
  const genesisHash = settings.genesis.value;
  if (genesisHash === undefined) out.warn(out.words.notAnchored(settings.urls.value.join(', ')));
  return createClient({
    urls: settings.urls.value,
    ...(genesisHash === undefined ? {} : { genesisHash }),
    suiteOf: createNativeSuite,
    trust: fileTrustStore(project.trustDir),
    ...(isDurable ? { outbox: fileOutbox(project.outboxDir) } : {}),
  });
}
