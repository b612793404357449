import { minorDigitsOf } from '../currency.ts';
import type { Findings } from '../finding.ts';
import type { AmountName, Draft } from '../invoice.ts';
import { shown, sumOf } from '../read/fields.ts';

/**
 * Check the sums of an invoice. A sum is checked only where the document gives all it needs; an
 * allowance, charge, prepaid amount or rounding it does not give is zero.
 */
export function checkArithmetic(draft: Draft, findings: Findings): void {
  const { amounts, currency } = draft.invoice;
  const digits = currency === undefined ? undefined : minorDigitsOf(currency);
  if (digits === undefined) return;
  const place = (name: AmountName): string => draft.places[name] ?? '/';
  const text = (amount: bigint | undefined): string => shown(amount, digits);
  const isOff = (difference: bigint): boolean =>
    (difference < 0n ? -difference : difference) > draft.toleranceMinor;

  const { lines, net, tax, gross, payable } = amounts;
  const allowances = amounts.allowances ?? 0n;
  const charges = amounts.charges ?? 0n;
  const prepaid = amounts.prepaid ?? 0n;
  const rounding = amounts.rounding ?? 0n;

  if (lines !== undefined && net !== undefined && isOff(lines - allowances + charges - net)) {
    findings.add('ARITHMETIC_NET', place('net'), {
      lines: text(lines),
      allowances: text(allowances),
      charges: text(charges),
      net: text(net),
    });
  }
  if (net !== undefined && gross !== undefined) {
    const off = net + (tax ?? 0n) - gross;
    // UBL outside EN 16931 counts the rounding into the total instead of the amount due.
    if (isOff(off) && isOff(off + rounding)) {
      const params = { net: text(net), tax: text(tax), gross: text(gross) };
      findings.add('ARITHMETIC_TOTAL', place('gross'), params);
    }
  }
  if (gross !== undefined && payable !== undefined) {
    const off = gross - prepaid + draft.thirdPartyDue - payable;
    if (isOff(off + rounding) && isOff(off)) {
      findings.add('ARITHMETIC_PAYABLE', place('payable'), {
        gross: text(gross),
        prepaid: text(prepaid),
        rounding: text(rounding),
        payable: text(payable),
      });
    }
  }
  checkLines(draft, digits, findings);
}

/** Check that the lines add up to the sum of lines, or to net and tax where lines carry the tax. */
function checkLines(
  { invoice, places, toleranceMinor }: Draft,
  digits: number,
  findings: Findings,
) {
  const { amounts, lines } = invoice;
  if (lines.length === 0) return;
  const isChinese = invoice.syntax === 'cn-einvoice' || invoice.syntax === 'cn-ofd';
  const check = (
    sum: bigint | undefined,
    total: bigint | undefined,
    name: AmountName,
    tolerance: bigint,
  ): void => {
    if (sum === undefined || total === undefined) return;
    const off = sum < total ? total - sum : sum - total;
    if (off <= tolerance) return;
    const params = { sum: shown(sum, digits), lines: shown(total, digits) };
    findings.add('ARITHMETIC_LINES', places[name] ?? '/', params);
  };
  const net = sumOf(lines.map((line) => line.net));
  if (isChinese) {
    check(net, amounts.net, 'net', toleranceMinor);
    check(sumOf(lines.map((line) => line.tax)), amounts.tax, 'tax', toleranceMinor);
  } else {
    check(net, amounts.lines, 'lines', toleranceMinor);
  }
}
