import { useEffect, useState, type ReactNode } from 'react';
import { isJsonObject, type Json } from '@hanse/codec';
import {
  formatCursor,
  type BlockSummary,
  type Head,
  type ValidatorStatus,
  type Why,
} from '@hanse/model';
import { cli } from '../cli.ts';
import { shortDid } from '../i18n/format.ts';
import { followEvents } from '../data/events.ts';
import { useApp, useLive, useNames, useText } from '../state.ts';
import { Age, Hash, Link, Mark, Panel } from '../parts/basic.tsx';
import { FileCheck } from '../parts/filecheck.tsx';
import { Empty, Skeleton } from '../parts/states.tsx';

const ROWS = 12;
const DEPOSITS_SHOWN = 6;
const EVENTS_FROM_BLOCKS = 500;

/** Overview: ask about a file, see blocks and validators as they are. */
export function HomePage(): ReactNode {
  const { m } = useText();
  return (
    <>
      <h1 className="visually-hidden">{m.home.title}</h1>
      <div className="columns">
        <div className="column">
          <FileCheck title={m.drop.title} />
          <BlocksPanel />
        </div>
        <div className="column">
          <ValidatorsPanel />
          <DepositsPanel />
        </div>
      </div>
    </>
  );
}

function BlocksPanel(): ReactNode {
  const { m, f } = useText();
  const live = useLive();
  const { announcer } = useApp();
  const [frozen, setFrozen] = useState<readonly BlockSummary[]>();
  const toggle = (): void => {
    announcer.say(frozen === undefined ? m.home.pausedSaid : m.home.resumedSaid);
    setFrozen(frozen === undefined ? live.blocks : undefined);
  };
  useEffect(() => onSpace(toggle));
  const blocks = (frozen ?? live.blocks).slice(0, ROWS);
  const newer = frozen === undefined ? 0 : live.height - (frozen[0]?.height ?? 0);
  const aside = (
    <div className="panel-aside">
      {newer > 0 ? <span className="note">{m.home.waiting(f.number(newer))}</span> : null}
      <button
        type="button"
        className="button small"
        aria-pressed={frozen !== undefined}
        title={m.home.pauseHint}
        onClick={toggle}
      >
        {frozen === undefined ? m.home.pause : m.home.resume}
      </button>
    </div>
  );
  return (
    <Panel id="blocks" title={m.home.blocks} aside={aside}>
      {blocks.length === 0 ? (
        live.hasBlocks ? (
          <Empty text={m.home.none} command={cli.why()} />
        ) : (
          <Skeleton rows={8} />
        )
      ) : (
        <BlocksTable blocks={blocks} provedHeight={live.provedHeight} head={live.head} />
      )}
    </Panel>
  );
}

