import { encode } from '@hanse/codec';
import {
  createVoprf,
  VOPRF_RANDOM_BYTES,
  type SignatureAlg,
  type Suite,
  type Voprf,
  type VoprfKeyPair,
  type VoprfName,
} from '@hanse/crypto';
import {
  assert,
  equalBytes,
  err,
  limits,
  ok,
  toHex,
  type Clock,
  type Random,
  type Result,
} from '@hanse/kit';
import type { RegistryKey } from './key.ts';
import { Quota, type QuotaBounds } from './quota.ts';
import { refusal, type ClaimRefusal } from './refusal.ts';
import { ReplayWindow } from './replay.ts';
import {
  openRequest,
  tagAnswerSchema,
  tagRequestSignBytes,
  type OpenRequest,
  type TagRequest,
} from './request.ts';

/** A registry's secret key of one epoch. */
export type EpochKey = {
  readonly epoch: number;
  readonly group: VoprfName;
  readonly key: VoprfKeyPair;
};

/** A key of the chain that may ask, and the organisation it answers to. */
export type Member = {
  readonly alg: SignatureAlg;
  readonly publicKey: Uint8Array;
  readonly organisation: string;
};

/** Who is a member: the key `kid` of `did` as the chain has it now, or why it may not ask (rule *members*). */
export type Members = (did: string, kid: string) => Promise<Result<Member, ClaimRefusal>>;

/** What is recorded of each request before it is answered: counts, no input and no tag. */
export type TagGrant = {
  /** Unix milliseconds. */
  readonly time: number;
  readonly organisation: string;
  readonly requester: string;
  readonly kid: string;
  readonly epoch: number;
  readonly tags: number;
  /** Digest of the request in hexadecimal; blinded inputs make it say nothing about them. */
  readonly digest: string;
};

/** What a registry is made of. */
export type TagRegistryConfig = {
  readonly suite: Suite;
  readonly chainId: Uint8Array;
  /** DID of the registry. */
  readonly did: string;
  /** Keys of the open epochs, at most `claimEpochsOpenMax`. */
  readonly keys: readonly EpochKey[];
  readonly members: Members;
  readonly quota: QuotaBounds;
  readonly clock: Clock;
  readonly random: Random;
  /** Make a grant durable; a rejection keeps the request unanswered. */
  readonly record: (grant: TagGrant) => Promise<void>;
};

type OpenEpoch = EpochKey & { readonly voprf: Voprf };

/** The registry's side: evaluates blinded inputs of members, within their quota, once per request. */
export class TagRegistry {
  readonly #config: TagRegistryConfig;
  readonly #epochs: ReadonlyMap<number, OpenEpoch>;
  readonly #quota: Quota;
  readonly #answered: ReplayWindow;

