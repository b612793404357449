import { callOf, type Client, type Signer } from '@hanse/client';
import { toHex } from '@hanse/kit';
import type { DidKind } from '@hanse/model';
import type { Context } from '../context.ts';
import { ACTING, FIRST_KID, makeIdentity } from '../dev/make.ts';
import { organisationIdentity } from '../dev/organisations.ts';
import { checkName, didOfName } from '../identities.ts';
import { choiceOption, mustArgument, textOption, usage, type Input } from '../input.ts';
import { renderFields } from '../render/table.ts';
import { submitCall } from '../submit.ts';

const KINDS = ['person', 'organisation', 'device', 'application'] as const;

/** Make a key, register the identity it begins, and keep the key under a local name. */
export async function run(context: Context, input: Input): Promise<void> {
  const { out, identities } = context;
  const name = mustArgument(input, 0, 'name');
  checkName(name);
  if (identities.has(name)) {
    throw usage(`There is an identity named "${name}" already.`, `已有名为“${name}”的身份。`);
  }
  const kind = choiceOption(input, 'kind', KINDS) ?? 'person';
  const client = await context.client();
  const { suite, genesis } = await client.chain();
  const { controller, signer } = await chooseController(context, client, input);
  const identity = makeIdentity(suite, genesis.network, {
    kind,
    name: labelOf(kind, name, textOption(input, 'label')),
    controllers: kind === 'organisation' ? [] : [controller],
    purposes: ACTING,
  });
  // The key is on disk before anything names it on the chain.
  await identities.add(name, { did: identity.did, kid: FIRST_KID, key: identity.key });
  const { call } = callOf('identity', 'register', { inception: identity.inception });
  const { receipt } = await submitCall(context, call, { until: 'proved', signer });
  const { height, txid } = receipt;
  const json = { name, did: identity.did, kid: FIRST_KID, txid: toHex(txid), height };
  out.result(json, () => {
    const { words, style } = out;
    const rows = [
      ['DID', identity.did],
      [words.kind, kind],
      [words.key, FIRST_KID],
    ] as const;
    const head = `${style.green('✓')} ${words.identityMade(name, height)}`;
    return `${head}\n${renderFields(rows, { style, indent: 2 })}`;
  });
}

function labelOf(kind: DidKind, name: string, label: string | undefined): string {
  if (kind !== 'person') return label ?? name;
  if (label === undefined) return '';
  throw usage(
    'A person has no public name; leave --label out.',
    '个人没有公开名称，请勿使用 --label。',
  );
}

/** The organisation that registers and controls the new identity, and its key. */
async function chooseController(
  context: Context,
  client: Client,
  input: Input,
): Promise<{ readonly controller: string; readonly signer: Signer }> {
  const { identities, settings } = context;
  const given = textOption(input, 'controller');
  if (given !== undefined) {
    const name = identities.has(given) ? organisationOf(context, given) : given;
    const controller = didOfName(identities, name);
    const own = identities.byDid(controller)?.name ?? name;
    return { controller, signer: await context.signer(own) };
  }
  const acting = identities.info(settings.as.value);
  const { value } = await client.identity(acting.did, { signal: context.signal });
  const controller = value?.kind === 'organisation' ? acting.did : value?.controllers[0];
  const own = controller === undefined ? undefined : identities.byDid(controller);
  if (controller === undefined || own === undefined) {
    throw usage(
      `The key of the organisation behind "${acting.name}" is not here; name one with --controller.`,
      `本地没有“${acting.name}”所属组织的密钥；请用 --controller 指定。`,
    );
  }
  return { controller, signer: await context.signer(own.name) };
}

/** `warehouse` means its organisation where both the operator and the organisation are here. */
function organisationOf({ identities }: Context, name: string): string {
  const organisation = organisationIdentity(name);
  return identities.has(organisation) ? organisation : name;
}
