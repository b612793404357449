import type { Json } from '@hanse/codec';
import { HanseError, isHanseError, limits, type Language, type Log } from '@hanse/kit';
import type { Problem } from '@hanse/model';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { NodeFacade } from './facade.ts';
import { corsHeaders, isLoopback, isLoopbackHost, securityHeaders } from './guard.ts';
import { routes } from './openapi.ts';
import { languageOf, toProblem, translate, usage } from './problem.ts';
import type { Input, Route } from './route.ts';
import { findStatic } from './static.ts';
import { writeRows } from './stream.ts';

/** Where and what to serve. Without `host` only this machine can connect; port 0 takes a free one. */
export type ServerOptions = {
  readonly host?: string;
  readonly port: number;
  /** Folder of the console's built pages. */
  readonly consoleDir?: string;
  /** Origins of other sites whose pages may read answers. */
  readonly origins?: readonly string[];
  readonly log: Log;
};

/** A listening server. `close` ends streams and waits at once. */
export type ApiServer = { readonly url: string; readonly close: () => Promise<void> };

type Context = {
  readonly facade: NodeFacade;
  readonly options: ServerOptions;
  /** One per open stream; aborting it ends the stream. */
  readonly streams: Set<AbortController>;
  inFlight: number;
};

const JSON_BODY_BYTES_MAX = 256 * 1024;
const RECEIVE_TIMEOUT_MS = 30_000;

/** Serve a node over HTTP. Throws `PortInUse` when the port is taken. */
export async function createServer(facade: NodeFacade, options: ServerOptions): Promise<ApiServer> {
  const context: Context = { facade, options, streams: new Set(), inFlight: 0 };
  const app = fastify({
    bodyLimit: JSON_BODY_BYTES_MAX,
    requestTimeout: RECEIVE_TIMEOUT_MS,
    keepAliveTimeout: 2 * RECEIVE_TIMEOUT_MS,
    forceCloseConnections: true,
    // A HEAD of a stream would run the stream for nobody.
    exposeHeadRoutes: false,
    logger: false,
    routerOptions: { caseSensitive: true, maxParamLength: 2 * limits.keyBytesMax },
  });
  app.addContentTypeParser(
    'application/octet-stream',
    { parseAs: 'buffer', bodyLimit: limits.postBytesMax },
    (_request, body, done) => done(null, body),
  );
  addHooks(app, context);
  for (const route of routes) addRoute(app, route, context);
  app.setNotFoundHandler((request, reply) => serveConsole(context, request, reply));
  app.setErrorHandler((error, request, reply) => {
    answerError(error, request, reply, options.log);
  });
  const host = options.host ?? '127.0.0.1';
  const url = await listen(app, host, options.port);
  return {
    url,
    close: async () => {
      for (const stream of context.streams) stream.abort();
      await app.close();
    },
  };
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    throw isTaken ? new HanseError('PortInUse', { port }, error) : error;
  }
}

/** Bounds and headers that hold for every request, before its body is read. */
function addHooks(app: FastifyInstance, context: Context): void {
  const { options } = context;
  const onlyLoopback = isLoopback(options.host ?? '127.0.0.1');
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(securityHeaders);
    reply.headers(corsHeaders(request.headers.origin, options.origins ?? []));
    if (onlyLoopback && !isLoopbackHost(request.headers.host)) {
      done(usage('This node serves this machine only; call it by a loopback address.'));
      return;
    }
    if (request.method === 'OPTIONS') {
      void reply.code(204).send();
      return;
    }
    if (context.inFlight >= limits.apiRequestsInFlightMax) {
      done(busy('requests in flight', limits.apiRequestsInFlightMax));
      return;
    }
    context.inFlight += 1;
    reply.raw.once('close', () => {
      context.inFlight -= 1;
    });
    done();
  });
}

function busy(what: string, limit: number): HanseError {
  return new HanseError('NotReady', { reason: `It already has ${limit} ${what}.` });
}

