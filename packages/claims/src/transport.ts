import { isJsonObject, type Json } from '@hanse/codec';
import { fromUtf8, HanseError, nameOf } from '@hanse/kit';
import type { TagTransport } from './ask.ts';

/** Media type of requests and answers: canonical bytes. */
export const TAG_MEDIA_TYPE = 'application/octet-stream';
/** Path of the registry's one working route. */
export const TAG_PATH = '/v1/tags';

/** Posts bytes with `TAG_MEDIA_TYPE` to a URL; rejects when there is no answer. */
export type HttpPost = (
  url: string,
  body: Uint8Array,
) => Promise<{ readonly status: number; readonly body: Uint8Array }>;

const TEXT_MAX = 500;

/** The way to a registry over HTTP. Throws the error of its problem document, or RegistryUnreachable. */
export function httpTagTransport(url: string, post: HttpPost): TagTransport {
  const unreachable = (reason: string, cause?: unknown): HanseError =>
    new HanseError('RegistryUnreachable', { url, reason }, cause);
  return async (request) => {
    const answer = await post(url.replace(/\/$/, '') + TAG_PATH, request).catch(
      (cause: unknown) => {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw unreachable(reason.slice(0, TEXT_MAX), cause);
      },
    );
    if (answer.status === 200) return answer.body;
    throw problemIn(answer.body) ?? unreachable(`status ${answer.status}`);
  };
}

/** The error that a problem document (RFC 9457) stands for, if the bytes are one of ours. */
function problemIn(bytes: Uint8Array): HanseError | undefined {
  const json = parse(fromUtf8(bytes));
  if (!isJsonObject(json) || typeof json['code'] !== 'string') return undefined;
  const name = nameOf(json['code']);
  if (name === undefined) return undefined;
  const given = isJsonObject(json['params']) ? json['params'] : {};
  const params = Object.entries(given).flatMap(([key, value]) =>
    typeof value === 'string' ? [[key, value.slice(0, TEXT_MAX)] as const] : [],
  );
  return new HanseError(name, Object.fromEntries(params));
}

function parse(text: string | undefined): Json {
  try {
    return text === undefined ? null : (JSON.parse(text) as Json);
  } catch {
    return null;
  }
}
