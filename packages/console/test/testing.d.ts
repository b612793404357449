/*
 * What the tests here use of `@hanse/testing`, which runs on Node: its sources are typed against Node, and this
 * project is typed against the browser.
 */

/** A method of a contract. */
export type Caller = (args: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** A contract as somebody calls it. */
export type ContractCaller = Readonly<Record<string, Caller>> & {
  readonly query: Readonly<Record<string, Caller>>;
};

type Callers = { readonly packs: ContractCaller; readonly claims: ContractCaller };

/** Somebody who acts. */
export type Actor = Callers & {
  readonly id: string;
  readonly deposit: (deposit: {
    readonly byteHash: Uint8Array;
    readonly fieldsRoot: Uint8Array;
  }) => void;
};

/** A chain in one process. */
export type TestChain = {
  readonly as: (who: {
    readonly did?: string;
    readonly organisation: string;
    readonly roles: readonly string[];
    readonly duties: readonly string[];
  }) => Actor;
  readonly asAll: (actors: readonly { readonly id: string }[]) => Callers;
  readonly time: number;
  readonly height: number;
  readonly next: (options: { readonly afterMs: number }) => void;
  readonly events: readonly {
    readonly contract: 'packs' | 'claims';
    readonly name: string;
    readonly data: Readonly<Record<string, unknown>>;
  }[];
};

export function testChain(
  contracts: Readonly<Record<'packs' | 'claims', unknown>>,
  options: {
    readonly mode: 'plain';
    readonly suite: 'intl' | 'sm';
    readonly timeMs: number;
  },
): TestChain;
