import { err, limits, ok, utf8 } from '@hanse/kit';
import type { Call } from '@hanse/model';
import { describe, expect, it } from 'vitest';
import { bank, call, Chain, harbour, idOf, inceptionOf } from '../test/chain.ts';
import type { ContractHost, HostedCall, HostedOutcome } from './index.ts';

const harbourDid = idOf(harbour);
const register = call('identity', 'register', {
  inception: inceptionOf('person', 'Ada', { controllers: [harbourDid] }),
});
const other = (method: string): Call => ({ contract: 'other', method, args: new Uint8Array(0) });

/** A host whose methods are named after what they do; it remembers what it was handed. */
function hostOf(seen: HostedCall[]): ContractHost {
  const execute = (hosted: HostedCall): HostedOutcome => {
    seen.push(hosted);
    const { state, call: one, gasLeft, eventsLeft } = hosted;
    state.set(utf8('c/other/x'), Uint8Array.of(seen.length));
    const frames = [{ contract: 'other', at: 'run 3:7' }];
    switch (one.method) {
      case 'write': {
        const event = { contract: 'other', name: 'written', data: new Uint8Array(1) };
        const events = Array.from({ length: Math.min(eventsLeft, 40) }, () => event);
        return { gas: 1_000, outcome: ok({ result: Uint8Array.of(7), events }) };
      }
      case 'reject':
        return { gas: 500, outcome: err({ code: 'ContractRejected', params: {}, frames }) };
      case 'exhaust':
        return {
          gas: gasLeft - 1,
          outcome: err({ code: 'OutOfGas', params: { limit: '1' }, frames }),
        };
      default:
        return { gas: gasLeft + 1, outcome: ok({ result: new Uint8Array(0), events: [] }) };
    }
  };
  const query: ContractHost['query'] = async (_read, contract, name) =>
    ok(utf8(`${contract}.${name}`));
  return { execute, query };
}

describe('calls to contracts of another host', () => {
  it('mix with native ones in one transaction, with one meter and one list of events', () => {
    const seen: HostedCall[] = [];
    const chain = new Chain([harbour, bank], hostOf(seen));
    const done = chain.ok(harbourDid, other('write'), register, other('write'));
    expect(done.results.map((result) => result.length)).toEqual([1, expect.any(Number), 1]);
    expect(done.events).toHaveLength(limits.eventsPerTxMax);
    expect(seen.map(({ eventsLeft }) => eventsLeft)).toEqual([64, 23]);
    const [first, second] = seen;
    expect(first?.gasLeft).toBe(chain.gasLimit);
    expect(done.gas).toBe(chain.gasLimit - (second?.gasLeft ?? 0) + 1_000);
  });

  it('take what native ones wrote with them when they are refused, and keep their frames', () => {
    const chain = new Chain([harbour, bank], hostOf([]));
    const refused = chain.run(harbourDid, register, other('reject'));
    expect(refused).toMatchObject({ results: [], events: [] });
    expect(refused.status).toEqual({
      code: 'ContractRejected',
      params: {},
      frames: [{ contract: 'other', at: 'run 3:7' }],
    });
    chain.ok(harbourDid, register);
  });

  it('run out of the gas of the transaction', () => {
    const chain = new Chain([harbour, bank], hostOf([]));
    const refused = chain.run(harbourDid, other('exhaust'));
    const params = { limit: String(chain.gasLimit) };
    const frames = [{ contract: 'other', at: 'run 3:7' }];
    const status = { code: 'OutOfGas', params, frames };
    expect(refused).toMatchObject({ status, gas: chain.gasLimit });
  });

  it('stop the node when they claim more gas than there was', () => {
    const chain = new Chain([harbour, bank], hostOf([]));
    expect(() => chain.run(harbourDid, other('cheat'))).toThrow('used');
  });

  it('are queries of that host too', async () => {
    const chain = new Chain([harbour, bank], hostOf([]));
    expect(await chain.query('other', 'get', new Uint8Array(0))).toEqual(utf8('other.get'));
    expect(await new Chain().query('other', 'get', new Uint8Array(0))).toBe('UnknownContract');
  });
});
