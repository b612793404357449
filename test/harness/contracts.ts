import { fileURLToPath } from 'node:url';
import { deployContract, keySigner, type Client, type Signer } from '@hanse/client';
import { buildContract } from '@hanse/testing';
import type { Holder } from './make.ts';
import type { Network } from './network.ts';

/** Code of a contract's file. */
export async function codeOf(file: URL): Promise<Uint8Array> {
  return (await buildContract(fileURLToPath(file))).code;
}

/** Who signs as a holder of a network. */
export function signerOf({ files: { suite } }: Network, holder: Holder | undefined): Signer {
  if (holder === undefined) throw new Error('there is no such holder');
  return keySigner(suite, holder);
}

/** A client that signs as an organisation of a network. */
export function organisationClient(network: Network, index: number): Client {
  return network.client({ signer: signerOf(network, network.files.organisations[index]) });
}

/** Deploy code as organisation 0, which then owns it. */
export async function deployAs(
  network: Network,
  name: string,
  code: Uint8Array,
  isUpgrade = false,
): Promise<number> {
  const did = network.files.organisations[0]?.did ?? '';
  const owners = isUpgrade ? undefined : { organisations: [did], threshold: 1 };
  const client = organisationClient(network, 0);
  const { version } = await deployContract(client, { name, code, owners, isUpgrade });
  return version;
}
