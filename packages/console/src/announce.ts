const GAP_MS = 5_000;

/**
 * Rule `calm`: what a screen reader is told. At most one sentence in five seconds; of several that
 * wait, the newest is said.
 */
export class Announcer {
  readonly #readers = new Set<() => void>();
  #said = '';
  #waiting: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Say a sentence now, or as soon as the last one is five seconds old. */
  readonly say = (sentence: string): void => {
    if (this.#timer !== undefined) {
      this.#waiting = sentence;
      return;
    }
    this.#tell(sentence);
  };

  readonly subscribe = (reader: () => void): (() => void) => {
    this.#readers.add(reader);
    return () => this.#readers.delete(reader);
  };

  /** The sentence in the live region. */
  readonly snapshot = (): string => this.#said;

  #tell(sentence: string): void {
    this.#said = sentence;
    for (const reader of this.#readers) reader();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const next = this.#waiting;
      this.#waiting = undefined;
      if (next !== undefined) this.#tell(next);
    }, GAP_MS);
  }
}
