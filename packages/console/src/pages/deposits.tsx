import { useState, type ReactNode } from 'react';
import { toHex } from '@hanse/kit';
import type { Evidence } from '@hanse/model';
import { cli } from '../cli.ts';
import { loadDeposits } from '../data/load.ts';
import { shortDid } from '../i18n/format.ts';
import { useApp, useNames, useResource, useText } from '../state.ts';
import { Hash, Scroll, Time } from '../parts/basic.tsx';
import { Empty, ErrorPanel, Skeleton } from '../parts/states.tsx';

/** All deposits, page by page. */
export function DepositsPage(): ReactNode {
  const { m } = useText();
  const { api } = useApp();
  const [after, setAfter] = useState<Uint8Array>();
  const [before, setBefore] = useState<readonly Evidence[]>([]);
  const key = after === undefined ? 'first' : toHex(after);
  const { resource, reload } = useResource({ key }, (signal) => loadDeposits(api, after, signal));
  const page = resource.kind === 'ready' ? resource.value : undefined;
  const rows = [...before, ...(page?.rows ?? [])];
  const next = page?.next;
  return (
    <>
      <header className="page-head">
        <h1>{m.deposits.title}</h1>
      </header>
      <section className="panel" aria-label={m.deposits.title}>
        <p className="note">{m.deposits.note}</p>
        {rows.length > 0 ? <DepositsTable rows={rows} /> : null}
        {resource.kind === 'loading' ? <Skeleton rows={8} /> : null}
        {resource.kind === 'failed' ? <ErrorPanel error={resource.error} onRetry={reload} /> : null}
        {page !== undefined && rows.length === 0 ? (
          <Empty
            text={`${m.deposits.none} ${m.deposits.fill}`}
            command={cli.deposit('contract.pdf')}
          />
        ) : null}
        {next === undefined ? null : (
          <p className="more-row">
            <button
              type="button"
              className="button"
              onClick={() => {
                setBefore(rows);
                setAfter(next);
              }}
            >
              {m.deposits.more}
            </button>
          </p>
        )}
      </section>
    </>
  );
}

function DepositsTable({ rows }: { readonly rows: readonly Evidence[] }): ReactNode {
  const { m, f } = useText();
  const nameOf = useNames(rows.map((row) => row.organisation));
  return (
    <Scroll label={m.deposits.title}>
      <table>
        <thead>
          <tr>
            <th scope="col">{m.deposits.hash}</th>
            <th scope="col">{m.deposits.time}</th>
            <th scope="col" className="wide">
              {m.deposits.organisation}
            </th>
            <th scope="col" className="wide">
              {m.deposits.mediaType}
            </th>
            <th scope="col" className="number wide">
              {m.deposits.size}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const id = toHex(row.byteHash);
            return (
              <tr key={id}>
                <th scope="row">
                  <Hash value={id} to={{ page: 'evidence', id }} />
                </th>
                <td>
                  <Time ms={row.time} />
                </td>
                <td className="wide">{nameOf(row.organisation) ?? shortDid(row.organisation)}</td>
                <td className="wide">{row.mediaType}</td>
                <td className="number wide">{f.size(row.sizeBytes)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}
