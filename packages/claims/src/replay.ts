/** Requests that were answered, for as long as they stay fresh (rule *once*). */
export class ReplayWindow {
  readonly #keptMs: number;
  readonly #sizeMax: number;
  /** Digest to the time it may be forgotten, oldest first. */
  readonly #seen = new Map<string, number>();

  constructor(bounds: { readonly keptMs: number; readonly sizeMax: number }) {
    this.#keptMs = bounds.keptMs;
    this.#sizeMax = bounds.sizeMax;
  }

  has(digest: string, nowMs: number): boolean {
    const untilMs = this.#seen.get(digest);
    return untilMs !== undefined && untilMs > nowMs;
  }

  /** Remember a digest; false when there is no room. */
  add(digest: string, nowMs: number): boolean {
    for (const [old, untilMs] of this.#seen) {
      if (untilMs > nowMs) break;
      this.#seen.delete(old);
    }
    if (this.#seen.size >= this.#sizeMax) return false;
    this.#seen.set(digest, nowMs + this.#keptMs);
    return true;
  }
}
