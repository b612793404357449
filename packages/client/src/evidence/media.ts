/** How a document is read for its fields. */
export type Reading = 'json' | 'xml' | 'rows' | 'file';

type Kind = { readonly mediaType: string; readonly reading: Reading };

const UNKNOWN: Kind = { mediaType: 'application/octet-stream', reading: 'file' };

const BY_EXTENSION: Readonly<Record<string, Kind>> = {
  json: { mediaType: 'application/json', reading: 'json' },
  jsonld: { mediaType: 'application/ld+json', reading: 'json' },
  geojson: { mediaType: 'application/geo+json', reading: 'json' },
  xml: { mediaType: 'application/xml', reading: 'xml' },
  ndjson: { mediaType: 'application/x-ndjson', reading: 'rows' },
  jsonl: { mediaType: 'application/x-ndjson', reading: 'rows' },
  csv: { mediaType: 'text/csv', reading: 'rows' },
  tsv: { mediaType: 'text/tab-separated-values', reading: 'rows' },
  txt: { mediaType: 'text/plain', reading: 'file' },
  md: { mediaType: 'text/markdown', reading: 'file' },
  html: { mediaType: 'text/html', reading: 'file' },
  pdf: { mediaType: 'application/pdf', reading: 'file' },
  ofd: { mediaType: 'application/ofd', reading: 'file' },
  zip: { mediaType: 'application/zip', reading: 'file' },
  png: { mediaType: 'image/png', reading: 'file' },
  jpg: { mediaType: 'image/jpeg', reading: 'file' },
  jpeg: { mediaType: 'image/jpeg', reading: 'file' },
  gif: { mediaType: 'image/gif', reading: 'file' },
  tif: { mediaType: 'image/tiff', reading: 'file' },
  tiff: { mediaType: 'image/tiff', reading: 'file' },
  mp4: { mediaType: 'video/mp4', reading: 'file' },
  ots: { mediaType: 'application/vnd.opentimestamps.ots', reading: 'file' },
};

const MAGIC: readonly (readonly [bytes: readonly number[], extension: string])[] = [
  [[0x25, 0x50, 0x44, 0x46, 0x2d], 'pdf'],
  [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], 'png'],
  [[0xff, 0xd8, 0xff], 'jpg'],
  [[0x47, 0x49, 0x46, 0x38], 'gif'],
  [[0x49, 0x49, 0x2a, 0x00], 'tif'],
  [[0x4d, 0x4d, 0x00, 0x2a], 'tif'],
  [[0x50, 0x4b, 0x03, 0x04], 'zip'],
  [[0x3c, 0x3f, 0x78, 0x6d, 0x6c], 'xml'],
];

/**
 * Media type of a file and how to read it: by its first bytes where they say it, by its name
 * otherwise. A name may only refine what the bytes say (an OFD is a ZIP), never contradict it.
 */
export function mediaOf(name: string, bytes: Uint8Array): Kind {
  const extension = /\.([a-z0-9]+)$/.exec(name.toLowerCase())?.[1] ?? '';
  const named = Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension] : undefined;
  const magic = MAGIC.find(([start]) => start.every((byte, i) => bytes[i] === byte))?.[1];
  if (magic === undefined) return named ?? UNKNOWN;
  if (magic === 'zip' && named?.mediaType === 'application/ofd') return named;
  return BY_EXTENSION[magic] ?? UNKNOWN;
}

/** How to read a document whose media type is given. */
export function readingOf(mediaType: string): Reading {
  const plain = mediaType.split(';')[0]?.trim().toLowerCase() ?? '';
  const known = Object.values(BY_EXTENSION).find((kind) => kind.mediaType === plain);
  if (known !== undefined) return known.reading;
  if (plain.endsWith('+json')) return 'json';
  return plain.endsWith('+xml') || plain === 'text/xml' ? 'xml' : 'file';
}
