import { useId, useState, type ReactNode } from 'react';
import { toHex } from '@hanse/kit';
import type { Deal, Rules } from '@hanse/trade-finance';
import { useNow, useText } from '../../state.ts';
import { standingOf, type Holding, type Standing } from '../../trade/holdings.ts';
import { daysUntil } from '../../trade/money.ts';
import { useSigning } from '../../trade/signing.ts';
import type { CheckedRow } from '../../trade/rows.ts';
import { useParties, useTradeText } from '../../trade/use.ts';
import { Fields, Hash } from '../basic.tsx';
import { CashSheet } from './cash.tsx';
import { FoldedProof, PackLink, RowMark } from './common.tsx';
import { OwnDocument } from './documents.tsx';
import { OfferSheet } from './offer.tsx';
import { PaySheet } from './pay.tsx';
import { SignDone, SignStep, type Done } from './sign.tsx';

type Sheet = 'pass' | 'split' | 'cash' | 'take' | 'back' | 'offer';

/** A form with the holding as it was when the form was opened: what is signed does not change under the reader. */
type OpenSheet = {
  readonly sheet: Sheet;
  readonly holding: Holding;
  readonly deal: Deal | undefined;
};

/** What can be done with a holding, in the order in which it is offered. */
const SHEETS: Readonly<Partial<Record<Standing, readonly Sheet[]>>> = {
  free: ['pass', 'split', 'cash'],
  confirmed: ['take'],
  waiting: ['back'],
  asked: ['back'],
  offered: ['offer', 'back'],
};

/** Units that an organisation holds: how much, due when, from whom, and what can be done with them. */
export function HoldingCard({
  checked,
  deal,
  rules,
  isOwn,
}: {
  readonly checked: CheckedRow<Holding>;
  readonly deal: Deal | undefined;
  readonly rules: Rules;
  /** Whether the open key acts for the holder. Without a key anything can be tried up to the signature. */
  readonly isOwn: boolean;
}): ReactNode {
  const { t, money, day } = useTradeText();
  const id = useId();
  const { row, steps } = checked;
  const { units, currency, due, debtor } = row;
  const [open, setOpen] = useState<OpenSheet>();
  const [done, setDone] = useState<Done & { readonly holding: Holding }>();
  const nameOf = useParties([debtor]);
  const standing = standingOf(row, deal);
  const close = (): void => setOpen(undefined);
  const finish = (now: Done): void => {
    setDone({ ...now, holding: open?.holding ?? row });
    close();
  };
  // What was signed has changed the holding: nothing is offered before it is seen as it is now.
  const isSettled = done === undefined || done.holding !== row;
  return (
    <article className="card holding" aria-labelledby={id}>
      <header className="holding-head">
        <h3 id={id} className="holding-amount">
          {money(units, currency)}
        </h3>
        <RowMark steps={steps} />
      </header>
      <p className="holding-due">
        {t.holdings.due(day(due))} <DueIn day={due} /> {t.holdings.from(nameOf(debtor))}
      </p>
      <p className={`standing ${standing}`}>
        <StandingText holding={row} deal={deal} standing={standing} />
      </p>
      <OwnDocument id={toHex(row.document)} />
      {done === undefined ? null : <SignDone txid={done.txid} text={done.text} />}
      {isOwn && open === undefined && isSettled ? (
        <p className="actions holding-actions">
          {(SHEETS[standing] ?? []).map((one, index) => (
            <button
              key={one}
              type="button"
              className={index === 0 ? 'button primary' : 'button'}
              onClick={() => {
                setDone(undefined);
                setOpen({ sheet: one, holding: row, deal });
              }}
            >
              {labelOf(one, t)}
            </button>
          ))}
        </p>
      ) : null}
      {isOwn && open !== undefined ? (
        <SheetOf {...open} rules={rules} onClose={close} onDone={finish} />
      ) : null}
      <Details checked={checked} />
    </article>
  );
}

