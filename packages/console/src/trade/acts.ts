import type { Call } from '@hanse/model';
import type { Deal, packs, Request } from '@hanse/trade-finance';
import type { ArgsOf, NamesOf } from '@hanse/contract';
import type { Trade } from './chain.ts';
import type { Holding } from './holdings.ts';
import type { Payment } from './payees.ts';

/** What a holder can sign on this page. */
export type Act =
  | { readonly kind: 'pay'; readonly holding: Holding; readonly payments: readonly Payment[] }
  | {
      readonly kind: 'ask';
      readonly holding: Holding;
      readonly bank: string;
      readonly units: number;
      readonly as: 'finance' | 'pledge';
    }
  | { readonly kind: 'accept'; readonly deal: Deal }
  | { readonly kind: 'sign' | 'refuse' | 'recall'; readonly request: Request }
  | { readonly kind: 'receive'; readonly pack: Uint8Array };

type Commands = NamesOf<typeof packs, 'command'>;

/** The calls of an act. Its transaction does all of them or none. */
export async function callsOf({ client }: Trade, act: Act): Promise<readonly Call[]> {
  const call = <N extends Commands>(
    method: N,
    args: ArgsOf<(typeof packs)['methods'][N]>,
  ): Promise<Call> => client.contractCall<typeof packs, N>('packs', method, args);
  switch (act.kind) {
    case 'pay': {
      const { pack } = act.holding;
      return Promise.all(
        act.payments.map(({ payable, from, to }) =>
          call('transfer', {
            pack,
            from,
            to,
            receiver: payable.seller,
            purpose: 'trade',
            document: payable.document,
          }),
        ),
      );
    }
    case 'ask': {
      const { pack, from } = act.holding;
      const { bank, as: kind, units } = act;
      return [await call('ask', { pack, from, to: from + units - 1, bank, kind })];
    }
    case 'accept': {
      const { id: deal, terms } = act.deal;
      return terms === undefined ? [] : [await call('accept', { deal, terms })];
    }
    case 'sign':
    case 'refuse':
    case 'recall': {
      const { pack, from } = act.request;
      return [await call(act.kind, { pack, from })];
    }
    case 'receive':
      return [await call('receive', { pack: act.pack })];
  }
}
