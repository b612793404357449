import type { ReactNode } from 'react';
import { toHex } from '@hanse/kit';
import { cli } from '../cli.ts';
import {
  loadEvidence,
  loadRelations,
  ROWS_CHECKED_MAX,
  type LoadedEvidence,
  type Relations,
} from '../data/load.ts';
import { useApp, useChecked, useNames, useText } from '../state.ts';
import { Copy, Hash, Mark, Panel, Time } from '../parts/basic.tsx';
import { CaptureFields, EvidenceFields, Party } from '../parts/evidence.tsx';
import { Empty, Show } from '../parts/states.tsx';
import { ProofTrail, Verdict } from '../parts/trail.tsx';

/** A deposit: its record, its proof from the genesis down, and what others say about it. */
export function EvidencePage({ id }: { readonly id: string }): ReactNode {
  const { m } = useText();
  const { api } = useApp();
  const loaded = useChecked({ key: `evidence/${id}` }, (chain, signal) =>
    loadEvidence(api, chain, id, signal),
  );
  const { resource } = loaded;
  const bundle = resource.kind === 'ready' ? resource.value.bundle : undefined;
  return (
    <>
      <header className="page-head">
        <h1>{m.evidence.title}</h1>
        <Verdict steps={resource.kind === 'ready' ? resource.value.steps : []} />
        <div className="actions">
          {bundle === undefined ? null : (
            <button
              type="button"
              className="button small primary"
              title={m.evidence.downloadHint}
              onClick={() => saveJson(bundle, `hanse-evidence-${id.slice(0, 12)}.json`)}
            >
              {m.evidence.download}
            </button>
          )}
          <Copy text={cli.evidence(id)} label={m.common.copyCli} about={cli.evidence(id)} />
        </div>
      </header>
      <p className="subject">
        <Hash value={id} isWhole about={m.evidence.fields.byteHash} />
      </p>
      <Show loaded={loaded} rows={10}>
        {(value) => <EvidenceBody value={value} />}
      </Show>
    </>
  );
}

/** Hand a JSON document to the reader as a file. */
function saveJson(value: unknown, name: string): void {
  const blob = new Blob([`${JSON.stringify(value, undefined, 2)}\n`], { type: 'application/json' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function EvidenceBody({ value }: { readonly value: LoadedEvidence }): ReactNode {
  const { m, f } = useText();
  const { evidence, steps, names } = value;
  const proof = (
    <Panel id="proof" title={m.evidence.proof}>
      <ProofTrail steps={steps} />
    </Panel>
  );
  if (evidence === undefined) {
    return (
      <div className="columns">
        <div className="column">
          {value.isAbsent ? (
            <Panel id="absent" title={m.evidence.absentTitle}>
              <p>
                {m.evidence.absent(f.number(value.final?.header.executed.height ?? value.height))}
              </p>
              <Empty text={m.evidence.fill} command={cli.deposit('contract.pdf')} />
            </Panel>
          ) : (
            <div className="notice bad">
              <p className="notice-title">{m.evidence.unprovedTitle}</p>
              <p>{m.evidence.unproved}</p>
            </div>
          )}
        </div>
        <div className="column">{proof}</div>
      </div>
    );
  }
  return (
    <div className="columns">
      <div className="column">
        {evidence.supersededBy === undefined ? null : (
          <Superseded by={toHex(evidence.supersededBy)} />
        )}
        <Panel id="record" title={m.evidence.record}>
          <EvidenceFields evidence={evidence} nameOf={(did) => names.get(did)} />
        </Panel>
        <Panel id="capture" title={m.evidence.capture}>
          <CaptureFields evidence={evidence} />
        </Panel>
        <RelationPanels id={value.id} />
      </div>
      <div className="column">{proof}</div>
    </div>
  );
}

function Superseded({ by }: { readonly by: string }): ReactNode {
  const { m } = useText();
  return (
    <div className="notice warn">
      <p className="notice-title">{m.evidence.superseded}</p>
      <p>
        {m.evidence.supersededBy} <Hash value={by} to={{ page: 'evidence', id: by }} />
      </p>
    </div>
  );
}

function RelationPanels({ id }: { readonly id: string }): ReactNode {
  const { m } = useText();
  const { api } = useApp();
  const loaded = useChecked({ key: `relations/${id}` }, (chain, signal) =>
    loadRelations(api, chain, id, signal),
  );
  return (
    <>
      <Panel id="cosignatures" title={m.evidence.coSignatures}>
        <Show loaded={loaded}>{(value) => <CoSignatures relations={value} />}</Show>
      </Panel>
      <Panel id="links" title={m.evidence.links}>
        <Show loaded={loaded} rows={2}>
          {(value) => <Links id={id} relations={value} />}
        </Show>
      </Panel>
    </>
  );
}

function CoSignatures({ relations }: { readonly relations: Relations }): ReactNode {
  const { m } = useText();
  const rows = relations.coSignatures;
  const nameOf = useNames(rows.flatMap(({ value }) => [value.signer, value.organisation]));
  if (rows.length === 0) return <p className="empty">{m.evidence.noCoSignatures}</p>;
  return (
    <>
      <ul className="list tall">
        {rows.map(({ value, state }) => (
          <li key={value.signer}>
            <div>
              <Party did={value.signer} name={nameOf(value.signer) ?? nameOf(value.organisation)} />
              {value.statement === '' ? null : <blockquote>{value.statement}</blockquote>}
              <span className="note">
                <Time ms={value.time} />
              </span>
            </div>
            <Mark state={state}>{m.proof.states[state]}</Mark>
          </li>
        ))}
      </ul>
      <Checked count={rows.length} />
    </>
  );
}

/** Says how many rows were checked, where that is not all of them. */
function Checked({ count }: { readonly count: number }): ReactNode {
  const { m, f } = useText();
  if (count <= ROWS_CHECKED_MAX) return null;
  return <p className="note">{m.evidence.checked(f.number(ROWS_CHECKED_MAX), f.number(count))}</p>;
}

function Links({
  id,
  relations,
}: {
  readonly id: string;
  readonly relations: Relations;
}): ReactNode {
  const { m } = useText();
  if (relations.links.length === 0) return <p className="empty">{m.evidence.noLinks}</p>;
  return (
    <>
      <ul className="list">
        {relations.links.map(({ value, state }) => {
          const [from, to] = [toHex(value.from), toHex(value.to)];
          const other = from === id ? to : from;
          return (
            <li key={from + to + value.relation}>
              <span>
                {from === id ? m.evidence.self : <DepositLink id={other} />}{' '}
                {m.evidence.relations[value.relation]}{' '}
                {from === id ? <DepositLink id={other} /> : m.evidence.self}
              </span>
              <Mark state={state}>{m.proof.states[state]}</Mark>
            </li>
          );
        })}
      </ul>
      <Checked count={relations.links.length} />
    </>
  );
}

function DepositLink({ id }: { readonly id: string }): ReactNode {
  return <Hash value={id} to={{ page: 'evidence', id }} />;
}
