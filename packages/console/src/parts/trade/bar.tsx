import type { ReactNode } from 'react';
import { sizeOf } from '@hanse/trade-finance';
import type { Part } from '../../trade/replay.ts';
import { useTradeText } from '../../trade/use.ts';

/** Holders of a title get a letter and a colour each, in the order in which they first hold it. */
export type Palette = ReadonlyMap<string, number>;

const COLOURS = 8;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** Parts narrower than this share have no room for a letter. */
const LETTER_SHARE_MIN = 0.03;

/** The palette of the holders of some pictures. */
export function paletteOf(pictures: readonly (readonly Part[])[]): Palette {
  const holders = pictures.flatMap((parts) => parts.map(({ holder }) => holder));
  return new Map([...new Set(holders)].map((holder, index) => [holder, index]));
}

function letterOf(palette: Palette, holder: string): string {
  return LETTERS[palette.get(holder) ?? LETTERS.length] ?? '·';
}

/** A title as a bar: its parts in order, as wide as they are large. What it says stands in its label, too. */
export function TitleBar({
  parts,
  units,
  palette,
  label,
}: {
  readonly parts: readonly Part[];
  readonly units: number;
  readonly palette: Palette;
  readonly label: string;
}): ReactNode {
  return (
    <svg className="bar-title" role="img" aria-label={label} height="30" width="100%">
      {parts.map((part) => {
        const share = sizeOf(part) / units;
        const x = `${(((part.from - 1) / units) * 100).toFixed(3)}%`;
        const width = `${(share * 100).toFixed(3)}%`;
        const middle = `${(((part.from - 1) / units + share / 2) * 100).toFixed(3)}%`;
        const colour = `holder-${(palette.get(part.holder) ?? 0) % COLOURS}`;
        return (
          <g key={part.from} className={`part ${colour} flag-${part.flag.toLowerCase()}`}>
            <rect x={x} y="2" width={width} height="26" className="part-fill" />
            <rect
              x={x}
              y="2"
              width={width}
              height="26"
              className="part-mark"
              fill={isWaiting(part) ? 'url(#hatch)' : 'none'}
            />
            {share < LETTER_SHARE_MIN ? null : (
              <text x={middle} y="20" textAnchor="middle">
                {letterOf(palette, part.holder)}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

function isWaiting({ flag }: Part): boolean {
  return flag === 'LOCKED' || flag === 'COLLECTING';
}

/** Once per page: what hatched bars are filled with. */
export function BarPatterns(): ReactNode {
  return (
    <svg className="bar-patterns" width="0" height="0" aria-hidden="true" focusable="false">
      <defs>
        <pattern
          id="hatch"
          width="7"
          height="7"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <line x1="0" y1="0" x2="0" y2="7" className="hatch-line" />
        </pattern>
      </defs>
    </svg>
  );
}

/** Who has which letter, and what each holds. */
export function Legend({
  palette,
  shares,
  nameOf,
  currency,
}: {
  readonly palette: Palette;
  readonly shares: readonly { readonly holder: string; readonly units: number }[];
  readonly nameOf: (did: string) => string;
  readonly currency: string;
}): ReactNode {
  const { t, money } = useTradeText();
  const units = new Map(shares.map((share) => [share.holder, share.units]));
  return (
    <ul className="legend" aria-label={t.title.legend}>
      {[...palette].map(([holder, index]) => (
        <li key={holder} title={holder}>
          <span className={`swatch holder-${index % COLOURS}`} aria-hidden="true">
            {LETTERS[index] ?? '·'}
          </span>
          <span className="party-name">{nameOf(holder)}</span>
          <span className="legend-units">
            {units.has(holder) ? money(units.get(holder) ?? 0, currency) : '–'}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** A picture of a title in words, for those who do not see the bar. */
export function useBarLabel(
  currency: string,
  nameOf: (did: string) => string,
): (parts: readonly Part[]) => string {
  const { t, money } = useTradeText();
  return (parts) =>
    parts
      .map((part) =>
        t.title.bar(nameOf(part.holder), money(sizeOf(part), currency), stateText(part, t)),
      )
      .join('; ');
}

/** Status and flag of a part in words. */
export function stateText(
  { status, flag }: Pick<Part, 'status' | 'flag'>,
  { statuses, flags, title }: ReturnType<typeof useTradeText>['t'],
): string {
  return flag === 'ENDED' ? statuses[status] : title.stateOf(statuses[status], flags[flag]);
}
