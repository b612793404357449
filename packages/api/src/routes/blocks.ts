import { limits } from '@hanse/kit';
import { mustHeight, readHeight, readLimit } from '../read.ts';
import { json, type Route } from '../route.ts';
import { schemas } from '../schemas.ts';

const { count, list, object, ref } = schemas;
const heightParameter = { name: 'height', in: 'path', schema: count, about: 'height' } as const;

/** The chain itself: head, genesis, blocks and their proofs. */
export const blockRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/head',
    about: 'The newest final block, what is executed and proved, and the validators.',
    parameters: [],
    answer: { status: 200, schema: ref('Head') },
    errors: ['NotReady'],
    handle: async (facade) => json(await facade.head()),
  },
  {
    method: 'GET',
    path: '/v1/genesis',
    about: 'The agreement the chain starts from. Check its hash before trusting it.',
    parameters: [],
    answer: { status: 200, schema: ref('Genesis') },
    errors: [],
    handle: async (facade) => json(await facade.genesis()),
  },
  {
    method: 'GET',
    path: '/v1/blocks',
    about: 'Final blocks, newest first.',
    parameters: [
      { name: 'before', in: 'query', schema: count, about: 'only blocks below this height' },
      {
        name: 'limit',
        in: 'query',
        schema: { type: 'integer', minimum: 1, maximum: limits.pageRowsMax },
        about: 'rows of the page, 20 by default',
      },
    ],
    answer: { status: 200, schema: object({ blocks: list(ref('BlockSummary')) }) },
    errors: ['OverLimit', 'UsageError'],
    handle: async (facade, { query }) => {
      const before = readHeight(query['before'], 'before');
      return json({ blocks: await facade.blocks(before, readLimit(query['limit'])) });
    },
  },
  {
    method: 'GET',
    path: '/v1/blocks/:height',
    about: 'One final block with its header, signers and receipts.',
    parameters: [heightParameter],
    answer: { status: 200, schema: ref('BlockDetail') },
    errors: ['RecordUnknown', 'UsageError'],
    handle: async (facade, { params }) =>
      json(await facade.block(mustHeight(params['height'], 'height'))),
  },
  {
    method: 'GET',
    path: '/v1/blocks/:height/proof',
    about: 'A final header with its certificate, and the path from it to the block of a height.',
    parameters: [heightParameter],
    answer: { status: 200, schema: ref('BlockProof') },
    errors: ['RecordUnknown', 'HeightNotReached', 'UsageError'],
    handle: async (facade, { params }) =>
      json(await facade.blockProof(mustHeight(params['height'], 'height'))),
  },
];
