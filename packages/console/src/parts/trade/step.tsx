import type { ReactNode } from 'react';
import { fromHex, must, toHex } from '@hanse/kit';
import { useApp, useChecked, useLive, useText, type Resource } from '../../state.ts';
import { proveStep, textIn, type StoryStep, type ToldStep } from '../../trade/story.ts';
import {
  documentName,
  tellEvents,
  tellRefusal,
  type Refusal,
  type Teller,
  type Telling,
} from '../../trade/tell.ts';
import { useParties, useTradeData, useTradeText } from '../../trade/use.ts';
import { verdictOf } from '../../verify/trail.ts';
import { Hash, Link, Mark } from '../basic.tsx';
import { FoldedProof, TradeError } from './common.tsx';
import { OwnDocument } from './documents.tsx';

/** How many steps are proved at the same time, on a page that has many. */
const AT_ONCE = 3;
let running = 0;
const waiting: (() => void)[] = [];

/** Run work when it is its turn. */
async function inTurn<T>(run: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) await new Promise<void>((begin) => void waiting.push(begin));
  running++;
  try {
    return await run();
  } finally {
    running--;
    waiting.shift()?.();
  }
}

/** Prove a step once it is on the page, and again when its results are bound after all. */
function useProved({ txid, height }: StoryStep): Resource<ToldStep> {
  const { api } = useApp();
  const { provedHeight } = useLive();
  const version = provedHeight >= height ? 'bound' : 'final';
  const { resource } = useChecked({ key: `step/${txid}`, version }, (chain, signal) =>
    inTurn(() => proveStep({ api, chain, signal }, txid)),
  );
  return resource;
}

/** A step of the story: what happened, in words that come from the proved receipt once there is one. */
export function StoryStepItem({
  step,
  number,
  packs,
  currencies,
}: {
  readonly step: StoryStep;
  readonly number: number;
} & Pick<Teller, 'packs' | 'currencies'>): ReactNode {
  const text = useTradeText();
  const { t } = text;
  const { f, m } = useText();
  const state = useProved(step);
  const told = state.kind === 'ready' ? state.value : undefined;
  const signers = told?.loaded.verified?.tx?.value.signers.map(({ did }) => did) ?? [];
  const receivers = told?.calls.map(({ args }) => textIn(args, 'receiver')) ?? [];
  const nameOf = useParties([...signers, ...receivers, ...didsOf(step)]);
  const teller: Teller = { ...text, nameOf, packs, currencies };
  const refusal = told === undefined ? undefined : tellRefusal(told, teller);
  const steps = told?.loaded.steps ?? [];
  const isProved = verdictOf(steps) === 'verified';
  // A deposit's event is not in the contracts' words: it is told as it was listed.
  const events =
    isProved && told !== undefined && told.events.length > 0 ? told.events : step.events;
  const telling = tellEvents(events, teller, told?.calls);
  const subject = refusal ?? telling;
  const { document } = subject;
  return (
    <li className={refusal?.isSecond === true ? 'story-step second' : 'story-step'}>
      <p className="story-number" aria-label={t.story.step(f.number(number))}>
        {f.number(number)}
      </p>
      <div className="story-body">
        {refusal === undefined ? (
          <TellingText telling={telling} isRefused={step.isRefused} />
        ) : (
          <RefusalText refusal={refusal} />
        )}
        <p className="story-foot">
          <span>{t.story.height(f.number(step.height))}</span>
          <Hash value={step.txid} to={{ page: 'tx', id: step.txid }} />
          {subject.pack === undefined ? null : (
            <Link to={{ page: 'title', id: subject.pack }}>{t.story.openTitle}</Link>
          )}
          {document === undefined ? null : (
            <Link to={{ page: 'evidence', id: document }}>{t.story.openDocument}</Link>
          )}
        </p>
        {document === undefined ? null : <OwnDocument id={document} />}
        {state.kind === 'loading' ? <p className="note">{t.story.proving} …</p> : null}
        {state.kind === 'failed' ? <TradeError error={state.error} /> : null}
        {state.kind === 'ready' && steps.length === 0 ? (
          <p>
            <Mark state="unverified">{m.tx.finalOnly}</Mark>
          </p>
        ) : null}
        <FoldedProof steps={steps} />
      </div>
    </li>
  );
}

function didsOf({ events }: StoryStep): readonly string[] {
  return events.flatMap(({ data }) =>
    Object.values(data)
      .flatMap((value) => (Array.isArray(value) ? value : [value]))
      .filter((value): value is string => typeof value === 'string' && value.startsWith('did:')),
  );
}

function TellingText({
  telling,
  isRefused,
}: {
  readonly telling: Telling;
  readonly isRefused: boolean;
}): ReactNode {
  const { t } = useTradeText();
  const [first, ...rest] = telling.sentences;
  return (
    <>
      <p className="story-lead">{first ?? (isRefused ? t.story.refused : '…')}</p>
      {rest.map((sentence) => (
        <p key={sentence} className="story-more">
          {sentence}
        </p>
      ))}
    </>
  );
}

/** The refused step, with the reason in one sentence: the point of the whole story. */
function RefusalText({ refusal }: { readonly refusal: Refusal }): ReactNode {
  const { t } = useTradeText();
  const { who, what, reason, isSecond, isTwin, document } = refusal;
  return (
    <div className="story-refused">
      {isSecond ? <p className="story-refused-title">{t.story.refusedTitle}</p> : null}
      <p className="story-lead">{isTwin ? t.story.second(who, what) : t.story.tried(who, what)}</p>
      <p className="story-more">
        <Mark state="forged">
          {reason === undefined ? t.story.failed : t.story.because(reason)}
        </Mark>
      </p>
      {isTwin && document !== undefined ? <Twin id={document} /> : null}
    </div>
  );
}

/** Which document a duplicate is the twin of, by the claim on it. */
function Twin({ id }: { readonly id: string }): ReactNode {
  const { t } = useTradeText();
  const { resource } = useTradeData({ key: `twin/${id}` }, (trade, { signal }) =>
    trade.claims.query.get({ document: must(fromHex(id), 'a hash') }, { signal }),
  );
  const original = resource.kind === 'ready' ? resource.value.value?.original : undefined;
  if (original === undefined) return null;
  const twin = toHex(original);
  return (
    <p className="story-more">
      <Link to={{ page: 'evidence', id: twin }}>{t.story.twin(documentName(twin))}</Link>
    </p>
  );
}
