import { useEffect, useEffectEvent, useRef, useState, type ReactNode } from 'react';
import { cli } from '../cli.ts';
import { checkFile, type FileState } from '../data/filecheck.ts';
import { isoTime, nameOrDid } from '../i18n/format.ts';
import { useApp, useChain, useText } from '../state.ts';
import { verdictOf } from '../verify/trail.ts';
import { Command, Hash, Link, Mark } from './basic.tsx';
import { BundleView } from './bundle.tsx';
import { DropZone } from './dropzone.tsx';
import { ErrorPanel } from './states.tsx';
import { ProofTrail } from './trail.tsx';

type Dropped = { readonly id: number; readonly file: File };

const CARDS_MAX = 20;

/** Drop a file to see whether and when it was deposited. */
export function FileCheck({ title }: { readonly title: string }): ReactNode {
  const { m } = useText();
  const chain = useChain();
  const [dropped, setDropped] = useState<readonly Dropped[]>([]);
  const nextId = useRef(0);
  const onFiles = (files: readonly File[]): void => {
    const added = files.map((file) => ({ id: nextId.current++, file }));
    setDropped((before) => [...added, ...before].slice(0, CARDS_MAX));
  };
  return (
    <div className="filecheck">
      <DropZone onFiles={onFiles} title={title} isDisabled={chain === undefined} />
      <p className="note drop-extra">{m.drop.json}</p>
      {dropped.length === 0 ? null : (
        <ul className="cards">
          {dropped.map(({ id, file }) => (
            <li key={id}>
              <FileCard
                file={file}
                onClose={() => setDropped((before) => before.filter((one) => one.id !== id))}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function FileCard({
  file,
  onClose,
}: {
  readonly file: File;
  readonly onClose: () => void;
}): ReactNode {
  const { m, f } = useText();
  const { api, announcer } = useApp();
  const chain = useChain();
  const [state, setState] = useState<FileState>();
  const speak = useEffectEvent((next: FileState): void => {
    if (next.kind === 'failed') announcer.say(m.drop.said.failed(file.name));
    if (next.kind !== 'found') return;
    const { evidence, height } = next.loaded;
    if (evidence === undefined) announcer.say(m.drop.said.absent(file.name, f.number(height)));
    else announcer.say(m.drop.said.deposited(file.name, isoTime(evidence.time)));
  });
  useEffect(() => {
    if (chain === undefined) return undefined;
    const controller = new AbortController();
    void checkFile(file, { api, chain, signal: controller.signal }, (next) => {
      setState(next);
      speak(next);
    });
    return () => controller.abort();
  }, [file, chain, api]);
  return (
    <article className="card" aria-label={file.name}>
      <header className="card-head">
        <h3>{file.name}</h3>
        <span className="note">{f.size(file.size)}</span>
        <button type="button" className="button small" onClick={onClose}>
          {state?.kind === 'hashing' || state === undefined ? m.drop.stop : m.verify.clear}
        </button>
      </header>
      <CardBody file={file} state={state} />
    </article>
  );
}

function CardBody({
  file,
  state,
}: {
  readonly file: File;
  readonly state: FileState | undefined;
}): ReactNode {
  const { m, f } = useText();
  switch (state?.kind) {
    case undefined:
    case 'hashing': {
      const { doneBytes, sizeBytes } = state?.progress ?? { doneBytes: 0, sizeBytes: file.size };
      return (
        <p className="progress">
          <progress
            value={doneBytes}
            max={Math.max(1, sizeBytes)}
            aria-label={m.drop.hashing(file.name)}
          />
          <span className="note">{m.drop.progress(f.size(doneBytes), f.size(sizeBytes))}</span>
        </p>
      );
    }
    case 'looking':
      return <p className="note">{m.drop.looking}</p>;
    case 'failed':
      return (
        <>
          {state.hash === undefined ? null : (
            <Hash value={state.hash} isWhole about={m.drop.hash} />
          )}
          <ErrorPanel error={state.error} />
        </>
      );
    case 'bundle':
      return <BundleView found={state.found} />;
    case 'found':
      return <FoundBody file={file} state={state} />;
  }
}

function FoundBody({
  file,
  state,
}: {
  readonly file: File;
  readonly state: FileState & { readonly kind: 'found' };
}): ReactNode {
  const { m, f } = useText();
  const { loaded, hash } = state;
  const { evidence, steps, names, height } = loaded;
  const verdict = verdictOf(steps);
  const proof = (
    <details className="more">
      <summary>
        <Mark state={verdict}>{m.proof.verdict[verdict]}</Mark>
      </summary>
      <ProofTrail steps={steps} isQuiet />
    </details>
  );
  if (evidence === undefined) {
    const word =
      verdict === 'forged' ? m.drop.forged : loaded.isAbsent ? m.drop.absent : m.drop.unknown;
    const say = verdict === 'verified' ? m.drop.absentUpTo : m.drop.absentUnproved;
    return (
      <>
        <p className={`answer ${verdict === 'forged' ? 'bad' : 'plain'}`}>{word}</p>
        <p>{say(f.number(loaded.final?.header.executed.height ?? height))}</p>
        <Hash value={hash} isWhole about={m.drop.hash} />
        {proof}
        <p className="note">{m.drop.deposit}</p>
        <Command text={cli.deposit(file.name)} />
      </>
    );
  }
  const { depositor, organisation } = evidence;
  const who = m.drop.by(
    nameOrDid(names.get(depositor), depositor),
    nameOrDid(names.get(organisation), organisation),
  );
  return (
    <>
      <p className={`answer ${verdict === 'verified' ? 'good' : 'plain'}`}>{m.drop.deposited}</p>
      <p>
        {m.drop.on(isoTime(evidence.time), f.number(evidence.height))}
        <br />
        {who}
      </p>
      <Hash value={hash} isWhole about={m.drop.hash} />
      {proof}
      <p>
        <Link to={{ page: 'evidence', id: hash }} className="button primary">
          {m.drop.open}
        </Link>
      </p>
    </>
  );
}
