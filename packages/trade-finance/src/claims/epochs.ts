/** The registry's keys by epoch: which are open for verdicts, and which a lock must be checked under. */
import { role } from '@hanse/contract';
import { hold, refuse, type Reason } from '../codes.ts';
import { app, tables, type Context, type Reader, type RegistryKey } from './tables.ts';

const { epoch, group, publicKey } = tables.registryKey.fields;

/** Bytes of a public key of each function. */
const KEY_BYTES: Readonly<Record<RegistryKey['group'], number>> = {
  'ristretto255-SHA512': 32,
  'P256-SHA256': 33,
};

type Epochs = {
  readonly newest: number;
  readonly current?: number | undefined;
  readonly previous?: number | undefined;
};

function epochsOf(ctx: Reader): Epochs {
  return ctx.db.epochs.get({ id: 'epochs' }) ?? { newest: 0 };
}

/** Rule *epoch*: a verdict is taken for a published key that was not closed. */
export function epochGuard(ctx: Reader, epoch: number): Reason | undefined {
  const key = ctx.db.registryKey.get({ epoch });
  return key === undefined || key.state === 'closed' ? 'EPOCH_CLOSED' : undefined;
}

/** The epochs that collisions are looked for in: the current one and, while it is open, the one before. */
export function epochsNeeded(ctx: Reader): readonly number[] {
  const { current, previous } = epochsOf(ctx);
  if (current === undefined) return refuse('EPOCH_CLOSED');
  return previous === undefined ? [current] : [current, previous];
}

/** The only epoch of a credit note's tag. */
export function currentGuard(ctx: Reader, epoch: number): Reason | undefined {
  return epochsOf(ctx).current === epoch ? undefined : 'EPOCH_CLOSED';
}

/** Publish the key of the next epoch. It is never changed; tags of it may be recorded from now on. */
export const publish = app.command(
  { args: { epoch, group, publicKey }, allow: [role('registry')] },
  (ctx, { epoch, group, publicKey }) => {
    const epochs = epochsOf(ctx);
    if (epoch !== epochs.newest + 1) refuse('EPOCH_ORDER');
    if (publicKey.length !== KEY_BYTES[group]) refuse('KEY_MALFORMED');
    const registry = ctx.caller.organisation;
    ctx.db.registryKey.insert({ epoch, registry, group, publicKey, state: 'published' });
    ctx.db.epochs.put({ ...epochs, id: 'epochs', newest: epoch });
    ctx.emit.Epoch({ epoch, registry, state: 'published' });
  },
);

function needKey(ctx: Reader, epoch: number): RegistryKey {
  return ctx.db.registryKey.get({ epoch }) ?? refuse('EPOCH_ORDER');
}

function setState(ctx: Context, key: RegistryKey, state: RegistryKey['state']): void {
  const { epoch } = key;
  ctx.db.registryKey.update({ ...key, state });
  ctx.emit.Epoch({ epoch, registry: ctx.caller.organisation, state });
}

/** Take locks under a published epoch from now on; the one before stays open until it is closed. */
export const makeCurrent = app.command(
  { args: { epoch }, allow: [role('registry')] },
  (ctx, { epoch }) => {
    const epochs = epochsOf(ctx);
    const key = needKey(ctx, epoch);
    const { current, previous } = epochs;
    if (key.state !== 'published' || epoch < (current ?? 0)) refuse('EPOCH_ORDER');
    if (previous !== undefined) refuse('EPOCH_OPEN');
    if (current !== undefined) setState(ctx, needKey(ctx, current), 'open');
    setState(ctx, key, 'current');
    ctx.db.epochs.put({ ...epochs, id: 'epochs', current: epoch, previous: current });
  },
);

/** Close an epoch that is not current: no verdict is taken in it and no lock needs it any more. */
export const close = app.command(
  { args: { epoch }, allow: [role('registry')] },
  (ctx, { epoch }) => {
    const epochs = epochsOf(ctx);
    const key = needKey(ctx, epoch);
    if (key.state !== 'published' && key.state !== 'open') hold('EPOCH_ORDER');
    setState(ctx, key, 'closed');
    const isPrevious = epochs.previous === epoch;
    if (isPrevious) ctx.db.epochs.put({ ...epochs, id: 'epochs', previous: undefined });
  },
);
