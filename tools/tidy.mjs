// Checks that no linter knows: words that must not stay, paths of one machine, undocumented exports,
// packages without a README. Lengths of functions and files are the linter's (max-lines*).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, blankTemplates, isSource, isTest, listFiles, readPackages } from './workspace.mjs';

const TEXT = /\.(ts|tsx|mjs|js|json|md|css|html|yml|yaml)$|^hanse$|^\.ci\//;
const UNREAD = /^package-lock\.json$|\/vectors\/|conformance\.json$/;
const OWN_FILES = /^tools\/(tidy\.mjs|test\/)/;

const BANNED = [
  [/\b(FIXME|XXX|HACK)\b/, 'settle it or write an issue'],
  [/(?<=^|[\s'"`(=])\/(work|root|home|Users)\/\w/, 'a path of one machine'],
  [/\bit\.only\(|\btest\.only\(|\bdescribe\.only\(/, 'a test left on .only hides the others'],
];

/** All findings as `path:line: sentence`. @returns {string[]} */
export function checkTidy(root = ROOT) {
  const texts = listFiles(root, '.', (path) => TEXT.test(path) && !UNREAD.test(path));
  return [
    ...texts.flatMap((path) => findBanned(path, readFileSync(join(root, path), 'utf8'))),
    ...texts
      .filter((path) => /^packages\/[^/]+\/src\//.test(path) && isSource(path) && !isTest(path))
      .flatMap((path) => findUndocumented(path, readFileSync(join(root, path), 'utf8'))),
    ...findMissingReadmes(root),
  ];
}

function findBanned(path, text) {
  if (OWN_FILES.test(path)) return [];
  return text
    .split('\n')
    .flatMap((line, index) =>
      BANNED.filter(([pattern]) => pattern.test(line)).map(
        ([pattern, why]) => `${path}:${index + 1}: ${pattern.exec(line)[0].trim()}: ${why}`,
      ),
    );
}

/**
 * Every exported declaration carries a doc comment. Overloads share the first one's, and so do
 * one-line constants and types that follow each other without a blank line.
 */
function findUndocumented(path, text) {
  const lines = blankTemplates(text).split('\n');
  let last = '';
  return lines.flatMap((line, index) => {
    const match = /^export (?:async )?(function\*?|type|const|class|interface) (\w+)/.exec(line);
    if (!match) return [];
    const [, kind, name] = match;
    const above = lines[index - 1]?.trimEnd() ?? '';
    // A type derived from a value says no more than the value does.
    const isDerived = kind === 'type' && /\btypeof\b.*;$/.test(line);
    const isShared =
      isDerived ||
      name === last ||
      (/^(type|const)$/.test(kind) && /^export (type|const) .*;( \/\/.*)?$/.test(above));
    last = name;
    return isShared || above.endsWith('*/')
      ? []
      : [`${path}:${index + 1}: ${name} is exported without a doc comment`];
  });
}

function findMissingReadmes(root) {
  return readPackages(root)
    .filter(({ dir }) => listFiles(root, `${dir}/src`, isSource).length > 0)
    .filter(({ dir }) => !existsSync(join(root, dir, 'README.md')))
    .map(({ dir }) => `${dir}/README.md:1: is missing; say what the package promises`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const findings = checkTidy();
  for (const finding of findings) process.stdout.write(`${finding}\n`);
  process.exitCode = findings.length > 0 ? 1 : 0;
}
