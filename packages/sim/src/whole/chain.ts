import { encode } from '@hanse/codec';
import type { KeyPair, Suite } from '@hanse/crypto';
import { limits, must } from '@hanse/kit';
import {
  chainIdOf,
  didOf,
  PROTOCOL_VERSION,
  sealEnvelope,
  sealTx,
  systemContracts,
  type Deposit,
  type Genesis,
  type Inception,
  type Sealed,
  type Tx,
} from '@hanse/model';
import type { World } from './world.ts';

/** A person who signs transactions. */
export type Operator = { readonly did: string; readonly kid: string; readonly key: KeyPair };

/** A chain of n organisations with one validator and one operator each. */
export type SimChain = {
  readonly genesis: Genesis;
  readonly chainId: Uint8Array;
  readonly consensusKeys: readonly KeyPair[];
  readonly operators: readonly Operator[];
};

const KID = 'key-1';

/** Make a chain from a seed; the same seed gives the same chain. */
export function createChain(
  suite: Suite,
  options: { readonly members: number; readonly startMs: number; readonly deltaMs: number },
): SimChain {
  const { members, startMs, deltaMs } = options;
  const network = 'sim';
  const identities: Inception[] = [];
  const operators: Operator[] = [];
  const consensusKeys: KeyPair[] = [];
  const validators: Genesis['validators'][number][] = [];
  for (let i = 0; i < members; i++) {
    const organisation = inception('organisation', `org-${i}`, [], keyOf(suite, 1, i), [
      'invoke',
      'delegate',
    ]);
    const organisationDid = didOf(suite, network, organisation);
    const operatorKey = keyOf(suite, 2, i);
    const person = inception('person', '', [organisationDid], operatorKey, ['invoke']);
    const consensusKey = keyOf(suite, 3, i);
    const node = inception('node', `node-${i}`, [organisationDid], consensusKey, ['consensus']);
    identities.push(organisation, person, node);
    operators.push({ did: didOf(suite, network, person), kid: KID, key: operatorKey });
    consensusKeys.push(consensusKey);
    validators.push({
      did: didOf(suite, network, node),
      organisation: organisationDid,
      alg: consensusKey.alg,
      publicKey: consensusKey.publicKey,
      tlsPublicKey: new Uint8Array(0),
    });
  }
  const genesis: Genesis = {
    protocolVersion: PROTOCOL_VERSION,
    network,
    suite: suite.id,
    sigRule: 1,
    time: startMs - 1_000,
    parameters: {
      deltaMs,
      minBlockIntervalMs: limits.minBlockIntervalMs,
      heartbeatMs: 20_000,
      blockBytesMax: limits.blockBytesMax,
      blockGasMax: limits.blockGasMax,
      executionLagBlocksMax: limits.executionLagBlocksMax,
    },
    identities,
    validators,
  };
  return { genesis, chainId: chainIdOf(suite, genesis), consensusKeys, operators };
}

/** A signed deposit of random bytes, as one envelope. */
export function depositEnvelope(
  suite: Suite,
  world: World,
  chain: SimChain,
  operator: Operator,
): { readonly bytes: Uint8Array; readonly tx: Sealed<Tx> } {
  const deposit: Deposit = {
    byteHash: world.bytes(32),
    sizeBytes: world.below(1_000_000),
    mediaType: 'application/json',
    fieldsRoot: world.bytes(32),
    fieldCount: 3,
    capture: {
      device: '',
      software: 'sim',
      softwareVersion: '1',
      capturedAt: world.nowMs,
      timeSource: 'system',
      method: 'file',
    },
  };
  const args = encode(systemContracts.evidence.methods.deposit.args, deposit);
  const tx = sealTx(suite, {
    protocolVersion: PROTOCOL_VERSION,
    chainId: chain.chainId,
    salt: world.bytes(limits.saltBytes),
    validUntil: world.nowMs + limits.txLifetimeMsMax - 60_000,
    gasLimit: limits.gasPerTxDefault,
    signers: [{ did: operator.did, kid: operator.kid }],
    calls: [{ contract: 'evidence', method: 'deposit', args }],
  });
  return { bytes: sealEnvelope(suite, [tx], [operator.key]), tx };
}

function keyOf(suite: Suite, purpose: number, index: number): KeyPair {
  const seed = new Uint8Array(32);
  seed[0] = purpose;
  seed[1] = index;
  return suite.keyPairFromSeed(suite.defaultAlg, seed);
}

function inception(
  kind: Inception['kind'],
  name: string,
  controllers: readonly string[],
  key: KeyPair,
  purposes: readonly ('invoke' | 'delegate' | 'consensus')[],
): Inception {
  return {
    kind,
    name,
    controllers,
    keys: [{ kid: KID, alg: key.alg, publicKey: key.publicKey, purposes }],
    salt: new Uint8Array(limits.saltBytes),
  };
}

/** The operator of a member, wrapping around. */
export function operatorOf(chain: SimChain, index: number): Operator {
  return must(chain.operators[index % chain.operators.length], 'a chain has operators');
}
