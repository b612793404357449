// The part of the platform's WebAssembly that the engine uses; the types of Node leave it out.

declare namespace WebAssembly {
  // oxlint-disable-next-line typescript/no-extraneous-class -- the platform's own class
  class Module {
    constructor(bytes: Uint8Array);
  }

  class Instance {
    readonly exports: Readonly<Record<string, unknown>>;
    constructor(
      module: Module,
      imports: Readonly<Record<string, Readonly<Record<string, (...args: number[]) => number>>>>,
    );
  }

  class Memory {
    readonly buffer: ArrayBuffer;
  }

  class Global {
    value: number;
  }

  class Table {
    readonly length: number;
    grow(count: number): number;
    set(index: number, value: unknown): void;
  }

  class RuntimeError extends Error {}
}
