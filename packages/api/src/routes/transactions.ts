import { decode, isJsonArray } from '@hanse/codec';
import { HanseError, limits } from '@hanse/kit';
import { postSchema } from '@hanse/model';
import { usage } from '../problem.ts';
import { over, readFlag, readObject, readTxid, readUntil, readWaitMs } from '../read.ts';
import { json, type Input, type Output, type Route } from '../route.ts';
import { schemas } from '../schemas.ts';
import type { NodeFacade } from '../facade.ts';

const { count, hash, list, object, ref, until } = schemas;
const TXIDS_PER_WAIT_MAX = 1_000;

async function postEnvelopes(facade: NodeFacade, input: Input): Promise<Output> {
  if (!(input.body instanceof Uint8Array)) {
    throw new HanseError('Malformed', { object: 'post', reason: 'not application/octet-stream' });
  }
  const post = decode(postSchema, input.body);
  if (!post.ok) throw new HanseError('Malformed', { object: 'post', reason: post.error });
  return { kind: 'json', status: 202, value: await facade.submit(post.value.envelopes) };
}

async function getTransaction(facade: NodeFacade, { params, query }: Input): Promise<Output> {
  const txid = readTxid(params['txid']);
  const waitMs = readWaitMs(query['waitMs']);
  const proof = readFlag(query['proof'], 'proof');
  const outcome = await facade.outcome(txid, readUntil(query['until']), waitMs, proof);
  if (outcome.state !== 'pending') return json(outcome);
  return { kind: 'json', status: outcome.problem.status, value: outcome.problem };
}

async function waitForTransactions(facade: NodeFacade, input: Input): Promise<Output> {
  const body = readObject(input);
  const texts = body['txids'];
  if (texts === undefined || !isJsonArray(texts) || texts.length === 0) {
    throw usage('txids must be a list of transaction ids.');
  }
  if (texts.length > TXIDS_PER_WAIT_MAX) throw over('txids', texts.length, TXIDS_PER_WAIT_MAX);
  const txids = texts.map(readTxid);
  const target = readUntil(body['until']);
  const waitMs = readWaitMs(body['waitMs']);
  const proof = body['proof'] === true;
  const outcomes = await Promise.all(
    txids.map((txid) => facade.outcome(txid, target, waitMs, proof)),
  );
  return json({ outcomes });
}

const untilParameter = {
  name: 'until',
  in: 'query',
  schema: until,
  about: '`final`: ordered and executed here; `proved` (default): bound by a final header',
} as const;

/** Submission and outcomes. */
export const transactionRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/envelopes',
    about:
      'Submit signed envelopes. Each is taken or refused as a whole; the same bytes execute once.',
    parameters: [],
    body: { kind: 'bytes', schema: { type: 'string', format: 'binary' } },
    answer: { status: 202, schema: object({ results: list(ref('SubmitResult')), height: count }) },
    errors: ['Malformed', 'OverLimit', 'NotReady'],
    handle: postEnvelopes,
  },
  {
    method: 'GET',
    path: '/v1/tx/:txid',
    about: 'The outcome of a transaction, waiting for it when `waitMs` says so.',
    parameters: [
      { name: 'txid', in: 'path', schema: hash, about: 'id of the transaction' },
      untilParameter,
      {
        name: 'waitMs',
        in: 'query',
        schema: { type: 'integer', minimum: 0, maximum: limits.apiWaitMsMax },
        about: 'how long to wait at most',
      },
      { name: 'proof', in: 'query', schema: { enum: ['0', '1'] }, about: 'with its proof' },
    ],
    answer: { status: 200, schema: ref('TxOutcome') },
    errors: ['TxUnknown', 'NotFinalInTime', 'UsageError'],
    handle: getTransaction,
  },
  {
    method: 'POST',
    path: '/v1/tx/wait',
    about: 'Wait for the outcomes of many transactions; answers when all are known or time is up.',
    parameters: [],
    body: { kind: 'json', schema: ref('WaitRequest') },
    answer: { status: 200, schema: object({ outcomes: list(ref('TxOutcome')) }) },
    errors: ['OverLimit', 'UsageError'],
    handle: waitForTransactions,
  },
];
