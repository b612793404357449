import type { Signer } from '@hanse/client';
import { HanseError } from '@hanse/kit';
import type { Range } from '../title/intervals.ts';
import {
  doneBy,
  money,
  nameOf,
  organisationOf,
  packsCall,
  send,
  type Desk,
  type Done,
} from './desk.ts';
import { pickUnits, readTitle, type Title } from './titles.ts';

/** A part of a title for somebody, with the invoice that it pays for. */
export type Share = {
  readonly units: number;
  /** The organisation that gets it. */
  readonly receiver: string;
  /** The receiver's own invoice to the holder; it needs a verdict of its own. */
  readonly trade: Uint8Array;
};

/** A part that was cut out for somebody. */
export type Passed = Share & Range;

/**
 * The holder divides what it holds and passes the parts on, all in one transaction or none. Each receiver signs
 * afterwards with `signFor`. Throws TitleNotHeld before anything is sent.
 */
export async function passOn(
  desk: Desk,
  holder: readonly Signer[],
  title: Title,
  shares: readonly Share[],
): Promise<Done & { readonly parts: readonly Passed[] }> {
  const [first] = holder;
  if (first === undefined) throw new HanseError('UsageError', { message: 'Nobody signs.' });
  const own = await organisationOf(desk, first);
  const { pack, intervals } = title;
  const total = shares.reduce((sum, { units }) => sum + units, 0);
  let { from } = pickUnits(desk, intervals, own, total);
  const parts: Passed[] = [];
  for (const share of shares) {
    const to = from + share.units - 1;
    parts.push({ ...share, from, to });
    from = to + 1;
  }
  const calls = await Promise.all(
    parts.map(({ from, to, receiver, trade: document }) =>
      packsCall(desk, 'transfer', {
        pack: pack.id,
        from,
        to,
        receiver,
        purpose: 'trade',
        document,
      }),
    ),
  );
  const sent = await send(desk, holder, calls);
  const list = parts
    .map(({ units, receiver }) => `${money(units, pack.currency)} → ${nameOf(desk, receiver)}`)
    .join(', ');
  const done = doneBy(sent, {
    en: `${nameOf(desk, own)} passes on ${list}; each waits for its receiver's signature.`,
    zh: `${nameOf(desk, own)} 流转 ${list}，等待接收方签收。`,
  });
  return { ...done, parts };
}

/** The receiver signs for what waits for it on a title. Throws TradeObjectUnknown when nothing does. */
export async function signFor(desk: Desk, receiver: Signer, pack: Uint8Array): Promise<Done> {
  const own = await organisationOf(desk, receiver);
  const title = await readTitle(desk, pack);
  const waiting = title.requests.filter(({ act, signer }) => act === 'transfer' && signer === own);
  if (waiting.length === 0) {
    const reason = `No part of this title waits for the signature of ${nameOf(desk, own)}.`;
    throw new HanseError('TradeObjectUnknown', { object: 'request', reason });
  }
  const calls = await Promise.all(
    waiting.map(({ from }) => packsCall(desk, 'sign', { pack, from })),
  );
  const sent = await send(desk, [receiver], calls);
  const units = waiting.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  const what = money(units, title.pack.currency);
  return doneBy(sent, {
    en: `${nameOf(desk, own)} signed for ${what} and holds it now.`,
    zh: `${nameOf(desk, own)} 已签收 ${what}，成为持有人。`,
  });
}
