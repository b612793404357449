/** Seeded pseudo-random numbers (sfc32): the only source of chance in a simulation. */
export class Rng {
  #a: number;
  #b: number;
  #c: number;
  #d = 1;

  constructor(seed: number, stream = 0) {
    this.#a = seed >>> 0;
    this.#b = Math.floor(seed / 2 ** 32) >>> 0;
    this.#c = stream >>> 0;
    for (let i = 0; i < 16; i++) this.#next();
  }

  /** In [0, 1). */
  real(): number {
    return this.#next() / 2 ** 32;
  }

  /** A whole number in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.real() * limit);
  }

  /** A real number in [low, high). */
  between(low: number, high: number): number {
    return low + this.real() * (high - low);
  }

  chance(probability: number): boolean {
    return this.real() < probability;
  }

  /** One of a list that is not empty. */
  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0];
  }

  /** The list in random order. */
  shuffle<T>(items: readonly T[]): T[] {
    const out = [...items];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const [one, other] = [out[i], out[j]];
      if (one === undefined || other === undefined) continue;
      out[i] = other;
      out[j] = one;
    }
    return out;
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#d) >>> 0;
    this.#d = (this.#d + 1) >>> 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) >>> 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) >>> 0;
    return sum;
  }
}
