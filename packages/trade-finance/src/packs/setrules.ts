import { role } from '@hanse/contract';
import { hold } from '../codes.ts';
import { fourEyesGuard } from '../foureyes.ts';
import { ruleFields } from './rules.ts';
import { app } from './tables.ts';

/** Set the numbers of the guards. Two persons of a regulator. What exists already is not judged again. */
export const setRules = app.command(
  { args: ruleFields, allow: [role('regulator')] },
  (ctx, rules) => {
    hold(fourEyesGuard(ctx.signers, ctx.caller.organisation));
    ctx.db.rules.put({ id: 'current', ...rules });
    ctx.emit.RulesSet(rules);
  },
);
