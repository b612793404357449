import { useId, type ReactNode } from 'react';
import type { Rules } from '@hanse/trade-finance';
import { plainUnits } from '../../trade/money.ts';
import { amountFault, needsTwo, type AmountFault } from '../../trade/payees.ts';
import type { Holding } from '../../trade/holdings.ts';
import { useTradeText } from '../../trade/use.ts';

/** A part of a holding: typed, or all of it, or half. */
export function AmountField({
  holding,
  most,
  text,
  fault,
  onText,
}: {
  readonly holding: Holding;
  /** The most that makes sense here, in units. */
  readonly most: number;
  readonly text: string;
  readonly fault: string | undefined;
  readonly onText: (text: string) => void;
}): ReactNode {
  const { t } = useTradeText();
  const id = useId();
  const { currency } = holding;
  const set = (units: number): void => onText(plainUnits(units, currency));
  return (
    <div className="amount">
      <label htmlFor={id} className="label">
        {t.pay.howMuch} ({currency})
      </label>
      <div className="amount-row">
        <input
          id={id}
          type="text"
          inputMode="decimal"
          autoComplete="off"
          value={text}
          aria-invalid={fault !== undefined}
          aria-describedby={fault === undefined ? undefined : `${id}-fault`}
          onChange={(event) => onText(event.currentTarget.value)}
        />
        <button type="button" className="button" onClick={() => set(most)}>
          {t.pay.all}
        </button>
        <button type="button" className="button" onClick={() => set(Math.floor(most / 2))}>
          {t.pay.half}
        </button>
      </div>
      {fault === undefined ? null : (
        <p className="field-error" id={`${id}-fault`} role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}

/** What is wrong with an amount, in words. */
export function useAmountFault(
  holding: Holding,
  rules: Rules,
): (units: number | undefined, open: number | undefined) => string | undefined {
  const { t, money } = useTradeText();
  const { currency, units: whole } = holding;
  return (units, open) => {
    const fault: AmountFault | undefined = amountFault(units, holding, open, rules);
    if (fault === undefined) return undefined;
    const least = money(rules.sliceUnitsMin, currency);
    return t.amounts[fault](least, money(whole, currency), money(open ?? 0, currency));
  };
}

/** Says that two people have to sign, where that is so. */
export function TwoPeople({
  units,
  currency,
  rules,
}: {
  readonly units: number;
  readonly currency: string;
  readonly rules: Rules;
}): ReactNode {
  const { t, money } = useTradeText();
  if (!needsTwo(units, rules)) return null;
  return <p className="notice warn">{t.holdings.tooLarge(money(rules.fourEyesUnits, currency))}</p>;
}

/** What is left with the holder. */
export function Keeps({
  holding,
  paid,
}: {
  readonly holding: Holding;
  readonly paid: number;
}): ReactNode {
  const { t, money } = useTradeText();
  const rest = holding.units - paid;
  return (
    <p className="note">{rest > 0 ? t.pay.keep(money(rest, holding.currency)) : t.pay.keepNone}</p>
  );
}
