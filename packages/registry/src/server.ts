import {
  corsHeaders,
  isLoopback,
  isLoopbackHost,
  languageOf,
  securityHeaders,
  toProblem,
} from '@hanse/api';
import { errorOf, TAG_MEDIA_TYPE, TAG_PATH, type TagRegistry } from '@hanse/claims';
import { HanseError, isHanseError, limits, toHex, type Log } from '@hanse/kit';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

/** Where to listen. Without `host` only this machine can connect; port 0 takes a free one. */
export type ListenOptions = {
  readonly host?: string;
  readonly port: number;
  /** Origins of sites whose pages may ask for tags. */
  readonly origins?: readonly string[];
  readonly log: Log;
};

/** A listening server. */
export type RegistryServer = { readonly url: string; readonly close: () => Promise<void> };

const HOST = '127.0.0.1';
const RECEIVE_TIMEOUT_MS = 10_000;

/** Serve a registry over HTTP. Throws `PortInUse` when the port is taken. */
export async function serveRegistry(
  registry: TagRegistry,
  options: ListenOptions,
): Promise<RegistryServer> {
  const app = fastify({
    bodyLimit: limits.claimRequestBytesMax,
    requestTimeout: RECEIVE_TIMEOUT_MS,
    keepAliveTimeout: RECEIVE_TIMEOUT_MS,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    logger: false,
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(TAG_MEDIA_TYPE, { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  guard(app, options);
  app.post(TAG_PATH, (request, reply) => answerTags(registry, request, reply));
  app.get('/v1/keys', (_request, reply) => sendJson(reply, 200, { keys: keysOf(registry) }));
  app.get('/healthz', (_request, reply) => sendJson(reply, 200, { status: 'ok' }));
  app.setNotFoundHandler((request) => {
    const path = request.url.split('?')[0] ?? '/';
    throw new HanseError('RouteUnknown', { method: request.method, path: path.slice(0, 200) });
  });
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, options.log));
  const url = await listen(app, options);
  return { url, close: () => app.close() };
}

async function listen(app: FastifyInstance, { host, port }: ListenOptions): Promise<string> {
  try {
    return await app.listen({ host: host ?? HOST, port });
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    throw isTaken ? new HanseError('PortInUse', { port }, error) : error;
  }
}

/** Bounds and headers of every request, before its body is read. */
function guard(app: FastifyInstance, options: ListenOptions): void {
  const onlyLoopback = isLoopback(options.host ?? HOST);
  let inFlight = 0;
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(securityHeaders);
    reply.headers(corsHeaders(request.headers.origin, options.origins ?? []));
    if (onlyLoopback && !isLoopbackHost(request.headers.host)) {
      const message = 'This registry serves this machine only; call it by a loopback address.';
      return done(new HanseError('UsageError', { message }));
    }
    if (request.method === 'OPTIONS') return void reply.code(204).send();
    if (inFlight >= limits.claimRequestsInFlightMax) {
      const reason = `It already has ${limits.claimRequestsInFlightMax} requests in flight.`;
      return done(new HanseError('NotReady', { reason }));
    }
    inFlight += 1;
    reply.raw.once('close', () => {
      inFlight -= 1;
    });
    done();
  });
}

async function answerTags(
  registry: TagRegistry,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (!(request.body instanceof Uint8Array)) {
    const reason = `not ${TAG_MEDIA_TYPE}`;
    throw new HanseError('Malformed', { object: 'request for tags', reason });
  }
  // A plain view: buffers of the framework may share memory.
  const answer = await registry.evaluate(Uint8Array.from(request.body));
  if (!answer.ok) throw errorOf(answer.error);
  reply.header('content-type', TAG_MEDIA_TYPE);
  reply.header('cache-control', 'no-store');
  return reply.send(answer.value);
}

function keysOf(registry: TagRegistry): readonly Readonly<Record<string, string | number>>[] {
  return registry.publicKeys.map(({ registry: did, epoch, group, publicKey }) => ({
    registry: did,
    epoch,
    group,
    publicKey: toHex(publicKey),
  }));
}

function sendJson(reply: FastifyReply, status: number, value: unknown): FastifyReply {
  reply.code(status);
  reply.header('content-type', status >= 400 ? 'application/problem+json' : 'application/json');
  reply.header('cache-control', 'no-store');
  return reply.send(JSON.stringify(value));
}

function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
): FastifyReply {
  const known = isHanseError(error) ? error : refusalOf(error, request);
  if (known === undefined || known.httpStatus >= 500) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log('error', 'registry.fault', { method: request.method, path: request.url, reason });
  }
  const afterMs = Number(known?.params['afterMs'] ?? 0);
  if (afterMs > 0) reply.header('retry-after', String(Math.ceil(afterMs / 1_000)));
  const problem = toProblem(known ?? error, languageOf(request.headers['accept-language']));
  return sendJson(reply, problem.status, problem);
}

/** What the framework refused before a handler ran, as an error of the catalogue. */
function refusalOf(error: unknown, request: FastifyRequest): HanseError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const value = request.headers['content-length'] ?? 'more';
    const limit = limits.claimRequestBytesMax;
    return new HanseError('OverLimit', { name: 'claimRequestBytes', value, limit }, error);
  }
  const isCaller = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
  if (!isCaller) return undefined;
  const params = { object: 'request for tags', reason: error.message };
  return new HanseError('Malformed', params, error);
}
