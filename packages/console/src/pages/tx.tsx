import { useEffect, useEffectEvent, type ReactNode } from 'react';
import { fromJson } from '@hanse/codec';
import { receiptSchema, type Receipt, type Tx } from '@hanse/model';
import { cli } from '../cli.ts';
import { loadTx, type LoadedTx } from '../data/load.ts';
import { useApp, useChecked, useLive, useNames, useText } from '../state.ts';
import { Copy, Fields, Hash, Link, Mark, Panel, Time } from '../parts/basic.tsx';
import { Party } from '../parts/evidence.tsx';
import { ProblemNotice, RefusalNotice } from '../parts/refusal.tsx';
import { Show } from '../parts/states.tsx';
import { ProofTrail, Verdict } from '../parts/trail.tsx';
import { Decoded } from '../parts/value.tsx';

/** A transaction: what it asked for, what came of it, and the proof of that. */
export function TxPage({ id }: { readonly id: string }): ReactNode {
  const { m } = useText();
  const { api } = useApp();
  const { provedHeight } = useLive();
  const loaded = useChecked({ key: `tx/${id}` }, (chain, signal) => loadTx(api, chain, id, signal));
  const { resource, reload } = loaded;
  const value = resource.kind === 'ready' ? resource.value : undefined;
  useReloadWhenProved(value, provedHeight, reload);
  return (
    <>
      <header className="page-head">
        <h1>{m.tx.title}</h1>
        <Verdict steps={value?.steps ?? []} />
        <div className="actions">
          <Copy text={cli.tx(id)} label={m.common.copyCli} about={cli.tx(id)} />
        </div>
      </header>
      <p className="subject">
        <Hash value={id} isWhole about={m.tx.fields.txid} />
      </p>
      <Show loaded={loaded} rows={10}>
        {(one) => <TxBody value={one} />}
      </Show>
    </>
  );
}

/** A result that waits for its proof is asked for again when a header binds its height. */
function useReloadWhenProved(
  value: LoadedTx | undefined,
  provedHeight: number,
  reload: () => void,
): void {
  const receipt = value === undefined ? undefined : receiptOf(value);
  const waits = value !== undefined && value.verified === undefined && value.steps.length === 0;
  const isDue = waits && receipt !== undefined && receipt.height <= provedHeight;
  const again = useEffectEvent(reload);
  useEffect(() => {
    if (isDue) again();
  }, [isDue]);
}

function receiptOf({ verified, outcome }: LoadedTx): Receipt | undefined {
  if (verified !== undefined) return verified.receipt;
  if (outcome.state === 'void' || outcome.state === 'pending') return undefined;
  const receipt = fromJson(receiptSchema, outcome.receipt);
  return receipt.ok ? receipt.value : undefined;
}

function TxBody({ value }: { readonly value: LoadedTx }): ReactNode {
  const { m } = useText();
  const { outcome, steps, verified } = value;
  if (outcome.state === 'void')
    return <ProblemNotice problem={outcome.problem} title={m.tx.void} />;
  if (outcome.state === 'pending') {
    return <ProblemNotice problem={outcome.problem} title={m.tx.pending} />;
  }
  const receipt = receiptOf(value);
  const tx = verified?.tx?.value;
  return (
    <div className="columns">
      <div className="column">
        {receipt?.status.kind === 'refused' ? (
          <RefusalNotice refusal={receipt.status.value} />
        ) : null}
        {receipt === undefined ? null : (
          <Panel id="receipt" title={m.tx.receipt}>
            <ReceiptFields receipt={receipt} tx={tx} />
          </Panel>
        )}
        {receipt === undefined || tx === undefined ? null : <Calls receipt={receipt} tx={tx} />}
        {receipt === undefined ? null : (
          <Panel id="events" title={m.tx.events}>
            <Events receipt={receipt} />
          </Panel>
        )}
      </div>
      <div className="column">
        <Panel id="proof" title={m.tx.proof}>
          {steps.length === 0 ? (
            <p className="quorum warn">
              <Mark state="unverified">{m.tx.finalOnly}</Mark>
            </p>
          ) : (
            <ProofTrail steps={steps} />
          )}
        </Panel>
      </div>
    </div>
  );
}

function ReceiptFields({
  receipt,
  tx,
}: {
  readonly receipt: Receipt;
  readonly tx: Tx | undefined;
}): ReactNode {
  const { m, f } = useText();
  const nameOf = useNames(tx?.signers.map(({ did }) => did) ?? []);
  const { fields } = m.tx;
  const isOk = receipt.status.kind === 'ok';
  const signers = tx?.signers.map(({ did, kid }) => (
    <li key={did + kid}>
      <Party did={did} name={nameOf(did)} /> <code>{kid}</code>
    </li>
  ));
  return (
    <Fields
      rows={[
        [
          fields.status,
          <Mark key="s" state={isOk ? 'verified' : 'forged'}>
            {isOk ? m.tx.ok : m.tx.refused}
          </Mark>,
        ],
        [
          fields.block,
          <Link key="b" to={{ page: 'block', height: receipt.height }}>
            {f.number(receipt.height)}
          </Link>,
        ],
        [fields.index, f.number(receipt.index)],
        [fields.gas, f.number(receipt.gas)],
        ...(tx === undefined
          ? []
          : ([
              [
                fields.signers,
                <ul key="x" className="plain">
                  {signers}
                </ul>,
              ],
              [fields.validUntil, <Time key="v" ms={tx.validUntil} />],
            ] as const)),
      ]}
    />
  );
}

function Calls({ receipt, tx }: { readonly receipt: Receipt; readonly tx: Tx }): ReactNode {
  const { m } = useText();
  return (
    <Panel id="calls" title={m.tx.calls}>
      <ol className="calls">
        {tx.calls.map(({ contract, method, args }, index) => {
          const result = receipt.results[index];
          return (
            <li key={index}>
              <h3>
                <code>
                  {contract}.{method}
                </code>
              </h3>
              <p className="label">{m.tx.arguments}</p>
              <Decoded part={{ contract, method, side: 'args' }} bytes={args} />
              {result === undefined ? null : (
                <>
                  <p className="label">{m.tx.result}</p>
                  <Decoded part={{ contract, method, side: 'result' }} bytes={result} />
                </>
              )}
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}

function Events({ receipt }: { readonly receipt: Receipt }): ReactNode {
  const { m } = useText();
  if (receipt.events.length === 0) return <p className="empty">{m.tx.noEvents}</p>;
  return (
    <ol className="calls">
      {receipt.events.map(({ contract, name, data }, index) => (
        <li key={index}>
          <h3>
            <code>
              {contract}.{name}
            </code>
          </h3>
          <Decoded part={{ contract, event: name }} bytes={data} />
        </li>
      ))}
    </ol>
  );
}
