import type { Json } from '@hanse/codec';
import { readRow } from '@hanse/client';
import { fromHex, must, toHex } from '@hanse/kit';
import { askClaims, money, readTitle, titlesOf, type Title } from '@hanse/trade-finance';
import type { Context } from '../context.ts';
import { argument, type Input } from '../input.ts';
import { renderFields, renderTable } from '../render/table.ts';
import { shortId } from '../render/values.ts';
import { organisationName } from '../trade/desk.ts';
import { resolveDocument, resolveTitle, withTrade, type Trade } from '../trade/invoices.ts';
import { indented, partsOfTitle, partsTable } from '../trade/render.ts';
import { tradeWords } from '../trade/words.ts';

/** Show the invoices that are kept here, or one of them: verdict, claim, and who holds which part of its titles. */
export async function run(context: Context, input: Input): Promise<void> {
  await withTrade(context, input, async (trade) => {
    const text = argument(input, 0);
    if (text === undefined) return list(trade);
    const document = await documentOf(trade, text);
    return show(trade, document);
  });
}

/** A title's id means its invoice. */
async function documentOf(trade: Trade, text: string): Promise<Uint8Array> {
  if (fromHex(text)?.length === 32) {
    const title = await resolveTitle(trade, text).catch(() => undefined);
    if (title !== undefined) return title.pack.document;
  }
  return resolveDocument(trade, text);
}

async function list({ context, desk, vault }: Trade): Promise<void> {
  const { out, identities } = context;
  const words = tradeWords(out.language);
  const claims = askClaims(desk);
  const kept = vault.documents();
  const rows = await Promise.all(
    kept.map(async (one) => {
      const document = must(fromHex(one.document), 'ids are hexadecimal');
      const isNote = one.kind === 'credit-note';
      const { value } = isNote ? { value: undefined } : await claims.status({ document });
      const state = value === undefined ? 'UNKNOWN' : stateText(value);
      return { ...one, state: isNote ? 'CREDIT_NOTE' : state };
    }),
  );
  const json = rows.map((one): Json => ({ ...one }));
  out.result({ documents: json }, () => {
    if (rows.length === 0) return words.noInvoices;
    return renderTable(
      [
        { title: words.number, shrinks: true },
        { title: words.seller },
        { title: words.buyer },
        { title: words.amount, align: 'right' },
        { title: words.claim },
        { title: words.document },
      ],
      rows.map((one) => [
        one.number,
        organisationName(identities, one.seller),
        organisationName(identities, one.buyer),
        money(one.units, one.currency),
        one.state,
        shortId(one.document),
      ]),
      { style: out.style, width: out.width },
    );
  });
}

async function show(trade: Trade, document: Uint8Array): Promise<void> {
  const { context, desk, vault } = trade;
  const { out, identities, signal } = context;
  const words = tradeWords(out.language);
  const id = toHex(document);
  const row = { contract: 'claims', table: 'claim', key: { document } };
  const [proved, status, packs] = await Promise.all([
    readRow(desk.client, row, { signal }),
    askClaims(desk).status({ document }),
    titlesOf(desk, document),
  ]);
  const titles = await Promise.all(packs.map((pack) => readTitle(desk, pack.id)));
  const claim = status.value;
  const kept = vault.document(id);
  const json: Json = {
    document: id,
    number: kept?.number ?? null,
    claim: claim === undefined ? null : { ...claim, document: id },
    proved: { height: proved.height, isThere: proved.value !== undefined },
    titles: titles.map(titleJson),
  };
  out.result(json, () => {
    const { style } = out;
    const facts: (readonly [string, string])[] = [[words.document, id]];
    if (kept !== undefined) {
      facts.push([words.number, kept.number]);
      facts.push([words.seller, organisationName(identities, kept.seller)]);
      facts.push([words.buyer, organisationName(identities, kept.buyer)]);
      facts.push([words.amount, money(kept.units, kept.currency)]);
    }
    facts.push([words.claim, claim === undefined ? words.notOnChain : stateText(claim)]);
    if (claim !== undefined && claim.credited > 0 && kept !== undefined) {
      facts.push([words.credited, money(claim.credited, kept.currency)]);
    }
    facts.push([words.proof, words.provedRow(proved.height)]);
    const mark = claim === undefined ? style.yellow('!') : style.green('✓');
    const head = `${mark} ${kept?.name ?? shortId(id)}`;
    const parts = titles.map((title) => titleText(context, title));
    return [head, renderFields(facts, { style, indent: 2 }), ...parts].join('\n');
  });
}

function stateText(claim: {
  readonly state: string;
  readonly hold: string;
  readonly isPacked: boolean;
}): string {
  const { state, hold, isPacked } = claim;
  const more = [...(hold === 'none' ? [] : [hold]), ...(isPacked ? ['in titles'] : [])];
  return [state, ...more].join(' · ');
}

function titleJson(title: Title): Json {
  const { pack, requests, deals } = title;
  const { currency, units, due, supplier, debtor } = pack;
  return {
    title: toHex(pack.id),
    currency,
    units,
    due,
    supplier,
    debtor,
    parts: partsOfTitle(title).map((part): Json => ({ ...part })),
    requests: requests.map(({ act, from, to, asker, signer }): Json => ({
      act,
      from,
      to,
      asker,
      signer,
    })),
    deals: deals.map(({ id, from, to, kind, holder, bank, stage }): Json => ({
      deal: toHex(id),
      from,
      to,
      kind,
      holder,
      bank,
      stage,
    })),
  };
}

function titleText(context: Context, title: Title): string {
  const { out, identities } = context;
  const words = tradeWords(out.language);
  const { pack, requests, deals } = title;
  const name = (did: string): string => organisationName(identities, did);
  const facts: (readonly [string, string])[] = [
    [words.title, toHex(pack.id)],
    [words.amount, `${money(pack.units, pack.currency)} · ${words.due} ${pack.due}`],
    ...requests.map(
      ({ act, from, to, signer }) =>
        [words.next, `${act} ${from}–${to}: ${words.waitsFor(name(signer))}`] as const,
    ),
    ...deals.map(
      ({ id, stage, bank, holder }) =>
        [words.deal, `${toHex(id)}  ${name(holder)} → ${name(bank)}  ${stage}`] as const,
    ),
  ];
  const table = partsTable(context, partsOfTitle(title), pack.currency);
  return `\n${renderFields(facts, { style: out.style, indent: 2 })}\n${indented(table)}`;
}
