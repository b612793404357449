type Request = { nextMs: number; attempts: number; isWanted: boolean };

const REQUESTS_MAX = 256;

/**
 * Rule *requests*: what this node waits for and when it asks for it next. Rules call `due` each time they find
 * themselves waiting; what no rule wanted any more is forgotten at the end of the step.
 */
export class Requests {
  readonly #requests = new Map<string, Request>();

  /** Start a step: nothing is wanted yet. */
  begin(): void {
    for (const request of this.#requests.values()) request.isWanted = false;
  }

  /**
   * Say that `key` is wanted. Returns how often it was asked for when it is time to ask (again),
   * else undefined. The first time comes after `firstMs`, the next ones `everyMs` apart.
   */
  due(key: string, nowMs: number, everyMs: number, firstMs: number): number | undefined {
    let request = this.#requests.get(key);
    if (request === undefined) {
      if (this.#requests.size >= REQUESTS_MAX) return undefined;
      request = { nextMs: nowMs + firstMs, attempts: 0, isWanted: true };
      this.#requests.set(key, request);
    }
    request.isWanted = true;
    if (nowMs < request.nextMs) return undefined;
    request.nextMs = nowMs + everyMs;
    return request.attempts++;
  }

  /** Whether a rule waits for `key`. */
  isWanted(key: string): boolean {
    return this.#requests.has(key);
  }

  /** End a step: forget what is no longer wanted; the time of the next request. */
  end(): number | undefined {
    let next: number | undefined;
    for (const [key, { isWanted, nextMs }] of this.#requests) {
      if (!isWanted) this.#requests.delete(key);
      else if (next === undefined || nextMs < next) next = nextMs;
    }
    return next;
  }
}
