import { schema, t } from '@hanse/contract';

/** One of a row of contracts, each of which calls the next one. */
export function makeLink(position: number) {
  const app = schema({ tables: {}, events: {} });
  const name = `link-${position}` as const;
  const next = `link-${position + 1}`;
  type Next = { readonly go: (args: { readonly more: number }) => number };
  const go = app.command(
    { args: { more: t.int(0, 20) }, returns: t.int(0, 20) },
    (ctx, { more }) => {
      if (more === 0) return position;
      // The next one's type would be this one's own.
      const call = ctx.call as unknown as (contract: string) => Next;
      return call(next).go({ more: more - 1 });
    },
  );
  return app.contract({ name, methods: { go } });
}
