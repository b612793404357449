import type { World } from './world.ts';

/** How bad the network is at the moment. */
export type Weather = {
  readonly lossPercent: number;
  readonly duplicatePercent: number;
  readonly delayMsMin: number;
  readonly delayMsMax: number;
  /** Group of each member; members of different groups do not hear each other. */
  readonly groups: readonly number[];
};

/** Deliver frames between members with loss, duplicates, delays and partitions. */
export class Network {
  readonly #world: World;
  readonly #deliver: (from: number, to: number, bytes: Uint8Array) => void;
  weather: Weather;
  frames = 0;
  lost = 0;

  constructor(
    world: World,
    weather: Weather,
    deliver: (from: number, to: number, bytes: Uint8Array) => void,
  ) {
    this.#world = world;
    this.weather = weather;
    this.#deliver = deliver;
  }

  /** Send a frame from one validator index to another. */
  send(from: number, to: number, bytes: Uint8Array): void {
    const { lossPercent, duplicatePercent, groups } = this.weather;
    this.frames++;
    if (groups[from] !== groups[to] || this.#world.chance(lossPercent)) {
      this.lost++;
      return;
    }
    this.#later(from, to, bytes);
    if (this.#world.chance(duplicatePercent)) this.#later(from, to, bytes);
  }

  #later(from: number, to: number, bytes: Uint8Array): void {
    const { delayMsMin, delayMsMax } = this.weather;
    const delayMs = delayMsMin + this.#world.below(delayMsMax - delayMsMin + 1);
    // A link that was cut while a frame was under way loses the frame.
    this.#world.after(delayMs, () => {
      const { groups } = this.weather;
      if (groups[from] === groups[to]) this.#deliver(from, to, bytes);
      else this.lost++;
    });
  }
}

/** A network of one data centre: a millisecond or two, nothing lost. */
export function calm(memberCount: number): Weather {
  return {
    lossPercent: 0,
    duplicatePercent: 0,
    delayMsMin: 1,
    delayMsMax: 3,
    groups: Array.from({ length: memberCount }, () => 0),
  };
}

/** A bad moment: loss, duplicates, long delays and sometimes a partition. */
export function storm(world: World, memberCount: number): Weather {
  const isSplit = world.chance(50);
  return {
    lossPercent: world.pick([0, 1, 10, 30]),
    duplicatePercent: world.pick([0, 5]),
    delayMsMin: 1,
    delayMsMax: world.pick([5, 50, 400]),
    groups: Array.from({ length: memberCount }, () => (isSplit ? world.below(2) : 0)),
  };
}
