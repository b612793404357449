/** Named one-shot timers; setting one again replaces it. */
export class Timers {
  readonly #fire: (name: string) => void;
  readonly #running = new Map<string, NodeJS.Timeout>();

  constructor(fire: (name: string) => void) {
    this.#fire = fire;
  }

  /** Fire `name` after a delay, or cancel it. */
  set(name: string, delayMs: number | undefined): void {
    clearTimeout(this.#running.get(name));
    if (delayMs === undefined) {
      this.#running.delete(name);
      return;
    }
    const run = (): void => {
      this.#running.delete(name);
      this.#fire(name);
    };
    this.#running.set(name, setTimeout(run, delayMs));
  }

  clear(): void {
    for (const timer of this.#running.values()) clearTimeout(timer);
    this.#running.clear();
  }
}
