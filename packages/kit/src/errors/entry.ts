import type { Blame, ErrorText, Retry } from '../error.ts';

/** One kind of failure: the only source of its class, CLI text, HTTP problem and docs page. */
export type CatalogueEntry = {
  readonly code: number;
  readonly http: number;
  readonly retry: Retry;
  readonly blame: Blame;
  readonly en: ErrorText;
  readonly zh: ErrorText;
};

type Sentences = readonly [what: string, why: string, fix: string];

/** Entries that a caller must change something about before trying again. */
export function entry(
  code: number,
  http: number,
  blame: Blame,
  retry: Retry,
  en: Sentences,
  zh: Sentences,
): CatalogueEntry {
  return { code, http, retry, blame, en: sentences(en), zh: sentences(zh) };
}

function sentences([what, why, fix]: Sentences): ErrorText {
  return { what, why, fix };
}
