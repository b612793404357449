/** Time constant: what happened earlier than a few of these hardly counts. */
const PACE_MS = 1_000;

/** How fast something happens: an exponentially weighted average. Guides admission, decides nothing. */
export class Pace {
  #perMs = 0;
  #atMs = 0;

  /** Recent pace per millisecond. */
  at(nowMs: number): number {
    return this.#perMs * Math.exp(-Math.max(0, nowMs - this.#atMs) / PACE_MS);
  }

  /** So much happened just now. */
  add(amount: number, nowMs: number): void {
    this.#perMs = this.at(nowMs) + amount / PACE_MS;
    this.#atMs = nowMs;
  }
}
