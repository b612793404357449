import type { Message } from '@hanse/model';
import { fingerprint } from './messages.ts';
import type { FastNode } from './node.ts';
import type { World } from './world.ts';

/** Links between all nodes: lossy, slow, doubling and cut until the network heals, then only slow. */
export class Network {
  readonly #world: World;
  /** Side of the cut each node is on. */
  #sides: readonly number[] = [];
  isHealed = false;
  sentByHonest = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Put every node on one of two sides; links between sides carry nothing. */
  cut(): void {
    this.#sides = Array.from({ length: this.#world.n }, () => this.#world.rng.below(2));
  }

  /** All sides meet again. */
  join(): void {
    this.#sides = [];
  }

  send(from: FastNode, to: number, message: Message): void {
    const { rng, scenario } = this.#world;
    if (from.isHonest) {
      this.sentByHonest++;
      this.#world.checker.sent(from, message);
    }
    if (this.isHealed) return this.#plan(from, to, message, rng.between(1, scenario.delayMs));
    if (this.#sides[from.index] !== this.#sides[to] || rng.chance(scenario.lossRate)) return;
    const copies = rng.chance(scenario.duplicateRate) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const tail = rng.chance(scenario.tailRate) ? rng.between(0, scenario.tailMs) : 0;
      this.#plan(from, to, message, rng.between(1, scenario.delayMs) + tail);
    }
  }

  #plan(from: FastNode, to: number, message: Message, delayMs: number): void {
    this.#world.events.after(delayMs, () => {
      this.#world.note('message', from.index * 64 + to, fingerprint(message));
      for (const node of this.#world.nodesAt(to)) {
        if (!this.#world.isTwinLink(from, node)) continue;
        this.#world.trace(() => ({ node: to, from: from.index, message }));
        node.deliver(from.index, message);
      }
    });
  }
}
