import { useId, useState, type ReactNode } from 'react';
import { toHex } from '@hanse/kit';
import type { Pack } from '@hanse/trade-finance';
import { useText } from '../state.ts';
import { organisationsWith } from '../trade/payees.ts';
import { loadHits, loadIssuers, loadPacks, loadRings } from '../trade/titles.ts';
import { formatShare } from '../trade/money.ts';
import { useFresh, useParties, useTradeData, useTradeText } from '../trade/use.ts';
import { Panel, Scroll } from '../parts/basic.tsx';
import { ErrorPanel, Show, Skeleton } from '../parts/states.tsx';
import { ShowTrade } from '../parts/trade/common.tsx';
import { HitsPanel, TitleName } from '../parts/trade/hits.tsx';

/** The regulator's view: what rules noticed, and all titles with who holds them. */
export function SupervisionPage(): ReactNode {
  const { t } = useTradeText();
  const fresh = useFresh();
  const hits = useTradeData({ key: 'hits', version: fresh }, loadHits);
  const isNone =
    hits.resource.kind === 'failed' && hits.resource.error.codeName === 'UnknownContract';
  return (
    <>
      <header className="page-head">
        <h1>{t.pages.supervision}</h1>
        <p className="page-lead">{t.supervision.lead}</p>
      </header>
      {isNone ? (
        <ShowTrade loaded={hits}>{() => null}</ShowTrade>
      ) : (
        <div className="columns">
          <div className="column">
            <Panel id="hits" title={t.supervision.hits}>
              <ShowTrade loaded={hits}>{(value) => <HitsPanel hits={value} />}</ShowTrade>
            </Panel>
          </div>
          <div className="column">
            <Panel id="titles" title={t.supervision.titles}>
              <TitlesList />
            </Panel>
            <Panel id="issuers" title={t.supervision.issuers}>
              <Issuers />
            </Panel>
            <Panel id="rings" title={t.supervision.rings}>
              <Rings />
            </Panel>
          </div>
        </div>
      )}
      <p className="note">{t.private}</p>
    </>
  );
}

function TitlesList(): ReactNode {
  const { t } = useTradeText();
  const fresh = useFresh();
  const [after, setAfter] = useState<Uint8Array>();
  const [before, setBefore] = useState<readonly Pack[]>([]);
  const key = `titles/${after === undefined ? 'first' : toHex(after)}`;
  const { resource, reload } = useTradeData({ key, version: fresh }, (trade, { signal }) =>
    loadPacks(trade, after, signal),
  );
  const page = resource.kind === 'ready' ? resource.value : undefined;
  const rows = [...before, ...(page?.rows ?? [])];
  const next = page?.next;
  return (
    <>
      {rows.length > 0 ? <TitlesTable rows={rows} /> : null}
      {resource.kind === 'loading' ? <Skeleton rows={4} /> : null}
      {resource.kind === 'failed' ? <ErrorPanel error={resource.error} onRetry={reload} /> : null}
      {page !== undefined && rows.length === 0 ? (
        <p className="empty">{t.supervision.noTitles}</p>
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
            {t.supervision.more}
          </button>
        </p>
      )}
    </>
  );
}

function TitlesTable({ rows }: { readonly rows: readonly Pack[] }): ReactNode {
  const { t, money } = useTradeText();
  const nameOf = useParties(rows.flatMap(({ debtor, supplier }) => [debtor, supplier]));
  return (
    <Scroll label={t.supervision.titles}>
      <table>
        <thead>
          <tr>
            <th scope="col" className="number">
              {t.supervision.face}
            </th>
            <th scope="col">{t.supervision.due}</th>
            <th scope="col">
              {t.supervision.supplier} ← {t.supervision.debtor}
            </th>
            <th scope="col" className="number">
              {t.supervision.parts}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((pack) => (
            <tr key={toHex(pack.id)}>
              <th scope="row" className="number">
                <TitleName id={toHex(pack.id)} text={money(pack.units, pack.currency)} />
              </th>
              <td>{pack.due}</td>
              <td className="wrap">
                {nameOf(pack.supplier)} ← {nameOf(pack.debtor)}
              </td>
              <td className="number">{pack.intervals}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Issuers(): ReactNode {
  const { t } = useTradeText();
  const { f, language } = useText();
  const fresh = useFresh();
  const loaded = useTradeData({ key: 'issuers', version: fresh }, (trade, { signal }) =>
    loadIssuers(trade, signal),
  );
  const rows = loaded.resource.kind === 'ready' ? loaded.resource.value : [];
  const nameOf = useParties(rows.map(({ organisation }) => organisation));
  return (
    <Show loaded={loaded} rows={2}>
      {(issuers) =>
        issuers.length === 0 ? (
          <p className="empty">{t.supervision.noTitles}</p>
        ) : (
          <table>
            <thead>
              <tr>
                <th scope="col">{t.supervision.issuer}</th>
                <th scope="col" className="number">
                  {t.supervision.packs}
                </th>
                <th scope="col" className="number">
                  {t.supervision.long}
                </th>
              </tr>
            </thead>
            <tbody>
              {issuers.map(({ organisation, packs, long }) => (
                <tr key={organisation}>
                  <th scope="row">{nameOf(organisation)}</th>
                  <td className="number">{f.number(packs)}</td>
                  <td className="number">
                    {f.number(long)} ({formatShare(packs === 0 ? 0 : long / packs, language)})
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )
      }
    </Show>
  );
}

function Rings(): ReactNode {
  const { t } = useTradeText();
  const id = useId();
  const [organisation, setOrganisation] = useState('');
  const { resource } = useTradeData({ key: 'organisations' }, (trade, { signal }) =>
    organisationsWith(trade, undefined, signal),
  );
  const all = resource.kind === 'ready' ? resource.value : [];
  const nameOf = useParties(all.map((one) => one.organisation));
  return (
    <>
      <p className="note">{t.supervision.ringsLead}</p>
      <p className="hit-filter">
        <label htmlFor={id}>{t.supervision.ringsOf}</label>{' '}
        <select
          id={id}
          value={organisation}
          onChange={(event) => setOrganisation(event.currentTarget.value)}
        >
          <option value="">{t.holdings.choose}</option>
          {all.map((one) => (
            <option key={one.organisation} value={one.organisation}>
              {nameOf(one.organisation)}
            </option>
          ))}
        </select>
      </p>
      {organisation === '' ? null : <RingsOf organisation={organisation} />}
    </>
  );
}

function RingsOf({ organisation }: { readonly organisation: string }): ReactNode {
  const { t } = useTradeText();
  const loaded = useTradeData({ key: `rings/${organisation}` }, (trade, { signal }) =>
    loadRings(trade, organisation, signal),
  );
  const rings = loaded.resource.kind === 'ready' ? loaded.resource.value.rings : [];
  const nameOf = useParties(rings.flat());
  return (
    <Show loaded={loaded} rows={2}>
      {(value) => (
        <>
          {value.rings.length === 0 ? <p className="empty">{t.supervision.noRings}</p> : null}
          <ul className="plain">
            {value.rings.map((ring) => (
              <li key={ring.join(' ')}>{[...ring, organisation].map(nameOf).join(' → ')}</li>
            ))}
          </ul>
          {value.isComplete ? null : <p className="note">{t.supervision.ringsCut}</p>}
        </>
      )}
    </Show>
  );
}
