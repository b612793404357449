/** Methods of the query worker, which reads the state that the state worker writes. */
export type QueryMethods = {
  /** Open the state beside its writer, who has opened it before. */
  readonly open: (request: { readonly dir: string; readonly genesis: Uint8Array }) => Promise<void>;
  /** Ask a contract about the newest state that is stored. */
  readonly query: (request: QueryRequest) => Promise<QueryReply>;
  readonly close: (request: Record<string, never>) => Promise<void>;
};

/** What a query asks; arguments are canonical bytes. */
export type QueryRequest = {
  readonly contract: string;
  readonly query: string;
  readonly args: Uint8Array;
};

/** What it answers. */
export type QueryReply = {
  readonly result: Uint8Array;
  /** Height of the state that was asked. */
  readonly height: number;
  /** Hash of the code that answered; undefined for native contracts. */
  readonly codeHash: Uint8Array | undefined;
};
