import { parseCursor } from '@hanse/model';
import { usage } from '../problem.ts';
import { readFlag } from '../read.ts';
import { json, type Input, type Output, type Route } from '../route.ts';
import { schemas } from '../schemas.ts';
import type { NodeFacade } from '../facade.ts';

const { anything, object, ref, text } = schemas;
const flagSchema = { enum: ['0', '1'] } as const;

function streamEvents(facade: NodeFacade, { query, signal }: Input): Output {
  const { from, contract, name } = query;
  if (from !== undefined && parseCursor(from) === undefined) {
    throw usage('from must be a cursor of an earlier row.');
  }
  const filter = {
    ...(contract === undefined ? {} : { contract }),
    ...(name === undefined ? {} : { name }),
  };
  const follow = readFlag(query['follow'], 'follow');
  return { kind: 'rows', rows: facade.events(from, filter, follow, signal) };
}

/** Streams, and what a node says about itself. */
export const nodeRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/events',
    about: 'Events of executed transactions in order, one JSON row a line.',
    parameters: [
      { name: 'from', in: 'query', schema: text, about: 'resume after this cursor' },
      { name: 'contract', in: 'query', schema: text, about: 'only of this contract' },
      { name: 'name', in: 'query', schema: text, about: 'only of this name' },
      { name: 'follow', in: 'query', schema: flagSchema, about: 'go on with new events' },
    ],
    answer: { status: 200, schema: ref('EventRow'), rows: true },
    errors: ['NotReady', 'UsageError'],
    handle: streamEvents,
  },
  {
    method: 'GET',
    path: '/v1/watch',
    about: 'Blocks as they become final and proved, one JSON row a line.',
    parameters: [{ name: 'txids', in: 'query', schema: flagSchema, about: 'with transaction ids' }],
    answer: { status: 200, schema: ref('WatchRow'), rows: true },
    errors: ['NotReady', 'UsageError'],
    handle: (facade, { query, signal }) => ({
      kind: 'rows',
      rows: facade.watch(readFlag(query['txids'], 'txids'), signal),
    }),
  },
  {
    method: 'GET',
    path: '/v1/why',
    about: 'In one sentence, why the chain makes blocks or does not.',
    parameters: [],
    answer: { status: 200, schema: ref('Why') },
    errors: [],
    handle: async (facade) => json(await facade.why()),
  },
  {
    method: 'GET',
    path: '/v1/status',
    about: 'Figures of this node for its operator.',
    parameters: [],
    answer: { status: 200, schema: anything },
    errors: [],
    handle: async (facade) => json(await facade.status()),
  },
  {
    method: 'GET',
    path: '/healthz',
    about: 'Whether the process serves requests; says nothing about the chain.',
    parameters: [],
    answer: { status: 200, schema: object({ status: { const: 'ok' } }) },
    errors: [],
    handle: () => json({ status: 'ok' }),
  },
];
