import { useEffect, useEffectEvent, useId, useState, type ReactNode } from 'react';
import { useText } from '../state.ts';

const FILES_MAX = 20;

/**
 * Takes files by dropping them anywhere on the page, or by a file dialog. What it hands on are
 * handles: nothing is read here, and nothing is ever sent.
 */
export function DropZone({
  onFiles,
  title,
  promise,
  isDisabled,
}: {
  readonly onFiles: (files: readonly File[]) => void;
  readonly title: string;
  /** What happens to the file, where it is not looked up by its hash. */
  readonly promise?: string;
  readonly isDisabled?: boolean;
}): ReactNode {
  const { m, f } = useText();
  const id = useId();
  const [isOver, setOver] = useState(false);
  const [isCut, setCut] = useState(false);
  const take = (list: FileList | null): void => {
    const files = [...(list ?? [])];
    setCut(files.length > FILES_MAX);
    if (files.length > 0 && isDisabled !== true) onFiles(files.slice(0, FILES_MAX));
  };
  const onDrop = useEffectEvent(take);
  useEffect(() => watchDrops(setOver, (list) => onDrop(list)), []);
  return (
    <div className={isOver ? 'drop over' : 'drop'}>
      <DropIcon />
      <div className="drop-text">
        <p className="drop-lead" id={`${id}-lead`}>
          {title}
        </p>
        <p className="drop-how">
          {m.drop.lead} {m.drop.or}{' '}
          <input
            type="file"
            multiple
            id={id}
            className="visually-hidden"
            aria-describedby={`${id}-note`}
            disabled={isDisabled === true}
            onChange={(event) => {
              take(event.currentTarget.files);
              event.currentTarget.value = '';
            }}
          />
          <label htmlFor={id} className="button">
            {m.drop.choose}
          </label>
        </p>
        <p className="note" id={`${id}-note`}>
          {promise ?? m.drop.promise}
        </p>
        {isCut ? <p className="note">{m.drop.tooMany(f.number(FILES_MAX))}</p> : null}
      </div>
    </div>
  );
}

/** Files dropped anywhere on the page; without this the browser would leave it to open them. */
function watchDrops(
  setOver: (isOver: boolean) => void,
  take: (list: FileList | null) => void,
): () => void {
  const over = (event: DragEvent): void => {
    event.preventDefault();
    setOver(event.dataTransfer?.types.includes('Files') === true);
  };
  const leave = (event: DragEvent): void => {
    if (event.relatedTarget === null) setOver(false);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer?.files ?? null);
  };
  globalThis.addEventListener('dragover', over);
  globalThis.addEventListener('dragleave', leave);
  globalThis.addEventListener('drop', drop);
  return () => {
    globalThis.removeEventListener('dragover', over);
    globalThis.removeEventListener('dragleave', leave);
    globalThis.removeEventListener('drop', drop);
  };
}

function DropIcon(): ReactNode {
  return (
    <svg className="drop-icon" viewBox="0 0 40 48" aria-hidden="true" focusable="false">
      <path d="M6 2h20l10 10v34H6z" />
      <path d="M26 2v10h10" />
      <path d="M13 22h4m3 0h7M13 29h9m3 0h2M13 36h3m3 0h8" />
    </svg>
  );
}