function labelOf(sheet: Sheet, t: ReturnType<typeof useTradeText>['t']): string {
  const { holdings } = t;
  switch (sheet) {
    case 'pass':
      return holdings.pass;
    case 'split':
      return holdings.split;
    case 'cash':
      return holdings.cash;
    case 'take':
      return holdings.take;
    case 'back':
      return holdings.takeBack;
    case 'offer':
      return holdings.offer;
  }
}

/** How far a day is from now. */
function DueIn({ day }: { readonly day: string }): ReactNode {
  const { t } = useTradeText();
  const { f } = useText();
  const days = daysUntil(day, useNow());
  const span = f.span(Math.abs(days) * 86_400_000);
  const text =
    days === 0 ? t.holdings.today : days > 0 ? t.holdings.inDays(span) : t.holdings.past(span);
  return <span className="note">({text})</span>;
}

function StandingText({
  holding,
  deal,
  standing,
}: {
  readonly holding: Holding;
  readonly deal: Deal | undefined;
  readonly standing: Standing;
}): ReactNode {
  const { t } = useTradeText();
  const party = deal?.bank ?? holding.pledgee ?? holding.request?.signer;
  const nameOf = useParties(party === undefined ? [] : [party]);
  const isBank = deal !== undefined || holding.pledgee !== undefined;
  const isTold = party !== undefined && party !== holding.holder;
  return (
    <>
      {t.standings[standing]}
      {isTold ? ` · ${(isBank ? t.holdings.at : t.holdings.to)(nameOf(party))}` : ''}
    </>
  );
}

type SheetParts = OpenSheet & {
  readonly rules: Rules;
  readonly onClose: () => void;
  readonly onDone: (done: Done) => void;
};

function SheetOf({ sheet, holding, deal, rules, onClose, onDone }: SheetParts): ReactNode {
  const parts = { holding, rules, onClose, onDone };
  switch (sheet) {
    case 'pass':
      return <PaySheet mode="one" {...parts} />;
    case 'split':
      return <PaySheet mode="many" {...parts} />;
    case 'cash':
      return <CashSheet {...parts} />;
    case 'offer':
      return deal === undefined ? null : (
        <OfferSheet holding={holding} deal={deal} onClose={onClose} onDone={onDone} />
      );
    case 'take':
    case 'back':
      return <PlainSheet {...parts} sheet={sheet} />;
  }
}

/** What needs no more than a signature. */
function PlainSheet({
  sheet,
  holding,
  onClose,
  onDone,
}: {
  readonly sheet: 'take' | 'back';
  readonly holding: Holding;
  readonly onClose: () => void;
  readonly onDone: (done: Done) => void;
}): ReactNode {
  const { t, money } = useTradeText();
  const signer = useSigning();
  const { request, pack, units, currency, holder } = holding;
  const label = sheet === 'take' ? t.holdings.take : t.holdings.takeBack;
  const act =
    sheet === 'take'
      ? ({ kind: 'receive', pack } as const)
      : request === undefined
        ? undefined
        : ({ kind: 'recall', request } as const);
  return (
    <section className="sheet" aria-label={label}>
      <SignStep
        signer={signer}
        act={act}
        label={`${label}: ${money(units, currency)}`}
        holder={holder}
        done={label}
        onDone={onDone}
      >
        <button type="button" className="button" onClick={onClose}>
          {t.holdings.close}
        </button>
      </SignStep>
    </section>
  );
}

function Details({ checked }: { readonly checked: CheckedRow<Holding> }): ReactNode {
  const { t } = useTradeText();
  const { f } = useText();
  const { row, steps } = checked;
  const document = toHex(row.document);
  return (
    <details className="more">
      <summary>{t.holdings.details}</summary>
      <Fields
        rows={[
          [t.holdings.title, <PackLink key="p" id={toHex(row.pack)} />],
          [t.holdings.units, `${f.number(row.from)} – ${f.number(row.to)}`],
          [
            t.holdings.invoice,
            <Hash key="d" value={document} to={{ page: 'evidence', id: document }} />,
          ],
        ]}
      />
      <FoldedProof steps={steps} />
    </details>
  );
}
