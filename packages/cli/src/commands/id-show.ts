import { HanseError } from '@hanse/kit';
import { didRecordSchema, type DidRecord } from '@hanse/model';
import type { Context } from '../context.ts';
import { didOfName } from '../identities.ts';
import { argument, type Input } from '../input.ts';
import { partyText } from '../render/evidence.ts';
import { renderFields, renderTable } from '../render/table.ts';

/** Show the record of an identity, proved. */
export async function run(context: Context, input: Input): Promise<void> {
  const { out, identities, settings, signal } = context;
  const did = didOfName(identities, argument(input, 0) ?? settings.as.value);
  const client = await context.client();
  const { value, height } = await client.identity(did, { signal });
  if (value === undefined) throw new HanseError('DidUnknown', { did });
  out.result({ proved: true, height, record: didRecordSchema.toJson(value) }, () =>
    renderIdentity(context, value, height),
  );
}

function renderIdentity(context: Context, record: DidRecord, height: number): string {
  const { words, style, width } = context.out;
  const fields = renderFields(
    [
      ['DID', record.did],
      [words.kind, record.kind],
      [words.name, record.name === '' ? '–' : record.name],
      [words.version, String(record.version)],
      ...record.controllers.map((did) => [words.controllers, partyText(context, did)] as const),
    ],
    { style, indent: 2 },
  );
  const keys = renderTable(
    [
      { title: words.key },
      { title: words.algorithm },
      { title: words.validFrom, align: 'right' },
      { title: words.validUntil, align: 'right' },
      { title: words.purposes },
    ],
    record.keys.map((key) => [
      key.kid,
      key.alg,
      String(key.fromHeight),
      key.untilHeight === undefined ? '–' : String(key.untilHeight),
      key.purposes.join(', '),
    ]),
    { style, width },
  );
  const title = `${style.green('✓')} ${words.proved} (${words.provedAt(height)})`;
  return `${title}\n${fields}\n\n${keys}`;
}
