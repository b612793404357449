import type { ErrorRefusal } from './refuse.ts';

/**
 * A program that was loaded: its code compiled and its top level run, ready to be run from a pristine
 * image. Only the isolate that made it can look into it.
 */
export type Program = {
  /** Hash of the code it was made from. */
  readonly codeHash: Uint8Array;
  /** The manifest that the code declares, as canonical JSON in UTF-8; not checked yet. */
  readonly manifest: Uint8Array;
};

/** Where in the author's code something happened, innermost first; eight at most. */
export type Frame = { readonly line: number; readonly column: number; readonly name: string };

/** Why a run ended without a result although nobody refused it. Each counts all gas given as used or less. */
export type FailureKind =
  | 'OutOfGas'
  | 'OutOfMemory'
  | 'StackOverflow'
  /** The code threw something that `reject` did not make. */
  | 'Threw'
  /** The code is no script, or it declares no contract. */
  | 'BadCode'
  /** A value that the code returned or handed to the host does not fit its schema. */
  | 'BadValue'
  /** Promises or jobs were left over. */
  | 'Unfinished';

/** How a run of a program ended. `gas` is what it used, host calls included. */
export type RunOutcome =
  | { readonly kind: 'returned'; readonly result: Uint8Array; readonly gas: number }
  /** The code called `reject`. */
  | {
      readonly kind: 'rejected';
      readonly code: string;
      readonly message: string;
      readonly frames: readonly Frame[];
      readonly gas: number;
    }
  /** A host function refused: the transaction is over, and the code could not catch it. */
  | { readonly kind: 'refused'; readonly refusal: ErrorRefusal; readonly gas: number }
  | {
      readonly kind: 'failed';
      readonly failure: FailureKind;
      readonly message: string;
      readonly frames: readonly Frame[];
      readonly gas: number;
    };

/** How loading ended. */
export type LoadOutcome =
  | { readonly kind: 'loaded'; readonly program: Program; readonly gas: number }
  | Extract<RunOutcome, { readonly kind: 'failed' }>;

/** What one method run is asked for. */
export type RunRequest = {
  /** Position in the manifest's methods. */
  readonly method: number;
  /** Canonical bytes of the method's `args`. */
  readonly args: Uint8Array;
  /** Canonical bytes of `callInfoSchema`. */
  readonly info: Uint8Array;
  readonly gasLimit: number;
};

/** Gas of the run at hand, while the host works for it. */
export type RunMeter = {
  /** What is left. */
  readonly left: number;
  /** Use some. Ends the run as out of gas when there is not enough: then it does not return. */
  readonly charge: (amount: number) => void;
};

/** A page of rows in order of key, and where the next page goes on; bytes as `Table` says. */
export type ScanPage = {
  readonly rows: readonly Uint8Array[];
  readonly next: Uint8Array | undefined;
};

/** What a scan reads. `index` -1 is the primary key. */
export type Scan = {
  readonly index: number;
  /** Values of the first fields of the index, as canonical bytes one after the other. */
  readonly prefix: readonly Uint8Array[];
  /** Bounds of the field behind the prefix, both included, as canonical bytes. */
  readonly from?: Uint8Array | undefined;
  readonly to?: Uint8Array | undefined;
  /** `next` of the page before. */
  readonly after: Uint8Array | undefined;
  readonly limit: number;
  readonly reverse: boolean;
};

/**
 * What code can ask of its host while it runs. Values are canonical bytes of the manifest's shapes; keys
 * are the canonical bytes of a struct of the table's key fields. Each charges before it works. A function
 * that throws HostRefusal ends the run: no code can catch it.
 */
export type GuestHost = {
  readonly get: (table: number, key: Uint8Array) => Uint8Array | undefined;
  /** Write a row: `insert` refuses an existing key with RowExists, `update` a missing one with RowUnknown. */
  readonly put: (table: number, row: Uint8Array, mode: 'insert' | 'update' | 'put') => void;
  /** Whether there was one. */
  readonly remove: (table: number, key: Uint8Array) => boolean;
  readonly scan: (table: number, scan: Scan) => ScanPage;
  readonly emit: (event: number, data: Uint8Array) => void;
  /** Call a command, internal method or query of another contract in the same transaction. */
  readonly call: (contract: string, method: string, args: HostValue) => HostValue;
  /** Canonical bytes of `evidenceSchema`, if there is such a deposit. */
  readonly deposit: (id: Uint8Array) => Uint8Array | undefined;
  /** SHA-256 or SM3, as the chain's suite says. */
  readonly hash: (bytes: Uint8Array) => Uint8Array;
};

/**
 * Values between contracts: what the isolate reads from one program and writes into another. Struct
 * fields by name, integers as numbers, amounts as bigint.
 */
export type HostValue =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly HostValue[]
  | { readonly [name: string]: HostValue };

/** A host function's way to end the transaction. */
export class HostRefusal extends Error {
  readonly refusal: ErrorRefusal;

  constructor(refusal: ErrorRefusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

/**
 * Where code runs. Deterministic: the same code, request and host answers give the same outcome, gas and
 * memory included, on every machine, whatever ran before. It throws only when the node must stop.
 */
export type Isolate = {
  /** Hash of the instrumented engine, part of the chain's engine version. */
  readonly engineHash: Uint8Array;
  readonly load: (code: Uint8Array, gasLimit: number) => LoadOutcome;
  /** Run a method from the program's pristine image. Host functions may run other programs meanwhile. */
  readonly run: (
    program: Program,
    request: RunRequest,
    hostOf: (meter: RunMeter) => GuestHost,
  ) => RunOutcome;
};
