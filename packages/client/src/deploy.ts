import { decode, encode } from '@hanse/codec';
import { HanseError, limits, must } from '@hanse/kit';
import { systemContracts, type Call, type Owners, type Receipt } from '@hanse/model';
import type { Client } from './client.ts';
import type { SubmitOptions } from './submit.ts';

const { upload, deploy, upgrade } = systemContracts.contracts.methods;

/** Code to put on the chain. */
export type Deployment = {
  readonly name: string;
  readonly code: Uint8Array;
  /** Organisations that decide on upgrades. A new version keeps the owners before it without. */
  readonly owners: Owners | undefined;
  /** Whether it is a new version of a contract that is there. */
  readonly isUpgrade: boolean;
};

/** How to deploy. */
export type DeployOptions = SubmitOptions & {
  /** `final` believes one node and comes earlier. */
  readonly until?: 'final' | 'proved';
  /** Pieces of code that are on the chain, of all. */
  readonly onUploaded?: (done: number, total: number) => void;
};

/** What was deployed. */
export type DeployedVersion = {
  readonly version: number;
  readonly codeHash: Uint8Array;
  readonly receipt: Receipt;
};

/**
 * Put code on the chain as a contract, or as its new version: pieces first, unless all of it fits one
 * transaction. Repeating it after a failure uploads again what is there already, which costs gas and changes
 * nothing. Throws the refusal: ContractExists, NotOwner, BadManifest, IncompatibleUpgrade, …
 */
export async function deployContract(
  client: Pick<Client, 'chain' | 'submitMany' | 'transact'>,
  deployment: Deployment,
  options: DeployOptions = {},
): Promise<DeployedVersion> {
  const { onUploaded = () => undefined, ...submit } = options;
  const { suite } = await client.chain();
  const pieces = piecesOf(deployment.code);
  const last = deployCall(
    deployment,
    pieces.map((piece) => suite.hash(piece)),
  );
  const uploads = pieces.map(uploadCall);
  const gasLimit = options.gasLimit ?? limits.gasPerTxMax;
  const isWhole = pieces.length === 1;
  if (!isWhole) await uploadAll(client, uploads, submit, onUploaded);
  const calls = isWhole ? [...uploads, last] : [last];
  const receipt = await client.transact(calls, { ...submit, gasLimit });
  onUploaded(pieces.length, pieces.length);
  const bytes = must(receipt.results.at(-1), 'an executed call has a result');
  const result = decode(deploy.result, bytes);
  if (!result.ok) throw new HanseError('Malformed', { object: 'result', reason: result.error });
  const { version, codeHash } = result.value;
  return { version, codeHash, receipt };
}

function piecesOf(code: Uint8Array): readonly Uint8Array[] {
  const { codeBytesMax: limit, codeChunkBytesMax: size } = limits;
  if (code.length > limit) {
    const params = { name: 'bytes of the code', value: code.length, limit };
    throw new HanseError('OverLimit', params);
  }
  const count = Math.max(1, Math.ceil(code.length / size));
  return Array.from({ length: count }, (_, i) => code.subarray(i * size, (i + 1) * size));
}

async function uploadAll(
  client: Pick<Client, 'submitMany'>,
  uploads: readonly Call[],
  options: SubmitOptions & { readonly until?: 'final' | 'proved' },
  onUploaded: (done: number, total: number) => void,
): Promise<void> {
  // The key is that of the deployment; pieces have keys of their own.
  const { idempotencyKey: _, ...submit } = options;
  const results = await client.submitMany(
    uploads.map((call) => ({ calls: [call] })),
    {
      ...submit,
      until: 'final',
      onProgress: ({ executed, total }) => onUploaded(executed, total + 1),
    },
  );
  for (const result of results) {
    const error = result.kind === 'failed' ? result.error : result.refused;
    if (error !== undefined) throw error;
  }
}

function uploadCall(bytes: Uint8Array): Call {
  return { contract: 'contracts', method: 'upload', args: encode(upload.args, { bytes }) };
}

function deployCall({ name, owners, isUpgrade }: Deployment, chunks: readonly Uint8Array[]): Call {
  if (isUpgrade) {
    const args = encode(upgrade.args, { name, chunks, owners });
    return { contract: 'contracts', method: 'upgrade', args };
  }
  if (owners === undefined) {
    throw new HanseError('UsageError', { message: 'A new contract needs owners.' });
  }
  const args = encode(deploy.args, { name, chunks, owners });
  return { contract: 'contracts', method: 'deploy', args };
}
