import type { Evidence } from '@hanse/model';
import { toHex } from '@hanse/kit';
import type { Context } from '../context.ts';
import { nameOfDid } from '../identities.ts';
import { formatBytes, formatTime } from './values.ts';

/** Rows that say what a deposit is, who made it and when. */
export function evidenceRows(
  context: Context,
  evidence: Evidence,
): readonly (readonly [string, string])[] {
  const { words } = context.out;
  const { capture } = evidence;
  const rows: (readonly [string, string])[] = [
    [words.fieldId, toHex(evidence.byteHash)],
    [words.fieldMediaType, evidence.mediaType],
    [words.fieldSize, formatBytes(evidence.sizeBytes)],
    [words.fieldFields, words.fieldsHidden(evidence.fieldCount)],
    [words.fieldDepositor, partyText(context, evidence.depositor)],
    [words.fieldOrganisation, partyText(context, evidence.organisation)],
    [words.fieldBlock, String(evidence.height)],
    [words.fieldTime, formatTime(evidence.time)],
    [words.fieldTransaction, toHex(evidence.txid)],
    [
      words.fieldCapture,
      [capture.method, capture.device, formatTime(capture.capturedAt), capture.software]
        .filter((part) => part !== '')
        .join(' · '),
    ],
  ];
  if (evidence.supersededBy !== undefined) {
    rows.push([words.fieldSuperseded, toHex(evidence.supersededBy)]);
  }
  return rows;
}

/** A DID with its local name, where it has one. */
export function partyText({ identities }: Context, did: string): string {
  const name = nameOfDid(identities, did);
  return name === undefined ? did : `${name}  ${did}`;
}
