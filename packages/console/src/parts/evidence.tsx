import type { ReactNode } from 'react';
import { toHex } from '@hanse/kit';
import type { Evidence } from '@hanse/model';
import { shortDid } from '../i18n/format.ts';
import { useText, type Text } from '../state.ts';
import { Fields, Hash, Link, Time } from './basic.tsx';

/** A party by its name where it has one, and by its DID. */
export function Party({
  did,
  name,
}: {
  readonly did: string;
  readonly name: string | undefined;
}): ReactNode {
  const isNamed = name !== undefined && name !== '';
  const hasDid = isNamed && name.includes(shortDid(did));
  return (
    <span className="party" title={did}>
      {isNamed ? <span className="party-name">{name}</span> : null}
      {hasDid ? null : <code className="hash">{isNamed ? shortDid(did) : did}</code>}
    </span>
  );
}

/** The record of a deposit. */
export function EvidenceFields({
  evidence,
  nameOf,
}: {
  readonly evidence: Evidence;
  readonly nameOf: (did: string) => string | undefined;
}): ReactNode {
  const { m, f } = useText();
  const { fields } = m.evidence;
  const { depositor, organisation, height } = evidence;
  const txid = toHex(evidence.txid);
  return (
    <Fields
      rows={[
        [fields.depositor, <Party key="d" did={depositor} name={nameOf(depositor)} />],
        [fields.organisation, <Party key="o" did={organisation} name={nameOf(organisation)} />],
        [fields.time, <Time key="t" ms={evidence.time} />],
        [
          fields.height,
          <Link key="h" to={{ page: 'block', height }}>
            {f.number(height)}
          </Link>,
        ],
        [fields.sizeBytes, f.size(evidence.sizeBytes)],
        [fields.mediaType, <code key="m">{evidence.mediaType}</code>],
        [
          fields.byteHash,
          <Hash key="b" value={toHex(evidence.byteHash)} isWhole about={fields.byteHash} />,
        ],
        [
          fields.fieldsRoot,
          <Hash key="r" value={toHex(evidence.fieldsRoot)} isWhole about={fields.fieldsRoot} />,
        ],
        [fields.fieldCount, f.number(evidence.fieldCount)],
        [fields.txid, <Hash key="x" value={txid} to={{ page: 'tx', id: txid }} />],
      ]}
    />
  );
}

/** How the deposit was captured, in the depositor's own words. */
export function CaptureFields({ evidence }: { readonly evidence: Evidence }): ReactNode {
  const { m } = useText();
  const { fields } = m.evidence;
  const { capture } = evidence;
  const software = `${capture.software} ${capture.softwareVersion}`.trim();
  return (
    <Fields
      rows={[
        [fields.capturedAt, <Time key="t" ms={capture.capturedAt} />],
        [fields.timeSource, m.evidence.timeSources[capture.timeSource]],
        [fields.method, m.evidence.methods[capture.method]],
        [fields.device, capture.device === '' ? m.evidence.noDevice : capture.device],
        [fields.software, software === '' ? m.common.none : software],
      ]}
    />
  );
}

/** A disclosed value: its text, or size and hash of a long one. */
export function fieldText(
  value:
    | { readonly kind: 'text'; readonly value: string }
    | {
        readonly kind: 'digest';
        readonly value: { readonly sizeBytes: number; readonly hash: Uint8Array };
      },
  { m, f }: Text,
): string {
  return value.kind === 'text'
    ? value.value
    : m.verify.hidden(f.size(value.value.sizeBytes), toHex(value.value.hash));
}
