import { encode, fromJson, t, type Infer, type Json } from '@hanse/codec';
import type { Suite } from '@hanse/crypto';
import { err, limits, toHex, type Result } from '@hanse/kit';
import { emptyPayload, sealBlock, type Block } from './block.ts';
import {
  algSchema,
  didSchema,
  ENGINE_VERSION,
  PROTOCOL_VERSION,
  publicKeySchema,
  taggedHash,
  ZERO_HASH,
} from './common.ts';
import { inceptionSchema, isNetworkName } from './did.ts';
import type { ValidatorSet } from './vote.ts';

/** Parameters every validator must agree on. */
export const parametersSchema = t.struct({
  /** Assumed bound of one network delay, in milliseconds. */
  deltaMs: t.u32,
  minBlockIntervalMs: t.u32,
  heartbeatMs: t.u32,
  blockBytesMax: t.u32,
  blockGasMax: t.u64,
  executionLagBlocksMax: t.u16,
});

const genesisValidatorSchema = t.struct({
  did: didSchema,
  organisation: didSchema,
  alg: algSchema,
  publicKey: publicKeySchema,
  /** DER SubjectPublicKeyInfo of the node's TLS key; links are pinned to it. */
  tlsPublicKey: t.bytes(200),
});

/** The agreement a chain starts from. Its hash is the chain id and the anchor of every proof. */
export const genesisSchema = t.struct({
  protocolVersion: t.u16,
  network: t.text(20),
  suite: t.oneOf('intl', 'sm'),
  /** Version of the rule by which signatures are accepted. */
  sigRule: t.u16,
  time: t.u64,
  parameters: parametersSchema,
  identities: t.list(inceptionSchema, 1_000),
  validators: t.list(genesisValidatorSchema, limits.validatorsMax, 1),
});

export type Parameters = Infer<typeof parametersSchema>;
export type Genesis = Infer<typeof genesisSchema>;

type Validator = Genesis['validators'][number];

/** The rule by which signatures are accepted; there is one so far. */
const SIG_RULE = 1;

/** Id of the chain that a genesis starts. */
export function chainIdOf(suite: Suite, genesis: Genesis): Uint8Array {
  return taggedHash(suite, 'hanse-genesis/1', encode(genesisSchema, genesis));
}

/** Read a genesis document (the JSON view of `genesisSchema`), or say why no chain can start from it. */
export function parseGenesis(json: Json): Result<Genesis, string> {
  const parsed = fromJson(genesisSchema, json);
  const error = parsed.ok ? genesisError(parsed.value) : undefined;
  return error === undefined ? parsed : err(error);
}

/** Why no chain can start from a genesis, as far as it can be told without its keys' arithmetic. */
function genesisError(genesis: Genesis): string | undefined {
  const { protocolVersion, sigRule, network, suite, validators } = genesis;
  if (protocolVersion !== PROTOCOL_VERSION) return `protocol version ${protocolVersion}`;
  if (sigRule !== SIG_RULE) return `signature rule ${sigRule}`;
  if (!isNetworkName(network))
    return `network "${network}": lower-case letters, digits and hyphens`;
  const foreign = validators.find(({ alg }) => (alg === 'sm2') !== (suite === 'sm'));
  if (foreign !== undefined) return `a validator's key is ${foreign.alg}, the suite is ${suite}`;
  for (const [what, of] of [
    ['DID', (one: Validator) => one.did],
    ['key', (one: Validator) => toHex(one.publicKey)],
    ['TLS key', (one: Validator) => toHex(one.tlsPublicKey)],
  ] as const) {
    if (new Set(validators.map(of)).size < validators.length)
      return `two validators have the same ${what}`;
  }
  return parametersError(genesis.parameters);
}

/** Why a chain with these parameters would stand still, if it would. */
function parametersError(parameters: Parameters): string | undefined {
  const { deltaMs, minBlockIntervalMs, heartbeatMs } = parameters;
  const { blockBytesMax, blockGasMax, executionLagBlocksMax } = parameters;
  if (deltaMs === 0) return 'deltaMs is 0';
  if (heartbeatMs <= minBlockIntervalMs) return 'heartbeatMs is not above minBlockIntervalMs';
  if (executionLagBlocksMax === 0) return 'executionLagBlocksMax is 0';
  if (blockBytesMax < limits.batchBytesMax) return `blockBytesMax is below ${limits.batchBytesMax}`;
  if (blockGasMax < limits.gasPerTxMax) return `blockGasMax is below ${limits.gasPerTxMax}`;
  return undefined;
}

/** The validators of the first epoch. */
export function genesisValidators(genesis: Genesis): ValidatorSet {
  return {
    epoch: 0,
    validators: genesis.validators.map(({ did, organisation, alg, publicKey }) => ({
      did,
      organisation,
      alg,
      publicKey,
    })),
  };
}

/** Block of height 0 and view 0: final by definition, a pure function of the genesis. */
export function genesisBlock(suite: Suite, genesis: Genesis): Block {
  return sealBlock(
    suite,
    {
      protocolVersion: PROTOCOL_VERSION,
      engineVersion: ENGINE_VERSION,
      chainId: chainIdOf(suite, genesis),
      epoch: 0,
      view: 0,
      height: 0,
      parentView: 0,
      parentDigest: ZERO_HASH,
      time: genesis.time,
      proposer: 0,
      executed: { height: 0, stateRoot: ZERO_HASH, historyRoot: ZERO_HASH },
      outboxRoot: ZERO_HASH,
      justRoot: ZERO_HASH,
      nextSetHash: ZERO_HASH,
    },
    emptyPayload(genesis.validators.length),
  );
}