  constructor(config: TagRegistryConfig) {
    const { keys, quota } = config;
    assert(keys.length > 0, 'a registry has a key');
    assert(keys.length <= limits.claimEpochsOpenMax, 'few epochs are open at a time');
    this.#config = config;
    this.#epochs = new Map(
      keys.map((one) => [one.epoch, { ...one, voprf: createVoprf(one.group) }]),
    );
    assert(this.#epochs.size === keys.length, 'an epoch has one key');
    this.#quota = new Quota(quota);
    this.#answered = new ReplayWindow({
      // A request from as far ahead as is taken stays fresh for twice its age, the last moment included.
      keptMs: 2 * limits.claimRequestAgeMsMax + 1,
      sizeMax: limits.claimRequestsRememberedMax,
    });
  }

  /** What has to stand on the chain. */
  get publicKeys(): readonly RegistryKey[] {
    return this.#config.keys.map(({ epoch, group, key }) => ({
      registry: this.#config.did,
      epoch,
      group,
      publicKey: key.publicKey,
    }));
  }

  /** Count what an earlier process granted, oldest first: a restart gives no new quota and answers nothing twice. */
  restore({ organisation, tags, time, digest }: TagGrant): void {
    this.#quota.restore(organisation, tags, time);
    this.#answered.add(digest, time);
  }

  /** Answer the bytes of a signed request, or say why not. Cheap checks come first. */
  async evaluate(bytes: Uint8Array): Promise<Result<Uint8Array, ClaimRefusal>> {
    const open = openRequest(bytes);
    if (!open.ok) return open;
    const { request } = open.value;
    const refused = this.#elsewhere(request) ?? this.#stale(request);
    if (refused !== undefined) return err(refused);
    const epoch = this.#epochs.get(request.epoch);
    if (epoch === undefined) return err(this.#unknownEpoch(request));
    const { elementBytes } = epoch.voprf;
    if (request.elements.some((element) => element.length !== elementBytes))
      return noElements(epoch.group);
    const member = await this.#authenticate(open.value);
    if (!member.ok) return member;
    if (!request.elements.every(epoch.voprf.isElement)) return noElements(epoch.group);
    const grant = this.#grant(open.value, member.value);
    if (!grant.ok) return grant;
    await this.#config.record(grant.value);
    const random = this.#config.random.bytes(VOPRF_RANDOM_BYTES);
    const answer = epoch.voprf.blindEvaluate(epoch.key, request.elements, random);
    return answer === undefined ? noElements(epoch.group) : ok(encode(tagAnswerSchema, answer));
  }

  #elsewhere({ chainId, registry }: TagRequest): ClaimRefusal | undefined {
    const { chainId: ownChain, did } = this.#config;
    const refuse = (object: string, got: string, expected: string): ClaimRefusal =>
      refusal('TagRequestElsewhere', { object, got, expected });
    if (!equalBytes(chainId, ownChain)) return refuse('chain', toHex(chainId), toHex(ownChain));
    return registry === did ? undefined : refuse('registry', registry, did);
  }

  /** Rule *fresh*. */
  #stale({ time }: TagRequest): ClaimRefusal | undefined {
    const now = this.#config.clock.nowMs();
    const [from, to] = [now - limits.claimRequestAgeMsMax, now + limits.claimRequestAgeMsMax];
    if (time >= from && time <= to) return undefined;
    return refusal('TagRequestStale', { time, from, to });
  }

  #unknownEpoch({ epoch }: TagRequest): ClaimRefusal {
    return refusal('TagEpochUnknown', { epoch, open: [...this.#epochs.keys()].join(', ') });
  }

  /** Who asks, and whether it has signed: members and what they sign. */
  async #authenticate(open: OpenRequest): Promise<Result<Member, ClaimRefusal>> {
    const { requester, kid } = open.request;
    const member = await this.#config.members(requester, kid);
    if (!member.ok) return member;
    const { alg, publicKey } = member.value;
    const message = tagRequestSignBytes(open.bytes);
    return this.#config.suite.verify(alg, publicKey, message, open.signature)
      ? member
      : err(refusal('TagRequestUnsigned', { did: requester, kid }));
  }

  /** Rules *once* and *quota*; nothing else runs between the check and what it changes. */
  #grant(open: OpenRequest, { organisation }: Member): Result<TagGrant, ClaimRefusal> {
    const { requester, kid, epoch, elements } = open.request;
    const time = this.#config.clock.nowMs();
    const tags = elements.length;
    const digest = toHex(this.#config.suite.hash(open.bytes));
    if (this.#answered.has(digest, time))
      return err(refusal('TagRequestReplayed', { did: requester }));
    const exhausted = this.#quota.take(organisation, tags, time);
    if (exhausted !== undefined)
      return err(refusal('TagQuota', { ...exhausted, organisation, asked: tags }));
    if (!this.#answered.add(digest, time)) {
      const limit = limits.claimRequestsRememberedMax;
      return err(refusal('NotReady', { reason: `It remembers ${limit} recent requests already.` }));
    }
    return ok({ time, organisation, requester, kid, epoch, tags, digest });
  }
}

function noElements(group: VoprfName): Result<never, ClaimRefusal> {
  return err(
    refusal('Malformed', { object: 'request for tags', reason: `not all are ${group} elements` }),
  );
}
