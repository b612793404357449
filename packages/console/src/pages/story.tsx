import { useMemo, type ReactNode } from 'react';
import { toHex } from '@hanse/kit';
import type { Pack } from '@hanse/trade-finance';
import { cli } from '../cli.ts';
import { useText } from '../state.ts';
import { sharesOf } from '../trade/replay.ts';
import { loadStory, type Story } from '../trade/story.ts';
import { loadPacks, loadTitle, worstOf, type Title } from '../trade/titles.ts';
import { useFresh, useParties, useTradeData, useTradeText } from '../trade/use.ts';
import { Link, Mark, Panel } from '../parts/basic.tsx';
import { Empty } from '../parts/states.tsx';
import { BarPatterns, Legend, paletteOf, TitleBar, useBarLabel } from '../parts/trade/bar.tsx';
import { ShowTrade } from '../parts/trade/common.tsx';
import { OpenDocuments } from '../parts/trade/documents.tsx';
import { StoryStepItem } from '../parts/trade/step.tsx';

/** Titles that the story shows as they are now. */
const TITLES_MAX = 6;

/** What happened on the chain around its titles, step by step, each proved here; and who holds what now. */
export function StoryPage(): ReactNode {
  const { t } = useTradeText();
  const fresh = useFresh();
  const loaded = useTradeData({ key: 'story', version: fresh }, async (trade, checking) => {
    const [story, packs] = await Promise.all([
      loadStory(trade, checking),
      loadPacks(trade, undefined, checking.signal),
    ]);
    const titles = await Promise.all(
      packs.rows.slice(0, TITLES_MAX).map((pack) => loadTitle(trade, checking, pack)),
    );
    return { story, titles, packs: packs.rows };
  });
  return (
    <>
      <header className="page-head">
        <h1>{t.pages.story}</h1>
        <p className="page-lead">{t.story.lead}</p>
      </header>
      <ShowTrade loaded={loaded} rows={10}>
        {(value) => <StoryBody {...value} />}
      </ShowTrade>
    </>
  );
}

function StoryBody({
  story,
  titles,
  packs,
}: {
  readonly story: Story;
  readonly titles: readonly Title[];
  readonly packs: readonly Pack[];
}): ReactNode {
  const { t } = useTradeText();
  const byId = useMemo(() => new Map(packs.map((pack) => [toHex(pack.id), pack])), [packs]);
  if (story.steps.length === 0) {
    return (
      <section className="panel">
        <Empty text={`${t.story.nothing} ${t.story.nothingFill}`} command={cli.demo()} />
      </section>
    );
  }
  return (
    <div className="columns story-columns">
      <BarPatterns />
      <div className="column now-column">
        <Panel id="story-now" title={t.story.now}>
          {titles.length === 0 ? <p className="empty">{t.supervision.noTitles}</p> : null}
          <ul className="now-titles">
            {titles.map((title) => (
              <li key={toHex(title.pack.id)}>
                <NowTitle title={title} />
              </li>
            ))}
          </ul>
          {titles.length === 0 ? null : <p className="note">{t.title.patterns}</p>}
        </Panel>
        <OpenDocuments ids={story.documents} />
      </div>
      <div className="column">
        <Panel id="steps" title={t.story.steps}>
          {story.isCut ? <p className="note">{t.story.cut}</p> : null}
          <ol className="story">
            {story.steps.map((step, index) => (
              <StoryStepItem
                key={step.txid}
                step={step}
                number={index + 1}
                packs={byId}
                currencies={story.currencies}
              />
            ))}
          </ol>
        </Panel>
      </div>
    </div>
  );
}

function NowTitle({ title }: { readonly title: Title }): ReactNode {
  const { t, money, day } = useTradeText();
  const { m } = useText();
  const { pack, parts, intervals } = title;
  const nameOf = useParties([pack.debtor, ...parts.map(({ holder }) => holder)]);
  const palette = paletteOf([parts]);
  const label = useBarLabel(pack.currency, nameOf);
  const state = worstOf(intervals);
  return (
    <>
      <p className="now-head">
        <Link to={{ page: 'title', id: toHex(pack.id) }}>{money(pack.units, pack.currency)}</Link>{' '}
        <span className="note">
          {t.holdings.due(day(pack.due))} {t.holdings.from(nameOf(pack.debtor))}
        </span>
        <Mark state={state}>{m.proof.states[state]}</Mark>
      </p>
      <TitleBar parts={parts} units={pack.units} palette={palette} label={label(parts)} />
      <Legend palette={palette} shares={sharesOf(parts)} nameOf={nameOf} currency={pack.currency} />
    </>
  );
}
