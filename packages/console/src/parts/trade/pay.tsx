import { useId, useState, type ReactNode } from 'react';
import { limits } from '@hanse/kit';
import type { Rules } from '@hanse/trade-finance';
import { useText } from '../../state.ts';
import type { Act } from '../../trade/acts.ts';
import type { Holding } from '../../trade/holdings.ts';
import { parseUnits, plainUnits } from '../../trade/money.ts';
import {
  loadPayables,
  needsTwo,
  paidUnits,
  payablesFor,
  planPayments,
  type Payable,
  type Payment,
} from '../../trade/payees.ts';
import { useSigning } from '../../trade/signing.ts';
import { useParties, useTradeData, useTradeText } from '../../trade/use.ts';
import { Empty } from '../states.tsx';
import { AmountField, Keeps, TwoPeople, useAmountFault } from './amount.tsx';
import { ShowTrade, short } from './common.tsx';
import { SheetHead, SignStep, type Done } from './sign.tsx';

type Parts = {
  readonly holding: Holding;
  readonly rules: Rules;
  readonly onClose: () => void;
  readonly onDone: (done: Done) => void;
};

/** Pass units on: to one for its invoice, or to several at once with one signature. */
export function PaySheet({ mode, ...parts }: Parts & { readonly mode: 'one' | 'many' }): ReactNode {
  const { t } = useTradeText();
  const id = useId();
  const { holding, rules, onClose } = parts;
  const loaded = useTradeData({ key: `payables/${holding.holder}` }, (trade, { signal }) =>
    loadPayables(trade, holding.holder, signal),
  );
  const isOne = mode === 'one';
  return (
    <section className="sheet" aria-labelledby={id}>
      <SheetHead
        id={id}
        title={isOne ? t.pay.passTitle : t.pay.splitTitle}
        lead={isOne ? t.pay.passLead : t.pay.splitLead}
        onClose={onClose}
      />
      <ShowTrade loaded={loaded} rows={3}>
        {(all) => {
          const payables = payablesFor(holding, all, rules);
          if (payables.length === 0) {
            return <Empty text={`${t.pay.noInvoices} ${t.pay.noInvoicesWhy}`} />;
          }
          return isOne ? (
            <PassForm {...parts} payables={payables} />
          ) : (
            <SplitForm {...parts} payables={payables} />
          );
        }}
      </ShowTrade>
    </section>
  );
}

type FormParts = Parts & { readonly payables: readonly Payable[] };

function PassForm({ holding, rules, payables, onDone }: FormParts): ReactNode {
  const { t, money } = useTradeText();
  const signer = useSigning();
  const group = useId();
  const [chosen, setChosen] = useState(payables[0]?.id ?? '');
  const payable = payables.find(({ id }) => id === chosen) ?? payables[0];
  const { currency } = holding;
  const most = Math.min(holding.units, payable?.open ?? 0);
  const [typed, setTyped] = useState<string>();
  const text = typed ?? plainUnits(most, currency);
  const units = parseUnits(text, currency);
  const fault = useAmountFault(holding, rules)(units, payable?.open);
  const nameOf = useParties(payables.map(({ seller }) => seller));
  const paid = fault === undefined ? (units ?? 0) : 0;
  const isLarge = needsTwo(paid, rules);
  const payments: readonly Payment[] =
    payable === undefined || paid === 0
      ? []
      : [{ payable, from: holding.from, to: holding.from + paid - 1 }];
  const act: Act = { kind: 'pay', holding, payments };
  const isFixed = signer.state.kind === 'busy' || signer.state.kind === 'done';
  return (
    <>
      <fieldset className="choices" disabled={isFixed}>
        <legend>{t.pay.whom}</legend>
        {payables.map((one) => (
          <PayableChoice
            key={one.id}
            payable={one}
            kind="radio"
            group={group}
            name={nameOf(one.seller)}
            isChosen={one.id === payable?.id}
            onChange={() => {
              setChosen(one.id);
              setTyped(undefined);
            }}
          />
        ))}
        <AmountField holding={holding} most={most} text={text} fault={fault} onText={setTyped} />
        <Keeps holding={holding} paid={paid} />
      </fieldset>
      <Fee text={t.pay.noFee} />
      <TwoPeople units={paid} currency={currency} rules={rules} />
      <SignStep
        signer={signer}
        act={payments.length === 0 || isLarge ? undefined : act}
        label={t.pay.sign(money(paid, currency))}
        holder={holding.holder}
        done={t.pay.done}
        onDone={onDone}
      />
    </>
  );
}

function SplitForm({ holding, rules, payables, onDone }: FormParts): ReactNode {
  const { t, money } = useTradeText();
  const { f } = useText();
  const signer = useSigning();
  const nameOf = useParties(payables.map(({ seller }) => seller));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set(planPayments(holding, payables, rules).map(({ payable }) => payable.id)),
  );
  const wanted = payables.filter(({ id }) => chosen.has(id)).slice(0, limits.callsPerTxMax);
  const payments = planPayments(holding, wanted, rules);
  const paid = paidUnits(payments);
  const largest = Math.max(0, ...payments.map(({ from, to }) => to - from + 1));
  const isFixed = signer.state.kind === 'busy' || signer.state.kind === 'done';
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <>
      <fieldset className="choices" disabled={isFixed}>
        <legend>{t.pay.whoms}</legend>
        {payables.map((one) => {
          const payment = payments.find(({ payable }) => payable.id === one.id);
          return (
            <PayableChoice
              key={one.id}
              payable={one}
              kind="checkbox"
              name={nameOf(one.seller)}
              isChosen={chosen.has(one.id)}
              onChange={() => toggle(one.id)}
              gets={payment === undefined ? undefined : payment.to - payment.from + 1}
            />
          );
        })}
        <Keeps holding={holding} paid={paid} />
      </fieldset>
      <Fee text={t.pay.noFee} />
      <TwoPeople units={largest} currency={holding.currency} rules={rules} />
      <SignStep
        signer={signer}
        act={
          payments.length === 0 || needsTwo(largest, rules)
            ? undefined
            : { kind: 'pay', holding, payments }
        }
        label={t.pay.signMany(money(paid, holding.currency), f.number(payments.length))}
        holder={holding.holder}
        done={t.pay.done}
        onDone={onDone}
      />
    </>
  );
}

function PayableChoice({
  payable,
  kind,
  group,
  name,
  isChosen,
  onChange,
  gets,
}: {
  readonly payable: Payable;
  readonly kind: 'radio' | 'checkbox';
  readonly group?: string;
  readonly name: string;
  readonly isChosen: boolean;
  readonly onChange: () => void;
  readonly gets?: number | undefined;
}): ReactNode {
  const { t, money, day } = useTradeText();
  const { id, issued, open, currency } = payable;
  return (
    <label className={isChosen ? 'choice chosen' : 'choice'}>
      <input type={kind} name={group} checked={isChosen} onChange={onChange} />
      <span className="choice-text">
        <span className="party-name">{t.pay.invoiceOf(name)}</span>
        <span className="note">
          {t.pay.invoiceDay(day(issued), money(open, currency))} · <code>{short(id)}</code>
        </span>
      </span>
      {gets === undefined ? null : <span className="choice-gets">{money(gets, currency)}</span>}
    </label>
  );
}

/** What it costs, before anything is signed. */
export function Fee({ text }: { readonly text: string }): ReactNode {
  const { t } = useTradeText();
  return (
    <p className="fee">
      <strong>{t.pay.fee}:</strong> {text}
    </p>
  );
}
