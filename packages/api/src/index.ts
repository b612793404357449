export type {
  EventFilter,
  FacadeAnswer,
  FacadeContract,
  FacadeQuery,
  NodeFacade,
} from './facade.ts';
export { corsHeaders, isLoopback, isLoopbackHost, securityHeaders } from './guard.ts';
export { openApiDocument, routes } from './openapi.ts';
export { languageOf, problemOf, toProblem, translate } from './problem.ts';
export { createServer, type ApiServer, type ServerOptions } from './server.ts';
