import { assert, limits } from '@hanse/kit';

/** How many tags an organisation may ask for. */
export type QuotaBounds = {
  /** In any minute. */
  readonly perMinute: number;
  /** In each day, UTC. */
  readonly perDay: number;
};

/** Why a quota is exhausted. */
export type QuotaRefusal = {
  readonly used: number;
  readonly limit: number;
  readonly windowMs: number;
  /** When the same request would fit. */
  readonly afterMs: number;
};

type Grant = { readonly atMs: number; readonly tags: number };
type Usage = { grants: readonly Grant[]; day: number; dayTags: number };

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Tags per organisation, counted exactly over a sliding minute and over the day (rule *quota*). */
export class Quota {
  readonly #bounds: QuotaBounds;
  readonly #usage = new Map<string, Usage>();
  #nowMs = 0;

  constructor(bounds: QuotaBounds) {
    assert(bounds.perMinute >= limits.claimTagsPerRequestMax, 'a whole request fits a minute');
    assert(bounds.perDay >= bounds.perMinute, 'a minute fits a day');
    this.#bounds = bounds;
  }

  /** Take tags for an organisation, or say why it cannot have them. */
  take(organisation: string, tags: number, nowMs: number): QuotaRefusal | undefined {
    const now = this.#advance(nowMs);
    const usage = this.#usageOf(organisation, now);
    const refused = this.#refusal(usage, tags, now);
    if (refused === undefined) this.restore(organisation, tags, now);
    return refused;
  }

  /** Count what was granted before, by this process or the one before it. */
  restore(organisation: string, tags: number, atMs: number): void {
    const usage = this.#usageOf(organisation, this.#advance(atMs));
    usage.grants = [...usage.grants, { atMs, tags }];
    usage.dayTags += tags;
  }

  #refusal(usage: Usage, tags: number, now: number): QuotaRefusal | undefined {
    const { perMinute, perDay } = this.#bounds;
    if (usage.dayTags + tags > perDay) {
      const afterMs = (usage.day + 1) * DAY_MS - now;
      return { used: usage.dayTags, limit: perDay, windowMs: DAY_MS, afterMs };
    }
    const used = sum(usage.grants);
    let left = used;
    if (left + tags <= perMinute) return undefined;
    for (const grant of usage.grants) {
      left -= grant.tags;
      const afterMs = grant.atMs + MINUTE_MS - now;
      if (left + tags <= perMinute) return { used, limit: perMinute, windowMs: MINUTE_MS, afterMs };
    }
    return { used, limit: perMinute, windowMs: MINUTE_MS, afterMs: MINUTE_MS };
  }

  #usageOf(organisation: string, now: number): Usage {
    const day = Math.floor(now / DAY_MS);
    const known = this.#usage.get(organisation);
    const usage = known ?? { grants: [], day, dayTags: 0 };
    if (known === undefined) this.#usage.set(organisation, usage);
    usage.grants = usage.grants.filter((grant) => grant.atMs + MINUTE_MS > now);
    if (usage.day !== day) {
      usage.day = day;
      usage.dayTags = 0;
    }
    return usage;
  }

  /** A clock that is set back gives no new quota; a new day forgets who did not ask in it. */
  #advance(nowMs: number): number {
    const isNewDay = Math.floor(nowMs / DAY_MS) > Math.floor(this.#nowMs / DAY_MS);
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    if (isNewDay) {
      for (const [organisation, { grants }] of this.#usage)
        if (grants.every((grant) => grant.atMs + MINUTE_MS <= nowMs))
          this.#usage.delete(organisation);
    }
    return this.#nowMs;
  }
}

function sum(grants: readonly Grant[]): number {
  return grants.reduce((total, grant) => total + grant.tags, 0);
}