function addRoute(app: FastifyInstance, route: Route, context: Context): void {
  app.route({
    method: route.method,
    url: route.path,
    handler: async (request, reply) => {
      const gone = new AbortController();
      const output = await route.handle(context.facade, inputOf(request, gone.signal));
      if (output.kind === 'rows') return sendRows(reply, output.rows, gone, context);
      const language = languageOf(request.headers['accept-language']);
      return sendJson(reply, output.status, output.value, language);
    },
  });
}

function inputOf(request: FastifyRequest, signal: AbortSignal): Input {
  return {
    params: plainStrings(request.params),
    query: plainStrings(request.query),
    body: request.body as Uint8Array | Json | undefined,
    signal,
  };
}

/** Parameters as text; one given twice is refused rather than guessed at. */
function plainStrings(values: unknown): Readonly<Record<string, string | undefined>> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(values ?? {})) {
    if (typeof value !== 'string') throw usage(`${name} must be given once.`);
    out[name] = value;
  }
  return out;
}

function sendJson(
  reply: FastifyReply,
  status: number,
  value: unknown,
  language: Language,
): FastifyReply {
  const isProblem = status >= 400;
  reply.code(status);
  reply.header('content-type', isProblem ? 'application/problem+json' : 'application/json');
  reply.header('cache-control', 'no-store');
  const shown = language === 'en' ? value : translated(value, language);
  return reply.send(JSON.stringify(shown));
}

/** The value with every problem document inside it in another language. */
function translated(value: unknown, language: Language): unknown {
  if (Array.isArray(value)) return value.map((one) => translated(one, language));
  if (typeof value !== 'object' || value === null) return value;
  if (isProblem(value)) return translate(value, language);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, translated(one, language)]),
  );
}

function isProblem(value: object): value is Problem {
  return 'code' in value && 'detail' in value && 'fix' in value && 'retry' in value;
}

async function sendRows(
  reply: FastifyReply,
  rows: AsyncIterable<unknown>,
  gone: AbortController,
  { streams, options }: Context,
): Promise<FastifyReply> {
  if (streams.size >= limits.apiStreamsMax) throw busy('open streams', limits.apiStreamsMax);
  streams.add(gone);
  reply.raw.once('close', () => gone.abort());
  reply.hijack();
  try {
    reply.raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'application/x-ndjson',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    reply.raw.flushHeaders();
    await writeRows(rows, { response: reply.raw, signal: gone.signal });
  } catch (error) {
    // The status is sent already: all that is left is to say why in the log and end the stream.
    const reason = error instanceof Error ? error.message : String(error);
    options.log('warn', 'api.stream.failed', { path: reply.request.url, reason });
    reply.raw.destroy();
  } finally {
    streams.delete(gone);
  }
  return reply;
}

async function serveConsole(
  { options }: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const path = request.url.split('?')[0] ?? '/';
  const isPage =
    (request.method === 'GET' || request.method === 'HEAD') && !path.startsWith('/v1/');
  const file =
    isPage && options.consoleDir !== undefined
      ? await findStatic(options.consoleDir, path)
      : undefined;
  if (file === undefined) {
    throw new HanseError('RouteUnknown', { method: request.method, path: path.slice(0, 200) });
  }
  reply.header('content-type', file.mediaType);
  reply.header('cache-control', file.cacheControl);
  return reply.send(file.bytes);
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): void {
  const known = isHanseError(error) ? error : refusalOf(error, request);
  if (known === undefined) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log('error', 'api.fault', { method: request.method, path: request.url, reason });
  }
  const problem = toProblem(known ?? error, languageOf(request.headers['accept-language']));
  sendJson(reply, problem.status, problem, 'en');
}

/** What the framework refused before a handler ran, as an error of the catalogue. */
function refusalOf(error: unknown, request: FastifyRequest): HanseError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    const isBytes = request.headers['content-type'] === 'application/octet-stream';
    const limit = isBytes ? limits.postBytesMax : JSON_BODY_BYTES_MAX;
    const value = request.headers['content-length'] ?? 'more';
    return new HanseError('OverLimit', { name: 'bodyBytes', value, limit }, error);
  }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new HanseError('Malformed', { object: 'request', reason: error.message }, error);
  }
  return undefined;
}
