import { readFile, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

/** A file to serve, with its headers. */
export type StaticFile = {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly cacheControl: string;
};

const FILE_BYTES_MAX = 16 * 1024 * 1024;

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.map': 'application/json',
};

/**
 * The file of a URL path below `folder`, or undefined. Only plain names are looked up, and the real
 * path must still lie in the folder, so neither `..`, encodings of it nor links lead out. A path
 * without an extension is a page of the console: its one document.
 */
export async function findStatic(folder: string, urlPath: string): Promise<StaticFile | undefined> {
  const parts = urlPath.split('/').filter((part) => part !== '');
  if (!parts.every((part) => /^[\w@][\w.@-]*$/.test(part))) return undefined;
  const last = parts.at(-1);
  const isPage = last === undefined || extname(last) === '';
  const mediaType = isPage ? MEDIA_TYPES['.html'] : MEDIA_TYPES[extname(last)];
  if (mediaType === undefined) return undefined;
  const bytes = await readInside(folder, isPage ? ['index.html'] : parts);
  if (bytes === undefined) return undefined;
  // Names below assets/ carry a hash of their content.
  const isHashed = parts[0] === 'assets';
  return { bytes, mediaType, cacheControl: isHashed ? 'max-age=31536000, immutable' : 'no-cache' };
}

async function readInside(
  folder: string,
  parts: readonly string[],
): Promise<Uint8Array | undefined> {
  try {
    const root = await realpath(folder);
    const path = await realpath(join(root, ...parts));
    if (!path.startsWith(root + sep)) return undefined;
    const info = await stat(path);
    if (!info.isFile() || info.size > FILE_BYTES_MAX) return undefined;
    return await readFile(path);
  } catch {
    // Absent, or not ours to read: the same answer.
    return undefined;
  }
}
