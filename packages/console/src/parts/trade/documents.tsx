import { useState, type ReactNode } from 'react';
import { claimAmount, type ImportResult, type InvoiceLine } from '@hanse/einvoice';
import { useApp, useChain, useText } from '../../state.ts';
import {
  DOCUMENT_BYTES_MAX,
  documents,
  openDocument,
  type LocalDocument,
  type Opened,
} from '../../trade/documents.ts';
import { useDocuments, useTradeText } from '../../trade/use.ts';
import { Fields } from '../basic.tsx';
import { DropZone } from '../dropzone.tsx';
import { fieldText } from '../evidence.tsx';

const LINES_MAX = 5;

/** Takes files of the reader's and shows what is in them where the page speaks of them. */
export function OpenDocuments({ ids }: { readonly ids: readonly string[] }): ReactNode {
  const { t } = useTradeText();
  const { announcer } = useApp();
  const chain = useChain();
  const opened = useDocuments();
  const [said, setSaid] = useState<readonly string[]>([]);
  const say = useOpened();
  const take = async (files: readonly File[]): Promise<void> => {
    if (chain === undefined) return;
    const wanted = new Set(ids);
    const lines: string[] = [];
    for (const file of files) {
      // One after the other: reading one may take a moment.
      const result = await openDocument(chain, file, wanted).catch((): Opened => ({
        kind: 'unproved',
      }));
      if (result.kind === 'opened') documents.add(result.id, result.document);
      lines.push(say(file.name, result));
    }
    setSaid(lines);
    announcer.say(lines.join(' '));
  };
  return (
    <section className="own" aria-label={t.documents.title}>
      <DropZone
        title={t.documents.title}
        promise={`${t.documents.lead} ${t.documents.promise}`}
        isDisabled={chain === undefined}
        onFiles={(files) => void take(files)}
      />
      <p className="note own-note">{t.private}</p>
      {said.length === 0 ? null : (
        <ul className="own-said">
          {said.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {opened.size === 0 ? null : (
        <p className="actions">
          <button
            type="button"
            className="button small"
            onClick={() => {
              documents.clear();
              setSaid([]);
            }}
          >
            {t.documents.forget}
          </button>
        </p>
      )}
    </section>
  );
}

function useOpened(): (name: string, opened: Opened) => string {
  const { t } = useTradeText();
  const { f } = useText();
  return (name, opened) => {
    switch (opened.kind) {
      case 'opened':
        return t.documents.opened(name);
      case 'unknown':
        return t.documents.unknown(name);
      case 'unproved':
        return t.documents.unproved(name);
      case 'too-large':
        return t.documents.tooLarge(name, f.size(DOCUMENT_BYTES_MAX));
      case 'key':
        return t.documents.key(name);
    }
  };
}

/** What the reader's own file says about a document; nothing while it is not open. */
export function OwnDocument({ id }: { readonly id: string }): ReactNode {
  const { t } = useTradeText();
  const document = useDocuments().get(id);
  if (document === undefined) return null;
  return (
    <details className="more own-document">
      <summary>
        <strong>{titleOf(document, t.documents.invoice)}</strong>{' '}
        <span className="note">{t.documents.from(document.name)}</span>
      </summary>
      <DocumentFacts document={document} />
    </details>
  );
}

/** What a document is called: its number, where it is an invoice that has one. */
function titleOf(document: LocalDocument, invoice: (number: string) => string): string {
  const number = document.kind === 'invoice' ? document.result.invoice?.number : undefined;
  return number === undefined ? document.name : invoice(number);
}

function DocumentFacts({ document }: { readonly document: LocalDocument }): ReactNode {
  const text = useText();
  if (document.kind === 'invoice') return <InvoiceFacts result={document.result} />;
  return (
    <Fields
      rows={document.fields.map(({ path, value }) => [path, fieldText(value, text)] as const)}
    />
  );
}

function InvoiceFacts({ result }: { readonly result: ImportResult }): ReactNode {
  const { t, money, day } = useTradeText();
  const { invoice } = result;
  if (invoice === undefined) return <p>{t.documents.notInvoice}</p>;
  const { number, seller, buyer, issueDate, currency = '', lines } = invoice;
  const amount = claimAmount(invoice);
  const shown = lines.slice(0, LINES_MAX);
  return (
    <Fields
      rows={[
        [t.documents.number, number ?? '–'],
        [t.documents.seller, seller.name ?? '–'],
        [t.documents.buyer, buyer.name ?? '–'],
        [t.documents.issued, issueDate === undefined ? '–' : day(issueDate)],
        [t.documents.amount, amount === undefined ? '–' : money(Number(amount), currency)],
        ...(shown.length === 0
          ? []
          : ([
              [
                t.documents.lines,
                <ul key="l" className="plain">
                  {shown.map((line, i) => (
                    <li key={i}>{lineText(line, t.documents.line)}</li>
                  ))}
                </ul>,
              ],
            ] as const)),
      ]}
    />
  );
}

function lineText(
  { description = '', quantity = '', unit = '', price = '' }: InvoiceLine,
  say: (text: string, quantity: string, price: string) => string,
): string {
  return say(description, `${quantity} ${unit}`.trim(), price);
}
