import type { ReactNode } from 'react';
import { sizeOf, type Entry } from '@hanse/trade-finance';
import { useText } from '../../state.ts';
import type { Moment } from '../../trade/replay.ts';
import type { WholeTitle } from '../../trade/titles.ts';
import { useTradeText, type TradeText } from '../../trade/use.ts';
import type { Step } from '../../verify/trail.ts';
import { Hash, Mark, Time } from '../basic.tsx';
import { paletteOf, stateText, TitleBar, useBarLabel } from './bar.tsx';
import { RowMark } from './common.tsx';

/**
 * The history of a title, act by act: in words, as a bar after each act, with the transaction and whether the
 * record was proved.
 */
export function TitleHistory({
  title,
  nameOf,
}: {
  readonly title: WholeTitle;
  readonly nameOf: (did: string) => string;
}): ReactNode {
  const { t } = useTradeText();
  const { f } = useText();
  const { replay, entries, pack, isReplayed } = title;
  const palette = paletteOf(replay.moments.map(({ parts }) => parts));
  const label = useBarLabel(pack.currency, nameOf);
  const broken = replay.brokenAt;
  return (
    <>
      <p className="note">{t.title.overLead(f.number(replay.moments.length))}</p>
      <p>
        <Mark state={isReplayed ? 'verified' : 'forged'}>
          {isReplayed
            ? t.title.same
            : broken === undefined
              ? t.title.differs
              : t.title.broken(f.number(broken + 1))}
        </Mark>
      </p>
      <ol className="history">
        {replay.moments.map((moment, index) => (
          <li key={moment.entry.seq} className="history-act">
            <ActHead moment={moment} currency={pack.currency} nameOf={nameOf} />
            <TitleBar
              parts={moment.parts}
              units={pack.units}
              palette={palette}
              label={label(moment.parts)}
            />
            <ActFoot entry={moment.entry} steps={entries[index]?.steps ?? []} />
          </li>
        ))}
      </ol>
    </>
  );
}

function ActHead({
  moment,
  currency,
  nameOf,
}: {
  readonly moment: Moment;
  readonly currency: string;
  readonly nameOf: (did: string) => string;
}): ReactNode {
  const text = useTradeText();
  const { entry } = moment;
  return (
    <p className="history-head">
      <span className="history-seq">{entry.seq + 1}</span>
      <span>{sentenceOfEntry(entry, currency, text, nameOf)}</span>
    </p>
  );
}

function ActFoot({
  entry,
  steps,
}: {
  readonly entry: Entry;
  readonly steps: readonly Step[];
}): ReactNode {
  const { t } = useTradeText();
  const { txid, time } = entry;
  return (
    <p className="history-foot">
      <Time ms={time} />
      <span>{stateText(entry, t)}</span>
      <Hash value={txid} to={{ page: 'tx', id: txid }} />
      {steps.length === 0 ? null : <RowMark steps={steps} />}
    </p>
  );
}

/** What an act of a history says. */
export function sentenceOfEntry(
  entry: Entry,
  currency: string,
  { t, money }: TradeText,
  nameOf: (did: string) => string,
): string {
  const { act, phase, by } = entry;
  if (act === 'review') return t.title.review(nameOf(by));
  if (act === 'credit') return t.title.credit(nameOf(by));
  return t.acts[act][phase](nameOf(by), money(sizeOf(entry), currency));
}
