import { useId, useState, type ReactNode } from 'react';
import type { Rules } from '@hanse/trade-finance';
import type { Holding } from '../../trade/holdings.ts';
import { parseUnits, plainUnits } from '../../trade/money.ts';
import { needsTwo, organisationsWith } from '../../trade/payees.ts';
import { useSigning } from '../../trade/signing.ts';
import { useParties, useTradeData, useTradeText } from '../../trade/use.ts';
import { Empty } from '../states.tsx';
import { AmountField, Keeps, TwoPeople, useAmountFault } from './amount.tsx';
import { ShowTrade } from './common.tsx';
import { Fee } from './pay.tsx';
import { SheetHead, SignStep, type Done } from './sign.tsx';

type Parts = {
  readonly holding: Holding;
  readonly rules: Rules;
  readonly onClose: () => void;
  readonly onDone: (done: Done) => void;
};

/** Ask a bank for money against units. */
export function CashSheet(parts: Parts): ReactNode {
  const { t } = useTradeText();
  const id = useId();
  const { holding, onClose } = parts;
  const loaded = useTradeData({ key: 'banks' }, (trade, { signal }) =>
    organisationsWith(trade, 'bank', signal),
  );
  return (
    <section className="sheet" aria-labelledby={id}>
      <SheetHead id={id} title={t.cash.title} lead={t.cash.lead} onClose={onClose} />
      <ShowTrade loaded={loaded} rows={3}>
        {(rows) => {
          const banks = rows
            .map(({ organisation }) => organisation)
            .filter((bank) => bank !== holding.holder && bank !== holding.debtor)
            .filter((bank) => !holding.path.includes(bank));
          return banks.length === 0 ? (
            <Empty text={t.cash.noBanks} />
          ) : (
            <CashForm {...parts} banks={banks} />
          );
        }}
      </ShowTrade>
    </section>
  );
}

function CashForm({
  holding,
  rules,
  banks,
  onDone,
}: Parts & { readonly banks: readonly string[] }): ReactNode {
  const { t, money } = useTradeText();
  const signer = useSigning();
  const name = useId();
  const { currency } = holding;
  const [bank, setBank] = useState(banks[0] ?? '');
  const [as, setAs] = useState<'finance' | 'pledge'>('finance');
  const [text, setText] = useState(plainUnits(holding.units, currency));
  const nameOf = useParties(banks);
  const units = parseUnits(text, currency);
  const fault = useAmountFault(holding, rules)(units, undefined);
  const asked = fault === undefined ? (units ?? 0) : 0;
  const isFixed = signer.state.kind === 'busy' || signer.state.kind === 'done';
  const isReady = asked > 0 && !needsTwo(asked, rules);
  return (
    <>
      <fieldset className="choices" disabled={isFixed}>
        <legend>{t.cash.bank}</legend>
        {banks.map((one) => (
          <Choice
            key={one}
            group={`${name}-bank`}
            text={nameOf(one)}
            isChosen={one === bank}
            onChoose={() => setBank(one)}
          />
        ))}
      </fieldset>
      <fieldset className="choices" disabled={isFixed}>
        <legend>{t.cash.how}</legend>
        {(['finance', 'pledge'] as const).map((kind) => (
          <Choice
            key={kind}
            group={`${name}-how`}
            text={t.cash[kind]}
            isChosen={kind === as}
            onChoose={() => setAs(kind)}
          />
        ))}
        <AmountField
          holding={holding}
          most={holding.units}
          text={text}
          fault={fault}
          onText={setText}
        />
        <Keeps holding={holding} paid={asked} />
      </fieldset>
      <Fee text={t.cash.noFee} />
      <TwoPeople units={asked} currency={currency} rules={rules} />
      <SignStep
        signer={signer}
        act={isReady ? { kind: 'ask', holding, bank, units: asked, as } : undefined}
        label={t.cash.sign(money(asked, currency), nameOf(bank))}
        holder={holding.holder}
        done={t.cash.done}
        onDone={onDone}
      />
    </>
  );
}

function Choice({
  group,
  text,
  isChosen,
  onChoose,
}: {
  readonly group: string;
  readonly text: string;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}): ReactNode {
  return (
    <label className={isChosen ? 'choice chosen' : 'choice'}>
      <input type="radio" name={group} checked={isChosen} onChange={onChoose} />
      {text}
    </label>
  );
}
