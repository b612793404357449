import { equalBytes, isZero } from '@hanse/kit';
import { certificateError, type Certificate } from '@hanse/model';
import { isMistrusted, mistrust } from './mistrust.ts';
import { finalView, type State } from './state.ts';

/**
 * Rules *receive certificate* and *W2*: a certificate of a view above the last final one is verified, kept
 * and appended at once, and so before any vote that it allows. False when it does not hold. Own assembled ones are not verified again: each vote was.
 */
export function receiveCertificate(
  s: State,
  certificate: Certificate,
  from: number | 'own',
): boolean {
  const { kind, view, digest } = certificate;
  if (view <= finalView(s)) return true;
  const kept = certificatesOf(s, kind);
  const known = kept.get(view);
  if (known !== undefined) {
    if (!equalBytes(known.digest, digest)) s.log('error', 'certificatesConflict', { view, kind });
    return equalBytes(known.digest, digest);
  }
  if (from !== 'own') {
    if (isMistrusted(s, from)) return false;
    const { suite, chainId, set } = s.config;
    const error =
      kind === 'nullify' && !isZero(digest)
        ? 'nullification names a digest'
        : certificateError(suite, chainId, set, certificate);
    if (error !== undefined) {
      mistrust(s, from, `certificate ${kind} of view ${view}: ${error}`);
      return false;
    }
  }
  kept.set(view, certificate);
  s.effects.push({ kind: 'persist', record: { kind: 'certificate', certificate } });
  return true;
}

/** Kept certificates of one kind, by view. */
export function certificatesOf(s: State, kind: Certificate['kind']): Map<number, Certificate> {
  if (kind === 'notarize') return s.notarizations;
  return kind === 'nullify' ? s.nullifications : s.finalizations;
}

/** Highest view of a map of views, or -1. */
export function highestView(views: ReadonlyMap<number, unknown>): number {
  let highest = -1;
  for (const view of views.keys()) if (view > highest) highest = view;
  return highest;
}
