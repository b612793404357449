import type { ReactNode } from 'react';
import { fromHex, must, toHex } from '@hanse/kit';
import { sizeOf } from '@hanse/trade-finance';
import { shortHash } from '../i18n/format.ts';
import { useText } from '../state.ts';
import { sharesOf } from '../trade/replay.ts';
import { loadHits, loadWholeTitle, worstOf, type WholeTitle } from '../trade/titles.ts';
import { useFresh, useParties, useTradeData, useTradeText } from '../trade/use.ts';
import { Fields, Hash, Mark, Panel, Scroll, Time } from '../parts/basic.tsx';
import { Show } from '../parts/states.tsx';
import { BarPatterns, Legend, paletteOf, TitleBar, useBarLabel } from '../parts/trade/bar.tsx';
import { FoldedProof, ShowTrade, Who } from '../parts/trade/common.tsx';
import { OpenDocuments, OwnDocument } from '../parts/trade/documents.tsx';
import { HitList } from '../parts/trade/hits.tsx';
import { TitleHistory } from '../parts/trade/history.tsx';

/** A title over time: who held which part when, from the first act on, and what rules noticed about it. */
export function TitlePage({ id }: { readonly id: string }): ReactNode {
  const { t } = useTradeText();
  const fresh = useFresh();
  const loaded = useTradeData({ key: `title/${id}`, version: fresh }, (trade, checking) =>
    loadWholeTitle(trade, checking, must(fromHex(id), 'a route holds a hash')),
  );
  return (
    <>
      <header className="page-head">
        <h1>{t.pages.title(shortHash(id))}</h1>
      </header>
      <p className="subject">
        <Hash value={id} isWhole about={t.supervision.id} />
      </p>
      <ShowTrade loaded={loaded} rows={10}>
        {(title) =>
          title === undefined ? (
            <div className="notice warn">
              <p className="notice-title">{t.title.notThere}</p>
              <p>{t.title.notThereWhy(shortHash(id))}</p>
            </div>
          ) : (
            <TitleBody title={title} />
          )
        }
      </ShowTrade>
    </>
  );
}

/** Everybody that a title has to do with. */
function partiesOf({ pack, entries, deals, claim }: WholeTitle): readonly string[] {
  return [
    pack.supplier,
    pack.debtor,
    ...(pack.reviewer === undefined ? [] : [pack.reviewer]),
    ...(claim === undefined ? [] : [claim.importer]),
    ...entries.flatMap(({ row }) => [row.by, row.holder]),
    ...deals.map(({ bank }) => bank),
  ];
}

function TitleBody({ title }: { readonly title: WholeTitle }): ReactNode {
  const { t } = useTradeText();
  const nameOf = useParties(partiesOf(title));
  const documents = [title.pack.document, ...title.credits.map(({ document }) => document)];
  return (
    <div className="columns">
      <BarPatterns />
      <div className="column">
        <NowPanel title={title} nameOf={nameOf} />
        <Panel id="over" title={t.title.over}>
          <TitleHistory title={title} nameOf={nameOf} />
        </Panel>
      </div>
      <div className="column">
        <FactsPanel title={title} nameOf={nameOf} />
        <HitsOf id={toHex(title.pack.id)} />
        <DealsPanel title={title} nameOf={nameOf} />
        <ClaimPanel title={title} nameOf={nameOf} />
        <OpenDocuments ids={documents.map(toHex)} />
      </div>
    </div>
  );
}

type Parts = { readonly title: WholeTitle; readonly nameOf: (did: string) => string };

function NowPanel({ title, nameOf }: Parts): ReactNode {
  const { t } = useTradeText();
  const { m } = useText();
  const { pack, parts, intervals, replay } = title;
  const palette = paletteOf([...replay.moments.map((moment) => moment.parts), parts]);
  const label = useBarLabel(pack.currency, nameOf);
  const state = worstOf(intervals);
  const aside = <Mark state={state}>{m.proof.states[state]}</Mark>;
  return (
    <Panel id="now" title={t.title.now} aside={aside}>
      <TitleBar parts={parts} units={pack.units} palette={palette} label={label(parts)} />
      <Legend palette={palette} shares={sharesOf(parts)} nameOf={nameOf} currency={pack.currency} />
      <p className="note">{t.title.patterns}</p>
    </Panel>
  );
}

