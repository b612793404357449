import { refuse } from '../codes.ts';
import type { Who } from '../title/transitions.ts';
import type { Interval, Pack, Request } from './tables.ts';

/** Whom an act is about. */
export type Parties = {
  readonly pack: Pack;
  readonly interval: Interval;
  /** The open request, when there is one. */
  readonly request?: Request | undefined;
};

/** The organisation that a word of the table stands for. */
export function organisationOf(who: Who, { pack, interval, request }: Parties): string | undefined {
  switch (who) {
    case 'supplier':
      return pack.supplier;
    case 'debtor':
      return pack.debtor;
    case 'holder':
      return interval.holder;
    case 'pledgee':
      return interval.pledgee;
    case 'beneficiary':
      return interval.pledgee ?? interval.holder;
    case 'receiver':
    case 'bank':
    case 'collector':
      return request?.signer;
    default:
      return who satisfies never;
  }
}

/** Rule *who*: only an organisation that the table names takes a step. */
export function authorise(actor: string, by: readonly Who[], parties: Parties): void {
  const isNamed = actor !== '' && by.some((who) => organisationOf(who, parties) === actor);
  if (!isNamed) refuse('NOT_YOUR_ACT');
}
