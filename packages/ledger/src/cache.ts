/**
 * A bounded cache of two generations: what is used stays in the young one; when that is half of the
 * bound, the old one is forgotten and they change places. One map lookup for what is in use, no list
 * to keep in order.
 */
export class GenerationCache<K, V> {
  readonly #costOf: (value: V) => number;
  readonly #generationMax: number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();
  #youngCost = 0;

  /** `costMax` in the unit that `costOf` counts in; bytes or entries. */
  constructor(costMax: number, costOf: (value: V) => number) {
    this.#generationMax = costMax / 2;
    this.#costOf = costOf;
  }

  get(key: K): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: K, value: V): void {
    const before = this.#young.get(key);
    if (before !== undefined) this.#youngCost -= this.#costOf(before);
    this.#young.set(key, value);
    this.#youngCost += this.#costOf(value);
    if (this.#youngCost <= this.#generationMax) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngCost = 0;
  }

  delete(key: K): void {
    const before = this.#young.get(key);
    if (before !== undefined) this.#youngCost -= this.#costOf(before);
    this.#young.delete(key);
    this.#old.delete(key);
  }
}
