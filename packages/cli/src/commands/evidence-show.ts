import {
  coSignatureSchema,
  evidenceSchema,
  linkSchema,
  type CoSignature,
  type EvidenceLink,
} from '@hanse/model';
import { equalBytes, HanseError, limits, toHex } from '@hanse/kit';
import type { Context } from '../context.ts';
import { resolveDeposit } from '../deposits/reference.ts';
import { mustArgument, type Input } from '../input.ts';
import { evidenceRows, partyText } from '../render/evidence.ts';
import { renderFields } from '../render/table.ts';

/** Show a deposit: its record proved, co-signatures and links as one node answers. */
export async function run(context: Context, input: Input): Promise<void> {
  await showEvidence(context, mustArgument(input, 0, 'id|file'));
}

/** Show the deposit of an id or a file. Throws RecordUnknown when it is proved absent. */
export async function showEvidence(context: Context, text: string): Promise<void> {
  const { out, signal } = context;
  const { id, idHex } = await resolveDeposit(context, text);
  const client = await context.client();
  const record = await client.evidence(id, { signal });
  const { value: evidence, height } = record;
  if (evidence === undefined) {
    throw new HanseError('RecordUnknown', { object: 'deposit', id: idHex, height });
  }
  const page = { id, after: undefined, limit: limits.pageRowsMax };
  const [signed, linked] = await Promise.all([
    client.query('evidence', 'coSignatures', page, { signal }),
    client.query('evidence', 'links', page, { signal }),
  ]);
  const coSignatures = signed.value.rows;
  const links = linked.value.rows;
  const json = {
    id: idHex,
    proved: true,
    evidence: evidenceSchema.toJson(evidence),
    coSignatures: coSignatures.map((one) => coSignatureSchema.toJson(one)),
    links: links.map((one) => linkSchema.toJson(one)),
    height,
    time: record.time,
  };
  out.result(json, () => {
    const rows = [
      ...evidenceRows(context, evidence),
      ...coSignatures.map((one) => coSignatureRow(context, one)),
      ...links.map((one) => linkRow(context, id, one)),
    ];
    const { words, style } = out;
    const title = `${style.green('✓')} ${words.proved} (${words.provedAt(height)})`;
    return `${title}\n${renderFields(rows, { style, indent: 2 })}`;
  });
}

function coSignatureRow(context: Context, one: CoSignature): readonly [string, string] {
  const { words } = context.out;
  const text = `${partyText(context, one.signer)}  “${one.statement}”  ${words.fieldBlock} ${one.height}`;
  return [words.fieldCoSignatures, text];
}

function linkRow(
  { out }: Context,
  self: Uint8Array,
  { from, to, relation }: EvidenceLink,
): readonly [string, string] {
  const arrow = equalBytes(from, self) ? `→ ${toHex(to)}` : `← ${toHex(from)}`;
  return [out.words.fieldLinks, `${relation} ${arrow}`];
}
