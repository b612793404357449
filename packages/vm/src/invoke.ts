import { decode, encode } from '@hanse/codec';
import { assert, limits } from '@hanse/kit';
import { callInfo, checkCaller } from './callers.ts';
import { gasTable } from './gas.ts';
import { createGuestHost } from './host.ts';
import { encodeHostValue } from './hostvalue.ts';
import { callInfoSchema } from './manifest.ts';
import { resultOf } from './outcome.ts';
import type { HostValue, RunMeter } from './ports.ts';
import { refuse } from './refusal.ts';
import type { Session } from './session.ts';
import { findTarget, type Named, type Target } from './target.ts';

/** Run a method with canonical arguments; returns its canonical result. Everything else is a refusal. */
export function invoke(
  session: Session,
  meter: RunMeter,
  target: Target,
  args: Uint8Array,
): Uint8Array {
  const { name, method, loaded } = target;
  meter.charge(gasTable.argByte * args.length);
  const decoded = decode(method.args, args);
  if (!decoded.ok) return refuse('BadArguments', { ...name, reason: decoded.error });
  const info = callInfo(session, session.parties(meter), target);
  checkCaller(target, info);
  const gasLimit = meter.left;
  const request = {
    method: target.index,
    args,
    info: encode(callInfoSchema, info),
    gasLimit,
  };
  const outcome = session.chain.isolate.run(loaded.program, request, (runMeter) =>
    createGuestHost(session, target, runMeter, (contract, called, values) =>
      callOther(session, runMeter, target, { contract, method: called }, values),
    ),
  );
  assert(outcome.gas >= 0 && outcome.gas <= gasLimit, `a run used ${outcome.gas} of ${gasLimit}`);
  meter.charge(outcome.gas);
  const result = resultOf(name, outcome, session.gasLimit);
  meter.charge(gasTable.resultByte * result.length);
  if (result.length > limits.valueBytesMax) {
    const params = { name: 'bytes of the result', value: result.length };
    refuse('OverLimit', { ...params, limit: limits.valueBytesMax });
  }
  return result;
}

/** Rules depth and no re-entry. What is called shares gas, events and signers with the caller. */
function callOther(
  session: Session,
  meter: RunMeter,
  from: Target,
  name: Named,
  args: HostValue,
): HostValue {
  const { contract } = name;
  const callers = [...from.callers, from.name.contract];
  if (callers.includes(contract)) refuse('ReEntry', { contract });
  if (callers.length >= limits.callDepthMax) {
    refuse('CallDepth', { contract, limit: limits.callDepthMax });
  }
  const target = findTarget(session, meter, name, callers);
  const { kind, argsShape: shape, args: schema, returns } = target.method;
  if (from.method.kind === 'query' && kind !== 'query') refuse('ReadOnly', name);
  const bytes = encodeHostValue({ schema, shape }, args);
  if (!bytes.ok) return refuse('BadArguments', { ...name, reason: bytes.error });
  const result = decode(returns, invoke(session, meter, target, bytes.value));
  assert(result.ok, 'a result fits its schema: the isolate has checked it');
  // What schemas of contracts decode to is made of these values only.
  return result.value as HostValue;
}
