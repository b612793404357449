import { dateOfDays, dateOfTime, daysOfDate } from '@hanse/codec';
import { minorDigitsOf, toMinor } from '@hanse/einvoice';
import { HanseError, must, toHex } from '@hanse/kit';
import { askClaims, issueTitle } from '@hanse/trade-finance';
import type { Context } from '../context.ts';
import { choiceOption, mustArgument, textOption, usage, type Input } from '../input.ts';
import { resolveDocument, withTrade, type Trade } from '../trade/invoices.ts';
import { printDone } from '../trade/render.ts';

const REASONS = ['seasonal', 'project', 'export', 'public-buyer'] as const;
const DUE_DAYS = 90;

/** Make a title over an invoice and ask the debtor to confirm it. */
export async function run(context: Context, input: Input): Promise<void> {
  await withTrade(context, input, async (trade) => {
    const document = await resolveDocument(trade, mustArgument(input, 0, 'invoice'));
    const { currency, units, due } = await factsOfClaim(trade, document);
    const given = textOption(input, 'amount');
    const reason = choiceOption(input, 'reason', REASONS);
    const issuing = {
      document,
      currency,
      units: given === undefined ? units : unitsOf(given, currency),
      due: textOption(input, 'due') ?? usualDue(context, due),
      ...(reason === undefined ? {} : { reason }),
    };
    const done = await issueTitle(trade.desk, await signersOf(context, input), issuing);
    const pack = toHex(done.pack);
    printDone(context, done, {
      json: { title: pack, units: issuing.units, currency, due: issuing.due },
      next: [`invoice confirm ${pack} --as buyer --with buyer.checker`],
    });
  });
}

/** Who signs: `--as`, and everybody that `--with` names. */
export async function signersOf(context: Context, input: Input) {
  const names = (textOption(input, 'with') ?? '').split(',').filter((name) => name !== '');
  return Promise.all([context.signer(), ...names.map((name) => context.signer(name))]);
}

/** An amount of money as people write it, in minor units. Throws UsageError. */
export function unitsOf(text: string, currency: string): number {
  const plain = text.replace(/[,\s_]/g, '').replace(new RegExp(`^${currency}`, 'i'), '');
  const minor = toMinor(plain, minorDigitsOf(currency) ?? 2);
  if (minor !== undefined && minor > 0n && minor < 10n ** 12n) return Number(minor);
  throw usage(
    `"${text}" is no amount of ${currency}, such as 1250.00.`,
    `“${text}”不是 ${currency} 金额，例如 1250.00。`,
  );
}

type ClaimFacts = { readonly currency: string; readonly units: number; readonly due: string };

async function factsOfClaim({ desk, vault }: Trade, document: Uint8Array): Promise<ClaimFacts> {
  const kept = vault.document(toHex(document));
  const { value } = await askClaims(desk).get({ document });
  if (value === undefined) {
    const reason = `No importer has vouched for ${toHex(document)}: invoice import.`;
    throw new HanseError('TradeObjectUnknown', { object: 'verdict', reason });
  }
  const units = value.payable - value.deductions - value.credited;
  return { currency: value.currency, units, due: kept?.due ?? '' };
}

/** The invoice's own due date when it is still to come, three months from now otherwise. */
function usualDue({ nowMs }: Context, due: string): string {
  const today = dateOfTime(nowMs());
  return due > today ? due : dateOfDays(must(daysOfDate(today), 'a date') + DUE_DAYS);
}
