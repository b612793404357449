import { useId, useState, type ReactNode } from 'react';
import { toHex } from '@hanse/kit';
import { sizeOf } from '@hanse/trade-finance';
import { cli } from '../../cli.ts';
import type { ToSign } from '../../trade/holdings.ts';
import { useSigning } from '../../trade/signing.ts';
import { useActing, useParties, useTradeText } from '../../trade/use.ts';
import { Command } from '../basic.tsx';
import { OwnDocument } from './documents.tsx';
import { PackLink } from './common.tsx';
import { SignStep } from './sign.tsx';

/** What waits for the signature of an organisation. */
export function Inbox({
  items,
  holder,
  isOwn,
}: {
  readonly items: readonly ToSign[];
  readonly holder: string;
  readonly isOwn: boolean;
}): ReactNode {
  const { t } = useTradeText();
  if (items.length === 0) return null;
  return (
    <section className="inbox" aria-labelledby="inbox-title">
      <h2 id="inbox-title">{t.holdings.inbox}</h2>
      <ul className="cards">
        {items.map((item) => (
          <li key={`${toHex(item.request.pack)} ${item.request.from}`}>
            <InboxCard item={item} holder={holder} isOwn={isOwn} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function InboxCard({
  item,
  holder,
  isOwn,
}: {
  readonly item: ToSign;
  readonly holder: string;
  readonly isOwn: boolean;
}): ReactNode {
  const { t, money, day } = useTradeText();
  const id = useId();
  const { request, pack } = item;
  const nameOf = useParties([request.asker, pack.debtor]);
  const amount = money(sizeOf(request), pack.currency);
  const asker = nameOf(request.asker);
  const say =
    request.act === 'confirm'
      ? t.holdings.confirmYou(asker, amount)
      : request.act === 'receive'
        ? t.holdings.takeUp(amount)
        : t.holdings.passesYou(asker, amount);
  return (
    <article className="card waiting-card" aria-labelledby={id}>
      <h3 id={id}>{say}</h3>
      <p className="note">
        {t.holdings.due(day(pack.due))} {t.holdings.from(nameOf(pack.debtor))} ·{' '}
        <PackLink id={toHex(pack.id)} />
      </p>
      {request.document === undefined ? null : <OwnDocument id={toHex(request.document)} />}
      {request.act === 'confirm' ? (
        <Command text={cli.confirm(toHex(pack.id))} />
      ) : isOwn ? (
        <Answer item={item} holder={holder} />
      ) : null}
    </article>
  );
}

/** Sign or refuse. One tap unfolds nothing here: both are signatures already. */
function Answer({ item, holder }: { readonly item: ToSign; readonly holder: string }): ReactNode {
  const { t } = useTradeText();
  const acting = useActing();
  const [isRefusing, setRefusing] = useState(false);
  const signer = useSigning();
  const { request } = item;
  const isReceive = request.act === 'receive';
  const act = isRefusing
    ? ({ kind: 'refuse', request } as const)
    : isReceive
      ? ({ kind: 'receive', pack: request.pack } as const)
      : ({ kind: 'sign', request } as const);
  const yes = isReceive ? t.holdings.take : t.holdings.accept;
  return (
    <SignStep
      signer={signer}
      act={act}
      label={isRefusing ? t.holdings.refuse : yes}
      holder={holder}
      done={isRefusing ? t.holdings.refuse : yes}
    >
      {acting === undefined ? null : (
        <button type="button" className="button" onClick={() => setRefusing(!isRefusing)}>
          {isRefusing ? t.holdings.close : t.holdings.refuse}
        </button>
      )}
    </SignStep>
  );
}