function FactsPanel({ title, nameOf }: Parts): ReactNode {
  const { t, money, day } = useTradeText();
  const { pack, packSteps } = title;
  const document = toHex(pack.document);
  return (
    <Panel id="facts" title={t.title.facts}>
      <Fields
        rows={[
          [t.supervision.face, money(pack.units, pack.currency)],
          [t.supervision.due, day(pack.due)],
          [
            t.supervision.supplier,
            <Who key="s" did={pack.supplier} name={nameOf(pack.supplier)} />,
          ],
          [t.supervision.debtor, <Who key="d" did={pack.debtor} name={nameOf(pack.debtor)} />],
          [t.title.issued, day(pack.issued)],
          [
            t.title.document,
            <Hash key="f" value={document} to={{ page: 'evidence', id: document }} />,
          ],
          ...(pack.reason === undefined ? [] : ([[t.title.reason, pack.reason]] as const)),
          ...(pack.reviewer === undefined
            ? []
            : ([[t.title.reviewed, nameOf(pack.reviewer)]] as const)),
        ]}
      />
      <OwnDocument id={document} />
      <FoldedProof steps={packSteps} />
    </Panel>
  );
}

function HitsOf({ id }: { readonly id: string }): ReactNode {
  const { t } = useTradeText();
  const loaded = useTradeData({ key: 'hits' }, loadHits);
  return (
    <Panel id="title-hits" title={t.title.hits}>
      <Show loaded={loaded} rows={2}>
        {(all) => {
          const own = all.filter(({ hit }) => hit.pack === id);
          return own.length === 0 ? (
            <p className="empty">{t.supervision.noHits}</p>
          ) : (
            <HitList hits={own} />
          );
        }}
      </Show>
    </Panel>
  );
}

function DealsPanel({ title, nameOf }: Parts): ReactNode {
  const { t, money } = useTradeText();
  const { deals, pack } = title;
  return (
    <Panel id="deals" title={t.title.deals}>
      {deals.length === 0 ? (
        <p className="empty">{t.title.noDeals}</p>
      ) : (
        <Scroll label={t.title.deals}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.title.bank}</th>
                <th scope="col" className="number">
                  {t.title.units}
                </th>
                <th scope="col">{t.title.kind}</th>
                <th scope="col">{t.title.stage}</th>
              </tr>
            </thead>
            <tbody>
              {deals.map((deal) => (
                <tr key={toHex(deal.id)}>
                  <th scope="row">{nameOf(deal.bank)}</th>
                  <td className="number">{money(sizeOf(deal), pack.currency)}</td>
                  <td>{t.title.kinds[deal.kind]}</td>
                  <td>{t.stages[deal.stage]}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Panel>
  );
}

function ClaimPanel({ title, nameOf }: Parts): ReactNode {
  const { t, money } = useTradeText();
  const { claim, credits } = title;
  if (claim === undefined) {
    return (
      <Panel id="claim" title={t.title.claim}>
        <p className="empty">{t.title.noClaim}</p>
      </Panel>
    );
  }
  const { importer, result, ruleSet, state, payable, credited, currency } = claim;
  return (
    <Panel id="claim" title={t.title.claim}>
      <Fields
        rows={[
          [t.title.importer, nameOf(importer)],
          [
            t.title.result,
            <span key="r">
              {t.title.results[result]} <code>{ruleSet}</code>
            </span>,
          ],
          [t.title.claimState, t.claims[state]],
          [t.title.payable, money(payable, currency)],
          [t.title.credited, money(credited, currency)],
        ]}
      />
      {credits.length === 0 ? null : (
        <ul className="plain credits" aria-label={t.title.credits}>
          {credits.map(({ document, units, time }) => {
            const id = toHex(document);
            return (
              <li key={id}>
                <Hash value={id} to={{ page: 'evidence', id }} /> −{money(units, currency)}{' '}
                <Time ms={time} />
                <OwnDocument id={id} />
              </li>
            );
          })}
        </ul>
      )}
    </Panel>
  );
}
