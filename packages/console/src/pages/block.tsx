import { useState, type ReactNode } from 'react';
import { fromJson } from '@hanse/codec';
import { toHex } from '@hanse/kit';
import { headerSchema, type BlockDetail } from '@hanse/model';
import { cli } from '../cli.ts';
import { shortDid } from '../i18n/format.ts';
import { loadBlock, type LoadedBlock } from '../data/load.ts';
import { useApp, useChain, useChecked, useLive, useNames, useText } from '../state.ts';
import { Copy, Fields, Hash, Link, Mark, Panel, Scroll, Time } from '../parts/basic.tsx';
import { Show, Skeleton } from '../parts/states.tsx';
import { ProofTrail, Verdict } from '../parts/trail.tsx';
import { useRefusal } from '../parts/refusal.tsx';

const RECEIPTS_SHOWN = 50;

/** A block: header, who made it final, what it did, and its place in the history proved. */
export function BlockPage({ height }: { readonly height: number }): ReactNode {
  const { m, f } = useText();
  const { api } = useApp();
  const { provedHeight, height: newest } = useLive();
  // A block is loaded again when a later header binds it.
  const phase = provedHeight >= height ? 'proved' : newest >= height ? 'final' : 'ahead';
  const loaded = useChecked({ key: `block/${height}`, version: phase }, (chain, signal) =>
    loadBlock(api, chain, height, signal),
  );
  const steps = loaded.resource.kind === 'ready' ? loaded.resource.value.steps : [];
  return (
    <>
      <header className="page-head">
        <h1>{m.block.title(f.number(height))}</h1>
        <Verdict steps={steps} />
        <div className="actions">
          {height > 0 ? (
            <Link to={{ page: 'block', height: height - 1 }} className="button small">
              {m.block.previous}
            </Link>
          ) : null}
          <Link to={{ page: 'block', height: height + 1 }} className="button small">
            {m.block.next}
          </Link>
          <Copy text={cli.block(height)} label={m.common.copyCli} about={cli.block(height)} />
        </div>
      </header>
      <Show loaded={loaded} rows={10}>
        {(value) => <BlockBody value={value} />}
      </Show>
    </>
  );
}

function BlockBody({ value }: { readonly value: LoadedBlock }): ReactNode {
  const { m } = useText();
  const { detail, steps, waiting } = value;
  return (
    <div className="columns">
      <div className="column">
        <Panel id="header" title={m.block.header}>
          <HeaderFields detail={detail} />
        </Panel>
        <Panel id="receipts" title={m.block.receipts}>
          <Receipts detail={detail} />
        </Panel>
      </div>
      <div className="column">
        <Panel id="proof" title={m.evidence.proof}>
          {waiting === undefined ? (
            <ProofTrail steps={steps} />
          ) : (
            <p className="quorum warn">
              <Mark state="unverified">{m.block.waiting}</Mark>
            </p>
          )}
        </Panel>
        <Panel id="signers" title={m.block.signers}>
          <Signers detail={detail} />
        </Panel>
      </div>
    </div>
  );
}

function HeaderFields({ detail }: { readonly detail: BlockDetail }): ReactNode {
  const { m, f } = useText();
  const chain = useChain();
  const { fields } = m.block;
  const opened = fromJson(headerSchema, detail.header);
  if (!opened.ok) return <Skeleton />;
  const { executed, ...header } = opened.value;
  const hash = (name: string, bytes: Uint8Array): ReactNode => (
    <Hash value={toHex(bytes)} isWhole about={name} />
  );
  return (
    <Fields
      rows={[
        [fields.digest, <Hash key="d" value={detail.digest} isWhole about={fields.digest} />],
        [fields.time, <Time key="t" ms={header.time} />],
        [fields.proposer, chain?.validatorNames[header.proposer] ?? header.proposer],
        [fields.view, f.number(header.view)],
        [fields.epoch, f.number(header.epoch)],
        [fields.parentDigest, hash(fields.parentDigest, header.parentDigest)],
        [fields.payloadRoot, hash(fields.payloadRoot, header.payloadRoot)],
        [
          fields.executedHeight,
          <Link key="e" to={{ page: 'block', height: executed.height }}>
            {f.number(executed.height)}
          </Link>,
        ],
        [fields.stateRoot, hash(fields.stateRoot, executed.stateRoot)],
        [fields.historyRoot, hash(fields.historyRoot, executed.historyRoot)],
        [fields.engineVersion, f.number(header.engineVersion)],
        [fields.sizeBytes, f.size(detail.sizeBytes)],
      ]}
    />
  );
}

function Signers({ detail }: { readonly detail: BlockDetail }): ReactNode {
  const { m } = useText();
  const chain = useChain();
  if (detail.signers.length === 0) return <p className="note">{m.block.noSigners}</p>;
  return (
    <ul className="list">
      {(chain?.validatorNames ?? []).map((name, index) => {
        const hasSigned = detail.signers.includes(index);
        return (
          <li key={name + String(index)}>
            <span>{name}</span>
            <Mark state={hasSigned ? 'on' : 'off'}>
              {hasSigned ? m.block.signed : m.block.unsigned}
            </Mark>
          </li>
        );
      })}
    </ul>
  );
}

function Receipts({ detail }: { readonly detail: BlockDetail }): ReactNode {
  const { m, f } = useText();
  const refusal = useRefusal();
  const [shown, setShown] = useState(RECEIPTS_SHOWN);
  const { receipts } = detail;
  const nameOf = useNames(receipts.slice(0, shown).flatMap((one) => one.signers));
  if (receipts.length === 0) return <p className="empty">{m.block.noReceipts}</p>;
  return (
    <>
      <p className="note">{m.block.receiptsNote}</p>
      <Scroll label={m.block.receipts}>
        <table>
          <thead>
            <tr>
              <th scope="col">{m.block.tx}</th>
              <th scope="col">{m.block.calls}</th>
              <th scope="col" className="wide">
                {m.block.signedBy}
              </th>
              <th scope="col">{m.block.status}</th>
            </tr>
          </thead>
          <tbody>
            {receipts.slice(0, shown).map((one) => (
              <tr key={one.txid}>
                <th scope="row">
                  <Hash value={one.txid} to={{ page: 'tx', id: one.txid }} />
                </th>
                <td>{one.calls.join(', ')}</td>
                <td className="wide">
                  {one.signers.map((did) => nameOf(did) ?? shortDid(did)).join(', ')}
                </td>
                <td>
                  {one.status === 'ok' ? (
                    m.tx.ok
                  ) : (
                    <span className="refused" title={refusal(one.code ?? '', {})}>
                      {m.tx.refused} <code>{one.code}</code>
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {shown < receipts.length ? (
        <p className="more-row">
          <span className="note">{m.block.more(f.number(shown), f.number(receipts.length))}</span>
          <button
            type="button"
            className="button small"
            onClick={() => setShown(shown + 4 * RECEIPTS_SHOWN)}
          >
            {m.block.showAll}
          </button>
        </p>
      ) : null}
    </>
  );
}
