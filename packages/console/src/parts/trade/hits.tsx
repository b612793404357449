import { useId, useState, type ReactNode } from 'react';
import { useText } from '../../state.ts';
import { HIT_RULES, type CheckedHit, type Hit } from '../../trade/titles.ts';
import { useParties, useTradeText } from '../../trade/use.ts';
import { Hash, Link, Time } from '../basic.tsx';
import { FoldedProof, PackLink, Who } from './common.tsx';

/** What the rules noticed: each with whom it is about, the act it belongs to, its transaction and its proof. */
export function HitList({ hits }: { readonly hits: readonly CheckedHit[] }): ReactNode {
  const { t } = useTradeText();
  const nameOf = useParties(hits.map(({ hit }) => hit.party));
  return (
    <ul className="hits">
      {hits.map(({ hit, steps }) => (
        <li key={keyOf(hit)} className="hit">
          <p className="hit-head">
            <span className={`hit-rule ${hit.rule.toLowerCase()}`}>{t.rules[hit.rule].name}</span>
            <Time ms={hit.time} />
          </p>
          <p>{t.rules[hit.rule].why}</p>
          <p className="hit-links">
            <Who did={hit.party} name={nameOf(hit.party)} />
            <HitSubject hit={hit} />
            <span>
              {t.supervision.transaction}{' '}
              <Hash value={hit.txid} to={{ page: 'tx', id: hit.txid }} />
            </span>
          </p>
          <FoldedProof steps={steps} />
        </li>
      ))}
    </ul>
  );
}

function keyOf({ time, rule, pack, document, seq }: Hit): string {
  return `${time} ${rule} ${pack ?? document ?? ''} ${seq ?? ''}`;
}

function HitSubject({ hit }: { readonly hit: Hit }): ReactNode {
  const { t } = useTradeText();
  const { f } = useText();
  if (hit.pack !== undefined) {
    return (
      <span>
        {t.supervision.id} <PackLink id={hit.pack} />
        {hit.seq === undefined ? '' : `, ${t.supervision.act(f.number(hit.seq + 1))}`}
      </span>
    );
  }
  if (hit.document === undefined) return null;
  return (
    <span>
      {t.title.document} <Hash value={hit.document} to={{ page: 'evidence', id: hit.document }} />
    </span>
  );
}

/** Hits with a choice of the rule, newest first. */
export function HitsPanel({ hits }: { readonly hits: readonly CheckedHit[] }): ReactNode {
  const { t } = useTradeText();
  const { f } = useText();
  const id = useId();
  const [rule, setRule] = useState<Hit['rule'] | ''>('');
  const shown = rule === '' ? hits : hits.filter(({ hit }) => hit.rule === rule);
  const countOf = (one: Hit['rule']): number => hits.filter(({ hit }) => hit.rule === one).length;
  if (hits.length === 0) return <p className="empty">{t.supervision.noHits}</p>;
  return (
    <>
      <p className="hit-filter">
        <label htmlFor={id}>{t.supervision.rule}</label>{' '}
        <select
          id={id}
          value={rule}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setRule(HIT_RULES.find((one) => one === value) ?? '');
          }}
        >
          <option value="">
            {t.supervision.allRules} ({f.number(hits.length)})
          </option>
          {HIT_RULES.map((one) => (
            <option key={one} value={one}>
              {t.rules[one].name} ({f.number(countOf(one))})
            </option>
          ))}
        </select>
      </p>
      <p className="note">{t.supervision.rowsNote}</p>
      {shown.length === 0 ? (
        <p className="empty">{t.supervision.noHitsOf}</p>
      ) : (
        <HitList hits={shown} />
      )}
    </>
  );
}

/** A link to a title by what people call it: its debtor's amount and day. */
export function TitleName({ id, text }: { readonly id: string; readonly text: string }): ReactNode {
  return <Link to={{ page: 'title', id }}>{text}</Link>;
}