function BlocksTable({
  blocks,
  provedHeight,
  head,
}: {
  readonly blocks: readonly BlockSummary[];
  readonly provedHeight: number;
  readonly head: Head | undefined;
}): ReactNode {
  const { m, f } = useText();
  return (
    <table className="blocks">
      <caption className="visually-hidden">{m.home.newest(f.number(blocks.length))}</caption>
      <thead>
        <tr>
          <th scope="col" className="number">
            {m.home.height}
          </th>
          <th scope="col">{m.home.time}</th>
          <th scope="col" className="wide">
            {m.home.proposer}
          </th>
          <th scope="col" className="number">
            {m.home.transactions}
          </th>
          <th scope="col" className="number wide">
            {m.home.size}
          </th>
          <th scope="col">{m.home.state}</th>
        </tr>
      </thead>
      <tbody>
        {blocks.map((block) => {
          const isProved = block.height <= provedHeight;
          return (
            <tr key={block.height}>
              <th scope="row" className="number">
                <Link to={{ page: 'block', height: block.height }}>{f.number(block.height)}</Link>
              </th>
              <td>
                <Age ms={block.time} />
              </td>
              <td className="wide">{head?.validators[block.proposer]?.name ?? block.proposer}</td>
              <td className="number">
                {f.number(block.transactions)}
                {block.refused > 0 ? (
                  <span className="refused">
                    {' '}
                    {f.number(block.refused)} {m.home.refused}
                  </span>
                ) : null}
              </td>
              <td className="number wide">{f.size(block.sizeBytes)}</td>
              <td>
                <Mark state={isProved ? 'on' : 'half'}>
                  {isProved ? m.home.proved : m.home.final}
                </Mark>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** The space bar, when it is not meant for a control that has the focus. */
function onSpace(act: () => void): () => void {
  const press = (event: KeyboardEvent): void => {
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat;
    const inControl =
      event.target instanceof Element &&
      event.target.closest('button, input, select, textarea, a, summary, label, [tabindex]') !==
        null;
    if (event.key !== ' ' || !isPlain || inControl) return;
    event.preventDefault();
    act();
  };
  document.addEventListener('keydown', press);
  return () => document.removeEventListener('keydown', press);
}

function ValidatorsPanel(): ReactNode {
  const { m } = useText();
  const { head, why } = useLive();
  return (
    <Panel id="validators" title={m.home.validators}>
      {why === undefined ? null : <WhySentence why={why} head={head} />}
      {head === undefined ? <Skeleton rows={4} /> : <ValidatorsTable head={head} />}
    </Panel>
  );
}

function WhySentence({
  why,
  head,
}: {
  readonly why: Why;
  readonly head: Head | undefined;
}): ReactNode {
  const { m, language } = useText();
  const of = head?.validators.length ?? why.voting + why.silent.length;
  return (
    <div className={why.healthy ? 'quorum' : 'quorum warn'}>
      <Mark state={why.healthy ? 'on' : 'half'}>{m.home.quorum(why.voting, of, why.quorum)}</Mark>
      <p>{language === 'en' ? why.sentence : why.sentenceZh}</p>
    </div>
  );
}

function ValidatorsTable({ head }: { readonly head: Head }): ReactNode {
  const { m, f } = useText();
  const nameOf = useNames(head.validators.map((one) => one.organisation));
  return (
    <table className="validators">
      <caption className="visually-hidden">{m.home.validators}</caption>
      <thead>
        <tr>
          <th scope="col">{m.home.validator}</th>
          <th scope="col">{m.home.state}</th>
          <th scope="col" className="number">
            {m.home.executed}
          </th>
          <th scope="col" className="number">
            {m.home.finalHeight}
          </th>
        </tr>
      </thead>
      <tbody>
        {head.validators.map((one) => {
          const isUp = one.self || one.connected;
          const silence =
            one.silentMs === undefined ? m.home.silent : m.home.silentFor(f.span(one.silentMs));
          return (
            <tr key={one.index}>
              <th scope="row" title={one.did}>
                <span className="party-name">{one.name}</span>
                <span className="note">
                  {[organisationOf(one, nameOf), ...(one.self ? [m.home.self] : [])].join(', ')}
                </span>
              </th>
              <td>
                <Mark state={isUp ? 'on' : 'off'}>{isUp ? m.home.connected : silence}</Mark>
              </td>
              <td className="number">{f.number(one.executedHeight)}</td>
              <td className="number">{f.number(one.finalHeight)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** The organisation of a validator: its name, or its DID where the validator bears that name. */
function organisationOf(
  { name, organisation }: ValidatorStatus,
  nameOf: (did: string) => string | undefined,
): string {
  const known = nameOf(organisation);
  return known === undefined || known === name ? shortDid(organisation) : known;
}

type Deposited = { readonly id: string; readonly height: number; readonly depositor: string };

function DepositsPanel(): ReactNode {
  const { m } = useText();
  const { height } = useLive();
  const aside = <Link to={{ page: 'deposits' }}>{m.home.allDeposits}</Link>;
  return (
    <Panel id="deposits" title={m.home.deposits} aside={aside}>
      {height === 0 ? <Skeleton rows={3} /> : <LatestDeposits newest={height} />}
    </Panel>
  );
}

/** Deposits of the last blocks and all that come; where they start is fixed by the first height. */
function LatestDeposits({ newest }: { readonly newest: number }): ReactNode {
  const { m, f } = useText();
  const { api } = useApp();
  const [rows, setRows] = useState<readonly Deposited[]>();
  const [from] = useState(() =>
    formatCursor({ height: Math.max(0, newest - EVENTS_FROM_BLOCKS), index: -1 }),
  );
  const nameOf = useNames((rows ?? []).map((row) => row.depositor));
  useEffect(() => {
    const path = `/v1/events?from=${from}&contract=evidence&name=deposited&follow=1`;
    return followEvents(api, path, (added) => {
      const known = added.map(depositedOf).filter((row) => row !== undefined);
      setRows((before) => [...known.reverse(), ...(before ?? [])].slice(0, DEPOSITS_SHOWN));
    });
  }, [api, from]);
  if (rows === undefined) return <Skeleton rows={3} />;
  if (rows.length === 0) {
    return <Empty text={m.home.noDeposits} command={cli.deposit('contract.pdf')} />;
  }
  return (
    <ul className="list deposits">
      {rows.map((row) => (
        <li key={row.id}>
          <Hash value={row.id} to={{ page: 'evidence', id: row.id }} />
          <span className="note">{nameOf(row.depositor) ?? shortDid(row.depositor)}</span>
          <Link to={{ page: 'block', height: row.height }} className="number">
            {f.number(row.height)}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function depositedOf(row: { readonly height: number; readonly data: Json }): Deposited | undefined {
  if (!isJsonObject(row.data)) return undefined;
  const { id, depositor } = row.data;
  if (typeof id !== 'string' || typeof depositor !== 'string') return undefined;
  return { id, height: row.height, depositor };
}
