import { jsonSchema, type Json } from '@hanse/codec';
import { limits } from '@hanse/kit';
import { genesisSchema, receiptSchema } from '@hanse/model';

/*
 * JSON Schemas of the answers. The shapes themselves are types of the model; tests hold both
 * together.
 */

type Members = Readonly<Record<string, Json>>;

/** An object; names ending in `?` are optional. */
function object(members: Members): Json {
  const names = Object.keys(members);
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [plain(name), members[name] ?? true])),
    required: names.filter((name) => !name.endsWith('?')),
  };
}

function plain(name: string): string {
  return name.replace(/\?$/, '');
}

function list(items: Json): Json {
  return { type: 'array', items };
}

function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

const text: Json = { type: 'string' };
const flag: Json = { type: 'boolean' };
const anything: Json = true;
const count: Json = { type: 'integer', minimum: 0 };
const hash: Json = { type: 'string', pattern: '^[0-9a-f]{64}$' };
const canonical: Json = {
  type: 'string',
  pattern: '^[A-Za-z0-9_-]*$',
  description: 'canonical bytes, base64url',
};
const hex: Json = { type: 'string', pattern: '^([0-9a-f]{2})+$' };
const until: Json = { type: 'string', enum: ['final', 'proved'] };

const blockSummary: Members = {
  height: count,
  view: count,
  digest: hash,
  time: count,
  proposer: count,
  transactions: count,
  refused: count,
  sizeBytes: count,
  executedHeight: count,
};

const deployed: Members = {
  version: count,
  codeHash: hash,
  codeBytes: count,
  owners: object({ organisations: list(text), threshold: count }),
  height: count,
  time: count,
};
/** JSON Schemas of arguments, results and data, by name. */
const offered: Members = { methods: anything, queries: anything, events: anything };

/** Named schemas of the OpenAPI document. */
export const components: Readonly<Record<string, Json>> = {
  Problem: object({
    type: text,
    title: text,
    status: count,
    code: { type: 'string', pattern: '^HANSE-\\d{4}$' },
    detail: text,
    fix: text,
    retry: { type: 'string', enum: ['never', 'same-key', 'later'] },
    params: { type: 'object', additionalProperties: text },
    'frames?': list(object({ contract: text, at: text })),
  }),
  SubmitResult: {
    oneOf: [
      object({ status: { const: 'taken' }, txids: list(hash) }),
      object({ status: { const: 'refused' }, problem: ref('Problem') }),
    ],
  },
  TxProof: object({ final: canonical, receipt: canonical, tx: canonical }),
  TxOutcome: {
    oneOf: [
      object({
        state: until,
        receipt: ref('Receipt'),
        receiptBytes: canonical,
        'proof?': ref('TxProof'),
      }),
      object({ state: { const: 'void' }, height: count, problem: ref('Problem') }),
      object({ state: { const: 'pending' }, problem: ref('Problem') }),
    ],
  },
  Receipt: jsonSchema(receiptSchema),
  Genesis: jsonSchema(genesisSchema),
  RecordAnswer: object({
    key: hex,
    value: { anyOf: [canonical, { type: 'null' }] },
    height: count,
    'proof?': object({ final: canonical, record: canonical }),
  }),
  BlockProof: object({ final: canonical, history: canonical }),
  ValidatorStatus: object({
    index: count,
    did: text,
    name: text,
    organisation: text,
    self: flag,
    connected: flag,
    'silentMs?': count,
    executedHeight: count,
    finalHeight: count,
  }),
  Head: object({
    chainId: hash,
    network: text,
    suite: { type: 'string', enum: ['intl', 'sm'] },
    height: count,
    digest: hash,
    time: count,
    executedHeight: count,
    provedHeight: count,
    validators: list(ref('ValidatorStatus')),
  }),
  BlockSummary: object(blockSummary),
  BlockDetail: object({
    ...blockSummary,
    header: anything,
    signers: list(count),
    receipts: list(
      object({
        txid: hash,
        status: { type: 'string', enum: ['ok', 'refused'] },
        'code?': text,
        calls: list(text),
        signers: list(text),
      }),
    ),
  }),
  ContractSummary: {
    oneOf: [
      object({ name: text, kind: { const: 'system' } }),
      object({ name: text, kind: { const: 'deployed' }, ...deployed }),
    ],
  },
  Contract: {
    oneOf: [
      object({ name: text, kind: { const: 'system' }, ...offered }),
      object({
        name: text,
        kind: { const: 'deployed' },
        ...deployed,
        txid: hash,
        manifest: anything,
        internals: anything,
        ...offered,
      }),
    ],
  },
  QueryRequest: object({ contract: text, query: text, args: anything, 'minHeight?': count }),
  QueryAnswer: object({
    result: anything,
    resultBytes: canonical,
    height: count,
    ageMs: count,
    'codeHash?': hash,
  }),
  WaitRequest: object({
    txids: { type: 'array', items: hash, minItems: 1, maxItems: limits.envelopesPerPostMax },
    'until?': until,
    'waitMs?': { type: 'integer', minimum: 0, maximum: limits.apiWaitMsMax },
    'proof?': flag,
  }),
  EventRow: {
    oneOf: [
      object({
        cursor: text,
        height: count,
        txid: hash,
        contract: text,
        name: text,
        data: anything,
        dataBytes: canonical,
      }),
      { ...Object(object({ cursor: text })), additionalProperties: false },
    ],
  },
  WatchRow: {
    oneOf: [
      object({ kind: { const: 'final' }, ...blockSummary, 'txids?': list(hash) }),
      object({ kind: { const: 'proved' }, height: count }),
    ],
  },
  Why: object({
    healthy: flag,
    sentence: text,
    sentenceZh: text,
    quorum: count,
    voting: count,
    silent: list(text),
    height: count,
  }),
};

/** Shapes that routes name, by their place in the document. */
export const schemas = {
  object,
  list,
  ref,
  text,
  flag,
  anything,
  count,
  hash,
  hex,
  canonical,
  until,
} as const;
