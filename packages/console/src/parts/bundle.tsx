import { useState, type ReactNode } from 'react';
import { isoTime } from '../i18n/format.ts';
import { useApp, useText } from '../state.ts';
import { hashFile } from '../data/filehash.ts';
import { toHanseError } from '../data/http.ts';
import { checkBundle, type BundleFound } from '../verify/evidence.ts';
import { Panel, Scroll } from './basic.tsx';
import { CaptureFields, EvidenceFields, fieldText } from './evidence.tsx';
import { ErrorPanel } from './states.tsx';
import { ProofTrail } from './trail.tsx';
import type { HanseError } from '@hanse/kit';

/** What a bundle says and what became of each of its checks. */
export function BundleView({ found: first }: { readonly found: BundleFound }): ReactNode {
  const text = useText();
  const { m, f } = text;
  const [found, setFound] = useState(first);
  const { evidence, report, steps } = found;
  const names = new Map(
    report === undefined
      ? []
      : [report.depositor, report.organisation].map((one) => [one.did, one.name]),
  );
  return (
    <div className="bundle">
      <Panel id="bundle-proof" title={m.evidence.proof}>
        <ProofTrail steps={steps} />
        {report === undefined ? null : (
          <p className="note">
            {m.verify.asOf(f.number(report.state.height), isoTime(report.state.time))}
          </p>
        )}
        <HoldFile found={found} onFound={setFound} />
      </Panel>
      {evidence === undefined ? null : (
        <>
          <Panel id="bundle-record" title={m.evidence.record}>
            <EvidenceFields evidence={evidence} nameOf={(did) => names.get(did)} />
          </Panel>
          <Panel id="bundle-fields" title={m.verify.disclosed}>
            <DisclosedFields found={found} />
          </Panel>
          <Panel id="bundle-capture" title={m.evidence.capture}>
            <CaptureFields evidence={evidence} />
          </Panel>
        </>
      )}
    </div>
  );
}

function DisclosedFields({ found }: { readonly found: BundleFound }): ReactNode {
  const text = useText();
  const { m } = text;
  if (found.fields.length === 0) return <p className="empty">{m.verify.noneDisclosed}</p>;
  return (
    <Scroll label={m.verify.disclosed}>
      <table>
        <thead>
          <tr>
            <th scope="col">{m.verify.path}</th>
            <th scope="col">{m.verify.value}</th>
          </tr>
        </thead>
        <tbody>
          {found.fields.map(({ path, value }) => (
            <tr key={path}>
              <th scope="row">
                <code>{path}</code>
              </th>
              <td className="wrap">{fieldText(value, text)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** Takes the file a bundle is about, and checks both together. */
function HoldFile({
  found,
  onFound,
}: {
  readonly found: BundleFound;
  readonly onFound: (found: BundleFound) => void;
}): ReactNode {
  const { m } = useText();
  const { chain } = useApp();
  const [error, setError] = useState<HanseError>();
  const hold = async (file: File): Promise<void> => {
    if (chain.kind !== 'ready') return;
    setError(undefined);
    try {
      const suite = found.chain.anchor.genesis.suite;
      const hash = await hashFile(file, suite, { onProgress: () => undefined });
      const at = { hash, sizeBytes: file.size };
      onFound(checkBundle(found.bundle, chain.chain.trust, Date.now(), at));
    } catch (thrown) {
      setError(toHanseError(thrown));
    }
  };
  return (
    <div className="hold">
      <input
        type="file"
        id="hold-file"
        className="visually-hidden"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = '';
          if (file !== undefined) void hold(file);
        }}
      />
      <label htmlFor="hold-file" className="button">
        {m.verify.withFile}
      </label>
      <span className="note">{m.drop.promise}</span>
      {error === undefined ? null : <ErrorPanel error={error} />}
    </div>
  );
}
