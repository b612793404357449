import { useId, type ReactNode } from 'react';
import { toHex } from '@hanse/kit';
import { cli } from '../cli.ts';
import { goTo } from '../router.ts';
import { useText } from '../state.ts';
import { dealOf, inOrder, loadHoldings, totalsOf, type Holdings } from '../trade/holdings.ts';
import { organisationsWith } from '../trade/payees.ts';
import { useActing, useFresh, useParties, useTradeData, useTradeText } from '../trade/use.ts';
import { ShowTrade } from '../parts/trade/common.tsx';
import { OpenDocuments } from '../parts/trade/documents.tsx';
import { HoldingCard } from '../parts/trade/holding.tsx';
import { Inbox } from '../parts/trade/inbox.tsx';
import { KeyBar } from '../parts/trade/keybar.tsx';
import { Empty } from '../parts/states.tsx';

/** What an organisation holds, for a person with a phone: pass on, split, cash out. */
export function HoldingsPage({
  holder: asked,
}: {
  readonly holder: string | undefined;
}): ReactNode {
  const { t } = useTradeText();
  const acting = useActing();
  const holder = asked ?? acting?.organisation;
  return (
    <div className="narrow">
      <header className="page-head">
        <h1>{t.pages.holdings}</h1>
        <HolderChoice holder={holder} />
      </header>
      <KeyBar />
      {holder === undefined ? (
        <p className="empty choose-first">{t.holdings.chooseFirst}</p>
      ) : (
        <HoldingsOf key={holder} holder={holder} />
      )}
    </div>
  );
}

/** Whose holdings: any organisation with a role. Members can look at each other's. */
function HolderChoice({ holder }: { readonly holder: string | undefined }): ReactNode {
  const { t } = useTradeText();
  const id = useId();
  const { resource } = useTradeData({ key: 'organisations' }, (trade, { signal }) =>
    organisationsWith(trade, undefined, signal),
  );
  const listed = resource.kind === 'ready' ? resource.value : [];
  const all = listed.map(({ organisation }) => organisation);
  const options = holder === undefined || all.includes(holder) ? all : [holder, ...all];
  const nameOf = useParties(options);
  if (options.length === 0) return null;
  return (
    <div className="holder-choice">
      <label htmlFor={id}>{t.holdings.of}</label>
      <select
        id={id}
        value={holder ?? ''}
        onChange={(event) => goTo({ page: 'holdings', holder: event.currentTarget.value })}
      >
        {holder === undefined ? (
          <option value="" disabled>
            {t.holdings.choose}
          </option>
        ) : null}
        {options.map((one) => (
          <option key={one} value={one}>
            {nameOf(one)}
          </option>
        ))}
      </select>
    </div>
  );
}

function HoldingsOf({ holder }: { readonly holder: string }): ReactNode {
  const fresh = useFresh();
  const loaded = useTradeData({ key: `holdings/${holder}`, version: fresh }, (trade, checking) =>
    loadHoldings(trade, checking, holder),
  );
  return <ShowTrade loaded={loaded}>{(value) => <HoldingsBody value={value} />}</ShowTrade>;
}

function HoldingsBody({ value }: { readonly value: Holdings }): ReactNode {
  const { t } = useTradeText();
  const { f } = useText();
  const acting = useActing();
  const { holder, rows, toSign, rules, height, hasMore } = value;
  const isOwn = acting === undefined || acting.organisation === holder;
  const nameOf = useParties(acting === undefined ? [] : [acting.organisation]);
  const live = inOrder(value);
  const documents = [
    ...rows.map(({ row }) => toHex(row.document)),
    ...toSign.flatMap(({ request }) =>
      request.document === undefined ? [] : [toHex(request.document)],
    ),
  ];
  return (
    <>
      {acting === undefined || isOwn ? null : (
        <p className="note">{t.sign.other(nameOf(acting.organisation))}</p>
      )}
      <Inbox items={toSign} holder={holder} isOwn={isOwn} />
      <Totals value={value} isOwn={acting !== undefined && isOwn} />
      {live.length === 0 ? (
        <section className="panel">
          <Empty
            text={`${t.holdings.nothing} ${t.holdings.nothingFill}`}
            command={cli.issue('invoice.xml')}
          />
        </section>
      ) : (
        <>
          <ul className="cards holdings">
            {live.map((checked) => (
              <li key={`${toHex(checked.row.pack)} ${checked.row.from}`}>
                <HoldingCard
                  checked={checked}
                  deal={dealOf(value, checked.row)}
                  rules={rules}
                  isOwn={isOwn}
                />
              </li>
            ))}
          </ul>
          <p className="note">
            {hasMore ? `${t.holdings.more} ` : ''}
            {t.holdings.listed(f.number(height))}
          </p>
        </>
      )}
      <OpenDocuments ids={documents} />
    </>
  );
}

function Totals({
  value,
  isOwn,
}: {
  readonly value: Holdings;
  readonly isOwn: boolean;
}): ReactNode {
  const { t, money } = useTradeText();
  const { f } = useText();
  const totals = totalsOf(value.rows.map(({ row }) => row));
  if (totals.length === 0) return null;
  return (
    <div className="totals">
      {totals.map(({ currency, units, parts }) => {
        const amount = money(units, currency);
        return (
          <h2 key={currency}>
            {isOwn ? t.holdings.hold(amount) : t.holdings.holds(amount)}{' '}
            <span className="note">
              {parts === 1 ? t.holdings.onePart : t.holdings.parts(f.number(parts))}
            </span>
          </h2>
        );
      })}
    </div>
  );
}
