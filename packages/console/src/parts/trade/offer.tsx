import { useId, useState, type ReactNode } from 'react';
import { sizeOf, type Deal } from '@hanse/trade-finance';
import { useChain, useNow, useText } from '../../state.ts';
import type { Holding } from '../../trade/holdings.ts';
import { daysUntil, formatShare, yearlyRate } from '../../trade/money.ts';
import { useSigning } from '../../trade/signing.ts';
import { checkTerms, readTerms, TERMS_BYTES_MAX, type TermsCheck } from '../../trade/terms.ts';
import { useParties, useTradeText } from '../../trade/use.ts';
import { Fields, Mark, Time } from '../basic.tsx';
import { FileButton } from './common.tsx';
import { SheetHead, SignStep, type Done } from './sign.tsx';

/** Rule `fee before signature`: a bank's offer with its terms opened, before anybody accepts it. */
export function OfferSheet({
  holding,
  deal,
  onClose,
  onDone,
}: {
  readonly holding: Holding;
  readonly deal: Deal;
  readonly onClose: () => void;
  readonly onDone: (done: Done) => void;
}): ReactNode {
  const { t } = useTradeText();
  const id = useId();
  const chain = useChain();
  const nameOf = useParties([deal.bank]);
  const [check, setCheck] = useState<TermsCheck>();
  const [badName, setBadName] = useState<string>();
  const open = async (file: File): Promise<void> => {
    if (chain === undefined) return;
    const terms = file.size > TERMS_BYTES_MAX ? undefined : readTerms(await file.text());
    setBadName(terms === undefined ? file.name : undefined);
    setCheck(terms === undefined ? undefined : checkTerms(chain.anchor.suite, terms, deal));
  };
  return (
    <section className="sheet" aria-labelledby={id}>
      <SheetHead
        id={id}
        title={t.offer.title(nameOf(deal.bank))}
        lead={t.offer.lead}
        onClose={onClose}
      />
      <p className="actions">
        <FileButton
          label={t.offer.open}
          isPrimary={check === undefined}
          onFile={(file) => void open(file)}
        />
      </p>
      {badName === undefined ? null : (
        <p className="field-error" role="alert">
          {t.offer.notTerms(badName)}
        </p>
      )}
      {check === undefined ? null : (
        <OpenedTerms holding={holding} deal={deal} check={check} onDone={onDone} />
      )}
    </section>
  );
}

function OpenedTerms({
  holding,
  deal,
  check,
  onDone,
}: {
  readonly holding: Holding;
  readonly deal: Deal;
  readonly check: TermsCheck;
  readonly onDone: (done: Done) => void;
}): ReactNode {
  const { t, money } = useTradeText();
  const { language } = useText();
  const nowMs = useNow();
  const signer = useSigning();
  const { terms, isOffered, isWhole } = check;
  const { currency, due } = holding;
  const face = sizeOf(deal);
  const rate = yearlyRate(terms.fee, terms.disbursed, daysUntil(due, nowMs));
  const fee = [
    money(terms.fee, currency),
    t.offer.ofFace(formatShare(terms.fee / face, language)),
    ...(rate === undefined ? [] : [t.offer.yearly(formatShare(rate, language))]),
  ];
  return (
    <>
      <dl className="terms">
        <div>
          <dt>{t.offer.get}</dt>
          <dd className="terms-get">{money(terms.disbursed, currency)}</dd>
        </div>
        <div>
          <dt>{t.offer.fee}</dt>
          <dd>{fee.join(' · ')}</dd>
        </div>
      </dl>
      <Fields
        rows={[
          [t.offer.face, money(face, currency)],
          ...(deal.until === undefined
            ? []
            : ([[t.offer.until, <Time key="u" ms={deal.until} />]] as const)),
        ]}
      />
      <ul className="checks">
        <li>
          <Mark state={isOffered ? 'verified' : 'forged'}>
            {isOffered ? t.offer.same : t.offer.other}
          </Mark>
        </li>
        <li>
          <Mark state={isWhole ? 'verified' : 'forged'}>
            {isWhole ? t.offer.whole : t.offer.notWhole}
          </Mark>
        </li>
      </ul>
      <SignStep
        signer={signer}
        act={isOffered && isWhole ? { kind: 'accept', deal } : undefined}
        label={t.offer.accept(money(terms.disbursed, currency))}
        holder={holding.holder}
        done={t.offer.done}
        onDone={onDone}
      />
    </>
  );
}
