import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, type Json } from '@hanse/codec';
import { HanseError } from '@hanse/kit';
import type { Context } from '../context.ts';
import {
  makePrivateDir,
  prettyJson,
  readJsonIfPresent,
  unreadable,
  writePrivateFile,
} from '../files.ts';

/** Syntaxes that rule packs are written for. */
export const RULE_SYNTAXES = ['ubl', 'cii'] as const;
export type RuleSyntax = (typeof RULE_SYNTAXES)[number];

/** A rule file that an operator installed. */
export type InstalledFile = {
  readonly syntax: RuleSyntax;
  /** Such as `EN16931 1.3.16`: ids of broken rules are reported under its first word. */
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly title: string;
  readonly checks: number;
};

const HEAD_CHARS = 4_000;
const TEXT_BYTES_MAX = 8 * 1024 * 1024;

/** Folder of a project's rule packs. */
export function rulesDir({ project }: Pick<Context, 'project'>): string {
  return join(project.dir, 'rules');
}

/** The rule files that are installed, one for each syntax at most. A damaged one counts as none. */
export function installedRules(context: Pick<Context, 'project'>): readonly InstalledFile[] {
  return RULE_SYNTAXES.flatMap((syntax) => {
    const path = join(rulesDir(context), `${syntax}.sch`);
    const json = readJsonIfPresent(join(rulesDir(context), `${syntax}.json`));
    const facts = isJsonObject(json) ? json : {};
    const { name, sha256, title, checks } = facts;
    if (!existsSync(path) || typeof name !== 'string' || typeof sha256 !== 'string') return [];
    if (typeof title !== 'string' || typeof checks !== 'number') return [];
    return [{ syntax, name, path, sha256, title, checks }];
  });
}

/** The text of a rule file to install. Throws FileUnreadable, OverLimit. */
export function readRuleText(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > TEXT_BYTES_MAX) {
      const params = { name: 'bytes of the rule file', value: size, limit: TEXT_BYTES_MAX };
      throw new HanseError('OverLimit', params);
    }
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw error instanceof HanseError ? error : unreadable(path, error);
  }
}

/** Keep a rule file that was compiled once. */
export function keepRules(
  context: Pick<Context, 'project'>,
  text: string,
  facts: {
    readonly syntax: RuleSyntax;
    readonly name: string;
    readonly title: string;
    readonly checks: number;
  },
): InstalledFile {
  const { syntax, name, title, checks } = facts;
  const dir = rulesDir(context);
  makePrivateDir(dir);
  const path = join(dir, `${syntax}.sch`);
  const sha256 = createHash('sha256').update(text).digest('hex');
  writePrivateFile(path, text);
  const json: Json = { name, sha256, title, checks };
  writePrivateFile(join(dir, `${syntax}.json`), prettyJson(json));
  return { syntax, name, path, sha256, title, checks };
}

/** A name for rules that nobody named: the title's first word and the version that the file states. */
export function nameOfRules(text: string, title: string): string {
  const [word = 'Rules'] = title.trim().split(/\s+/);
  // Licences have versions, too: what the file says of itself comes first.
  const head = text.slice(0, HEAD_CHARS);
  const own = /schematron\s+version:?\s+(\d+(?:\.\d+)+)/i.exec(head);
  const version = (own ?? /\b(\d+(?:\.\d+){2,})\b/.exec(head))?.[1];
  return version === undefined ? word : `${word} ${version}`;
}
