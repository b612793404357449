import { importDocument, type ImportResult } from './import.ts';
import type { RulePack } from './rules.ts';

/** Work for a worker thread: plain data, the bytes transferable. */
export type ImportJob = {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly fileName?: string | undefined;
};
/** Plain data (amounts are bigint), fit for structured clone. */
export type ImportAnswer = { readonly id: number; readonly result: ImportResult };

/** Run one job; the pack lives where the job runs, since rules are no plain data. */
export function runImport(job: ImportJob, rulePack?: RulePack): ImportAnswer {
  const { id, bytes, fileName } = job;
  return { id, result: importDocument(bytes, { fileName, rulePack }) };
}
