import { randomBytes } from '@hanse/native';
import { setUpMembers } from '@hanse/trade-finance';
import type { Context } from '../context.ts';
import { organisationIdentity } from '../dev/organisations.ts';
import type { Ports } from '../dev/ports.ts';
import { formatDuration } from '../render/values.ts';
import { ensureCast, foundersOf, membersOf, REGISTRY } from './cast.ts';
import { prepareRegistry, RegistryProcess } from './service.ts';
import { tradeWords } from './words.ts';

/**
 * Start the registry of claim tags beside the validators: a process of its own, for an organisation that founded none of
 * them, so that no validator has its key. The context is that of the network.
 */
export async function startDevRegistry(
  context: Context,
  ports: Ports,
  onProcess: (process: RegistryProcess) => void,
): Promise<void> {
  const { out, identities, network, signal } = context;
  const words = tradeWords(out.language);
  const client = await context.client();
  const suite = await context.suite();
  const names = [REGISTRY] as const;
  await ensureCast(suite, network.dir, identities, names);
  const members = await membersOf(suite, network.dir, identities, names);
  await setUpMembers({ client, signal }, await foundersOf(suite, identities), members);
  const [base = ports.base] = ports.api;
  const files = await prepareRegistry(network.dir, {
    did: identities.info(organisationIdentity(REGISTRY)).did,
    nodeUrl: `http://127.0.0.1:${base}`,
    port: ports.registry,
    origins: ports.api.flatMap((port) => [`http://localhost:${port}`, `http://127.0.0.1:${port}`]),
    random: { bytes: randomBytes },
  });
  const registry = new RegistryProcess(files, (error, restartMs) => {
    const next =
      restartMs === undefined
        ? words.registryStays(files.logFile)
        : words.registryRestarts(formatDuration(restartMs));
    out.warn(`${words.registryStopped} (${error.codeName}); ${next}`);
  });
  onProcess(registry);
  await registry.start(signal);
  if (!out.isJson) {
    const { noteStyle } = out;
    out.note(
      `  ${noteStyle.bold(words.registry)}   ${files.url}  ${noteStyle.dim(words.registryUp)}`,
    );
  }
}
